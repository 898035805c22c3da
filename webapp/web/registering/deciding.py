"""Who decides about the money of an order at its secret page: whoever holds the address, until an agency said that it pays.

From then on the approver does at her own link, and a supervisor of the agency who is signed in; the attendee decides about herself: she
may hand her place back (product.md; docs/decisions/approvals.md).
"""

from webapp.core.errors import Forbidden
from webapp.payments.approvals.queries import agency_pays, agency_pays_for
from webapp.registration.funds import asking
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.web import access


def opened(ref: str) -> OrderView:
    """The order with `order.agency_pays` and `order.asks_help`; NotFound when there is none."""
    return queries.by_ref(ref, agency_pays(), asking.asked_column())


def may(view: OrderView) -> bool:
    """Whether who looks decides about its money."""
    return not view.order.agency_pays or _supervises(view.order.agency_id)


def may_for(order_id: int) -> bool:
    """The same of an order that is not read with `opened`, on the attendee's own pages."""
    return not agency_pays_for(order_id)


def decided(ref: str) -> OrderView:
    """The order, for an act about money, a colleague or another date. Forbidden to who does not decide."""
    view = opened(ref)
    if not may(view):
        raise Forbidden(f"{view.order.payer_name} pays for this order, so the money, a colleague instead and another date are not yours "
                        "to decide.", way_out="You can give your own place back on the page of your registration.", code="not_payer")
    return view


def _supervises(agency_id: int | None) -> bool:
    return agency_id is not None and access.viewer().may(("supervisor",), agency_id=agency_id)
