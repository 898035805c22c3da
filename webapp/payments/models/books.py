"""Months that finance has closed: the file as it was, and which movements it held. Both tables only grow."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class ClosedMonth(Base):
    """A month of the books that never changes any more. `content` is its export, byte for byte; `digest` its SHA-256."""

    __tablename__ = "closed_month"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_on: Mapped[date] = mapped_column(unique=True)
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    movements: Mapped[int]
    owed_cents: Mapped[int] = mapped_column(BigInteger)
    received_cents: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class BookedMovement(Base):
    """What a closed month holds, or takes back: what is true later and not booked is of the open month."""

    __tablename__ = "booked_movement"
    __table_args__ = (
        CheckConstraint("source IN ('charge', 'payment', 'refund', 'bounce', 'unrefund', 'balance')", name="source"),
        UniqueConstraint("month_id", "source", "row_id"),
        Index("ix_booked_movement_source_row_id", "source", "row_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    month_id: Mapped[int] = mapped_column(ForeignKey("closed_month.id"))
    source: Mapped[str] = mapped_column(String(10))
    row_id: Mapped[int]
    amount_cents: Mapped[int]
