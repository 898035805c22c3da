"""Messages: one for one fact, to the one it is about; reminders on the true day."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from tests.machines.kept import about
from tests.machines.seen import Seen
from webapp.registration.orders.joining import TAKEN_OUT


@about("messages", "registrations", "refunds", "payments")
def one_message_for_one_fact(seen: Seen) -> None:
    """Who was confirmed, cancelled, paid or refunded heard of it by exactly one message; she whose name followed, once she had one."""
    kinds = Counter((one.kind, one.subject_of) for one in seen.messages)
    assert len({one.fact for one in seen.messages}) == len(seen.messages)
    for one in seen.registrations:
        who = f"registration:{one.id}"
        heard = one.confirmed_at is not None and one.person_id is not None
        assert kinds["registration_confirmed", who] == heard, (one, "confirmed")
        ended = kinds["registration_cancelled", who] + kinds["event_cancelled", who]
        assert ended == (one.state == "cancelled" and one.ended_reason != TAKEN_OUT), (one, "cancelled")
        assert kinds["place_handed_on", who] == (one.state == "substituted"), (one, "handed on")
    receipts = Counter(one.facts["payment_id"] for one in seen.messages if one.kind == "receipt")
    assert all(count == 1 for count in receipts.values()), receipts
    of_orders = {one.id for one in seen.payments if one.order_id is not None and one.state == "succeeded"}
    failed = {one.id for one in seen.payments if one.state == "failed"}
    told = {one.again_id for one in seen.refunds if one.payment_id in failed}  # that one's money was none, and this one covers it
    refunds = Counter(one.facts["refund_id"] for one in seen.messages if one.kind == "refund")
    given_back = {one.id for one in seen.refunds if one.state == "succeeded" and not one.to_balance and one.payment_id in of_orders}
    assert given_back - told <= set(refunds) and all(count == 1 for count in refunds.values()), (given_back, refunds)


@about("messages", "registrations", "seats", "sessions")
def reminders_wait_for_the_true_day(seen: Seen, now: datetime) -> None:
    """A reminder that waits belongs to a confirmed place and to the first session ahead of it; none that is to come is missing."""
    waiting: dict[tuple[int, int], Row[Any]] = {}
    for one in seen.messages:
        if one.kind == "reminder" and one.state == "waiting":
            key = (one.facts["registration_id"], one.facts["days"])
            assert key not in waiting, ("two reminders", one)
            waiting[key] = one
    wanted = {}
    for place in seen.confirmed:
        first = _first(seen, place) if place.person_id is not None else None
        for days in (7, 1):
            if first is not None and first - timedelta(days=days) > now:
                wanted[place.id, days] = first - timedelta(days=days)
    late = {key: one.not_before for key, one in waiting.items() if one.not_before > now}
    assert late == wanted, ("reminders", late, wanted)


def _first(seen: Seen, place: Row[Any]) -> datetime | None:
    mine = {seat.session_id for seat in seen.seats if seat.registration_id == place.id and seat.state != "released"}
    return min((one.starts_at for one in seen.sessions if one.id in mine and one.status == "scheduled"), default=None)
