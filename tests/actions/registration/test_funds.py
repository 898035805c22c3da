"""Funds on places: what they pay, from which budget, and that it comes back with the place, to the fund first."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.factories import codes, events, funds, people
from tests.factories import registrations as places
from webapp.catalog import organizations
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.payments import corrections
from webapp.registration import cancellation, ledger, orders, registrations
from webapp.registration.codes import keeping as codes_keeping
from webapp.registration.codes.keeping import Terms as CodeTerms
from webapp.registration.funds import asking, deciding, giving, keeping, returning, sharing
from webapp.registration.funds.keeping import Terms
from webapp.registration.funds.models import Fund, FundRequest, PlaceShare
from webapp.registration.models import Order, Registration
from webapp.registration.offers import AddOnSpec, PriceSpec, TypeSpec
from webapp.registration.orders import Buyer
from webapp.registration.substitution import Colleague

pytestmark = pytest.mark.usefixtures("db_session")
BUYER = Buyer("Ana Silva", "ana@home.example")
SPRING = {"starts": datetime(2026, 9, 24, 9), "policy": "seven-days-less-20"}


def hold(event, code="GRANT", *wishes, **more):
    return orders.hold(event.id, wishes or [places.stranger(event)], BUYER, code=code, **more)


def used(fund_id):
    """Cents of the budget, which must always be what the standing parts add up to."""
    assert sharing.recount() == []
    return db.session.scalars(select(Fund.used_cents).where(Fund.id == fund_id)).one()


def lines(order_id):
    return [(one.kind, one.amount_cents, one.account_code) for one in ledger.live(order_id)]


def staff():
    return people.person(roles=["finance"]).id


def grants_order(fund_id):
    return db.session.scalars(select(Fund.order_id).where(Fund.id == fund_id)).one()


def test_a_typed_fund_pays_the_rest_and_says_so():
    event = events.workshop()
    fund = funds.fund(event, word="GRANT", account_code="5200")
    held = hold(event)
    assert (held.total_cents, lines(held.order_id)) == (0, [("fee", 15_000, "4000"), ("discount", -15_000, "5200")])
    line = ledger.live(held.order_id)[1]
    assert (line.label, line.explained["words"]) == (
        "Paid by Smith fund", "Smith fund pays $150.00 of the $150.00 that Non-member costs.")
    assert used(fund) == 15_000


@pytest.mark.parametrize(("terms", "left"), [
    ({"amount_cents": 4_000}, 11_000), ({"amount_cents": 90_000}, 0), ({"percent": 3_333}, 10_000),
    ({"max_per_person_cents": 2_500}, 12_500), ({"percent": 5_000, "max_per_person_cents": 100_000}, 7_500)])
def test_what_a_fund_pays(terms, left):
    event = events.workshop()
    fund = funds.fund(event, word="GRANT", **terms)
    assert (hold(event).total_cents, used(fund)) == (left, 15_000 - left)


def test_a_fund_comes_after_the_code_typed_with_it():
    event = events.workshop()
    codes.code(event)
    fund = funds.fund(event, word="GRANT", percent=5_000)
    held = hold(event, "grant, spring10")
    assert [one[:2] for one in lines(held.order_id)] == [("fee", 15_000), ("discount", -1_500), ("discount", -6_750)]
    assert used(fund) == 6_750


def test_two_funds_are_refused():
    event = events.workshop()
    funds.fund(event, word="GRANT")
    funds.fund(event, "Other", word="OTHER")
    with pytest.raises(Refusal, match="An order takes one fund") as no:
        hold(event, "GRANT, OTHER")
    assert (no.value.field, no.value.code) == ("code", "one_only")


def test_the_last_dollar_is_given_whole_or_not():
    event = events.workshop()
    funds.fund(event, word="GRANT", budget_cents=20_000)
    hold(event)
    with pytest.raises(Refusal) as no:
        hold(event, "GRANT", places.stranger(event, given="Bo", email="bo@home.example"))
    assert (no.value.sentence, no.value.code, no.value.field) == (
        "Smith fund has $50.00 left, and this would take $150.00.", "fund_used_up", "code")
    db.session.rollback()


def test_the_database_refuses_what_the_code_would_forget():
    event = events.workshop()
    fund = db.session.get_one(Fund, funds.fund(event, budget_cents=100))
    fund.used_cents = 101
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_her_share_of_a_fund_counts_every_place_of_hers():
    event, other, ana = events.workshop(), events.workshop("Other"), people.person()
    funds.fund(event, word="GRANT", amount_cents=4_000, max_per_person_cents=6_000)
    hold(event, "GRANT", places.attendee(event, ana))
    with pytest.raises(Refusal) as no:
        hold(other, "GRANT", places.attendee(other, ana))
    assert no.value.code == "fund_had_by_her"


@pytest.mark.parametrize(("terms", "code"), [
    ({"valid_from": timedelta(days=1)}, "fund_not_yet"), ({"valid_until": timedelta(days=-1)}, "fund_ended")])
def test_a_fund_outside_its_dates(terms, code):
    event = events.workshop()
    funds.fund(event, word="GRANT", **{name: clock.now() + after for name, after in terms.items()})
    with pytest.raises(Refusal) as no:
        hold(event)
    assert no.value.code == code


def test_a_fund_for_another_event_and_one_withdrawn():
    event, other = events.workshop(), events.workshop("Other")
    fund = funds.fund(event, word="GRANT", event_ids=(event.id,))
    with pytest.raises(Refusal, match="is for"):
        hold(other)
    keeping.withdraw(fund, by_id=None)
    with pytest.raises(Refusal) as no:
        hold(event)
    assert no.value.code == "fund_withdrawn"


def test_extras_are_paid_only_where_the_fund_says_so():
    event = events.workshop(add_ons=[AddOnSpec("Materials", [PriceSpec(4_000)], is_required=True)])
    funds.fund(event, word="GRANT")
    funds.fund(event, "All of it", word="ALLOFIT", with_add_ons=True)
    assert (hold(event).total_cents, hold(event, "ALLOFIT", places.stranger(event, email="b@home.example")).total_cents) == (4_000, 0)


# --- a hold that ends, and the review page

def test_what_is_let_go_is_back_in_the_fund():
    event = events.workshop()
    fund = funds.fund(event, word="GRANT")
    held = hold(event)
    orders.let_go(held.order_id)
    assert (used(fund), db.session.scalars(select(PlaceShare.ended_at)).one() is not None) == (0, True)


def test_a_form_sent_again_moves_the_fund_along():
    event = events.workshop()
    fund = funds.fund(event, word="GRANT", budget_cents=15_000)
    hold(event, submit_key="form:1", form_key="form")
    again = hold(event, "GRANT", places.stranger(event, given="Anna"), submit_key="form:2", form_key="form")
    assert (again.total_cents, used(fund)) == (0, 15_000)


def test_on_the_review_page_a_code_and_a_fund_stand_together():
    event = events.workshop()
    codes.code(event)
    fund = funds.fund(event, word="GRANT", percent=5_000)
    held = places.held(event, people.person())
    orders.apply_code(held.order_id, "grant")
    assert (ledger.owed(held.order_id), used(fund)) == (7_500, 7_500)
    orders.apply_code(held.order_id, "spring10")
    assert (ledger.owed(held.order_id), used(fund)) == (6_750, 6_750)
    orders.remove_code(held.order_id)
    assert (ledger.owed(held.order_id), used(fund)) == (7_500, 7_500)
    orders.remove_fund(held.order_id)
    assert (ledger.owed(held.order_id), used(fund)) == (15_000, 0)


def test_late_money_takes_the_fund_again_or_finds_no_place():
    event = events.workshop(capacity=None)
    fund = funds.fund(event, word="GRANT", amount_cents=5_000, budget_cents=5_000)
    held = hold(event)
    orders.place(held.order_id, "card")
    orders.start_release(held.order_id)
    orders.finish_release(held.order_id)
    assert used(fund) == 0
    second = hold(event, "GRANT", places.stranger(event, given="Bo", email="bo@home.example"))
    assert (orders.confirm_late(held.order_id), used(fund)) == (False, 5_000)
    orders.let_go(second.order_id)
    assert (orders.confirm_late(held.order_id), used(fund), ledger.owed(held.order_id)) == (True, 5_000, 10_000)


# --- a grant is a payer

def test_a_grant_owes_what_it_gave_once_the_place_is_confirmed():
    event = events.workshop()
    fund = funds.fund(event, grantor=funds.GRANTOR, word="GRANT", amount_cents=10_000, account_code="4800")
    held = hold(event)
    assert lines(grants_order(fund)) == []
    places.place(held.order_id)
    assert lines(held.order_id) == [("fee", 15_000, "4000"), ("discount", -10_000, "4000")]
    assert lines(grants_order(fund)) == [("fee", 10_000, "4800")]
    [charge] = ledger.live(grants_order(fund))
    assert (charge.label, charge.registration_id) == (f"Smith fund: {event.title}", None)  # no name of hers


def test_staff_give_and_take_back_with_a_reason():
    event, by = events.workshop(), staff()
    fund = funds.fund(event, grantor=funds.GRANTOR)
    place = places.registered(event, people.person())
    given = giving.give(place.id, fund, by_id=by, reason="Travels far", cents=6_000)
    assert (given.change_cents, ledger.owed(place.order_id), ledger.owed(grants_order(fund)), used(fund)) == (-6_000, 9_000, 6_000, 6_000)
    with pytest.raises(Refusal, match="A fund pays for this place already"):
        giving.give(place.id, fund, by_id=by, reason="Again")
    back = giving.take_back(given.share_id, by_id=by, reason="Her agency pays")
    assert (back.change_cents, ledger.owed(place.order_id), ledger.owed(grants_order(fund)), used(fund)) == (6_000, 15_000, 0, 0)


@pytest.mark.parametrize(("more", "field"), [({"reason": " "}, "reason"), ({"cents": 0}, "amount")])
def test_giving_refuses(more, field):
    event, by = events.workshop(), staff()
    fund, place = funds.fund(event), places.registered(event, people.person())
    with pytest.raises(Refusal) as no:
        giving.give(place.id, fund, **{"by_id": by, "reason": "Travels far", **more})
    assert no.value.field == field


def test_a_fund_given_to_a_held_place_stays_when_she_types_a_code():
    event, by = events.workshop(), staff()
    codes.code(event)
    fund = funds.fund(event)
    place = places.held(event, people.person())
    giving.give(place.id, fund, by_id=by, reason="Travels far", cents=6_000)
    orders.apply_code(place.order_id, "spring10")
    orders.remove_fund(place.order_id)
    assert (ledger.owed(place.order_id), used(fund)) == (7_500, 6_000)


# --- given back: the fund first

@pytest.mark.parametrize(("grant", "own_back", "own_fee", "kept"), [
    (10_000, 3_000, 2_000, 0),   # of $130.00 that come back $100.00 are the fund's
    (15_000, 0, 0, 2_000),       # all was the fund's: it bears the fee
    (14_000, 0, 1_000, 1_000)])  # $130.00 come back, all to the fund
def test_a_place_given_back_in_time_brings_the_fund_its_money_first(grant, own_back, own_fee, kept):
    event = events.workshop(**SPRING)
    fund = funds.fund(event, grantor=funds.GRANTOR, word="GRANT", amount_cents=grant)
    held = hold(event)
    places.place(held.order_id)
    place = places.of_order(held.order_id)
    foreseen = registrations.foresee(place.id)
    done = registrations.cancel(place.id, by_id=None)
    assert foreseen == done.outcome
    assert (done.outcome.refund_cents, done.outcome.fee_cents) == (own_back, own_fee)
    assert (ledger.owed(held.order_id), ledger.owed(grants_order(fund)), used(fund)) == (own_fee, kept, kept)
    assert done.others == ((grants_order(fund), 0),)


def test_late_money_takes_a_part_once_that_was_reckoned_again_as_the_hold_ended():
    event = events.workshop()
    fund = funds.fund(event, amount_cents=5_000, word="GRANT")
    codes.code(event)
    held = hold(event)
    orders.apply_code(held.order_id, "SPRING10")
    orders.let_go(held.order_id)
    assert (orders.confirm_late(held.order_id), used(fund), ledger.owed(held.order_id)) == (True, 5_000, 8_500)



def test_given_back_too_late_the_fund_has_paid_for_nothing_too():
    event = events.workshop(**SPRING)
    fund = funds.fund(event, word="GRANT", amount_cents=10_000)
    held = hold(event)
    places.place(held.order_id)
    with time_machine.travel(datetime(2026, 9, 23, 12, tzinfo=ZoneInfo("America/Chicago")), tick=False):
        done = registrations.cancel(places.of_order(held.order_id).id, by_id=None)
    assert (done.outcome.fee_cents, ledger.owed(held.order_id), used(fund)) == (5_000, 5_000, 10_000)


def test_when_we_cancel_the_fund_has_everything_back():
    event = events.workshop(**SPRING)
    fund = funds.fund(event, grantor=funds.GRANTOR, word="GRANT")
    held = hold(event)
    places.place(held.order_id)
    done = registrations.cancel(places.of_order(held.order_id).id, by_id=None, by_organizer=True)
    assert (used(fund), ledger.owed(grants_order(fund)), ledger.owed(held.order_id)) == (0, 0, 0)
    assert done.outcome.sentence == "$150.00 go back to Smith fund."


def test_nothing_of_a_fund_becomes_a_balance_of_hers():
    event = events.workshop(policy="balance-for-a-year", starts=SPRING["starts"])
    fund = funds.fund(event, word="GRANT", amount_cents=10_000)
    held = hold(event)
    places.place(held.order_id)
    done = registrations.cancel(places.of_order(held.order_id).id, by_id=None)
    assert (done.outcome.balance_cents, used(fund)) == (5_000, 0)


def test_what_is_promised_before_is_what_comes_back():
    """Half of $150.00 is kept; the $75.00 that come back are all the fund's."""
    half = {"refunds": [{"until_days": 7, "fee": {"kind": "percent", "basis_points": 5_000}}], "balance": None, "after": "nothing"}
    day = {"starts_on": date(2026, 9, 24), "today": date(2026, 9, 1)}
    assert cancellation.plan(half, price_cents=15_000, carried_cents=10_000, **day)[:2] == [
        "What comes back goes first to who pays $100.00 for you.", "Until Thu 17 Sep 2026 you get $0.00 back ($50.00 less $50.00)."]
    share = PlaceShare(cents=10_000, name="Smith fund", fund_id=1)
    done = returning.parted(cancellation.outcome(half, price_cents=15_000, **day), returning.Shares([share]))
    assert (done.own.refund_cents, done.own.fee_cents, done.kept) == (0, 5_000, [2_500])


# --- handed on

@pytest.mark.parametrize(("passes_on", "owed", "stays"), [(True, 5_000, 10_000), (False, 15_000, 0)])
def test_a_colleague_has_the_fund_only_where_its_rule_says_so(passes_on, owed, stays):
    event = events.workshop(policy="one-week-then-colleague")
    fund = funds.fund(event, grantor=funds.GRANTOR, word="GRANT", amount_cents=10_000, passes_on=passes_on)
    held = hold(event)
    places.place(held.order_id)
    wanted = Colleague("Bo", "Berg", "bo@home.example")
    place = places.of_order(held.order_id)
    foreseen = registrations.foresee_substitution(place.id, wanted, by_id=None)
    done = registrations.substitute(place.id, wanted, by_id=None)
    assert foreseen.change_cents == done.change_cents == owed - 5_000
    assert (ledger.owed(held.order_id), ledger.owed(grants_order(fund)), used(fund)) == (owed, stays, stays)


def test_a_fund_pays_no_more_than_the_place_costs_the_colleague():
    event = events.workshop(policy="one-week-then-colleague", member=12_500)
    fund = funds.fund(event, grantor=funds.GRANTOR, word="GRANT", passes_on=True)
    held = hold(event)
    places.place(held.order_id)
    member = people.person("Bo", "Berg", member=True)
    wanted = Colleague("Bo", "Berg", places.address(member))
    registrations.substitute(places.of_order(held.order_id).id, wanted, by_id=staff(), by_staff=True, reason="Ill")
    assert (ledger.owed(held.order_id), ledger.owed(grants_order(fund)), used(fund)) == (0, 12_500, 12_500)


# --- another payer

def test_another_payer_carries_a_part_on_an_order_of_its_own():
    event, by = events.workshop(), staff()
    place = places.registered(event, people.person(), method="card")
    given = giving.split(place.id, 10_000, giving.OtherPayer("agency", "Lakeshore", "office@lakeshore.example", po_number="PO-7"),
                         by_id=by, reason="Half by her agency")
    other = db.session.get_one(Order, given.other_id)
    assert (ledger.owed(place.order_id), ledger.owed(other.id), other.po_number, other.method) == (5_000, 10_000, "PO-7", "invoice")
    assert [(one.label, one.registration_id) for one in ledger.live(other.id)] == [(f"A part of a place: {event.title}", place.id)]


@pytest.mark.parametrize("cents", [0, 15_001])
def test_nobody_carries_more_than_the_price(cents):
    event, by = events.workshop(), staff()
    place = places.registered(event, people.person())
    with pytest.raises(Refusal) as no:
        giving.split(place.id, cents, giving.OtherPayer("agency", "Lakeshore", "office@lakeshore.example"), by_id=by, reason="Half")
    assert (no.value.field, no.value.sentence) == ("amount", "Between $0.01 and $150.00 can be paid by somebody else.")


def test_fund_agency_and_herself_share_one_place_and_what_comes_back():
    """$150.00: fund 60, agency 70, herself 20. Given back less $20.00: 60 to the fund, 70 to the agency, nothing to her."""
    event, by = events.workshop(**SPRING), staff()
    fund = funds.fund(event, grantor=funds.GRANTOR, word="GRANT", amount_cents=6_000)
    held = hold(event)
    places.place(held.order_id)
    place = places.of_order(held.order_id)
    given = giving.split(place.id, 7_000, giving.OtherPayer("agency", "Lakeshore", "office@lakeshore.example"), by_id=by, reason="Half")
    assert (ledger.owed(held.order_id), ledger.owed(given.other_id), ledger.owed(grants_order(fund))) == (2_000, 7_000, 6_000)
    done = registrations.cancel(place.id, by_id=None)
    assert (ledger.owed(held.order_id), ledger.owed(given.other_id), ledger.owed(grants_order(fund)), used(fund)) == (2_000, 0, 0, 0)
    assert done.others == ((grants_order(fund), 0), (given.other_id, 7_000))


# --- asked for

def test_who_asks_is_told_what_was_decided():
    event, by = events.workshop(), staff()
    fund = funds.fund(event)
    wish = places.stranger(event, fund_words="We are a small program.")
    held = orders.hold(event.id, [wish], BUYER)
    places.place(held.order_id)
    request = db.session.scalars(select(FundRequest)).one()
    assert (request.state, request.words) == ("asked", "We are a small program.")
    deciding.grant(request.id, fund, by_id=by, cents=5_000, answer="Gladly.")
    assert (request.state, request.share_id is not None, ledger.owed(held.order_id)) == ("granted", True, 10_000)
    with pytest.raises(Refusal, match="This was granted already"):
        deciding.decline(request.id, by_id=by, answer="No")


def test_a_request_is_declined_in_words():
    event, by = events.workshop(), staff()
    place = places.registered(event, people.person())
    asking.ask([(place.id, "Please")], clock.now())
    request = db.session.scalars(select(FundRequest)).one()
    with pytest.raises(Refusal) as no:
        deciding.decline(request.id, by_id=by, answer=" ")
    assert no.value.field == "answer"
    deciding.decline(request.id, by_id=by, answer="All is given for this year.")
    assert (request.state, request.answer) == ("declined", "All is given for this year.")


# --- kept by staff

@pytest.mark.parametrize(("terms", "field"), [
    ({"budget_cents": 0}, "budget"), ({"amount_cents": 0}, "off"), ({"amount_cents": 100, "percent": 100}, "off"), ({"word": "é"}, "word"),
    ({"max_per_person_cents": 0}, "max_per_person"), ({"on_request": True}, "events"), ({"event_ids": (999_999,)}, "events")])
def test_no_fund_can_be(terms, field):
    event = events.workshop()
    with pytest.raises(Refusal) as no:
        funds.fund(event, **terms)
    assert no.value.field == field


def test_a_word_means_one_thing():
    event = events.workshop()
    codes.code(event)
    with pytest.raises(Refusal, match="The code SPRING10 means something else already"):
        funds.fund(event, word="spring 10")
    funds.fund(event, word="GRANT")
    with pytest.raises(Refusal, match="The code GRANT is that of a fund"):
        codes_keeping.create(event.organization_id, "grant", CodeTerms(percent=100), by_id=None)


def test_a_budget_never_falls_below_what_was_given():
    event = events.workshop()
    fund = funds.fund(event, word="GRANT")
    hold(event)
    with pytest.raises(Refusal, match="It paid"):
        keeping.update(fund, Terms(14_999), by_id=None)
    keeping.update(fund, Terms(15_000, word="GRANT"), by_id=None)
    assert db.session.get_one(Fund, fund).budget_cents == 15_000


def test_a_type_of_another_price_is_left_alone():
    event = events.workshop(types=[TypeSpec("A", [PriceSpec(5_000)]), TypeSpec("B", [PriceSpec(6_000)])])
    funds.fund(event, word="GRANT", type_ids=(places.type_of(event, "A").id,))
    held = orders.hold(event.id, [places.stranger(event, "A"), places.stranger(event, "B", given="Bo", email="b@home.example")], BUYER,
                       code="GRANT")
    assert held.total_cents == 6_000


def test_a_fund_named_as_who_carries_a_part_is_refused_for_parts_are_told_apart_by_name():
    event = events.workshop()
    fund, by = funds.fund(event, "Dane County", amount_cents=5_000), staff()
    place = places.registered(event, people.person())
    giving.split(place.id, 4_000, giving.OtherPayer("agency", "Dane County", "pay@dane.example"), by_id=by, reason="Half of it")
    with pytest.raises(Refusal, match="Dane County carries a part of this place already"):
        giving.give(place.id, fund, by_id=by, reason="Help")
    assert (used(fund), ledger.owed(place.order_id)) == (0, 11_000)


def test_a_form_sent_again_leaves_the_fund_at_the_moment_its_places_end_for_late_money_finds_it_by_that():
    with time_machine.travel(clock.now(), tick=True):
        event = events.workshop()
        fund = funds.fund(event, word="GRANT", amount_cents=10_000)
        first = hold(event, submit_key="form:1", form_key="form")
        second = hold(event, "", places.stranger(event, given="Anna"), submit_key="form:2", form_key="form")
        orders.let_go(second.order_id)
        assert (orders.confirm_late(first.order_id), ledger.owed(first.order_id), used(fund)) == (True, 5_000, 10_000)


def test_a_fund_does_not_go_along_to_an_event_of_another_organization():
    event, other = events.workshop(), events.workshop("Elsewhere", starts=events.at(60))
    other.organization_id = organizations.named("The university").id
    fund = funds.fund(event, amount_cents=5_000)
    place, by = places.registered(event, people.person()), staff()
    giving.give(place.id, fund, by_id=by, reason="Help")
    registrations.transfer(place.id, other.id, by_id=by, by_staff=True, reason="Asked by phone")
    assert (used(fund), ledger.owed(place.order_id)) == (0, 15_000)


def test_a_fund_that_pays_the_rest_ends_what_lowered_the_order_before():
    event = events.workshop()
    funds.fund(event, word="GRANT")
    held = hold(event, "")
    corrections.correct(held.order_id, -2_000, reason="Agreed", by_id=staff())
    orders.apply_code(held.order_id, "GRANT")
    assert (lines(held.order_id)[-1][0], ledger.owed(held.order_id)) == ("discount", 0)


def test_a_fund_that_staff_give_and_a_place_taken_out_end_it_too():
    event = events.workshop()
    fund = funds.fund(event, word="GRANT")
    held = hold(event, "", places.stranger(event), places.stranger(event, given="Bo", email="bo@home.example"))
    corrections.correct(held.order_id, -16_000, reason="Agreed", by_id=staff())
    first, second = db.session.scalars(select(Registration.id).filter_by(order_id=held.order_id).order_by(Registration.id))
    giving.give(first, fund, by_id=staff(), reason="A student")
    assert ledger.owed(held.order_id) == 0  # it was 14,000: a grant makes nothing dearer
    orders.take_out(held.order_id, second)
    assert (ledger.owed(held.order_id), [one for one in ledger.live(held.order_id) if one.kind == "correction"]) == (0, [])
