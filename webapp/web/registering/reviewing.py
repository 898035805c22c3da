"""The review page, wherever it is answered: how it is paid, with what code, and the time that is left."""

from typing import Any

from flask import current_app, request
from wtforms import EmailField, HiddenField, RadioField
from wtforms.validators import Optional

from webapp.core import clock, times
from webapp.payments import balances
from webapp.payments.approvals import queries as approvals
from webapp.payments.rules import approving, unpaid
from webapp.registration.badges import reading as badges
from webapp.registration.funds.asking import asked_column
from webapp.registration.orders import additions
from webapp.registration.orders.asking import MOST_TIMES
from webapp.registration.orders.making import HOLD
from webapp.registration.orders.releasing import MORE_TIME, MOST_EXTENSIONS
from webapp.registration.queries import orders as queries
from webapp.registration.queries import setasides, years
from webapp.registration.queries.orders import OrderView
from webapp.web.forms import Form, Line, Option, Paragraphs
from webapp.web.registering import adding, remembered, views
from webapp.web.registering.form import address

METHODS = [Option("card", "I pay now by card"), Option("approval", "My agency pays"), Option("invoice", "By invoice")]


class PayForm(Form):
    """How it is paid. An agency is asked for only when it pays."""

    method = RadioField("Who pays?", choices=METHODS, validate_choice=False)
    agency = Line("Name of the agency", 200)
    agency_meant = HiddenField()
    approver = Line("Who approves it there", 120, [Optional()])
    approver_email = EmailField("E-mail of who approves it", validators=[Optional(), address])
    po_number = Line("Purchase order number", 60, [Optional()])
    billing_email = EmailField("E-mail for the invoice", validators=[Optional(), address])
    address = Paragraphs("Billing address", 1000, [Optional()], render_kw={"rows": 3})
    code = Line("Discount code", 85, [Optional()])
    total = HiddenField()


def opened(ref: str) -> OrderView:
    """The order with what its payer's balance has paid of it (`order.paid_cents`), whether memberships are sold (`sells_years`), whether
    help with the price was asked for (`asks_help`), and whose pool of seats gave them (`kept_by`). NotFound when there is none."""
    return queries.by_ref(ref, balances.paid_column(), years.sold_column(), asked_column(), setasides.agency_column())


def asked(view: OrderView) -> PayForm:
    """The form as it is first shown, or with what was typed in it before a code was tried."""
    usual: dict[str, Any] = {"method": "invoice" if view.order.agency_id else "card"}
    if view.order.kept_by and not view.order.agency_id:
        usual = _of_its_pool(view)
    before = adding.paying(queries.whole(view.order.ref)) if view.order.whole_ref else {}
    chosen = {"method": view.order.method} if view.order.method else {}
    known = usual | before | chosen | remembered.paying(view.order.ref) | {"total": str(view.total_cents)}
    return PayForm(data=known)


def _of_its_pool(view: OrderView) -> dict[str, Any]:
    """Whose seat it is, is asked to pay, unless who ordered says otherwise: not once it was asked, nor too near the event."""
    may = not view.order.approvals and approving.deadline(clock.now(), view.starts_at, zone()) is not None
    return {"method": "approval" if may else "card", "agency": view.order.kept_by}


def context(view: OrderView, form: PayForm) -> dict[str, Any]:
    """What the page shows."""
    now, first = clock.now(), view.first
    left, whole, until = time_left(view)
    return {
        "view": view, "form": form, "titles": views.titles(view), "who": views.people(view), "place": first,
        "when": views.her_days(first), "where": views.where(first),
        "lines": views.money_lines(view), "explained": views.explained(view), "left_seconds": left, "whole_seconds": whole, "until": until,
        "plans": views.plans(view, now), "code": views.code_of(view), "basket": views.basket(view),
        "funds": views.funds_of(view),
        "instalments": views.instalments(view), "minutes": MORE_TIME.seconds // 60,
        "asking": approving.deadline(now, view.starts_at, zone()) if view.order.approvals < MOST_TIMES else None,
        "more_time": view.order.extensions < MOST_EXTENSIONS and left <= HOLD.seconds,
        "steps": _steps(view), "badges": _badges(view), "not_paid": request.args.get("paid") == "no",
        "unpaid": list(dict.fromkeys(words for one in view.own for words in unpaid.sentences(one.unpaid_at_start, one.unpaid_release))),
        "cheaper": additions.foresee(view.order.id) if view.order.whole_ref else [],
        "answer": ending(view), "zone": zone(), "used_cents": view.order.paid_cents, **_years(view),
    }


def _steps(view: OrderView) -> list[dict[str, str]]:
    """The steps of this order; of its places with breakouts to choose, those for whom none were chosen or declined are told."""
    choosing = [one for one in view.active if one.has_blocks and one.covers != "none"]
    open_ = sum(not (one.has_chosen or one.declined_blocks) for one in choosing)
    some = f"not chosen for {open_} of {len(choosing)}" if open_ < len(choosing) else "not chosen yet"
    return remembered.steps(bool(choosing), skipped=some if open_ else "")


def _badges(view: OrderView) -> dict[int, list[Any]]:
    """The badges that come with each place; asks nothing where none do."""
    carrying = [one.id for one in view.active if one.has_badges]
    rows = badges.of_places(carrying) if carrying else []
    return {place_id: [row for row in rows if row.registration_id == place_id] for place_id in carrying}


def _years(view: OrderView) -> dict[str, Any]:
    """Who becomes a member with the order, and who would pay less if she did; asks nothing where no membership is sold."""
    on_order = years.on_order(view.order.id) if view.order.has_year else []
    may = view.order.sells_years and view.order.method is None
    offers = years.offers(view, {one.person_id for one in on_order}, clock.now()) if may else []
    return {"years": on_order, "year_offers": offers, "claimable": years.claimable(view)}


def ending(view: OrderView) -> Any:
    """What became of the agency that was asked last, where one was: a question that was not approved. One statement, then only."""
    return approvals.latest(view.order.id) if view.order.approvals else None


def is_open(view: OrderView) -> bool:
    """Whether the order still waits for its buyer, and nobody else is asked."""
    return (view.order.state == "held" and view.order.hold_until is not None and view.order.hold_until > clock.now()
            and view.order.approval_until is None)


def time_left(view: OrderView) -> tuple[int, int, str]:
    """Seconds that are left, seconds in all, and until when in words; zeros when nothing is held."""
    until = view.order.hold_until
    if until is None:
        return 0, 0, ""
    left = max(int((until - clock.now()).total_seconds()), 0)
    return left, max(left, int((until - view.order.created_at).total_seconds())), until_words(until)


def zone() -> str:
    """The association's zone."""
    return str(current_app.config["SETTINGS"].association_timezone)


def until_words(moment: Any) -> str:
    """The time of day, with its date where that is not today: an offer is kept for days."""
    there = times.local(moment, zone())
    today = there.date() == clock.today(zone())
    return f"{times.clock_words(there)} {times.zone_short(zone(), moment)}" if today else times.moment_words(moment, zone())
