"""What is offered: organizations, programmes, courses, events, sessions and their credit, places, and seat pools."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base

KINDS = ("workshop", "conference", "capstone", "rsc_group", "awareness", "info_session")
MODES = ("in_person", "online", "hybrid")
CREDIT_KINDS = ("training", "rsc")
UNPAID = ("admit", "refuse", "hold_certificate")  # what the door does with a place whose invoice is open


def _one_of(column: str, values: tuple[str, ...], name: str | None = None) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(v) for v in values)})", name=name or column)


class Organization(Base):
    """The association itself, or a partner (the university) whose coordinator sees only its own events."""

    __tablename__ = "organization"
    __table_args__ = (_one_of("kind", ("association", "partner")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(20), default="association")


class Programme(Base):
    """For example the Capstone certificate: has paths and runs as cohorts."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Path(Base):
    """A way through a programme (foundations year, two years)."""

    __tablename__ = "path"
    __table_args__ = (UniqueConstraint("programme_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str] = mapped_column(String(120))


class Course(Base):
    """What is taught, dateless. Sessions of the same course are equivalent for a make-up."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))


class Module(Base):
    """A course's place in a path, so that a missed day can be made up elsewhere."""

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("path_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path_id: Mapped[int] = mapped_column(ForeignKey("path.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)


class Venue(Base):
    """A place with an address. Its rooms belong to it."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    street: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    county: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(40), default="WI")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    access_notes: Mapped[str] = mapped_column(Text, default="")


class Room(Base):
    """A room of a venue; its size warns, it does not constrain what is sold."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("venue_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    name: Mapped[str] = mapped_column(String(100))
    size: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)


class Presenter(Base):
    """Who presents or leads; `person_id` when she is known as a person too."""

    __tablename__ = "presenter"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    credentials: Mapped[str] = mapped_column(String(120), default="")
    bio: Mapped[str] = mapped_column(Text, default="")


class CancellationPolicy(Base):
    """A refund rule as data (`rules`), with the sentence people read. A changed rule is a new row (edition)."""

    __tablename__ = "cancellation_policy"
    __table_args__ = (UniqueConstraint("code", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    edition: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    sentence: Mapped[str] = mapped_column(Text)
    rules: Mapped[dict[str, Any]]
    valid_from: Mapped[date]


class Pool(Base):
    """Seats of one level: an event, mode, registration type, session, set-aside or allotment. The last guardian.

    `capacity` null is unlimited. Only the conditional UPDATE in `registration.seats` changes `taken`. `waited`: how many parties
    of waitlists want it; `kept`: free places that came back while they wait, which open sale may not take. `aside`: how many of
    those taken nobody has, because they are set aside for somebody.
    """

    __tablename__ = "pool"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name="never_oversold"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity"),
        CheckConstraint("aside >= 0 AND aside <= taken", name="aside"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(200), default="")
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0, server_default="0")
    waited: Mapped[int] = mapped_column(default=0, server_default="0")
    aside: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def left(self) -> int | None:
        """Places left for everybody; None when unlimited."""
        return None if self.capacity is None else max(self.capacity - self.taken - self.kept, 0)


class Event(Base):
    """What one registers for. Times in UTC with the IANA zone beside; kinds differ by data, not by code.

    The columns under 'summary' are derived whenever staff change the event, its sessions or its prices, so that lists
    need one table: by `catalog.summaries.refresh`, the two of price by `registration.offers`. Nothing else writes them.
    """

    __tablename__ = "event"
    __table_args__ = (
        _one_of("kind", KINDS),
        _one_of("mode", MODES),
        _one_of("status", ("draft", "published", "closed", "cancelled")),
        _one_of("sign_up", ("open", "application", "roster", "walk_in")),
        _one_of("unpaid_at_start", UNPAID),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="published"),
        Index("ix_event_status_starts_at", "status", "starts_at"),
        Index("ix_event_starts_at", "starts_at", "status", "ends_at"),  # the catalog walks and counts along it
        Index("ix_event_organization_id", "organization_id"),
        Index("ix_event_course_id", "course_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(30), default="")  # series, webinar, book club ...: a word, no behaviour
    status: Mapped[str] = mapped_column(String(20), default="draft")
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    path_id: Mapped[int | None] = mapped_column(ForeignKey("path.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    cancellation_policy_id: Mapped[int] = mapped_column(ForeignKey("cancellation_policy.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    room_pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"))
    online_pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"))

    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400), default="")
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown
    objectives: Mapped[list[Any]] = mapped_column(default=list)  # sentences
    prerequisites: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(String(255), default="")
    access_contact: Mapped[str] = mapped_column(String(254), default="")
    accommodations: Mapped[list[Any]] = mapped_column(default=list)

    zone: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(20))
    platform: Mapped[str] = mapped_column(String(60), default="")
    online_url: Mapped[str] = mapped_column(String(500), default="")
    link_opens_minutes: Mapped[int] = mapped_column(default=1440)  # the joining link is shown this long before a session
    sign_up: Mapped[str] = mapped_column(String(20), default="open")
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    breakouts_change_until: Mapped[datetime | None]
    unpaid_at_start: Mapped[str] = mapped_column(String(20), default="admit", server_default="admit")  # a place whose invoice is open
    unpaid_release: Mapped[bool] = mapped_column(default=False, server_default=false())  # such a place goes after its release date
    attendance_rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hour_regimes: Mapped[list[Any]] = mapped_column(default=list)  # regime codes, e.g. ENDORSE
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what else the source states, without behaviour

    sequence: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)  # optimistic lock: forms carry it
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)

    # the summary, derived from sessions and prices (summaries.py)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    session_count: Mapped[int] = mapped_column(default=0)
    training_minutes: Mapped[int] = mapped_column(default=0)  # the most one attendee can be awarded
    rsc_minutes: Mapped[int] = mapped_column(default=0)
    price_from_cents: Mapped[int | None]
    price_to_cents: Mapped[int | None]
    county: Mapped[str] = mapped_column(String(80), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    areas: Mapped[list[Any]] = mapped_column(default=list)  # area codes, most minutes first
    tags: Mapped[list[Any]] = mapped_column(default=list)
    search_text: Mapped[str] = mapped_column(Text, default="")

    organization: Mapped[Organization] = relationship(lazy="raise_on_sql")
    venue: Mapped[Venue | None] = relationship(lazy="raise_on_sql")
    policy: Mapped[CancellationPolicy] = relationship(lazy="raise_on_sql")
    pool: Mapped[Pool] = relationship(foreign_keys=[pool_id], lazy="raise_on_sql")
    room_pool: Mapped[Pool | None] = relationship(foreign_keys=[room_pool_id], lazy="raise_on_sql")
    online_pool: Mapped[Pool | None] = relationship(foreign_keys=[online_pool_id], lazy="raise_on_sql")
    sessions: Mapped[list["Session"]] = relationship(
        back_populates="event", lazy="raise_on_sql", order_by="Session.starts_at, Session.position, Session.id")
    blocks: Mapped[list["Block"]] = relationship(lazy="raise_on_sql", order_by="Block.position")
    groups: Mapped[list["Group"]] = relationship(lazy="raise_on_sql", order_by="Group.position")


class EventFacet(Base):
    """A filter of the catalog: `area` or `tag` of an event (derived with the summary)."""

    __tablename__ = "event_facet"
    __table_args__ = (Index("ix_event_facet_kind_value", "kind", "value", "event_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str] = mapped_column(String(40), primary_key=True)
    minutes: Mapped[int] = mapped_column(default=0)


class EventInclusion(Base):
    """Registering for `event` gives a linked place in `included`, on the dates named; attended and awarded there once."""

    __tablename__ = "event_inclusion"
    __table_args__ = (
        UniqueConstraint("event_id", "included_id"),
        CheckConstraint("event_id <> included_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    included_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    dates: Mapped[list[Any]] = mapped_column(default=list)  # ISO dates in the included event's zone
    seats: Mapped[int | None]  # how many places there the container counts on; the included event's pools decide
    note: Mapped[str] = mapped_column(String(400), default="")


class Track(Base):
    """A theme of a conference programme."""

    __tablename__ = "track"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str] = mapped_column(String(100))


class Block(Base):
    """Sessions of which one registration picks at most one. `add_on_only`: only for those who bought what unlocks it."""

    __tablename__ = "block"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(default=0)
    add_on_only: Mapped[bool] = mapped_column(default=False)


class Group(Base):
    """A part of a cohort with a leader; sessions marked with it are only its own. `size` limits membership."""

    __tablename__ = "group"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str] = mapped_column(String(100))
    size: Mapped[int | None]
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("presenter.id"))
    position: Mapped[int] = mapped_column(default=0)


class Session(Base):
    """One dated meeting. `wall_start`/`wall_end` are what was typed (ISO, minutes), `starts_at`/`ends_at` derived from them.

    `ical_uid` never changes; `sequence` rises in the transaction that changes time, place or status.
    """

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        _one_of("status", ("scheduled", "cancelled")),
        Index("ix_session_event_id_starts_at", "event_id", "starts_at"),
        Index("ix_session_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    block_id: Mapped[int | None] = mapped_column(ForeignKey("block.id"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(20), default="scheduled")
    mode: Mapped[str | None] = mapped_column(String(20))  # null: the event's
    online_url: Mapped[str] = mapped_column(String(500), default="")
    zone: Mapped[str] = mapped_column(String(64))
    wall_start: Mapped[str] = mapped_column(String(16))
    wall_end: Mapped[str] = mapped_column(String(16))
    fold: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(default=0)
    no_breaks: Mapped[bool] = mapped_column(default=False)  # "it has none" is stated; without it and without breaks, nothing is
    ical_uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    event: Mapped[Event] = relationship(back_populates="sessions", lazy="raise_on_sql")
    room: Mapped[Room | None] = relationship(lazy="raise_on_sql")
    block: Mapped[Block | None] = relationship(lazy="raise_on_sql")
    track: Mapped[Track | None] = relationship(lazy="raise_on_sql")
    group: Mapped[Group | None] = relationship(lazy="raise_on_sql")
    pool: Mapped[Pool | None] = relationship(lazy="raise_on_sql")
    breaks: Mapped[list["SessionBreak"]] = relationship(
        back_populates="session", lazy="raise_on_sql", order_by="SessionBreak.offset_minutes", cascade="all, delete-orphan")
    credits: Mapped[list["SessionCredit"]] = relationship(
        back_populates="session", lazy="raise_on_sql", cascade="all, delete-orphan")
    presenters: Mapped[list["SessionPresenter"]] = relationship(
        lazy="raise_on_sql", order_by="SessionPresenter.position", cascade="all, delete-orphan")

    @property
    def length_minutes(self) -> int:
        """From start to end, breaks included."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class SessionBreak(Base):
    """Time that counts for nobody: minutes after the session's start, and how long. It moves with the session."""

    __tablename__ = "session_break"
    __table_args__ = (CheckConstraint("offset_minutes >= 0 AND minutes > 0", name="inside"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    offset_minutes: Mapped[int]
    minutes: Mapped[int]

    session: Mapped[Session] = relationship(back_populates="breaks", lazy="raise_on_sql")


class SessionCredit(Base):
    """The minutes of one kind that full attendance of a session awards, with areas and minutes by tag.

    Minutes are not divided among areas. All kinds together never exceed the session's net length (checked in actions).
    """

    __tablename__ = "session_credit"
    __table_args__ = (
        UniqueConstraint("session_id", "kind"),
        _one_of("kind", CREDIT_KINDS),
        CheckConstraint("minutes > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int]

    session: Mapped[Session] = relationship(back_populates="credits", lazy="raise_on_sql")
    areas: Mapped[list["CreditArea"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")
    tags: Mapped[list["CreditTag"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")


class CreditArea(Base):
    """A competency area a credit touches (codes of `catalog/data/competencies.json`)."""

    __tablename__ = "credit_area"

    credit_id: Mapped[int] = mapped_column(ForeignKey("session_credit.id", ondelete="CASCADE"), primary_key=True)
    area: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class CreditTag(Base):
    """Minutes of a credit that carry a tag (DEI, RSCP, AGE_0_3, AGE_3_6)."""

    __tablename__ = "credit_tag"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"),)

    credit_id: Mapped[int] = mapped_column(ForeignKey("session_credit.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(20), primary_key=True)
    minutes: Mapped[int]


class SessionPresenter(Base):
    """Who presents a session, in order."""

    __tablename__ = "session_presenter"

    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    presenter_id: Mapped[int] = mapped_column(ForeignKey("presenter.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)

    presenter: Mapped[Presenter] = relationship(lazy="raise_on_sql")
