"""iCalendar: feed keys, who fetched, finished entry texts and feed bodies, and the stamp of the catalog."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base

FEED_KINDS = ("person", "registration", "organizer", "agency", "presenter")
WAYS = ("auto", "mail", "feed", "both")
INVITATION_STATES = ("standing", "cancelled", "leaving", "moved")


class FeedKey(Base):
    """A named secret that opens one feed at /feeds/<token>.ics. Hashed at rest, shown once, withdrawable."""

    __tablename__ = "feed_key"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(k) for k in FEED_KINDS)})", name="kind"),
        Index("ix_feed_key_person_id", "person_id"),
        Index("ix_feed_key_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(80), default="")
    scope: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class FetchLog(Base):
    """That a calendar program read a feed: at most one row a minute, key and program family."""

    __tablename__ = "fetch_log"
    __table_args__ = (Index("uq_fetch_log_minute", "feed_key_id", "family", "minute", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_key_id: Mapped[int] = mapped_column(ForeignKey("feed_key.id"))
    family: Mapped[str] = mapped_column(String(30))
    minute: Mapped[datetime]


class CalendarEntry(Base):
    """A finished VEVENT text. `fingerprint` says which state of its rows it shows; another one means: render again."""

    __tablename__ = "calendar_entry"

    uid: Mapped[str] = mapped_column(String(120), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)


class FeedBody(Base):
    """A finished feed, gzipped. Good as long as `stamp` is the present one and `valid_until` has not come."""

    __tablename__ = "feed_body"

    name: Mapped[str] = mapped_column(String(160), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(120))
    valid_until: Mapped[datetime | None]
    etag: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime]
    entries: Mapped[int]
    gzip: Mapped[bytes] = mapped_column(LargeBinary)


class CalendarChoice(Base):
    """How a person wants her sessions in her calendar; without a row: `auto` (calendars/ways.py)."""

    __tablename__ = "calendar_choice"
    __table_args__ = (CheckConstraint(f"way IN ({', '.join(repr(w) for w in WAYS)})", name="way"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    way: Mapped[str] = mapped_column(String(10))


class Invitation(Base):
    """What mail has told an attendee's calendar about one seat, last: which SEQUENCE, by which message, and how it stands now.

    standing: a REQUEST put the session there. cancelled: a CANCEL took it out again. leaving: a CANCEL is on its way, because the
    subscribed calendar shows it now; moved: that CANCEL was sent. Seats without a row were never in a mail.
    """

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint(f"state IN ({', '.join(repr(s) for s in INVITATION_STATES)})", name="state"),)

    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    sequence: Mapped[int]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    told_at: Mapped[datetime]


class CatalogStamp(Base):
    """One row that triggers count up whenever anything a calendar shows of the catalog changes (calendars/stamps.py)."""

    __tablename__ = "catalog_stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
