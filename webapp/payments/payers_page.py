"""Where a mail about money leads: who ordered to the order's page, who pays for somebody else to a page of her own.

The order's number is the address of its page, which shows what only who ordered may see: no mail to anybody else carries it
(docs/decisions/approvals.md).
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.core.db import db
from webapp.payments.approvals import links
from webapp.payments.approvals.queries import PAYS
from webapp.payments.models import Invoice, PaymentApproval
from webapp.registration import own_page
from webapp.registration.models import Order


@dataclass(frozen=True)
class PayersPage:
    """`path` is empty where she has no page; `where` and `button` name it. `order_ref`: the order's number, for who ordered alone.

    `decides`: a place can be put off, handed on and given back there, at addresses below this one.
    """

    path: str = ""
    where: str = ""
    button: str = ""
    order_ref: str = ""
    decides: bool = False


NONE = PayersPage()


def of(order_id: int | None, address: str) -> PayersPage:
    """The page for whoever a mail goes to. Makes a new link for who approved it; to be called inside a transaction, at sending."""
    approval = select(func.max(PaymentApproval.id)).where(
        PaymentApproval.order_id == Order.id, PaymentApproval.state.in_(PAYS), PaymentApproval.approver_email == address)
    invoice = select(Invoice.ref).where(Invoice.order_id == Order.id).order_by(Invoice.id.desc()).limit(1)
    found = db.session.execute(
        select(Order.ref, own_page.buyer_address().label("buyer"), approval.correlate(Order).scalar_subquery().label("approval_id"),
               invoice.correlate(Order).scalar_subquery().label("invoice_ref")).where(Order.id == order_id)).one_or_none()
    if found is None:
        return NONE
    if found.buyer in (None, address):  # an order without a line was never anybody else's to pay
        return PayersPage(f"/orders/{found.ref}", "the page of the order", "Open the order", found.ref, decides=True)
    if found.approval_id is not None:
        return PayersPage(f"/approve/{links.issue(found.approval_id)}", "your page for it", "Open your page for it", decides=True)
    return PayersPage(f"/invoices/{found.invoice_ref}", "the page of the invoice", "Open the invoice") if found.invoice_ref else NONE
