"""Money: every cent has its place, owed and paid are two lists that only grow, and Stripe and we agree."""

from collections import Counter
from datetime import date
from typing import Any

from tests.machines.kept import about
from tests.machines.seen import Rows, Seen, by
from webapp.payments import balances
from webapp.payments.queries import desk
from webapp.registration.years import rules as years

MONEY = ("charges", "payments", "refunds", "allocations", "orders")
LISTS = ("charges", "allocations", "lot_moves", "booked")


@about(*MONEY)
def every_cent_has_its_place(seen: Seen) -> None:
    """Allocations fit both sides, refunds fit payments, and what pays nothing stands on finance's list to the cent.

    Money that was taken back from its order may have been attached to another: what it once paid there adds up to nothing. A
    balance that paid a part of a held order waits for the rest, not for finance.
    """
    charges, payments = {one.id: one for one in seen.charges}, {one.id: one for one in seen.payments}
    used, asked, back, gone = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    abroad = Counter[tuple[int, int]]()
    for share in seen.allocations:
        used[share.payment_id] += share.amount_cents
        asked[share.charge_id] += share.amount_cents
        if charges[share.charge_id].order_id != payments[share.payment_id].order_id:
            abroad[share.payment_id, share.charge_id] += share.amount_cents
    assert not any(abroad.values()), ("another order's charge", abroad)
    for refund in seen.refunds:
        back[refund.payment_id] += refund.amount_cents if refund.state != "failed" else 0
        gone[refund.payment_id] += refund.amount_cents if refund.state == "succeeded" else 0
    free, waiting = {}, {one.id for one in seen.orders_in("held", "releasing", "expired")}
    for one in seen.payments:
        received = one.amount_cents if one.state == "succeeded" else 0
        assert 0 <= used[one.id] <= max(received - gone[one.id], 0), ("allocated beyond the payment", one, used[one.id])
        owes = one.state == "failed" and one.order_id is not None and back[one.id] == gone[one.id]  # sent before it was no money
        assert back[one.id] <= one.amount_cents and (one.state == "succeeded" or not back[one.id] or owes), ("refunded beyond", one)
        if received - used[one.id] - back[one.id] > 0 and not (one.method == "balance" and one.order_id in waiting):
            free[one.id] = received - used[one.id] - back[one.id]
    for charge_id, cents in asked.items():
        assert 0 <= cents <= max(charges[charge_id].amount_cents, 0), ("paid beyond the charge", charges[charge_id])
    assert {row.payment.id: row.free_cents for row in desk.unmatched()} == free, "finance's list"


@about(*MONEY)
def owed_is_the_sum_of_charges(seen: Seen, today: date) -> None:
    """Owed and paid of every order are what its two lists add up to; voids take back exactly their line, once."""
    lines, payments, refunds = by(seen.charges, "order_id"), by(seen.payments, "order_id"), by(seen.refunds, "payment_id")
    standing = balances.of_orders([one.id for one in seen.orders], today)
    for order in seen.orders:
        owed = sum(line.amount_cents for line in lines[order.id])
        here = [one for one in payments[order.id] if one.state == "succeeded"]
        back = sum(one.amount_cents for pay in payments[order.id] for one in refunds[pay.id] if one.state == "succeeded")
        assert owed >= 0, ("owes less than nothing", order, lines[order.id])
        assert (standing[order.id].owed_cents, standing[order.id].paid_cents) == (owed, sum(p.amount_cents for p in here) - back), order
    by_id = {one.id: one for one in seen.charges}
    voids = [one for one in seen.charges if one.voids_id is not None]
    assert all(one.amount_cents == -by_id[one.voids_id].amount_cents for one in voids)
    assert len({one.voids_id for one in voids}) == len(voids)


@about("allocations", "charges", "lots", "lot_moves", "deferrals", "events")
def bound_money_pays_its_course(seen: Seen) -> None:
    """What was kept from a place put off pays for the events of its course: no other, no membership, and no fee that is of no event."""
    course = {one.id: one.course_id for one in seen.deferrals}
    lots = {one.id: one for one in seen.lots if one.deferral_id is not None}
    bound = {one.payment_id: course[lots[one.lot_id].deferral_id] for one in seen.lot_moves
             if one.kind == "used" and one.lot_id in lots
             and (lots[one.lot_id].opened_after is None or one.id <= lots[one.lot_id].opened_after)}
    charges, of_event = {one.id: one for one in seen.charges}, {one.id: one.course_id for one in seen.events}
    paid = Counter[tuple[int, int]]()
    for share in seen.allocations:
        if share.payment_id in bound:
            paid[share.payment_id, share.charge_id] += share.amount_cents
    for (payment_id, charge_id), cents in paid.items():
        line = charges[charge_id]
        is_its_own = of_event.get(line.event_id) == bound[payment_id] and line.explained.get("rule") != years.RULE
        assert is_its_own or not cents, ("bound money pays something else", line, cents)


class Lists:
    """What is owed, what paid it, what moved in a balance and what a month booked: lines are only added."""

    def __init__(self) -> None:
        self.known: dict[str, Rows] = {name: [] for name in LISTS}

    def look(self, seen: Seen) -> None:
        """Every line that was known stands as it was, before the new ones."""
        for name, before in self.known.items():
            now = getattr(seen, name)
            assert now is before or now[:len(before)] == before, ("a line was changed", name)
            self.known[name] = now


def stripe_and_we_agree(seen: Seen, books: dict[str, list[dict[str, Any]]], delivered: set[str], attached: set[int]) -> None:
    """No money that Stripe does not know; what it told of is here once, in full, and confirmed a place or waits for a person."""
    intents = {one["id"]: one for one in books["payment_intents"]}
    ours = [one for one in seen.payments if one.provider_intent_id]
    assert len({one.provider_intent_id for one in ours}) == len(ours)
    for one in ours:
        if one.provider_intent_id.startswith("pi_foreign"):
            assert one.order_id is None or one.id in attached, ("foreign money in an order", one)
        elif one.state == "succeeded" and "asked for" not in one.note:
            assert one.amount_cents == intents[one.provider_intent_id]["amount"], one
    arrived = {one.provider_intent_id for one in ours if one.state == "succeeded"}
    assert delivered <= arrived, ("told of and not here", delivered - arrived)
    waiting = {one.id for one in seen.orders_in("held", "releasing")}
    assert not [one for one in ours if one.state == "succeeded" and one.order_id in waiting], "paid and yet only held"
    sent = Counter()
    for refund in books["refunds"]:
        sent[refund["payment_intent"]] += refund["amount"] if refund["status"] in ("succeeded", "pending") else 0
    assert all(cents <= intents[intent]["amount"] for intent, cents in sent.items())


@about("told")
def events_apply_once(seen: Seen) -> None:
    """Every event of Stripe's that came was applied once, and none failed."""
    assert len({one.provider_id for one in seen.told}) == len(seen.told)
    assert all(one.attempts == 1 and one.outcome != "failed" for one in seen.told), [one for one in seen.told if one.attempts != 1]
