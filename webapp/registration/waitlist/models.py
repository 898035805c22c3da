"""Who waits for a place that is taken: one list for each pool, numbered in the order of joining. Waiting is never a registration."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import states
from webapp.core.db import Base

LIVE = ("waiting", "offered")
MOST_SEATS = 20

ENTRY_MOVES = states.table(
    waiting="offered left closed",
    offered="accepted lapsed left closed",  # accepted once every seat of it became a registration (or its time was over with one)
    accepted="", lapsed="", left="", closed="",
)


class Waitlist(Base):
    """The line for one pool: of the whole event, of a way of taking part, of a registration type, or of a session.

    `last_number` counts up in the transaction that joins: numbers have no gaps and follow the commits.
    """

    __tablename__ = "waitlist"
    __table_args__ = (
        CheckConstraint("mode IS NULL OR mode IN ('in_person', 'online')", name="mode"),
        Index("ix_waitlist_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), unique=True)
    mode: Mapped[str | None] = mapped_column(String(20))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("registration_type.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    last_number: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str] = mapped_column(String(255), default="")


class WaitlistEntry(Base):
    """A party in a line. `ref` is the unguessable address /waitlist/<ref>; `rank` orders the line, `number` is the ticket.

    `claimed`: how many of its seats became registrations. `registration_id`: whose breakouts change, on the list of a session.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        UniqueConstraint("waitlist_id", "number"),
        CheckConstraint("state IN ('waiting', 'offered', 'accepted', 'lapsed', 'left', 'closed')", name="state"),
        CheckConstraint(f"seats BETWEEN 1 AND {MOST_SEATS} AND claimed BETWEEN 0 AND seats", name="seats"),
        CheckConstraint("state <> 'offered' OR offer_until IS NOT NULL", name="offered"),
        Index("uq_waitlist_entry_live", "waitlist_id", "email", unique=True,
              sqlite_where=text("state IN ('waiting', 'offered')"), postgresql_where=text("state IN ('waiting', 'offered')")),
        Index("ix_waitlist_entry_waitlist_id_state", "waitlist_id", "state", "rank"),
        Index("ix_waitlist_entry_state_offer_until", "state", "offer_until"),
        Index("ix_waitlist_entry_person_id", "person_id"),
        Index("ix_waitlist_entry_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    waitlist_id: Mapped[int] = mapped_column(ForeignKey("waitlist.id"))
    number: Mapped[int]
    rank: Mapped[int]
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    email: Mapped[str] = mapped_column(String(254))
    seats: Mapped[int] = mapped_column(default=1)
    claimed: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    created_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WaitlistUse(Base):
    """Seats of a pool held by an open offer. With the uses of registrations they add up to `pool.taken`."""

    __tablename__ = "waitlist_use"
    __table_args__ = (CheckConstraint("count > 0", name="count"), Index("ix_waitlist_use_pool_id", "pool_id"))

    entry_id: Mapped[int] = mapped_column(ForeignKey("waitlist_entry.id"), primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), primary_key=True)
    count: Mapped[int]
