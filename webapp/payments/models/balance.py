"""A payer's balance: money of hers that pays for nothing now, kept until a day, and everything that happened to it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class BalanceLot(Base):
    """Cents of one payment that were kept for their payer, usable until `expires_on` (that day included).

    With a `deferral_id` they pay for its course only, until the lot is opened: from then on what is left of it is an ordinary balance.
    `opened_after` is the last movement before that; what it paid until then comes back bound to the course. 0: it lapsed, and nothing of
    it is bound any more. What comes back is a lot of its own, so a lot is opened once.

    `left_cents` is a counter moved only by conditional updates, like a seat: what is spent twice is refused by the database.
    It is the sum of the lot's movements. Whose it is: every payer that is the same as `payer_id` (payments.payers).
    """

    __tablename__ = "balance_lot"
    __table_args__ = (
        CheckConstraint("amount_cents BETWEEN 1 AND 100000000", name="amount"),
        CheckConstraint("left_cents BETWEEN 0 AND amount_cents", name="left"),
        CheckConstraint("opened_after IS NULL OR deferral_id IS NOT NULL", name="opened"),
        Index("ix_balance_lot_payer_id", "payer_id"),
        Index("ix_balance_lot_expires_on", "expires_on"),
        Index("ix_balance_lot_deferral_id", "deferral_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), unique=True)  # by which the money left its payment
    deferral_id: Mapped[int | None] = mapped_column(ForeignKey("deferral.id"))
    opened_after: Mapped[int | None]
    amount_cents: Mapped[int]
    left_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    expires_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]


class BalanceMovement(Base):
    """What happened to a lot, in signed cents. Append-only.

    kept: it came to be; used: it paid (`payment_id`); returned: such a payment came to nothing; expired: its day was over;
    revived: that is undone, for the money it came from was none; taken_back: the money stands with its payment again.
    """

    __tablename__ = "balance_movement"
    __table_args__ = (
        CheckConstraint("kind IN ('kept', 'used', 'returned', 'expired', 'revived', 'taken_back')", name="kind"),
        CheckConstraint("(kind IN ('kept', 'returned', 'revived')) = (cents > 0) AND cents <> 0", name="sign"),
        CheckConstraint("(kind IN ('used', 'returned')) = (payment_id IS NOT NULL)", name="payment"),
        Index("ix_balance_movement_lot_id", "lot_id"),
        Index("ix_balance_movement_payment_id", "payment_id"),
        Index("ix_balance_movement_kind", "kind", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("balance_lot.id"))
    kind: Mapped[str] = mapped_column(String(20))
    cents: Mapped[int]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]
