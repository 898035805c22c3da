"""/approve/<token>: the page of who approves what an agency pays. It needs no account; opening it any number of times does nothing.

Who, which event, what, how much, until when; a button each to approve, to pay by card, to decline. No answers on access, diet or
licence, and nothing of the order beyond what is paid.
"""

from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, render_template, session
from wtforms.validators import Optional

from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.payments import approvals, checkout, closing
from webapp.payments.approvals import links, queries
from webapp.payments.pages import CameFrom
from webapp.registration import registrations
from webapp.registration.queries import orders as order_queries
from webapp.web import access
from webapp.web.forms import Form, Line, Paragraphs, see
from webapp.web.registering import other_dates, views
from webapp.web.security import limiter

pages = Blueprint("approve", __name__)
GONE = ("silent", "withdrawn")  # nothing is left to see at such a link


class ApproveForm(Form):
    """Yes, by invoice."""

    po_number = Line("Purchase order number", 60, [Optional()])


class DeclineForm(Form):
    """No, with a word why."""

    reason = Paragraphs("Why not", 500, render_kw={"rows": 2})


@pages.get("/approve/<token>")
@access.by_secret
def page(token: str) -> Response:
    """The question, or what became of it. Looking changes nothing, however often."""
    return _page(token, ApproveForm(formdata=None), DeclineForm(formdata=None))


@pages.post("/approve/<token>/yes")
@access.by_secret
@limiter.limit("60 per hour")
def yes(token: str) -> Response:
    """The agency pays on invoice."""
    form, approval_id = ApproveForm(), links.opened(token).id
    if not form.validate():
        return _page(token, form, DeclineForm(formdata=None), 422)
    try:
        with transaction():
            approvals.approve(approval_id, po_number=form.po_number.data or "")
    except Unacceptable as refusal:
        form.refuse(refusal)
        return _page(token, form, DeclineForm(formdata=None), 422)
    except NotFound:
        raise
    except Refusal as refusal:
        _say(refusal)
    return see(f"/approve/{token}")


@pages.post("/approve/<token>/no")
@access.by_secret
@limiter.limit("60 per hour")
def no(token: str) -> Response:
    """The agency does not pay."""
    form, found = DeclineForm(), links.opened(token)
    approval_id, order_id = found.id, found.order_id
    if not form.validate():
        return _page(token, ApproveForm(formdata=None), form, 422)
    try:
        if (form.reason.data or "").strip():
            closing.close_live(order_id)  # she may have been on the payment page before
        with transaction():
            approvals.decline(approval_id, reason=form.reason.data or "", zone=_zone())
    except Unacceptable as refusal:
        form.refuse(refusal)
        return _page(token, ApproveForm(formdata=None), form, 422)
    except NotFound:
        raise
    except Refusal as refusal:
        _say(refusal)
    return see(f"/approve/{token}")


@pages.post("/approve/<token>/card")
@access.by_secret
@limiter.limit("60 per hour")
def card(token: str) -> Response:
    """On to Stripe's page; she comes back here."""
    found = links.opened(token)
    approval_id = found.id
    try:
        with transaction():
            order_id = approvals.to_card(approval_id)
        answer = see(checkout.open_page(order_id, clock.today(_zone()), whole=True, came_from=CameFrom(approval_id=approval_id)))
    except NotFound:
        raise
    except Refusal as refusal:
        _say(refusal)
        return see(f"/approve/{token}")
    session["approving"] = token
    return answer


def way_back(approval_id: int) -> str:
    """Where an approver who comes back from Stripe's page goes on: her link, which only her browser keeps. '' in any other."""
    token = str(session.get("approving") or "")
    try:
        return f"/approve/{token}" if links.opened(token).id == approval_id else ""
    except NotFound:
        return ""


def _page(token: str, approve: ApproveForm, decline: DeclineForm, status: int = 200) -> Response:
    db.session.rollback()
    found = queries.question(links.opened(token))
    state, approve.po_number.flags.optional = found.state, not found.po_required
    body = render_template("public/approve.html", question=found, state=state, approval=found.approval, address=f"/approve/{token}",
                           approve=approve, decline=decline, zone=_zone(), late=found.approval.until <= clock.now(),
                           changeable=_changeable(found) if state in queries.PAYS else [])
    answer = make_response(body, 410 if state in GONE else status)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _changeable(found: queries.Question) -> list[dict[str, Any]]:
    """The places the agency pays, each with what can still be changed about it. Nothing of answers."""
    now, own = clock.now(), order_queries.by_ref(found.order_ref).own
    seats, dates = order_queries.seats_of([one.id for one in own if one.has_blocks]), other_dates.offered(own)
    return [{"id": one.id, "who": f"{one.given_name or 'Not yet named'} {one.family_name or ''}".strip(), "title": one.title,
             "when": views.when(one, seats if one.has_blocks else ()), "state": one.state, "put_off": one.put_off_until is not None,
             "may_cancel": views.may_cancel(one, now), "may_substitute": registrations.substitution_refused(one, now) is None,
             "may_transfer": one.id in dates.transferable, "may_defer": one.id in dates.deferrable} for one in own]


def _say(refusal: Refusal) -> None:
    flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")


def _zone() -> str:
    return str(current_app.config["SETTINGS"].association_timezone)
