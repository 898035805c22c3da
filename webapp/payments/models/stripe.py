"""What Stripe does beyond payments: payouts to the bank with what they carried, and disputes."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Payout(Base):
    """One line on the association's bank statement. `read_at` is when what it carried was read from Stripe."""

    __tablename__ = "payout"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(100), unique=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(20))  # Stripe's word: pending, in_transit, paid, failed, canceled
    failure: Mapped[str] = mapped_column(String(255), default="")
    arrives_on: Mapped[date]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")  # how often Stripe refused to say what it carried
    ask_after: Mapped[datetime | None]


class PayoutLine(Base):
    """A movement of Stripe's balance that a payout carried: a charge, a refund, a dispute or a fee, less what Stripe kept of it."""

    __tablename__ = "payout_line"
    __table_args__ = (Index("ix_payout_line_payout_id", "payout_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"))
    provider_id: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(40))  # Stripe's reporting category
    amount_cents: Mapped[int]
    fee_cents: Mapped[int]
    net_cents: Mapped[int]
    source_id: Mapped[str] = mapped_column(String(100), default="")
    text: Mapped[str] = mapped_column(String(255), default="")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    happened_at: Mapped[datetime]


class Dispute(Base):
    """A buyer's bank takes a card payment back until somebody wins; answered at Stripe until `due_by`."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_payment_id", "payment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(100), unique=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    charge_id: Mapped[str] = mapped_column(String(100))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(40))  # Stripe's word: needs_response, under_review, won, lost ...
    due_by: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
