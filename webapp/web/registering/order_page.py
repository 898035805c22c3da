"""The page of an order: its places, what was added to it later, and the money of all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core import clock, money, times
from webapp.payments import balances, invoices
from webapp.payments.approvals.queries import agency_pays
from webapp.payments.invoices import Bill
from webapp.payments.rules import unpaid
from webapp.payments.rules.standing import Balance, together
from webapp.registration import own_page, registrations
from webapp.registration.badges import reading
from webapp.registration.badges import rules as badge_rules
from webapp.registration.models import ACTIVE
from webapp.registration.queries import orders as queries
from webapp.registration.queries import years
from webapp.registration.queries.orders import OrderView
from webapp.web.public import order_approval
from webapp.web.registering import adding, deciding, other_dates, reviewing, views


@dataclass(frozen=True)
class Part:
    """The order, or something that was added to it: an order of its own, with its balance and its invoices."""

    view: OrderView
    balance: Balance
    bills: Sequence[Bill]

    @property
    def is_decided_here(self) -> bool:
        """Whether who looks decides about its money: not once an agency said that it pays (`deciding`)."""
        return deciding.may(self.view)

    @property
    def address(self) -> str:
        """Where it is changed."""
        return f"/orders/{self.view.order.ref}"


def opened(ref: str) -> list[Part]:
    """The order and what was added to it, with their money as it stands today. The statements are the same however much was added."""
    view, today = deciding.opened(ref), clock.today(reviewing.zone())
    views = [view, *queries.additions(view, agency_pays())]
    owing = [one.order.id for one in views if one.order.state in balances.COUNTED]
    found = balances.of_orders(owing, today) if len(owing) > 1 else {one: balances.of_order(one, today) for one in owing}
    bills = invoices.of_orders([one.order.id for one in views if one.order.method == "invoice"])
    return [Part(one, found.get(one.order.id, Balance()), bills.get(one.order.id, [])) for one in views]


def context(parts: Sequence[Part], now: datetime) -> dict[str, Any]:
    """What the page shows: the first part is the order itself."""
    own, balance = parts[0].view, together(part.balance for part in parts if part.is_decided_here)
    view, first, ours = own.joined(part.view for part in parts[1:]), own.first, [part for part in parts if part.is_decided_here]
    hers = {one.id for part in ours for one in part.view.own}
    kept = queries.seats_of([one.id for one in view.places if one.state in ACTIVE])
    confirmed = {one.id for one in view.places if one.state == "confirmed"}
    seats = [one for one in kept if one.registration_id in confirmed]
    dates = other_dates.offered([one for one in view.own if one.id in hers])
    ahead, more = views.sessions(list({one.id: one for one in seats}.values()), now, places=view.places)
    return {
        "view": view, "place": first, "title_line": views.titles(view), "several_events": len({one.event_id for one in view.own}) > 1,
        "whens": {one.id: views.when(one, kept if one.has_blocks else ()) for one in view.own},
        "wheres": {one.id: views.where(one) for one in view.own}, "lines": views.money_lines(view),
        "sessions": ahead, "more": more, "balance": balance,
        "kept_cents": balances.kept_of(back) if (back := [part.view.order.id for part in ours if part.balance.refunded_cents]) else 0,
        "bills": [bill for part in ours for bill in part.bills],
        "joining": views.joining([one for mine in view.own if view.opens(mine) for one in view.of(mine)], seats, now),
        "choosable": {one.id for one in view.own if seats and one.has_blocks and views.may_choose(one, now)},
        "linked": {one.id: views.linked(one, view.places, seats, now) for one in view.own},
        "cancellable": {one.id for one in view.own if views.may_cancel(one, now)},
        "decides": parts[0].is_decided_here,
        "substitutable": {one.id for one in view.own if one.id in hers and registrations.substitution_refused(one, now) is None},
        "buyable": {one.id for one in view.own if one.id in hers and one.sells_more and registrations.buying_refused(one, now) is None},
        "transferable": dates.transferable,
        "waiting": {one.id for one in view.own if views.waits_for_date(one, now)},
        "deferrable": dates.deferrable,
        "badges": _badges(view, now),
        "questions": own_page.questions_path(first.id) if first.replaces_id and view.opens(first) else "",
        "plans": views.plans(view, now, is_unpaid=_is_unpaid(view, balance)) if view.active and parts[0].is_decided_here else [],
        "until": reviewing.until_words(view.order.hold_until) if view.order.hold_until else "", "instalments": views.instalments(view),
        "claimable": years.claimable(*(part.view for part in ours if part.view.order.state == "placed")),
        "years": [year for part in parts if part.view.order.has_year and part.view.order.state in balances.COUNTED
                  for year in years.on_order(part.view.order.id)],
        "receipts": [found for part in ours if part.balance.paid_cents > 0 for found in views.receipts(part.view)],
        "is_open": reviewing.is_open(view), "naming_until": views.naming_until(view),
        "asked": order_approval.shown(view), "unpaid": _unpaid(ours), "zone": reviewing.zone(),
        "at": {one.id: part.address for part in parts for one in part.view.places}, "to_pay": _to_pay(ours),
        "addable": adding.may_add(own, now) if parts[0].is_decided_here else [], "added": [part.view.order.ref for part in parts[1:]],
    }


def _badges(view: OrderView, now: datetime) -> dict[int, dict[str, Any]]:
    """The badges of each place that stands, until when they are named, and whether they still are; one statement where there are any."""
    carrying = [one for one in view.active if one.has_badges]
    rows = reading.of_places([one.id for one in carrying]) if carrying else []
    lasts = {one.id: badge_rules.until(one.rules, one.starts_at) for one in carrying}
    return {one.id: {"rows": [row for row in rows if row.registration_id == one.id],
                     "until": times.moment_words(last, one.zone) if (last := lasts[one.id]) else "",
                     "is_open": badge_rules.refused_because(one, now) is None} for one in carrying}


def _to_pay(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Where a part is paid that is open: each by itself."""
    due = [part for part in parts if part.balance.open_cents and not part.balance.processing_cents]
    return [{"address": part.address, "is_card": part.view.order.method == "card",
             "words": "Pay by card" if len(due) == 1 else f"Pay {money.written(part.balance.open_cents)} by card"} for part in due]


def _unpaid(parts: Sequence[Part]) -> list[str]:
    """What the events do with a place whose invoice stays open, while it is."""
    due = [part.view for part in parts
           if part.view.order.method == "invoice" and part.view.order.state == "placed" and part.balance.open_cents]
    return list(dict.fromkeys(
        words for view in due for one in view.own for words in unpaid.sentences(one.unpaid_at_start, one.unpaid_release)))


def _is_unpaid(view: OrderView, balance: Balance) -> bool:
    """The places are hers, and no money came for them."""
    return view.order.state == "placed" and not balance.paid_cents and not balance.processing_cents
