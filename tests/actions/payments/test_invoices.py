"""Invoices: numbers without gaps, copies that never change, credit notes for what is taken back."""

import pytest
from sqlalchemy import select, update

from tests.factories import codes, events, funds, people, registrations
from tests.support import till as tills
from webapp.catalog.models import Event
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Unacceptable
from webapp.payments import corrections, invoices
from webapp.payments.models import CreditNote, Invoice
from webapp.registration import orders
from webapp.registration.codes import counting
from webapp.registration.funds import giving, sharing
from webapp.registration.models import Charge
from webapp.registration.offers import GroupRuleSpec
from webapp.registration.orders import Buyer


@pytest.fixture
def order_id():
    """A place on invoice for $150.00."""
    with transaction():
        return registrations.registered(events.workshop("Sleep"), people.person()).order_id


def issue(order_id):
    with transaction():
        return invoices.issue(order_id)


def test_an_invoice_is_a_copy_that_later_changes_do_not_touch(order_id):
    issue(order_id)
    with transaction():
        db.session.execute(update(Event).values(title="Another title"))
    found = db.session.scalars(select(Invoice)).one()
    assert (found.total_cents, found.lines[0]["event"], found.bill_to["name"]) == (15_000, "Sleep", "Lakeshore Home Visiting")
    assert tills.messages("invoice") == 1


def test_the_same_charges_are_billed_once(order_id):
    assert (issue(order_id).number, issue(order_id)) == ("INV-00001", None)


def test_numbers_have_no_gaps_even_when_a_transaction_fails(order_id):
    with pytest.raises(ZeroDivisionError), transaction():
        invoices.issue(order_id)
        raise ZeroDivisionError
    with transaction():
        other = registrations.registered(events.workshop(), people.person()).order_id
    assert [issue(other).number, issue(order_id).number] == ["INV-00001", "INV-00002"]


def test_an_agency_that_demands_a_number_gets_no_invoice_without(order_id):
    from webapp.accounts.models import Agency
    from webapp.core import clock
    from webapp.registration.models import Order, Payer

    with transaction():
        agency = Agency(name="County of Brown", po_required=True, created_at=clock.now())
        db.session.add(agency)
        db.session.flush()
        db.session.get_one(Payer, db.session.get_one(Order, order_id).payer_id).agency_id = agency.id
    with pytest.raises(Unacceptable) as refused, transaction():
        invoices.issue(order_id)
    assert refused.value.code == "po_required"
    with transaction():
        assert invoices.issue(order_id, po_number="4471").po_number == "4471"


def test_a_line_taken_back_makes_a_credit_note(order_id, finance):
    issue(order_id)
    charge_id = db.session.scalars(select(Charge.id)).first()
    with transaction():
        corrections.void(charge_id, reason="Paid by a grant", by_id=finance)
    [bill] = invoices.of_order(order_id)
    assert (bill.rest_cents, bill.notes[0].number, bill.notes[0].reason) == (0, "CN-00001", "Paid by a grant")
    with pytest.raises(AlreadyDone), transaction():
        corrections.void(charge_id, reason="Again", by_id=finance)


@pytest.mark.parametrize(("cents", "rests"), [(-2_500, [12_500]), (4_000, [15_000, 4_000])])
def test_a_correction_is_credited_or_billed(order_id, finance, cents, rests):
    issue(order_id)
    with transaction():
        corrections.correct(order_id, cents, reason="Agreed", by_id=finance)
    assert [bill.rest_cents for bill in invoices.of_order(order_id)] == rests
    assert tills.balance(order_id).owed_cents == sum(rests)


def test_a_line_is_not_taken_back_below_a_correction_that_lowered_it(order_id, finance):
    charge_id = db.session.scalars(select(Charge.id)).first()
    with transaction():
        corrections.correct(order_id, -1, reason="Goodwill", by_id=finance)
    with pytest.raises(Unacceptable) as refused, transaction():
        corrections.void(charge_id, reason="A mistake", by_id=finance)
    assert (refused.value.code, tills.balance(order_id).owed_cents) == ("below_zero", 14_999)


def test_a_price_is_not_taken_back_before_what_lowers_it(finance):
    with transaction():
        event = events.workshop(group_rules=[GroupRuleSpec(2, 1_000)])
        held = orders.hold(event.id, [registrations.stranger(event), registrations.stranger(event, given="Bo", email="bo@home.example")],
                           Buyer("Ana Silva", "ana@home.example"))
        registrations.place(held.order_id, "invoice")
    fee, less = (db.session.scalars(select(Charge.id).filter_by(order_id=held.order_id, kind=kind).order_by(Charge.id)).first()
                 for kind in ("fee", "discount"))
    with pytest.raises(Unacceptable, match="The place would owe less than nothing"), transaction():
        corrections.void(fee, reason="A mistake", by_id=finance)
    for charge_id in (less, fee):
        with transaction():
            corrections.void(charge_id, reason="A mistake", by_id=finance)
    assert tills.balance(held.order_id).owed_cents == 13_500


@pytest.mark.parametrize(("cents", "reason", "field"), [(-15_001, "x", "amount"), (0, "x", "amount"), (100, "", "reason")])
def test_a_correction_that_cannot_be_is_refused(order_id, finance, cents, reason, field):
    with pytest.raises(Unacceptable) as refused, transaction():
        corrections.correct(order_id, cents, reason=reason, by_id=finance)
    assert refused.value.field == field


def test_an_invoice_taken_back_whole_can_be_issued_anew(order_id, finance):
    first = issue(order_id).id
    with transaction():
        invoices.take_back(first, reason="Wrong payer", by_id=finance)
    assert (issue(order_id).number, db.session.query(CreditNote).count()) == ("INV-00002", 1)
    with pytest.raises(AlreadyDone), transaction():
        invoices.take_back(first, reason="Again", by_id=finance)


def test_a_line_that_a_part_or_a_code_stands_on_is_not_taken_back_by_itself(finance):
    with transaction():
        event = events.workshop()
        codes.code(event)
        place = registrations.held(event, people.person())
        orders.apply_code(place.order_id, "SPRING10")
        registrations.place(place.order_id)
        giving.give(place.id, funds.fund(event, grantor=funds.GRANTOR), by_id=finance, reason="A student")
    kinds = Charge.kind.in_(("discount",)) | (Charge.explained["rule"].as_string() == "share")
    for charge_id in db.session.scalars(select(Charge.id).where(kinds)).all():
        with pytest.raises(Unacceptable) as refused, transaction():
            corrections.void(charge_id, reason="A mistake", by_id=finance)
        assert refused.value.code == "not_alone"
    assert (counting.recount(), sharing.recount()) == ([], [])
