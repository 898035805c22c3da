"""People added to an order that is placed: an order of their own, which is part of it. Amounts worked out by hand."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from tests.actions.registration.test_carts import JOAN, added, fees, order, order_total, ours, wish
from tests.factories import codes, events, people
from tests.factories import registrations as places
from tests.support.till import ZONE
from webapp.catalog import policies
from webapp.catalog.models import CancellationPolicy, Event
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Closed, Full, Refusal, Stale
from webapp.payments import additions as money
from webapp.payments import approvals, giving_back, invoices, receipts
from webapp.payments.approvals import Wish
from webapp.payments.models import Payment, Refund
from webapp.registration import ledger, orders, registrations, seats
from webapp.registration.models import GroupRule
from webapp.registration.offers import GroupRuleSpec, InstalmentSpec, PriceSpec, TypeSpec
from webapp.registration.orders import Held, additions
from webapp.registration.registrations.regrouping import Regrouped
from webapp.registration.substitution import Colleague

FROM_THREE = [GroupRuleSpec(3, 1_000)]  # 10 percent of $150.00 is $15.00


def sold(**more: object) -> Event:
    return events.workshop(group_rules=FROM_THREE, **more)  # type: ignore[arg-type]


def placed(event: Event, *names: str, method: str = "invoice") -> Held:
    made = orders.hold(event.id, [wish(event, name) for name in names], JOAN)
    places.place(made.order_id, method)
    return made


def adding(whole: Held, event: Event, *names: str, **more: str) -> Held:
    return orders.hold(event.id, [wish(event, name) for name in names], JOAN, part_of=whole.order_id, **more)


def joined(whole: Held, event: Event, *names: str) -> Held:
    """An addition that is placed on invoice, with what follows for the money."""
    made = adding(whole, event, *names)
    places.place(made.order_id)
    money.settle(made.order_id, clock.now())
    return made


def pay(held: Held, cents: int) -> None:
    received = receipts.Received("cash", cents, clock.today(ZONE), ZONE)
    receipts.record(held.order_id, received, by_id=people.person(roles=["finance"]).id)


def went_back() -> list[tuple[int, int]]:
    rows = db.session.execute(select(Payment.order_id, Refund.amount_cents).join(Refund, Refund.payment_id == Payment.id))
    return [(row[0], row[1]) for row in rows]


def test_who_is_added_has_an_order_that_is_part_of_the_first() -> None:
    event = sold()
    whole = placed(event, "Ana")
    more = adding(whole, event, "Bo")
    assert (order(more).part_of_id, ours(more)[0].state, more.total_cents) == (whole.order_id, "held", 15_000)
    places.place(more.order_id)
    assert (ours(more)[0].state, order_total(whole), order(more).policy_accepted_at) == ("confirmed", 15_000, clock.now())
    assert seats.recount() == []


def test_the_third_makes_all_three_cheaper_once_she_is_placed() -> None:
    event = sold()
    whole = placed(event, "Ana", "Bo")
    more = adding(whole, event, "Cy")
    assert (order_total(whole), more.total_cents, [one.cents for one in additions.foresee(more.order_id)]) == (
        30_000, 13_500, [1_500, 1_500])
    places.place(more.order_id)
    assert additions.lower(more.order_id, clock.now()) == {whole.order_id: 3_000}
    assert (order_total(whole), order_total(more), fees(whole).count(("discount", -1_500))) == (27_000, 13_500, 2)
    assert (additions.lower(more.order_id, clock.now()), order_total(whole)) == ({}, 27_000)


def test_a_larger_group_voids_the_smaller_discount_and_replaces_it() -> None:
    event = events.workshop(group_rules=[GroupRuleSpec(2, 500), GroupRuleSpec(3, 1_000)])  # $7.50, then $15.00
    whole = placed(event, "Ana", "Bo")
    assert order_total(whole) == 2 * 14_250
    more = joined(whole, event, "Cy")
    assert (order_total(whole), order_total(more), fees(whole).count(("discount", -750))) == (27_000, 13_500, 0)


def test_what_was_paid_too_much_goes_back_and_is_asked_for_once() -> None:
    event = sold()
    whole = placed(event, "Ana", "Bo", method="card")
    pay(whole, 30_000)
    more = adding(whole, event, "Cy")
    orders.place(more.order_id, "card")
    pay(more, 13_500)
    assert (ours(more)[0].state, went_back()) == ("confirmed", [(whole.order_id, 3_000)])
    money.settle(more.order_id, clock.now())
    assert went_back() == [(whole.order_id, 3_000)]


def test_an_issued_invoice_stays_and_the_difference_is_a_credit_note_and_an_invoice_of_its_own() -> None:
    event = sold()
    whole = placed(event, "Ana", "Bo")
    first = invoices.issue(whole.order_id)
    more = joined(whole, event, "Cy")
    second = invoices.issue(more.order_id)
    assert first is not None and second is not None and (first.total_cents, second.total_cents) == (30_000, 13_500)
    assert [note.total_cents for bill in invoices.of_order(whole.order_id) for note in bill.notes] == [3_000]


def test_an_addition_to_an_addition_is_part_of_the_first_order_and_all_are_counted() -> None:
    event = sold()
    whole = placed(event, "Ana")
    second = joined(whole, event, "Bo")
    third = joined(second, event, "Cy")
    assert (order(third).part_of_id, order_total(whole), order_total(second), order_total(third)) == (
        whole.order_id, 13_500, 13_500, 13_500)


def test_two_additions_at_once_are_both_counted_when_they_are_placed() -> None:
    event = sold()
    whole = placed(event, "Ana")
    second, third = adding(whole, event, "Bo"), adding(whole, event, "Cy")
    assert (second.total_cents, third.total_cents) == (15_000, 15_000)  # neither is counted before it is placed
    for one in (second, third):
        places.place(one.order_id)
        money.settle(one.order_id, clock.now())
    assert [order_total(one) for one in (whole, second, third)] == [13_500] * 3


def test_somebody_else_on_the_same_addition_is_counted_with_the_whole() -> None:
    event = sold()
    more = adding(placed(event, "Ana"), event, "Bo")
    assert (more.total_cents, added(more, event, "Cy").total_cents) == (15_000, 27_000)


def test_a_code_and_the_group_price_never_take_off_more_than_the_place_costs() -> None:
    event = sold()
    codes.code(event, event_ids=[event.id], percent=10_000)
    whole = orders.hold(event.id, [wish(event, "Ana"), wish(event, "Bo")], JOAN, code="SPRING10")
    places.place(whole.order_id)
    joined(whole, event, "Cy")
    assert order_total(whole) == 0


def test_a_price_in_instalments_keeps_what_was_promised() -> None:
    parts = [InstalmentSpec(clock.today(ZONE), 5_000), InstalmentSpec(clock.today(ZONE) + timedelta(days=9), 5_000)]
    event = events.workshop(types=[TypeSpec("Seat", [PriceSpec(15_000)], instalments=parts)], group_rules=FROM_THREE)
    whole = placed(event, "Ana", "Bo")
    assert (order_total(joined(whole, event, "Cy")), order_total(whole)) == (13_500, 30_000)


def test_the_same_person_is_not_added_twice() -> None:
    event = sold()
    whole = placed(event, "Ana")
    joined(whole, event, "Bo")
    for name in ("Ana", "Bo"):
        with pytest.raises(Refusal, match=f"{name} Silva has a place in this event already"):
            adding(whole, event, name)


def test_the_same_form_adds_once() -> None:
    event = sold()
    whole = placed(event, "Ana")
    first, again = (adding(whole, event, "Bo", submit_key="b:1", form_key="b") for _ in range(2))
    assert (again.repeated, again.ref, len(ours(first))) == (True, first.ref, 1)


def test_nothing_is_added_where_the_order_is_not_in_force_or_has_nobody_there() -> None:
    event, other = sold(), events.workshop("Other")
    whole, begun = placed(event, "Ana"), orders.hold(event.id, [wish(event, "Di")], JOAN)
    for to, at in ((begun, event), (whole, other)):
        with pytest.raises(Closed) as refused:
            adding(to, at, "Bo")
        assert refused.value.code == "not_placed"
    registrations.cancel(ours(whole)[0].id, by_id=None)
    with pytest.raises(Closed, match="not in force"):
        adding(whole, event, "Bo")


def test_a_full_or_closed_event_takes_nobody_more(frozen: time_machine.Traveller) -> None:
    event = sold(capacity=1)
    whole = placed(event, "Ana")
    with pytest.raises(Full):
        adding(whole, event, "Bo")
    frozen.shift(timedelta(days=60))
    with pytest.raises(Closed, match="closed"):
        adding(whole, event, "Bo")
    assert seats.recount() == []


def test_a_hold_that_ends_leaves_the_whole_as_it_was(frozen: time_machine.Traveller) -> None:
    event = sold()
    whole = placed(event, "Ana", "Bo")
    more = adding(whole, event, "Cy")
    frozen.shift(timedelta(minutes=21))
    orders.expire(more.order_id)
    assert (order(more).state, order_total(whole), order(whole).state, seats.recount()) == ("expired", 30_000, "placed", [])


def test_late_money_finds_the_seat_again_and_lowers_the_others(frozen: time_machine.Traveller) -> None:
    event = sold()
    whole = placed(event, "Ana", "Bo")
    more = adding(whole, event, "Cy")
    orders.place(more.order_id, "card")
    frozen.shift(timedelta(hours=2))
    orders.expire(more.order_id)
    pay(more, 13_500)
    assert (ours(more)[0].state, order_total(whole), ledger.owed(more.order_id)) == ("confirmed", 27_000, 13_500)


def test_a_cancellation_counts_the_whole_before_it_takes_a_group_price_back() -> None:
    event = sold(policy="free-of-charge")
    policy = db.session.get_one(CancellationPolicy, event.cancellation_policy_id)
    db.session.execute(update(CancellationPolicy).values(rules=policy.rules | {"group_below": "reprice"}))
    whole = placed(event, "Ana", "Bo", "Cy")
    more = joined(whole, event, "Di")
    first, second = [one.id for one in ours(whole)][:2]
    assert registrations.foresee_regroup(first).cents == 0
    registrations.cancel(first, by_id=None, seen_group_cents=0)
    assert registrations.foresee_regroup(second) == Regrouped(1_500, ((more.order_id, 1_500),))  # Cy, and Di on the addition


@pytest.fixture
def reprices() -> Event:
    """An event whose policy prices a group anew that becomes smaller."""
    event = sold(policy="free-of-charge")
    policy = db.session.get_one(CancellationPolicy, event.cancellation_policy_id)
    db.session.execute(update(CancellationPolicy).values(rules=policy.rules | {"group_below": "reprice"}))
    return event


def given_back(registration_id: int, seen_cents: int) -> None:
    """As the page does it: the place goes, and the money follows."""
    done = registrations.cancel(registration_id, by_id=None, seen_group_cents=seen_cents)
    giving_back.after([done], reason="Cancelled", by_id=None, today=clock.today(ZONE))


def test_an_added_place_that_goes_makes_the_first_order_dearer_by_an_invoice_of_its_own(reprices: Event) -> None:
    whole = placed(reprices, "Ana", "Bo")
    more = joined(whole, reprices, "Cy")
    invoices.issue(whole.order_id)
    assert (order_total(whole), order_total(more)) == (27_000, 13_500)
    given_back(ours(more)[0].id, 3_000)
    assert (order_total(whole), order_total(more)) == (30_000, 0)
    assert [bill.invoice.total_cents for bill in invoices.of_order(whole.order_id)] == [27_000, 3_000]


def test_a_place_of_the_first_order_that_goes_makes_the_addition_dearer(reprices: Event) -> None:
    whole = placed(reprices, "Ana", "Bo")
    more = joined(whole, reprices, "Cy")
    given_back(ours(whole)[0].id, 3_000)
    assert (order_total(whole), order_total(more)) == (15_000, 15_000)


def test_what_goes_back_is_of_the_order_the_place_was_on_alone(reprices: Event) -> None:
    whole = placed(reprices, "Ana")
    more = joined(whole, reprices, "Bo", "Cy")
    pay(whole, 13_500)
    pay(more, 27_000)
    given_back(ours(whole)[0].id, 3_000)
    assert (went_back(), order_total(whole), order_total(more)) == ([(whole.order_id, 13_500)], 0, 30_000)


def test_the_whole_follows_to_the_smaller_group_price(reprices: Event) -> None:
    db.session.add(GroupRule(event_id=reprices.id, min_count=4, percent_basis_points=2_000))
    db.session.flush()
    whole = placed(reprices, "Ana", "Bo")
    more = joined(whole, reprices, "Cy", "Di")
    assert (order_total(whole), order_total(more)) == (24_000, 24_000)
    given_back(ours(more)[0].id, 4_500)
    assert (order_total(whole), order_total(more)) == (27_000, 13_500)


def test_another_amount_than_was_shown_for_the_whole_is_looked_at_again(reprices: Event) -> None:
    whole = placed(reprices, "Ana", "Bo")
    more = joined(whole, reprices, "Cy")
    with pytest.raises(Stale), db.session.begin_nested():
        registrations.cancel(ours(more)[0].id, by_id=None, seen_group_cents=1_500)


def test_an_addition_an_agency_said_it_pays_is_not_made_dearer_by_who_ordered(reprices: Event) -> None:
    whole = placed(reprices, "Ana", "Bo")
    more = adding(whole, reprices, "Cy")
    asked = approvals.ask(more.order_id, Wish("Dane County", "dana@dane.example"), ZONE)
    approvals.approve(asked.id)
    assert (order_total(whole), order_total(more)) == (27_000, 13_500)
    assert registrations.foresee_regroup(ours(whole)[0].id) == Regrouped(1_500)
    assert registrations.foresee_regroup(ours(more)[0].id) == Regrouped()


def test_a_part_sold_under_a_policy_that_keeps_the_price_keeps_it(reprices: Event) -> None:
    whole = placed(reprices, "Ana", "Bo")
    more = joined(whole, reprices, "Cy")
    kept = policies.current("seven-days-less-20")
    kept.rules = kept.rules | {"group_below": "keep"}
    ours(more)[0].policy_id = kept.id
    db.session.flush()
    assert registrations.foresee_regroup(ours(whole)[0].id) == Regrouped(1_500)


def test_a_colleague_who_takes_an_added_place_keeps_the_group_price() -> None:
    event = sold(member=15_000)
    whole = placed(event, "Ana", "Bo")
    more = joined(whole, event, "Cy")
    ed = Colleague("Ed", "Wood", "ed@home.example")
    assert registrations.foresee_substitution(ours(more)[0].id, ed, by_id=None).change_cents == 0


def test_who_was_promised_more_keeps_it() -> None:
    event = sold()
    whole = placed(event, "Ana", "Bo", "Cy")
    db.session.execute(update(GroupRule).values(percent_basis_points=500))
    more = adding(whole, event, "Di")
    assert (more.total_cents, additions.foresee(more.order_id)) == (14_250, [])
