"""Who was there: presence intervals."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Presence(Base):
    """A person in a session from `in_at` to `out_at` (either may be unknown). Append-only.

    A correction is a new row that names what it supersedes and why. `is_void` says "was not there": instead of the presence it
    supersedes, or on its own when somebody is marked absent who was never marked present.
    """

    __tablename__ = "presence"
    __table_args__ = (
        CheckConstraint("out_at IS NULL OR in_at IS NULL OR out_at > in_at", name="out_after_in"),
        CheckConstraint("source IN ('roster', 'door', 'sheet', 'leader', 'import', 'correction')", name="source"),
        CheckConstraint("NOT is_void OR (in_at IS NULL AND out_at IS NULL)", name="void"),
        CheckConstraint("is_void OR in_at IS NOT NULL OR out_at IS NOT NULL", name="something_known"),
        Index("ix_presence_session_person", "session_id", "person_id"),
        Index("ix_presence_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    in_at: Mapped[datetime | None]
    out_at: Mapped[datetime | None]
    is_void: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(20))
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("presence.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(255), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class HeldCertificate(Base):
    """A certificate that waits until the invoice of the place is paid; then it is issued by itself. One for each place."""

    __tablename__ = "held_certificate"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    held_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
