"""A membership year in the cart: it prices the rest of the order at once, and never makes it dearer."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.factories import codes, events, funds, people, years
from tests.factories import registrations as places
from webapp.accounts import memberships
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Full, NotFound, Refusal, Unacceptable
from webapp.registration import ledger, orders, programme, seats
from webapp.registration.codes import counting
from webapp.registration.funds import sharing
from webapp.registration.models import Order, Registration
from webapp.registration.offers import GroupRuleSpec, PriceSpec, TypeSpec
from webapp.registration.orders import Buyer, Held, membering
from webapp.registration.queries import orders as order_queries
from webapp.registration.queries import years as queries
from webapp.registration.years import claiming, keeping, rules
from webapp.registration.years.models import MemberClaim, MembershipPlan, MembershipYear

ANA = Buyer("Ana Silva", "ana@home.example")


def begun(event: Event, **more: Any) -> Held:
    return orders.hold(event.id, [places.stranger(event)], ANA, **more)


def joined(event: Event, plan: int | None = None, **more: Any) -> Held:
    """A held order of one place, whose attendee becomes a member with it."""
    made = begun(event, **more)
    orders.add_year(made.order_id, first(made).id, plan or years.plan())
    return made


def first(held: Held) -> Registration:
    return places.of_order(held.order_id)


def total(held: Held) -> int:
    return ledger.owed(held.order_id)


def lines(held: Held) -> list[tuple[str, int]]:
    return [(one.label, one.amount_cents) for one in ledger.live(held.order_id)]


def year(held: Held) -> MembershipYear:
    return db.session.scalars(select(MembershipYear).filter_by(order_id=held.order_id, ended_at=None)).one()


def type_names(held: Held) -> list[str]:
    rows = db.session.scalars(select(Registration).filter_by(order_id=held.order_id).order_by(Registration.id))
    return [one.type.name for one in rows if db.session.refresh(one, ["type"]) is None]


def test_her_place_costs_the_member_price_at_once() -> None:
    made = joined(events.workshop())
    assert lines(made) == [("Individual membership, one year", 2_500), ("Member", 12_000)]


def foretold(order_id: int) -> dict[str, int]:
    """By person, how much less the page says that the order owes once she is a member."""
    ref = db.session.get_one(Order, order_id).ref
    return {one.who: one.off_cents for one in queries.offers(order_queries.by_ref(ref), (), clock.now())}


def really(order_id: int, place_id: int) -> int:
    """How much less it owes when it is done; undone afterwards."""
    before, plan = ledger.owed(order_id), db.session.scalars(select(MembershipPlan)).one()
    orders.add_year(order_id, place_id, plan.id)
    less = before + plan.amount_cents - ledger.owed(order_id)
    orders.remove_year(order_id, next(one.id for one in membering.of_order(order_id)))
    return less


@pytest.fixture
def two_at_the_group_price() -> tuple[Event, Held]:
    """A held order of Ana and Bo, 10 % less for two; a membership is sold at $60.00."""
    years.plan(amount_cents=6_000)
    event = events.workshop(group_rules=[GroupRuleSpec(2, 1_000)])
    bo = places.stranger(event, given="Bo", email="bo@home.example")
    return event, orders.hold(event.id, [places.stranger(event), bo], ANA)


def test_the_offer_foresees_that_the_group_price_takes_less_off_a_smaller_price(two_at_the_group_price: tuple[Event, Held]) -> None:
    _, made = two_at_the_group_price
    assert foretold(made.order_id) == {"Ana Silva": 2_700, "Bo Silva": 2_700}
    assert really(made.order_id, first(made).id) == 2_700


@pytest.mark.parametrize("terms", [{}, {"best_price": True, "percent": 3_000}, {"best_price": True}, {"amount_cents": 13_000}])
def test_the_offer_foresees_what_the_code_takes_off_then(terms: dict[str, Any], two_at_the_group_price: tuple[Event, Held]) -> None:
    event, made = two_at_the_group_price
    codes.code(event, **terms)
    orders.apply_code(made.order_id, "SPRING10")
    assert foretold(made.order_id).get("Ana Silva", 0) == really(made.order_id, first(made).id)


@pytest.mark.parametrize("terms", [{"percent": 5_000}, {"amount_cents": 13_000}, {}])
def test_the_offer_foresees_what_a_fund_pays_then(terms: dict[str, Any], two_at_the_group_price: tuple[Event, Held]) -> None:
    event, made = two_at_the_group_price
    funds.fund(event, word="SMITH", **terms)
    orders.apply_code(made.order_id, "SMITH")
    assert foretold(made.order_id).get("Ana Silva", 0) == really(made.order_id, first(made).id)


def test_the_offer_counts_the_order_that_it_is_part_of(two_at_the_group_price: tuple[Event, Held]) -> None:
    event, made = two_at_the_group_price
    places.place(made.order_id)
    more = orders.hold(event.id, [places.stranger(event, given="Cy", email="cy@home.example")], ANA, part_of=made.order_id)
    assert foretold(more.order_id) == {"Cy Silva": 2_700} and really(more.order_id, first(more).id) == 2_700


def test_the_offer_adds_up_her_places_in_several_events(two_at_the_group_price: tuple[Event, Held]) -> None:
    _, made = two_at_the_group_price
    other = events.workshop("Other", member=8_000, non_member=9_000)
    orders.hold(other.id, [places.stranger(other)], ANA, into=made.order_id)
    assert foretold(made.order_id)["Ana Silva"] == 3_700 == really(made.order_id, first(made).id)


def test_the_line_stands_on_its_own_account_and_belongs_to_no_event() -> None:
    made = joined(events.workshop())
    line = next(one for one in ledger.live(made.order_id) if one.id == year(made).charge_id)
    assert (line.account_code, line.event_id, line.registration_id) == ("4300", None, None)


def test_every_place_of_hers_on_the_order_costs_the_member_price_and_nobody_elses() -> None:
    one, other = events.workshop(), events.workshop("Other", member=8_000, non_member=9_000)
    made = begun(one)
    orders.hold(other.id, [places.stranger(other)], ANA, into=made.order_id)
    orders.hold(one.id, [places.stranger(one, given="Bo", email="bo@home.example")], ANA, into=made.order_id)
    orders.add_year(made.order_id, first(made).id, years.plan())
    assert (total(made), type_names(made)) == (12_000 + 8_000 + 15_000 + 2_500, ["Member", "Member", "Non-member"])


@pytest.mark.parametrize("type_", ["Member", "Non-member"])
def test_a_place_that_comes_later_costs_the_member_price_too(type_: str) -> None:
    other = events.workshop("Other", member=8_000, non_member=9_000)
    made = joined(events.workshop())
    orders.hold(other.id, [places.stranger(other, type_)], ANA, into=made.order_id)
    assert total(made) == 12_000 + 2_500 + 8_000


def test_the_member_price_in_the_same_cart_is_not_for_somebody_else() -> None:
    event = events.workshop()
    made = joined(event)
    with pytest.raises(Unacceptable, match="no membership that is valid"):
        orders.hold(event.id, [places.stranger(event, "Member", given="Bo", email="bo@home.example")], ANA, into=made.order_id)


def test_taken_off_the_order_costs_what_it_did() -> None:
    event = events.workshop(group_rules=[GroupRuleSpec(2, 1_000)])
    codes.code(event)
    made = begun(event, code="SPRING10")
    before = sorted(lines(made))
    orders.add_year(made.order_id, first(made).id, years.plan())
    orders.remove_year(made.order_id, year(made).id)
    assert (sorted(lines(made)), type_names(made), counting.recount()) == (before, ["Non-member"], [])


def test_once_for_each_person_and_order() -> None:
    made, plan = begun(events.workshop()), years.plan()
    orders.add_year(made.order_id, first(made).id, plan)
    with pytest.raises(AlreadyDone, match="has a membership for her already"):
        orders.add_year(made.order_id, first(made).id, plan)
    assert total(made) == 14_500


def test_the_database_refuses_a_second_one() -> None:
    made = joined(events.workshop())
    twin = {name: getattr(year(made), name) for name in ("order_id", "registration_id", "person_id", "plan_id", "months", "created_at")}
    other = joined(events.workshop("Other"), year(made).plan_id)
    year(other).ended_at = twin["created_at"]
    with pytest.raises(Exception, match=r"(?i)unique"), db.session.begin_nested():
        db.session.add(MembershipYear(**twin, charge_id=ledger.live(other.order_id)[-1].id, types_before={}))
        db.session.flush()


def test_who_is_a_member_buys_none_until_it_nears_its_end(frozen: time_machine.Traveller) -> None:
    event, plan = events.workshop(), years.plan()
    member = people.person(member=True, member_until=events.day(93))
    made = orders.hold(event.id, [places.attendee(event, member)], places.buyer(member))
    with pytest.raises(AlreadyDone, match="runs to"):
        orders.add_year(made.order_id, first(made).id, plan)
    frozen.shift(timedelta(days=1))
    other = events.workshop("Other", starts=events.at(30))
    again = orders.hold(other.id, [places.attendee(other, member)], places.buyer(member))
    orders.add_year(again.order_id, first(again).id, plan)
    assert year(again).months == 12


def test_nothing_is_added_once_the_payment_page_was_opened() -> None:
    made, plan = begun(events.workshop()), years.plan()
    orders.place(made.order_id, "card")
    with pytest.raises(Refusal, match="the amount stands"):
        orders.add_year(made.order_id, first(made).id, plan)


def test_a_plan_that_is_sold_no_more_is_not_there() -> None:
    made, plan = begun(events.workshop()), years.plan()
    keeping.withdraw(plan, by_id=None)
    with pytest.raises(NotFound):
        orders.add_year(made.order_id, first(made).id, plan)


def test_the_places_for_members_may_be_full() -> None:
    few = [TypeSpec("Member", [PriceSpec(12_000)], audience="member", capacity=1),
           TypeSpec("Non-member", [PriceSpec(15_000)], audience="non_member")]
    event = events.workshop(types=few)
    places.held(event, people.person(member=True), "Member")
    made = begun(event)
    with pytest.raises(Full, match="Member places are"), db.session.begin_nested():
        orders.add_year(made.order_id, first(made).id, years.plan())
    assert (total(made), seats.recount()) == (15_000, [])


def test_pools_move_with_the_type() -> None:
    parted = [TypeSpec("Member", [PriceSpec(12_000)], audience="member", capacity=5),
              TypeSpec("Non-member", [PriceSpec(15_000)], audience="non_member", capacity=5)]
    made = joined(events.workshop(types=parted))
    assert seats.recount() == []
    orders.remove_year(made.order_id, year(made).id)
    assert seats.recount() == []


def test_it_goes_with_her_last_place_and_stays_beside_another() -> None:
    one, other = events.workshop(), events.workshop("Other", member=8_000, non_member=9_000)
    made = joined(one)
    orders.hold(other.id, [places.stranger(other)], ANA, into=made.order_id)
    orders.hold(one.id, [places.stranger(one, given="Bo", email="bo@home.example")], ANA, into=made.order_id)
    hers = list(db.session.scalars(select(Registration.id).filter_by(order_id=made.order_id).order_by(Registration.id)))
    orders.take_out(made.order_id, hers[0])
    assert total(made) == 2_500 + 8_000 + 15_000
    orders.take_out(made.order_id, hers[1])
    assert total(made) == 15_000


@pytest.fixture
def beside_a_cancelled_event() -> Held:
    """A membership bought beside a place whose event the organizer cancelled since; another place of hers, and one of Bo's, are left."""
    one, other = events.workshop(), events.workshop("Other", member=8_000, non_member=9_000)
    made = joined(one)
    orders.hold(other.id, [places.stranger(other)], ANA, into=made.order_id)
    programme.cancel_event(one.id, actor_id=None, reason="The hall burnt down.")
    orders.hold(other.id, [places.stranger(other, given="Bo", email="bo@home.example")], ANA, into=made.order_id)
    return made


def test_when_the_event_it_was_bought_beside_is_cancelled_it_is_for_her_other_places(beside_a_cancelled_event: Held) -> None:
    made, third = beside_a_cancelled_event, events.workshop("Third")
    orders.hold(third.id, [places.stranger(third)], ANA, into=made.order_id)
    assert total(made) == 2_500 + 8_000 + 9_000 + 12_000


def test_and_it_is_taken_off_as_before(beside_a_cancelled_event: Held) -> None:
    orders.remove_year(beside_a_cancelled_event.order_id, year(beside_a_cancelled_event).id)
    assert total(beside_a_cancelled_event) == 9_000 + 9_000


def test_and_it_goes_with_her_last_place(beside_a_cancelled_event: Held) -> None:
    made = beside_a_cancelled_event
    hers = select(Registration.id).filter_by(order_id=made.order_id, email="ana@home.example", state="held")
    orders.take_out(made.order_id, db.session.scalars(hers).one())
    assert total(made) == 9_000


def test_taken_off_who_was_a_member_by_her_number_keeps_that_price() -> None:
    one, other = events.workshop(), events.workshop("Other", member=8_000, non_member=9_000)
    memberships.add(None, "X-1", from_on=date(2000, 1, 1), until_on=date(2099, 1, 1), actor_id=None, email="ana@home.example")
    made = orders.hold(one.id, [places.stranger(one, "Member", member_number="X-1")], ANA)
    orders.hold(other.id, [places.stranger(other)], ANA, into=made.order_id)
    orders.add_year(made.order_id, first(made).id, years.plan())
    orders.remove_year(made.order_id, year(made).id)
    assert (total(made), type_names(made)) == (12_000 + 9_000, ["Member", "Non-member"])


def test_taken_off_whose_claim_was_confirmed_meanwhile_keeps_the_member_price() -> None:
    made, staff = begun(events.workshop()), people.person(roles=["finance"])
    claiming.claim(first(made).id, "X-1")
    orders.add_year(made.order_id, first(made).id, years.plan())
    claim_id = db.session.scalars(select(MemberClaim.id)).one()
    claiming.confirm(claim_id, claiming.Listed("X-1", date(2000, 1, 1), date(2099, 1, 1)), by_id=staff.id)
    orders.remove_year(made.order_id, year(made).id)
    assert (total(made), type_names(made)) == (12_000, ["Member"])


def test_the_hold_ends_and_no_membership_is_left() -> None:
    made = joined(events.workshop())
    orders.let_go(made.order_id)
    assert (db.session.get_one(Order, made.order_id).state, memberships.latest(first(made).person_id or 0)) == ("expired", None)


def test_a_code_for_other_places_only_is_not_lost_for_a_dearer_member_price() -> None:
    event = events.workshop()
    codes.code(event, "HALF", percent=5_000, type_ids=(places.type_of(event, "Non-member").id,))
    made = joined(event, code="HALF")
    assert (total(made), type_names(made)) == (7_500 + 2_500, ["Non-member"])


@given(member=st.integers(0, 20_000), plain=st.integers(0, 20_000), count=st.integers(1, 3), group=st.integers(1, 10_000),
       off=st.sampled_from([None, {"percent": 3_333}, {"amount_cents": 4_000}, {"percent": 1_000, "best_price": True}]),
       narrow=st.booleans(), fund=st.sampled_from([None, {"percent": 4_000}, {"amount_cents": 5_000}]), months=st.integers(1, 24))
def test_in_the_cart_the_total_is_never_dearer_than_without_the_member_price(
        member: int, plain: int, count: int, group: int, off: Any, narrow: bool, fund: Any, months: int) -> None:
    with db.session.begin_nested() as one_try:
        event = events.workshop(member=member, non_member=plain, group_rules=[GroupRuleSpec(2, group)])
        if off is not None:
            codes.code(event, "CODE", type_ids=(places.type_of(event).id,) if narrow else (), **off)
        if fund is not None:
            funds.fund(event, word="FUND", **fund)
        made = orders.hold(event.id, [places.stranger(event, email=f"a{at}@home.example") for at in range(count)], ANA,
                           code=", ".join(word for word, there in (("CODE", off), ("FUND", fund)) if there))
        before = total(made)
        orders.add_year(made.order_id, first(made).id, years.plan(months=months))
        assert before + 2_500 >= total(made) >= 2_500
        assert (seats.recount(), counting.recount(), sharing.recount()) == ([], [], [])
        orders.remove_year(made.order_id, year(made).id)
        assert total(made) == before
        one_try.rollback()


@pytest.mark.parametrize(("until", "first_on", "last_on"), [
    (None, date(2026, 7, 15), date(2027, 7, 14)), (date(2026, 7, 14), date(2026, 7, 15), date(2027, 7, 14)),
    (date(2026, 7, 15), date(2026, 7, 16), date(2027, 7, 15)), (date(2026, 9, 30), date(2026, 10, 1), date(2027, 9, 30))])
def test_a_renewal_runs_on_from_the_old_end(until: date | None, first_on: date, last_on: date) -> None:
    assert rules.days(date(2026, 7, 15), 12, until) == (first_on, last_on)


@pytest.mark.parametrize(("member", "guest", "less"), [
    ([PriceSpec(12_000)], [PriceSpec(15_000)], True),
    ([PriceSpec(12_000)], [PriceSpec(15_000), PriceSpec(5_000, audience="member")], True),
    ([PriceSpec(15_000), PriceSpec(9_000, audience="non_member")], [PriceSpec(15_000)], False)])
def test_members_pay_less_where_the_price_that_is_theirs_is_less(member: list[PriceSpec], guest: list[PriceSpec], less: bool) -> None:
    event = events.workshop(types=[TypeSpec("Member", member, audience="member"), TypeSpec("Guest", guest, audience="non_member")])
    place = places.registered(event, people.person(), "Guest")
    assert order_queries.places_of(Registration.id == place.id)[0].is_less_for_members is less
