"""Discount codes on orders: what they take off, how often, and that it comes back with the place."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.factories import codes, events, people
from tests.factories import registrations as places
from webapp.catalog import organizations
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import ledger, orders, registrations
from webapp.registration.codes import counting, keeping
from webapp.registration.codes.keeping import Terms
from webapp.registration.codes.models import CodeUse, DiscountCode
from webapp.registration.models import Charge, Order
from webapp.registration.offers import AddOnSpec, PriceSpec, TypeSpec
from webapp.registration.orders import Buyer

pytestmark = pytest.mark.usefixtures("db_session")
BUYER = Buyer("Ana Silva", "ana@home.example")


def hold(event, code="SPRING10", *wishes, **more):
    return orders.hold(event.id, wishes or [places.stranger(event)], BUYER, code=code, **more)


def counters(code_id):
    """Uses and cents, which must always be what the standing uses add up to."""
    assert counting.recount() == []
    return tuple(db.session.execute(select(DiscountCode.uses, DiscountCode.spent_cents).where(DiscountCode.id == code_id)).one())


def lines(order_id):
    return [(one.kind, one.amount_cents) for one in ledger.live(order_id)]


def refused(*, event, code="SPRING10", **more):
    with pytest.raises(Refusal) as no:
        hold(event, code, **more)
    assert no.value.field == "code"
    return no.value.sentence


def test_a_code_lowers_the_place_and_is_counted():
    event = events.workshop()
    code = codes.code(event)
    held = hold(event, " spring10 ")
    assert (held.total_cents, held.note, lines(held.order_id)) == (13_500, "", [("fee", 15_000), ("discount", -1_500)])
    assert counters(code) == (1, 1_500)


def test_the_line_of_a_code_says_what_it_did():
    event = events.workshop()
    codes.code(event, amount_cents=2_000)
    line = ledger.live(hold(event).order_id)[1]
    assert (line.label, line.account_code) == ("Code SPRING10, $20.00 off", "4000")
    assert line.explained["words"] == "SPRING10 takes $20.00 off Non-member: $150.00 becomes $130.00."


@pytest.mark.parametrize("typed", ["SPRING", "spring 11", "'; DROP TABLE", "🌻", "X" * 500, "ab"])
def test_a_code_nobody_gave_out_does_not_exist(typed):
    event = events.workshop()
    codes.code(event)
    assert refused(event=event, code=typed).endswith("does not exist.")


def test_the_code_of_another_organization_does_not_exist():
    event, other = events.workshop(), events.workshop("Elsewhere")
    codes.code(event)
    db.session.get_one(type(other), other.id).organization_id = organizations.named("Prairie Partners").id
    db.session.flush()
    assert refused(event=other) == "The code SPRING10 does not exist."


def test_a_code_before_and_after_its_dates():
    event, now = events.workshop(), clock.now()
    codes.code(event, "LATER", valid_from=now + timedelta(days=1))
    codes.code(event, "OVER", valid_until=now)
    assert refused(event=event, code="LATER").startswith("This code begins on Thu 16 Jul 2026")
    assert refused(event=event, code="OVER").startswith("This code was good until Wed 15 Jul 2026")


def test_a_code_for_another_event_names_it_unless_it_is_a_draft():
    event, other, draft = events.workshop(), events.conference("Annual conference"), events.workshop("Secret", published=False)
    codes.code(event, event_ids=(other.id, draft.id))
    assert refused(event=event) == "This code is for Annual conference only."


def test_a_code_for_a_type_lowers_only_that_type():
    event = events.workshop(types=[TypeSpec("Guest", [PriceSpec(9_000)]), TypeSpec("Student", [PriceSpec(5_000)])])
    codes.code(event, type_ids=(places.type_of(event, "Student").id,))
    guest, student = places.stranger(event, "Guest"), places.stranger(event, "Student", email="s@home.example")
    with pytest.raises(Refusal, match=r"is for .* \(Student\) only"):
        hold(event, "SPRING10", guest)
    assert lines(hold(event, "SPRING10", guest, student).order_id) == [("fee", 9_000), ("fee", 5_000), ("discount", -500)]


def test_a_withdrawn_code_is_refused_and_what_it_lowered_stays():
    event = events.workshop()
    code = codes.code(event)
    held = hold(event)
    keeping.withdraw(code, by_id=None)
    assert refused(event=event) == "The code SPRING10 was withdrawn." and ledger.owed(held.order_id) == 13_500


def test_a_code_is_used_up():
    event = events.workshop()
    code = codes.code(event, max_uses=1)
    hold(event)
    assert refused(event=event) == "The code SPRING10 was used up."
    assert counters(code) == (1, 1_500)


def test_a_budget_ends_to_the_cent():
    event = events.workshop()
    code = codes.code(event, budget_cents=3_499)
    hold(event)
    hold(event, "SPRING10", places.stranger(event, email="b@home.example"))
    assert refused(event=event) == "The code SPRING10 has $4.99 left, and this would take $15.00."
    assert counters(code) == (2, 3_000)


def test_a_person_uses_it_as_often_as_she_may():
    event, other, maria = events.workshop(), events.workshop("Other"), people.person()
    codes.code(event, max_per_person=1)
    hold(event, "SPRING10", places.attendee(event, maria))
    with pytest.raises(Refusal, match="good once for each person"):
        hold(other, "SPRING10", places.attendee(other, maria))


def test_the_use_comes_back_when_the_hold_ends():
    event = events.workshop()
    code = codes.code(event, max_uses=1)
    orders.let_go(hold(event).order_id)
    assert counters(code) == (0, 0) and hold(event).total_cents == 13_500


def test_the_use_comes_back_when_the_place_is_cancelled():
    event = events.workshop()
    code = codes.code(event)
    order_id = hold(event).order_id
    places.place(order_id)
    registrations.cancel(places.of_order(order_id).id, by_id=None, by_organizer=True)
    assert (counters(code), ledger.owed(order_id)) == ((0, 0), 0)


def test_a_changed_form_moves_its_use_instead_of_taking_another():
    event = events.workshop(member=0, types=[TypeSpec("Guest", [PriceSpec(9_000)]), TypeSpec("Student", [PriceSpec(5_000)])])
    code = codes.code(event, max_uses=1)
    hold(event, "SPRING10", places.stranger(event, "Guest"), submit_key="form:1", form_key="form")
    assert hold(event, "SPRING10", places.stranger(event, "Student"), submit_key="form:2", form_key="form").total_cents == 4_500
    assert counters(code) == (1, 500)


def test_money_that_comes_late_finds_its_code_again():
    event = events.workshop()
    code = codes.code(event, max_uses=1)
    order_id = hold(event).order_id
    orders.let_go(order_id)
    assert orders.confirm_late(order_id) and counters(code) == (1, 1_500)


def test_money_that_comes_late_for_a_code_used_up_meanwhile_finds_no_place():
    event = events.workshop()
    code = codes.code(event, max_uses=1)
    order_id = hold(event).order_id
    orders.let_go(order_id)
    hold(event, "SPRING10", places.stranger(event, email="b@home.example"))
    assert not orders.confirm_late(order_id) and counters(code) == (1, 1_500)


def test_a_code_over_everything_makes_the_order_free():
    event = events.workshop(add_ons=[AddOnSpec("Materials", [PriceSpec(4_000)], is_required=True)])
    codes.code(event, "GUEST", percent=10_000, with_add_ons=True)
    held = hold(event, "GUEST")
    assert orders.place(held.order_id, "card") == "placed"
    assert (ledger.owed(held.order_id), db.session.get_one(Order, held.order_id).method) == (0, "free")


def test_a_better_member_price_is_used_instead():
    event, maria = events.workshop(member=12_000, non_member=15_000), people.person(member=True)
    code = codes.code(event, best_price=True)
    held = hold(event, "SPRING10", places.attendee(event, maria, "Member"))
    assert (held.total_cents, held.note) == (12_000, "The member price is better: it is used instead of SPRING10.")
    assert counters(code) == (0, 0)


def test_a_code_better_than_the_member_price_takes_off_the_difference():
    event, maria = events.workshop(member=12_000, non_member=15_000), people.person(member=True)
    codes.code(event, best_price=True, percent=3_000)
    held = hold(event, "SPRING10", places.attendee(event, maria, "Member"))
    assert held.total_cents == 10_500
    assert ledger.live(held.order_id)[1].label == "Code SPRING10, 30 % off the regular price"


# --- on the review page


def test_a_code_is_put_on_a_held_order_and_replaced_by_another():
    event = events.workshop()
    first, second = codes.code(event), codes.code(event, "LAKE", amount_cents=2_500)
    order_id = hold(event, "").order_id
    assert orders.apply_code(order_id, "spring10") == "" and ledger.owed(order_id) == 13_500
    assert orders.apply_code(order_id, "lake") == "" and ledger.owed(order_id) == 12_500
    assert (counters(first), counters(second)) == ((0, 0), (1, 2_500))


def test_the_same_code_again_changes_nothing():
    event = events.workshop()
    code = codes.code(event, max_uses=1)
    order_id = hold(event).order_id
    orders.apply_code(order_id, "SPRING10")
    assert (ledger.owed(order_id), counters(code)) == (13_500, (1, 1_500))


def test_a_code_taken_off_again_is_free_for_others():
    event = events.workshop()
    code = codes.code(event)
    order_id = hold(event).order_id
    orders.remove_code(order_id)
    assert (ledger.owed(order_id), counters(code)) == (15_000, (0, 0))
    assert db.session.scalars(select(CodeUse.ended_at)).one() is not None


def test_a_code_that_takes_nothing_off_leaves_the_one_there_is():
    event, maria = events.workshop(member=12_000, non_member=15_000), people.person(member=True)
    kept = codes.code(event)
    codes.code(event, "BEST", best_price=True)
    order_id = hold(event, "SPRING10", places.attendee(event, maria, "Member")).order_id
    assert orders.apply_code(order_id, "BEST").startswith("The member price is better")
    assert (ledger.owed(order_id), counters(kept)) == (10_800, (1, 1_200))


def test_instalments_are_lowered_each():
    event, maria = events.cohort(tuition=10_001), people.person()
    codes.code(event, percent=5_000)
    order_id = places.held_by_offer(event, maria).order_id
    orders.apply_code(order_id, "SPRING10")
    found = [one.amount_cents for one in ledger.live(order_id)]
    assert found == [3_334, 3_334, 3_333, -1_667, -1_667, -1_667]


@pytest.mark.parametrize("then", [lambda one: orders.let_go(one), lambda one: orders.place(one, "card"), lambda one: places.place(one)])
def test_no_code_comes_on_an_order_that_is_over_or_being_paid(then):
    event = events.workshop()
    code = codes.code(event)
    order_id = hold(event, "").order_id
    then(order_id)
    with pytest.raises(Refusal):
        orders.apply_code(order_id, "SPRING10")
    assert counters(code) == (0, 0)


# --- kept by staff


@pytest.mark.parametrize(("terms", "field"), [
    ({"percent": 0}, "off"), ({"percent": 10_001}, "off"), ({"percent": 100, "amount_cents": 100}, "off"), ({}, "off"),
    ({"amount_cents": 0}, "off"), ({"percent": 100, "max_uses": 0}, "max_uses"), ({"percent": 100, "budget_cents": -1}, "budget"),
    ({"percent": 100, "best_price": True, "with_add_ons": True}, "with_add_ons"), ({"percent": 100, "event_ids": (99_999,)}, "events"),
    ({"percent": 100, "type_ids": (99_999,)}, "types")])
def test_terms_no_code_can_have_are_refused(terms, field):
    event = events.workshop()
    with pytest.raises(Refusal) as no:
        keeping.create(event.organization_id, "LAKE", Terms(**terms), by_id=None)
    assert no.value.field == field


@pytest.mark.parametrize("word", ["", "AB", "-AB-", "ÄPFEL", "A" * 41, "A_B_C"])
def test_a_word_that_nobody_can_type_is_refused(word):
    event = events.workshop()
    with pytest.raises(Refusal, match="letters without accents"):
        codes.code(event, word)


def test_a_word_is_given_once():
    event = events.workshop()
    codes.code(event, "LAKE")
    with pytest.raises(Refusal, match="There is a code LAKE already"):
        codes.code(event, " lake")


def test_a_limit_does_not_fall_below_what_was_used():
    event = events.workshop()
    code = codes.code(event)
    hold(event), hold(event, "SPRING10", places.stranger(event, email="b@home.example"))
    with pytest.raises(Refusal, match="used 2 times already"):
        keeping.update(code, Terms(percent=1_000, max_uses=1), by_id=None)
    with pytest.raises(Refusal, match=r"took off \$30.00 already"):
        keeping.update(code, Terms(percent=1_000, budget_cents=2_999), by_id=None)


def test_changed_terms_hold_for_the_next_and_not_for_the_last():
    event = events.workshop()
    code = codes.code(event)
    order_id = hold(event).order_id
    keeping.update(code, Terms(amount_cents=100, event_ids=(event.id,)), by_id=None)
    assert ledger.owed(order_id) == 13_500
    assert hold(event, "SPRING10", places.stranger(event, email="b@home.example")).total_cents == 14_900


@pytest.mark.parametrize("beyond", [{"uses": 2}, {"spent_cents": 501}, {"uses": -1}])
def test_the_database_refuses_counters_beyond_their_limits(beyond):
    code = codes.code(events.workshop(), max_uses=1, budget_cents=500)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(DiscountCode.__table__.update().where(DiscountCode.id == code).values(**beyond))


def test_lines_of_a_code_are_taken_back_with_their_place():
    event = events.workshop()
    codes.code(event)
    order_id = hold(event).order_id
    places.place(order_id)
    registrations.cancel(places.of_order(order_id).id, by_id=None, by_organizer=True)
    assert db.session.scalars(select(Charge.amount_cents).filter_by(order_id=order_id)).all() == [15_000, -1_500, -15_000, 1_500]
