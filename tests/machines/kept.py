"""The rules of product.md as questions to what was seen. Each recounts by itself what the product counts in its own way."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from tests.machines.seen import Seen, by
from webapp.payments import balances
from webapp.payments.queries import desk
from webapp.registration import seats

GONE = ("cancelled",)


def seats_are_never_sold_twice(seen: Seen) -> None:
    """Taken is what the uses add up to, and never above capacity; who is active holds exactly her pools, who is not none."""
    held: Counter[int] = Counter()
    for use in seen.uses:
        held[use.pool_id] += use.count
    for pool in seen.pools:
        assert pool.taken == held[pool.id], ("recount", pool, held[pool.id])
        assert pool.capacity is None or pool.taken <= pool.capacity, ("oversold", pool)
    assert seats.recount() == []
    uses = by(seen.uses, "registration_id")
    for one in seen.registrations:
        have = Counter({use.pool_id: use.count for use in uses[one.id]})
        assert have == (_needed(seen, one) if one in seen.active else Counter()), ("holds", one, have)


def one_place_per_person_and_event(seen: Seen) -> None:
    """At most one active registration of a person in an event."""
    places = Counter((one.event_id, one.person_id) for one in seen.active)
    assert all(count == 1 for count in places.values()), places


def seats_follow_their_registration(seen: Seen) -> None:
    """Booked while confirmed, held while held, released afterwards; one session of a block at most; everybody's seats for everybody."""
    sessions, mine = {one.id: one for one in seen.sessions}, by(seen.seats, "registration_id")
    for one in seen.registrations:
        live = [seat for seat in mine[one.id] if seat.state != "released"]
        assert {seat.state for seat in live} <= {{"held": "held", "confirmed": "booked"}.get(one.state, "none")}, (one, live)
        blocks = Counter(sessions[seat.session_id].block_id for seat in live if sessions[seat.session_id].block_id)
        assert all(count == 1 for count in blocks.values()), (one, live)
        if one in seen.active:
            common = {other.id for other in seen.sessions if other.block_id is None and other.event_id == one.event_id
                      and other.status == "scheduled"}
            assert common <= {seat.session_id for seat in live}, ("no seat", one, common, live)


def orders_and_places_agree(seen: Seen) -> None:
    """A held order has held places, a placed one confirmed, those that ended, and nobody is confirmed in an order let go."""
    ended = {"cancelled", "substituted", "transferred"}
    allowed = {"held": {"held", "cancelled"}, "releasing": {"held", "cancelled"}, "placed": {"confirmed", *ended},
               "expired": {"expired", "cancelled"}, "cancelled": {"expired", *ended}}
    places = by(seen.registrations, "order_id")
    for order in seen.orders:
        assert {one.state for one in places[order.id]} <= allowed[order.state], (order, places[order.id])


def every_cent_has_its_place(seen: Seen) -> None:
    """Allocations fit both sides, refunds fit payments, and what pays nothing stands on finance's list to the cent.

    Money that was taken back from its order may have been attached to another: what it once paid there adds up to nothing.
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
    free = {}
    for one in seen.payments:
        received = one.amount_cents if one.state == "succeeded" else 0
        assert 0 <= used[one.id] <= received - gone[one.id], ("allocated beyond the payment", one, used[one.id])
        assert back[one.id] <= one.amount_cents and (one.state == "succeeded" or not back[one.id]), ("refunded beyond", one)
        if received - used[one.id] - back[one.id] > 0:
            free[one.id] = received - used[one.id] - back[one.id]
    for charge_id, cents in asked.items():
        assert 0 <= cents <= max(charges[charge_id].amount_cents, 0), ("paid beyond the charge", charges[charge_id])
    assert {row.payment.id: row.free_cents for row in desk.unmatched()} == free, "finance's list"


def owed_is_the_sum_of_charges(seen: Seen, today: date) -> None:
    """Owed and paid of every order are what its two lists add up to; voids take back exactly their line, once."""
    lines, payments, refunds = by(seen.charges, "order_id"), by(seen.payments, "order_id"), by(seen.refunds, "payment_id")
    standing = balances.of_orders([one.id for one in seen.orders], today)
    for order in seen.orders:
        owed = sum(line.amount_cents for line in lines[order.id])
        here = [one for one in payments[order.id] if one.state == "succeeded"]
        back = sum(one.amount_cents for pay in here for one in refunds[pay.id] if one.state == "succeeded")
        assert owed >= 0, ("owes less than nothing", order, lines[order.id])
        assert (standing[order.id].owed_cents, standing[order.id].paid_cents) == (owed, sum(p.amount_cents for p in here) - back), order
    by_id = {one.id: one for one in seen.charges}
    voids = [one for one in seen.charges if one.voids_id is not None]
    assert all(one.amount_cents == -by_id[one.voids_id].amount_cents for one in voids)
    assert len({one.voids_id for one in voids}) == len(voids)


def stripe_and_we_agree(seen: Seen, books: dict[str, list[dict[str, Any]]], delivered: set[str],
                        attached: set[int]) -> None:
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


def events_apply_once(seen: Seen) -> None:
    """Every event of Stripe's that came was applied once, and none failed."""
    assert len({one.provider_id for one in seen.told}) == len(seen.told)
    assert all(one.attempts == 1 and one.outcome != "failed" for one in seen.told), [one for one in seen.told if one.attempts != 1]


def one_message_for_one_fact(seen: Seen) -> None:
    """Who was confirmed, cancelled, paid or refunded heard of it by exactly one message."""
    kinds = Counter((one.kind, one.subject_of) for one in seen.messages)
    assert len({one.fact for one in seen.messages}) == len(seen.messages)
    for one in seen.registrations:
        who = f"registration:{one.id}"
        assert kinds["registration_confirmed", who] == (one.confirmed_at is not None), (one, "confirmed")
        ended = kinds["registration_cancelled", who] + kinds["event_cancelled", who]
        assert ended == (one.state in GONE), (one, "cancelled")
        assert kinds["place_handed_on", who] == (one.state == "substituted"), (one, "handed on")
    receipts = Counter(one.facts["payment_id"] for one in seen.messages if one.kind == "receipt")
    assert all(count == 1 for count in receipts.values()), receipts
    of_orders = {one.id for one in seen.payments if one.order_id is not None}
    refunds = Counter(one.facts["refund_id"] for one in seen.messages if one.kind == "refund")
    given_back = {one.id for one in seen.refunds if one.state == "succeeded" and one.payment_id in of_orders}
    assert given_back <= set(refunds) and all(count == 1 for count in refunds.values()), (given_back, refunds)


def reminders_wait_for_the_true_day(seen: Seen, now: datetime) -> None:
    """A reminder that waits belongs to a confirmed place and to the first session ahead of it; none that is to come is missing."""
    waiting: dict[tuple[int, int], Row[Any]] = {}
    for one in seen.messages:
        if one.kind == "reminder" and one.state == "waiting":
            key = (one.facts["registration_id"], one.facts["days"])
            assert key not in waiting, ("two reminders", one)
            waiting[key] = one
    wanted = {}
    for place in seen.registrations:
        first = _first(seen, place)
        for days in (7, 1):
            if place.state == "confirmed" and first is not None and first - timedelta(days=days) > now:
                wanted[place.id, days] = first - timedelta(days=days)
    late = {key: one.not_before for key, one in waiting.items() if one.not_before > now}
    assert late == wanted, ("reminders", late, wanted)


class Calendars:
    """What calendars have been told so far: a UID never changes and is never used again, SEQUENCE only rises."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[tuple[Any, ...], int, tuple[Any, ...]]] = {}

    def look(self, seen: Seen) -> None:
        """Compares with what was known, and remembers."""
        sessions = {one.id: one for one in seen.sessions}
        public = {one.id: one.confirmed_at is not None for one in seen.registrations}
        now: dict[str, tuple[tuple[Any, ...], int, tuple[Any, ...]]] = {
            one.ical_uid: (("session", one.id), one.sequence, (one.starts_at, one.ends_at, one.zone, one.title, one.status))
            for one in seen.sessions}
        for seat in seen.seats:
            shown = now[sessions[seat.session_id].ical_uid][2]
            if public[seat.registration_id]:
                said = ("given back",) if seat.state == "released" else (*shown, seat.state)
                now[seat.ical_uid] = (("seat", seat.registration_id, seat.session_id), seat.sequence, said)
        for uid, (whose, sequence, shown) in self.known.items():
            assert uid in now, ("a calendar entry vanished", whose)
            assert now[uid][0] == whose, ("a UID was used again", whose, now[uid][0])
            assert now[uid][1] >= sequence, ("SEQUENCE fell", whose)
            assert now[uid][2] == shown or now[uid][1] > sequence, ("changed without SEQUENCE", whose, shown, now[uid][2])
        self.known = now


def _needed(seen: Seen, one: Row[Any]) -> Counter[int]:
    """The pools a place draws on, worked out from what it is."""
    event = next(row for row in seen.events if row.id == one.event_id)
    by_mode = event.room_pool_id if one.mode == "in_person" else event.online_pool_id
    own = [event.pool_id, by_mode, *(row.pool_id for row in seen.types if row.id == one.type_id)]
    pools = {row.id: row.pool_id for row in seen.sessions}
    own += [pools[seat.session_id] for seat in seen.seats if seat.registration_id == one.id and seat.state != "released"]
    needed = Counter(dict.fromkeys((pool for pool in own if pool is not None), 1))
    extra = {row.id: row.pool_id for row in seen.add_ons}
    for row in seen.bought:
        if row.registration_id == one.id and extra[row.add_on_id] is not None:
            needed[extra[row.add_on_id]] += row.count
    return needed


def _first(seen: Seen, place: Row[Any]) -> datetime | None:
    mine = {seat.session_id for seat in seen.seats if seat.registration_id == place.id and seat.state != "released"}
    return min((one.starts_at for one in seen.sessions if one.id in mine and one.status == "scheduled"), default=None)
