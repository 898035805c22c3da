"""An agency that is asked whether it pays for an order, and the links its approver gets by mail."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import states
from webapp.core.db import Base

APPROVAL_MOVES = states.table(
    asked="approved declined silent paid withdrawn",
    approved="",  # the order is placed on invoice to the agency
    declined="",  # by the approver; who ordered may pay herself
    silent="",  # nobody answered in time; who ordered may pay herself
    paid="",  # by card, on the page the approver opened
    withdrawn="",  # who ordered chose another way, or the order ended
)


class PaymentApproval(Base):
    """One question to one agency: who is asked, until when, and what came of it. `until` is when silence counts as no."""

    __tablename__ = "payment_approval"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'approved', 'declined', 'silent', 'paid', 'withdrawn')", name="state"),
        Index("ix_payment_approval_order_id", "order_id"),
        Index("ix_payment_approval_state_until", "state", "until"),
        Index("uq_payment_approval_asked", "order_id", unique=True, sqlite_where=text("state = 'asked'"),
              postgresql_where=text("state = 'asked'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    agency_name: Mapped[str] = mapped_column(String(200))
    approver_name: Mapped[str] = mapped_column(String(200), default="")
    approver_email: Mapped[str] = mapped_column(String(254))
    by_contact: Mapped[bool] = mapped_column(default=False)  # the address is the agency's billing contact, which the attendee never saw
    state: Mapped[str] = mapped_column(String(20), default="asked")
    until: Mapped[datetime]
    asked_at: Mapped[datetime]
    reminded: Mapped[int] = mapped_column(default=0)  # how often who ordered had the mail sent again
    ended_at: Mapped[datetime | None]
    po_number: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")  # the approver's word when she declined


class ApprovalLink(Base):
    """A secret that a mail to the approver carried, as its hash. Made while the mail is rendered; a mail sent twice has two."""

    __tablename__ = "approval_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("payment_approval.id"), index=True)
    created_at: Mapped[datetime]
