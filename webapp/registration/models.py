"""Who takes part: registration types and prices, orders and charges, registrations, seats, pool uses, applications."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Agency, Person
from webapp.catalog.models import Event, Group, Session
from webapp.core import states
from webapp.core.db import Base
from webapp.registration.badges.rules import MOST_EACH

ACTIVE = ("held", "confirmed")
MAX_CENTS = "amount_cents BETWEEN -100000000 AND 100000000"

REGISTRATION_MOVES = states.table(
    held="confirmed expired cancelled",
    confirmed="cancelled substituted transferred withdrawn",
    expired="confirmed",  # only by a late payment that finds free pools
    cancelled="", substituted="", transferred="", withdrawn="",
)
ORDER_MOVES = states.table(
    held="placed releasing expired cancelled",
    releasing="placed expired cancelled",  # its payment page is being closed at Stripe before the seats go
    placed="cancelled",
    expired="placed",  # a late payment
    cancelled="",
)
APPLICATION_MOVES = states.table(
    submitted="reviewing offered declined withdrawn",
    reviewing="offered declined withdrawn",
    offered="accepted declined withdrawn lapsed",
    accepted="", declined="", withdrawn="", lapsed="offered",
)


class RegistrationType(Base):
    """What is sold for an event: member, non-member, student, one-day, online, tuition ...

    `covers`: all sessions, only those in TypeSession, or none: an exhibitor's table, which takes no seat of the event or the room.
    Several types may share one pool. `badges`: how many come with it (registration.badges).
    """

    __tablename__ = "registration_type"
    __table_args__ = (
        UniqueConstraint("event_id", "name"),
        CheckConstraint("audience IN ('anyone', 'member', 'non_member', 'student', 'presenter', 'scholarship')", name="audience"),
        CheckConstraint("mode IS NULL OR mode IN ('in_person', 'online')", name="mode"),
        CheckConstraint("covers IN ('all', 'some', 'none')", name="covers"),
        CheckConstraint(f"badges BETWEEN 0 AND {MOST_EACH}", name="badges"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"))
    name: Mapped[str] = mapped_column(String(100))
    hint: Mapped[str] = mapped_column(String(255), default="")
    audience: Mapped[str] = mapped_column(String(20), default="anyone")
    mode: Mapped[str | None] = mapped_column(String(20))
    covers: Mapped[str] = mapped_column(String(10), default="all")
    badges: Mapped[int] = mapped_column(default=0, server_default="0")
    on_request: Mapped[bool] = mapped_column(default=False)  # staff or an application give it; not chosen by oneself
    account_code: Mapped[str] = mapped_column(String(20), default="4000")
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    prices: Mapped[list["Price"]] = relationship(lazy="raise_on_sql", order_by="Price.valid_until", cascade="all, delete-orphan")
    instalments: Mapped[list["Instalment"]] = relationship(
        lazy="raise_on_sql", order_by="Instalment.position", cascade="all, delete-orphan")


class TypeSession(Base):
    """A session that a type with `covers = 'some'` includes (one-day types)."""

    __tablename__ = "type_session"

    type_id: Mapped[int] = mapped_column(ForeignKey("registration_type.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)


class AddOn(Base):
    """Something bought beside the place: materials, dinner, a pre-conference block, a table with badges. Its prices hang on it by
    audience."""

    __tablename__ = "add_on"
    __table_args__ = (UniqueConstraint("event_id", "name"), CheckConstraint(f"badges BETWEEN 0 AND {MOST_EACH}", name="badges"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"))
    unlocks_block_id: Mapped[int | None] = mapped_column(ForeignKey("block.id"))
    name: Mapped[str] = mapped_column(String(100))
    badges: Mapped[int] = mapped_column(default=0, server_default="0")  # with each of them
    is_required: Mapped[bool] = mapped_column(default=False)
    account_code: Mapped[str] = mapped_column(String(20), default="4100")
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    prices: Mapped[list["Price"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")


class Price(Base):
    """An amount with dates of validity, of a type or of an add-on (there by audience; null audience is everybody).

    Valid from `valid_from` (inclusive) until `valid_until` (exclusive); null is open. The cheapest valid one applies.
    """

    __tablename__ = "price"
    __table_args__ = (
        CheckConstraint("(type_id IS NULL) <> (add_on_id IS NULL)", name="of_one"),
        CheckConstraint("amount_cents BETWEEN 0 AND 100000000", name="amount"),
        Index("ix_price_type_id", "type_id"),
        Index("ix_price_add_on_id", "add_on_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type_id: Mapped[int | None] = mapped_column(ForeignKey("registration_type.id", ondelete="CASCADE"))
    add_on_id: Mapped[int | None] = mapped_column(ForeignKey("add_on.id", ondelete="CASCADE"))
    audience: Mapped[str | None] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(60), default="")
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]


class Instalment(Base):
    """A part of a type's price with its due date. The parts add up to the price (checked in actions)."""

    __tablename__ = "instalment"
    __table_args__ = (UniqueConstraint("type_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("registration_type.id", ondelete="CASCADE"))
    position: Mapped[int]
    due_on: Mapped[date]
    share_basis_points: Mapped[int]  # of 10,000; the remainder cents go to the first


class GroupRule(Base):
    """From `min_count` places in one order of one payer, a percent less on each."""

    __tablename__ = "group_rule"
    __table_args__ = (UniqueConstraint("event_id", "min_count"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    min_count: Mapped[int]
    percent_basis_points: Mapped[int]


class Payer(Base):
    """Who pays: a person, an agency or a grant, as they were named at the time. Not necessarily the attendee."""

    __tablename__ = "payer"
    __table_args__ = (CheckConstraint("kind IN ('person', 'agency', 'grant')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")


class Order(Base):
    """What one payer buys. `ref` is the unguessable address /orders/<ref>. Owed and paid are derived, never stored here."""

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'releasing', 'placed', 'expired', 'cancelled')", name="state"),
        CheckConstraint("method IS NULL OR method IN ('card', 'invoice', 'free', 'door')", name="method"),
        Index("ix_order_state_hold_until", "state", "hold_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="held")
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"), index=True)
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    method: Mapped[str | None] = mapped_column(String(20))
    po_number: Mapped[str] = mapped_column(String(60), default="")
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    hold_until: Mapped[datetime | None]
    is_split: Mapped[bool] = mapped_column(default=False, server_default=false())  # others carry or carried parts of its places
    has_year: Mapped[bool] = mapped_column(default=False, server_default=false())  # a membership is or was bought with it
    extensions: Mapped[int] = mapped_column(default=0)  # how often "Give me more time" was granted
    approval_until: Mapped[datetime | None]  # while an agency is asked whether it pays (payments.approvals): how long it may answer
    approvals: Mapped[int] = mapped_column(default=0, server_default="0")  # how often one was asked
    submit_key: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the form: a double click makes one order
    joined_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)  # its places went on that order
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)  # of that placed order, added to it later
    policy_accepted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    placed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    payer: Mapped[Payer] = relationship(lazy="raise_on_sql")
    registrations: Mapped[list["Registration"]] = relationship(
        back_populates="order", lazy="raise_on_sql", order_by="Registration.id")
    charges: Mapped[list["Charge"]] = relationship(lazy="raise_on_sql", order_by="Charge.id")


class Registration(Base):
    """One attendee's place in one event. `person_id` null is a place not yet named. Active: held and confirmed."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(
            "state IN ('held', 'confirmed', 'expired', 'cancelled', 'substituted', 'transferred', 'withdrawn')", name="state"),
        CheckConstraint("mode IN ('in_person', 'online')", name="mode"),
        Index("uq_registration_active", "event_id", "person_id", unique=True,
              sqlite_where=text("state IN ('held', 'confirmed') AND person_id IS NOT NULL"),
              postgresql_where=text("state IN ('held', 'confirmed') AND person_id IS NOT NULL")),
        Index("ix_registration_event_id_state", "event_id", "state"),
        Index("ix_registration_person_id", "person_id"),
        Index("ix_registration_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("registration_type.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    inclusion_of_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))  # a linked place of a containing event
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    set_aside_id: Mapped[int | None] = mapped_column(ForeignKey("set_aside.id"))  # whose seats it was given; null: open sale
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("cancellation_policy.id"))  # the edition it was sold under (accepted.policy)
    email: Mapped[str] = mapped_column(String(254), default="")  # where messages about this place go
    mode: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="held")
    ended_reason: Mapped[str] = mapped_column(String(255), default="")
    calendar_stamp: Mapped[int] = mapped_column(default=0, server_default="0")  # counted up by triggers (calendars/stamps.py)
    moved_at: Mapped[datetime | None]  # when the organizer last moved a session she has a seat in: then she may go, or get all back
    declined_blocks: Mapped[list[Any]] = mapped_column(default=list)  # ids of blocks answered with "none"
    release_on: Mapped[date | None]  # a place on invoice: what happens after is the event's policy
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="registrations", lazy="raise_on_sql")
    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    type: Mapped[RegistrationType] = relationship(lazy="raise_on_sql")
    person: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    seats: Mapped[list["Seat"]] = relationship(back_populates="registration", lazy="raise_on_sql")


class RegistrationAddOn(Base):
    """An add-on bought with a registration."""

    __tablename__ = "registration_add_on"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    add_on_id: Mapped[int] = mapped_column(ForeignKey("add_on.id"), primary_key=True)
    count: Mapped[int] = mapped_column(default=1)


class Seat(Base):
    """A registration in a session: everybody's, the group's, or chosen in a block. Rosters and calendars hang on it.

    `state`: held while the registration is, then booked; released keeps the row as a calendar tombstone.
    """

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("registration_id", "session_id"),
        CheckConstraint("state IN ('held', 'booked', 'released')", name="state"),
        CheckConstraint("how IN ('all', 'group', 'chosen')", name="how"),
        Index("ix_seat_session_id_state", "session_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    state: Mapped[str] = mapped_column(String(20), default="held")
    how: Mapped[str] = mapped_column(String(10), default="all")
    ical_uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    registration: Mapped[Registration] = relationship(back_populates="seats", lazy="raise_on_sql")
    session: Mapped[Session] = relationship(lazy="raise_on_sql")


class PoolUse(Base):
    """How many seats of a pool a registration holds. The sum over a pool equals `pool.taken`; a test recounts it."""

    __tablename__ = "pool_use"
    __table_args__ = (
        UniqueConstraint("registration_id", "pool_id"),
        CheckConstraint("count > 0", name="count"),
        Index("ix_pool_use_pool_id", "pool_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    count: Mapped[int] = mapped_column(default=1)


class Charge(Base):
    """A line of what is owed. Append-only (a trigger refuses edits): a change adds a voiding line and a new one.

    Amounts are signed; what an order owes is the sum of all its lines. `voids_id` takes back exactly that line.
    """

    __tablename__ = "charge"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('fee', 'instalment', 'add_on', 'discount', 'cancellation_fee', 'correction', 'void')", name="kind"),
        CheckConstraint("(kind = 'void') = (voids_id IS NOT NULL)", name="void"),
        CheckConstraint(MAX_CENTS, name="amount"),
        Index("ix_charge_order_id", "order_id"),
        Index("ix_charge_registration_id", "registration_id"),
        Index("ix_charge_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    kind: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(255))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    due_on: Mapped[date]
    account_code: Mapped[str] = mapped_column(String(20), default="")
    voids_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), unique=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    explained: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how the amount came about, in words
    reason: Mapped[str] = mapped_column(String(255), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Application(Base):
    """A wish for a place that needs a decision; ends in an offer whose acceptance makes the registration."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(
            "state IN ('submitted', 'reviewing', 'offered', 'accepted', 'declined', 'withdrawn', 'lapsed')", name="state"),
        Index("uq_application_open", "event_id", "person_id", unique=True,
              sqlite_where=text("state IN ('submitted', 'reviewing', 'offered')"),
              postgresql_where=text("state IN ('submitted', 'reviewing', 'offered')")),
        Index("ix_application_event_id_state", "event_id", "state"),
        Index("ix_application_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("registration_type.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(20), default="submitted")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), unique=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(Text, default="")
    offer_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")
    type: Mapped[RegistrationType] = relationship(lazy="raise_on_sql")
