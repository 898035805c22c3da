"""Somebody says that she is a member: staff decide, and the difference is settled by the ledger's own ways."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import codes, events, funds, people, registrations
from tests.support import till as tills
from webapp.accounts import memberships
from webapp.accounts.models import Membership
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, NotFound, Refusal, Unacceptable
from webapp.payments import giving_back, invoices, receipts
from webapp.payments.models import CreditNote, Refund
from webapp.payments.receipts import Received
from webapp.registration import ledger, offers, orders, seats
from webapp.registration.models import Registration, RegistrationType
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.orders import Buyer
from webapp.registration.years import claiming
from webapp.registration.years.claiming import Listed
from webapp.registration.years.models import MemberClaim

TODAY = date(2026, 7, 15)
LISTED = Listed("M-77", date(2026, 1, 1), date(2026, 12, 31))


def claimed(method: str | None = "invoice", event: Any = None, number: str = "M-77", **more: Any) -> tuple[int, int, int]:
    """A place at $150.00 of a guest who says that she is a member: order, place, claim."""
    with transaction():
        event = event or events.workshop()
        made = orders.hold(event.id, [registrations.stranger(event)], Buyer("Ana Silva", "ana@home.example"), **more)
        place_id = registrations.of_order(made.order_id).id
        if method:
            registrations.place(made.order_id, method)
            invoices.issue(made.order_id)
        claiming.claim(place_id, number)
        return made.order_id, place_id, db.session.scalars(select(MemberClaim.id)).one()


def confirm(claim_id: int, by_id: int, listed: Listed = LISTED) -> int:
    with transaction():
        done = claiming.confirm(claim_id, listed, by_id=by_id)
        if done.is_placed:
            giving_back.settle_change(done.order_id, done.change_cents, reason="A member", by_id=by_id, today=TODAY)
        return done.change_cents


def type_of(place_id: int) -> str:
    return db.session.scalars(select(RegistrationType.name).join(Registration, Registration.type_id == RegistrationType.id)
                              .where(Registration.id == place_id)).one()


def test_until_staff_decide_she_pays_the_plain_price() -> None:
    order_id, place_id, _ = claimed()
    assert (ledger.owed(order_id), type_of(place_id), memberships.latest(1)) == (15_000, "Non-member", None)


def test_confirmed_an_open_invoice_is_lowered_by_a_credit_note(finance: int) -> None:
    order_id, place_id, claim_id = claimed()
    assert confirm(claim_id, finance) == -3_000
    assert (ledger.owed(order_id), type_of(place_id)) == (12_000, "Member")
    assert list(db.session.scalars(select(CreditNote.total_cents))) == [3_000]
    assert memberships.by_number("M-77", "ana@home.example", TODAY)
    tills.check_books()


def test_confirmed_what_was_paid_beyond_goes_back(finance: int) -> None:
    order_id, _, claim_id = claimed()
    with transaction():
        receipts.record(order_id, Received("cash", 15_000, TODAY, tills.ZONE), by_id=finance)
    confirm(claim_id, finance)
    assert list(db.session.scalars(select(Refund.amount_cents))) == [3_000]
    assert (tills.balance(order_id).in_flight_cents, tills.messages("member_claim_decided")) == (3_000, 1)


def test_confirmed_while_held_the_order_costs_less_before_it_is_paid(finance: int) -> None:
    with transaction():
        event = events.workshop()
        codes.code(event)
    order_id, _, claim_id = claimed(None, event, code="SPRING10")
    confirm(claim_id, finance)
    assert ledger.owed(order_id) == 10_800


def test_who_stands_on_the_payment_page_is_not_repriced_under_her_hands(finance: int) -> None:
    order_id, _, claim_id = claimed(None)
    with transaction():
        orders.place(order_id, "card")
    with pytest.raises(Refusal, match="being paid at this moment"):
        confirm(claim_id, finance)


def test_a_member_price_that_is_not_lower_changes_nothing(finance: int) -> None:
    with transaction():
        event = events.workshop()
    order_id, place_id, claim_id = claimed(event=event)
    with transaction():  # since she asked, members pay the same
        offers.replace(event.id, replace(offers.of_event(event.id), types=events.member_prices(15_000, 15_000)), actor_id=None)
    assert (confirm(claim_id, finance), ledger.owed(order_id), type_of(place_id)) == (0, 15_000, "Non-member")


def test_pools_move_with_the_type(finance: int) -> None:
    with transaction():
        event = events.workshop(types=[TypeSpec("Member", [PriceSpec(12_000)], audience="member", capacity=5),
                                       TypeSpec("Non-member", [PriceSpec(15_000)], audience="non_member", capacity=5)])
    confirm(claimed(event=event)[2], finance)
    assert seats.recount() == []


def test_a_membership_of_the_list_becomes_hers_and_is_not_added_twice(finance: int) -> None:
    with transaction():
        memberships.add(None, "M-77", from_on=LISTED.from_on, until_on=LISTED.until_on, actor_id=None, email="old@home.example")
    _, place_id, claim_id = claimed()
    confirm(claim_id, finance)
    person_id = db.session.get_one(Registration, place_id).person_id
    assert list(db.session.execute(select(Membership.number, Membership.person_id))) == [("M-77", person_id)]


def test_a_number_of_somebody_else_is_refused_and_nothing_changes(finance: int) -> None:
    with transaction():
        memberships.add(people.person("Bo", "Lee").id, "M-77", from_on=LISTED.from_on, until_on=LISTED.until_on, actor_id=None)
    order_id, _, claim_id = claimed()
    with pytest.raises(Unacceptable, match="Number M-77 is that of Bo Lee"):
        confirm(claim_id, finance)
    assert ledger.owed(order_id) == 15_000


def test_one_that_began_after_she_ordered_decides_nothing(finance: int) -> None:
    order_id, _, claim_id = claimed()
    with pytest.raises(Unacceptable, match="not valid on the day she ordered"):
        confirm(claim_id, finance, Listed("M-77", TODAY + timedelta(days=1), date(2027, 7, 15)))
    assert ledger.owed(order_id) == 15_000


def test_where_a_fund_pays_a_part_it_is_taken_back_first(finance: int) -> None:
    with transaction():
        event = events.workshop()
        funds.fund(event, word="HELP", amount_cents=5_000)
    _, _, claim_id = claimed(event=event, code="HELP")
    with pytest.raises(Refusal, match="Others pay a part"):
        confirm(claim_id, finance)


def test_declined_she_is_told_why_and_the_price_stays(finance: int) -> None:
    order_id, _, claim_id = claimed()
    with pytest.raises(Unacceptable, match="Write what she shall read"), transaction():
        claiming.decline(claim_id, by_id=finance, answer=" ")
    with transaction():
        claiming.decline(claim_id, by_id=finance, answer="It ended in May.")
    assert (ledger.owed(order_id), tills.messages("member_claim_decided")) == (15_000, 1)
    with pytest.raises(AlreadyDone, match="declined already"):
        confirm(claim_id, finance)


def test_one_claim_waits_for_each_place() -> None:
    _, place_id, _ = claimed()
    with pytest.raises(AlreadyDone, match="looking already"), transaction():
        claiming.claim(place_id, "M-1")
    assert db.session.scalar(select(func.count(MemberClaim.id))) == 1


def test_who_has_the_member_price_or_no_place_claims_nothing() -> None:
    with transaction():
        member = registrations.registered(events.workshop(), people.person(member=True), "Member").id
    with pytest.raises(Refusal, match="does not have the price"), transaction():
        claiming.claim(member, "")
    with pytest.raises(NotFound), transaction():
        claiming.claim(9_999, "")
