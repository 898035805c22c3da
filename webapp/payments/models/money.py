"""What moved: payments, refunds, allocations, Stripe's pages and events, invoices, number series."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core import states
from webapp.core.db import Base
from webapp.registration.models import Order

PAYMENT_MOVES = states.table(
    pending="processing succeeded failed cancelled",
    processing="succeeded failed",
    succeeded="failed",
    failed="succeeded",
    cancelled="",
)  # succeeded to failed: a check that bounced; no event of a provider does it
REFUND_MOVES = states.table(
    requested="pending succeeded failed", pending="succeeded failed", succeeded="failed", failed="requested"
)
PAGE_MOVES = states.table(
    opening="open failed",
    open="complete expiring expired",
    expiring="complete expired",
    expired="complete",
    complete="",
    failed="",
)


class Payment(Base):
    """Money received. `order_id` null is unmatched money on finance's list. Amounts are positive cents."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'processing', 'succeeded', 'failed', 'cancelled')", name="state"),
        CheckConstraint("method IN ('card', 'bank_debit', 'cheque', 'bank_transfer', 'cash', 'card_terminal', 'balance')", name="method"),
        CheckConstraint("amount_cents BETWEEN 1 AND 100000000", name="amount"),
        Index("ix_payment_order_id", "order_id"),
        Index("ix_payment_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    method: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="pending")
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    received_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]  # when the bank gave back what had been received (a check that bounced)
    provider_intent_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    provider_charge_id: Mapped[str | None] = mapped_column(String(100), index=True)
    check_id: Mapped[int | None] = mapped_column(ForeignKey("bank_check.id"), index=True)  # one check may pay several orders
    paper_number: Mapped[str] = mapped_column("cheque_number", String(40), default="")  # of a check, of a slip, of a transfer
    cheque_on: Mapped[date | None]
    deposit_slip: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(500), default="")  # why it is unmatched, or what staff wrote
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submit_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]

    order: Mapped[Order | None] = relationship(lazy="raise_on_sql")
    refunds: Mapped[list["Refund"]] = relationship(back_populates="payment", lazy="raise_on_sql")


class Refund(Base):
    """Money given back of one payment: requested at the provider, applied on its word.

    `to_balance`: it did not leave the house, it is kept for the payer (BalanceLot).
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("state IN ('requested', 'pending', 'succeeded', 'failed')", name="state"),
        CheckConstraint("amount_cents BETWEEN 1 AND 100000000", name="amount"),
        Index("ix_refund_payment_id", "payment_id"),
        Index("ix_refund_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    amount_cents: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="requested")
    reason: Mapped[str] = mapped_column(String(255), default="")
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    provider_refund_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(500), default="")
    cheque_number: Mapped[str] = mapped_column(String(40), default="")  # of money that came by check and goes back by one
    returned_on: Mapped[date | None]
    to_balance: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # when it had gone, or failed before
    failed_at: Mapped[datetime | None]  # when money that had gone came back
    again_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))  # the refund that gives it back once more

    payment: Mapped[Payment] = relationship(back_populates="refunds", lazy="raise_on_sql")


class Allocation(Base):
    """Which payment paid which charge, signed (a refund takes back). Append-only; sums never exceed either side."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount_cents <> 0", name="amount"),
        Index("ix_allocation_payment_id", "payment_id"),
        Index("ix_allocation_charge_id", "charge_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))
    amount_cents: Mapped[int]
    created_at: Mapped[datetime]


class CheckoutPage(Base):
    """A payment page at Stripe for an order. A second attempt expires the first; only one is open per order.

    `invoice_id`, `approval_id`: where who pays came from and goes back to; both null is the order's own page.
    """

    __tablename__ = "checkout_page"
    __table_args__ = (
        CheckConstraint("state IN ('opening', 'open', 'complete', 'expiring', 'expired', 'failed')", name="state"),
        CheckConstraint("invoice_id IS NULL OR approval_id IS NULL", name="came_from"),
        UniqueConstraint("order_id", "attempt"),
        Index("ix_checkout_page_state", "state"),
        Index(
            "uq_checkout_page_live",
            "order_id",
            unique=True,
            sqlite_where=text("state IN ('opening', 'open')"),
            postgresql_where=text("state IN ('opening', 'open')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    attempt: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(20), default="opening")
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    provider_session_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    url: Mapped[str] = mapped_column(String(500), default="")
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("payment_approval.id"))
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]


class ProviderEvent(Base):
    """The inbox: an event of Stripe, verified, stored once under its id, applied once, and by hand again."""

    __tablename__ = "provider_event"
    __table_args__ = (
        CheckConstraint("outcome IN ('waiting', 'applied', 'ignored', 'failed', 'for_finance')", name="outcome"),
        Index("ix_provider_event_outcome", "outcome", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(100), unique=True)
    type: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(20), default="webhook")  # webhook, return, sweep
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="waiting")
    note: Mapped[str] = mapped_column(String(500), default="")
    attempts: Mapped[int] = mapped_column(default=0)


class ProviderCursor(Base):
    """How far a list of the provider has been read (`events`): everything before `read_until` was looked at."""

    __tablename__ = "provider_cursor"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    read_until: Mapped[datetime]


class NumberSeries(Base):
    """A gapless counter (invoices, credit notes), locked in the transaction that uses the number."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    next_number: Mapped[int] = mapped_column(default=1)


class Invoice(Base):
    """A bill, immutable once issued; `lines` and `bill_to` are copies. `ref` is its unguessable address."""

    __tablename__ = "invoice"
    __table_args__ = (Index("ix_invoice_order_id", "order_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    bill_to: Mapped[dict[str, Any]]
    lines: Mapped[list[Any]]
    total_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    po_number: Mapped[str] = mapped_column(String(60), default="")
    issued_at: Mapped[datetime]
    due_on: Mapped[date]


class CreditNote(Base):
    """Takes back (part of) an invoice, immutable once issued."""

    __tablename__ = "credit_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    lines: Mapped[list[Any]]
    total_cents: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    issued_at: Mapped[datetime]
