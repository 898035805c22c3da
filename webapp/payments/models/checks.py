"""Checks on paper and the slips they are deposited with. A check is the sum of its payments, one for each order it pays."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class DepositSlip(Base):
    """The checks of one trip to the bank. Deposited: its total is the line on the bank statement, to the cent."""

    __tablename__ = "deposit_slip"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'deposited')", name="state"),
        CheckConstraint("(state = 'open') = (bank_cents IS NULL)", name="bank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    deposit_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(20), default="open")
    bank_cents: Mapped[int | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class BankCheck(Base):
    """One check as it came: its number, days, amount and who sent it. On one slip at most; what it pays hangs on its payments."""

    __tablename__ = "bank_check"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'bounced')", name="state"),
        CheckConstraint("amount_cents BETWEEN 1 AND 100000000", name="amount"),
        Index("ix_bank_check_payer_id", "payer_id"),
        Index("ix_bank_check_slip_id", "slip_id", "state"),
        Index("ix_bank_check_number", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    written_on: Mapped[date | None]
    received_on: Mapped[date]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("deposit_slip.id"))
    state: Mapped[str] = mapped_column(String(20), default="received")
    note: Mapped[str] = mapped_column(String(255), default="")
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str] = mapped_column(String(255), default="")
    submit_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
