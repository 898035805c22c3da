"""Places of an event kept out of open sale for somebody, until a date; an agency's is its pool of seats there."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base

KINDS = ("presenters", "scholarships", "agency", "phone", "other")
MOST_SEATS = 10_000


class SetAside(Base):
    """So many places of an event for somebody, at `mode` or as `type_id` only where one is named.

    Its own pool counts: capacity is what it has, taken is what registrations use of it; what is left it holds in the pools of
    `SetAsidePool`, within their `taken`. `seats` is what staff set; after `returned_at` the pool keeps only what is used.

    A part of one (`part_of_id`) keeps seats of the session `session_id` for who has a place of the whole and chooses that session; it
    is made, returns and ends with the whole, is for nobody by itself, and has the kind `other`.
    """

    __tablename__ = "set_aside"
    __table_args__ = (
        CheckConstraint("kind IN ('presenters', 'scholarships', 'agency', 'phone', 'other')", name="kind"),
        CheckConstraint("mode IS NULL OR mode IN ('in_person', 'online')", name="mode"),
        CheckConstraint("(kind = 'agency') = (agency_id IS NOT NULL)", name="agency"),
        CheckConstraint(f"seats BETWEEN 0 AND {MOST_SEATS}", name="seats"),
        CheckConstraint("(part_of_id IS NULL) = (session_id IS NULL) AND"
                        " (part_of_id IS NULL OR (agency_id IS NULL AND mode IS NULL AND type_id IS NULL))", name="part"),
        Index("ix_set_aside_event_id", "event_id"),
        Index("uq_set_aside_part_of_id_session_id", "part_of_id", "session_id", unique=True),
        Index("ix_set_aside_session_id", "session_id"),
        Index("ix_set_aside_agency_id", "agency_id"),
        Index("ix_set_aside_returned_at_returns_at", "returned_at", "returns_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(100), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    mode: Mapped[str | None] = mapped_column(String(20))
    type_id: Mapped[int | None] = mapped_column(ForeignKey("registration_type.id"))
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("set_aside.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    seats: Mapped[int]
    returns_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SetAsidePool(Base):
    """A pool of the event in which the set-aside holds what is left of it: within `taken`, and counted in `aside`."""

    __tablename__ = "set_aside_pool"
    __table_args__ = (Index("ix_set_aside_pool_pool_id", "pool_id"),)

    set_aside_id: Mapped[int] = mapped_column(ForeignKey("set_aside.id"), primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"), primary_key=True)
