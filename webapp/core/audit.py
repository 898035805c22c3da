"""History: what staff change leaves who, when, what and why. Append-only; the database refuses edits."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.db import Base, db


class AuditEntry(Base):
    """One change: `subject` is `event:12`, `order:7` ...; `before` and `after` hold only what changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    action: str, subject: str, *, actor_id: int | None, reason: str = "",
    before: dict[str, Any] | None = None, after: dict[str, Any] | None = None,
) -> None:
    """Writes one entry in the transaction of the change it tells of."""
    db.session.add(
        AuditEntry(at=clock.now(), actor_id=actor_id, action=action, subject=subject, reason=reason,
                   before=before or {}, after=after or {})
    )
