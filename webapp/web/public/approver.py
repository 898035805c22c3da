"""/approve/<token>/...: what the approver changes about the places her agency pays. By her link, without an account.

She sees names, events and money, as on her page; never what people answered, and not the address of the order.
"""

from flask import Blueprint, Response

from webapp.core.errors import NotFound
from webapp.payments.approvals import links
from webapp.payments.approvals import queries as approvals
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.web import access
from webapp.web.public import cancelling, deferring, substituting, transferring
from webapp.web.security import limiter

pages = Blueprint("approver", __name__)


@pages.get("/approve/<token>/substitute/<int:registration_id>")
@access.by_secret
def naming(token: str, registration_id: int) -> str | Response:
    """Asks who comes instead; where nobody may any more, says why."""
    return substituting.asked(_paid_for(token), registration_id, f"/approve/{token}")


@pages.post("/approve/<token>/substitute/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def substitute(token: str, registration_id: int) -> str | Response:
    """First shows what it means in dollars, then hands the place on."""
    return substituting.sent(_paid_for(token), registration_id, f"/approve/{token}")


@pages.get("/approve/<token>/cancel/<int:registration_id>")
@access.by_secret
def asking(token: str, registration_id: int) -> str | Response:
    """What comes back to the agency, in dollars, before anything is cancelled."""
    return cancelling.asked(_paid_for(token), registration_id, f"/approve/{token}")


@pages.post("/approve/<token>/cancel/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def cancel(token: str, registration_id: int) -> Response:
    """Cancels the place; what was paid goes back to the agency by the event's policy."""
    return cancelling.sent(_paid_for(token), registration_id, f"/approve/{token}")


@pages.get("/approve/<token>/transfer/<int:registration_id>")
@access.by_secret
def choosing(token: str, registration_id: int) -> str | Response:
    """The other dates of the course; where the place cannot move any more, says why."""
    return transferring.asked(_paid_for(token), registration_id, f"/approve/{token}")


@pages.post("/approve/<token>/transfer/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def transfer(token: str, registration_id: int) -> str | Response:
    """First shows what it means in dollars and where the seat there comes from, then moves the place."""
    return transferring.sent(_paid_for(token), registration_id, f"/approve/{token}")


@pages.get("/approve/<token>/defer/<int:registration_id>")
@access.by_secret
def deferral(token: str, registration_id: int) -> str | Response:
    """What would be kept for the agency, until when and what then; once it is, the dates to choose from."""
    found = _paid_for(token)
    return deferring.asked(found, registration_id, f"/approve/{token}", agency=found.order.payer_name)


@pages.post("/approve/<token>/defer/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def defer(token: str, registration_id: int) -> Response:
    """Puts the place off; what it cost is kept for the agency."""
    return deferring.sent(_paid_for(token), registration_id, f"/approve/{token}")


def _paid_for(token: str) -> OrderView:
    """The order this link's agency pays; NotFound while nothing was approved, and when it was not."""
    found = links.opened(token)
    if found.state not in approvals.PAYS:
        raise NotFound
    return queries.by_ref(approvals.question(found).order_ref)
