"""Credit toward endorsement: the ledger of awards, and certificates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base


class Award(Base):
    """Minutes of one kind granted to a person. Append-only: a correction is a reversal (negative) and a new version.

    From an attended session: unique on person, session credit and version; version n+1 only after n is reversed.
    `title`, `evidence` and `rule` are copies of the day, so that a transcript explains itself for ever.
    """

    __tablename__ = "award"
    __table_args__ = (
        CheckConstraint("kind IN ('training', 'rsc')", name="kind"),
        CheckConstraint("source IN ('presence', 'outside', 'rsc_log')", name="source"),
        CheckConstraint("(reverses_id IS NULL AND minutes > 0) OR (reverses_id IS NOT NULL AND minutes < 0)", name="sign"),
        Index("uq_award_once", "person_id", "session_credit_id", "version", unique=True,
              sqlite_where=text("reverses_id IS NULL AND session_credit_id IS NOT NULL"),
              postgresql_where=text("reverses_id IS NULL AND session_credit_id IS NOT NULL")),
        Index("ix_award_person_id_earned_on", "person_id", "earned_on"),
        Index("ix_award_event_id", "event_id"),
        Index("ix_award_session_id", "session_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int]
    earned_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    session_credit_id: Mapped[int | None] = mapped_column(ForeignKey("session_credit.id"))
    version: Mapped[int] = mapped_column(default=1)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"), unique=True)
    title: Mapped[str] = mapped_column(String(400))
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(String(255), default="")
    awarded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    awarded_at: Mapped[datetime]

    areas: Mapped[list["AwardArea"]] = relationship(lazy="raise_on_sql")
    tags: Mapped[list["AwardTag"]] = relationship(lazy="raise_on_sql")


class AwardArea(Base):
    """A competency area the award touches; minutes are not divided among areas."""

    __tablename__ = "award_area"

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), primary_key=True)
    area: Mapped[str] = mapped_column(String(20), primary_key=True)


class AwardTag(Base):
    """Minutes of the award that carry a tag (negative on a reversal)."""

    __tablename__ = "award_tag"

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(20), primary_key=True)
    minutes: Mapped[int]


class Certificate(Base):
    """Proof of one event's hours, checkable at /verify/<code>. `content` is a snapshot; a newer version supersedes."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("person_id", "event_id", "version"),
        Index("ix_certificate_event_id", "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    version: Mapped[int] = mapped_column(default=1)
    content: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(255), default="")
