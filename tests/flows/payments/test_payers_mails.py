"""No mail to who pays for somebody else says where the order is: it leads her to a page of her own, whatever the mail is about."""

import re

import pytest
from sqlalchemy import select

from tests.actions.registration.test_transferring import dates
from tests.factories import events, people, registrations
from tests.flows.payments.test_approvals import DANA, ZONE, asked, held, question, token
from tests.support import mail
from tests.support import till as tills
from webapp.accounts import agencies
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.notifications.models import Message
from webapp.payments import approvals, checks, gateway, invoices
from webapp.registration import orders
from webapp.registration import registrations as places
from webapp.registration.booking import leaving
from webapp.registration.models import Registration
from webapp.registration.orders import Buyer
from webapp.registration.substitution import Colleague

OFFICE = registrations.BILL_TO.email


@pytest.fixture
def finance():
    with transaction():
        return people.person(roles=["finance"]).id


def place_of(order_id):
    return db.session.scalars(select(Registration.id).filter_by(order_id=order_id)).first()


def leads(found):
    """The paths that a mail leads to, in its words and in its HTML."""
    return set(re.findall(r"http://attune\.test(/[^\s\"<]+)", found.text + found.html))


def approved(order_id=0):
    """An order that Dane County approved on invoice."""
    order_id = asked(order_id or held())
    with transaction():
        approvals.approve(question(order_id).id)
    return order_id


def check(order_id, finance):
    with transaction():
        return checks.record(checks.Paper("2041", 15_000, clock.today(ZONE), ZONE), {order_id: 15_000}, by_id=finance).id


def hers(to, order_id):
    """The kinds of mail that wait for the address, each with whether it carries the order's number, which is its address."""
    ref = tills.ref(order_id)
    waiting = db.session.scalars(select(Message.kind).filter_by(to_address=to, state="waiting")).all()
    return {kind: ref in f"{found.subject}{found.text}{found.html}" for kind in waiting for found in [mail.last(to, kind)]}


def test_the_receipt_of_an_approver_who_paid_by_card_leads_back_to_her_page(till, client):
    order_id = asked()
    till.stripe.pay(client.post(f"/approve/{token(order_id)}/card").location)
    till.deliver()
    assert hers(DANA, order_id)["receipt"] is False
    [address] = [path for path in leads(mail.last(DANA, "receipt")) if path != "/"]
    assert address.startswith("/approve/") and "It is paid by card" in client.get(address).text


def test_stripe_asks_the_approver_for_her_own_address(till, client):
    order_id = asked()
    client.post(f"/approve/{token(order_id)}/card")
    assert gateway.retrieve_session(tills.page(order_id).provider_session_id).body["customer_email"] == DANA


def test_the_receipt_of_who_ordered_leads_to_her_order(finance):
    with transaction():
        order_id = registrations.registered(events.workshop(), people.person(email="maria@home.example"), method="card").order_id
    check(order_id, finance)
    assert f"/orders/{tills.ref(order_id)}" in leads(mail.last("maria@home.example", "receipt"))


def test_no_mail_to_an_approver_carries_the_orders_number(finance):
    order_id = approved()
    check_id = check(order_id, finance)
    with transaction():
        checks.bounce(check_id, reason="No funds", by_id=finance, fee_cents=2_000)
    with transaction():
        places.substitute(place_of(order_id), Colleague("Sam", "Reed", "sam@dane.example"), by_id=None)
    with transaction():
        places.cancel(db.session.scalar(select(Registration.id).filter_by(order_id=order_id, state="confirmed")), by_id=None)
    assert hers(DANA, order_id) == dict.fromkeys(
        ("invoice", "receipt", "check_bounced", "order_substitution", "place_cancelled"), False)
    assert [kind for kind in ("check_bounced", "order_substitution", "place_cancelled")
            if not any(path.startswith("/approve/") for path in leads(mail.last(DANA, kind)))] == []


def test_what_the_agency_put_off_leads_to_the_dates_on_the_approvers_page(client, finance):
    with transaction():
        first = events.workshop("Sleep", policy="two-weeks-then-put-off", non_member=15_000)
        one, _ = dates(first, events.workshop("Again", starts=events.at(60)))
        order_id = registrations.held(one, people.person()).order_id
    check(approved(order_id), finance)
    place_id = place_of(order_id)
    assert client.post(f"/approve/{token(order_id)}/defer/{place_id}").status_code == 303
    assert hers(DANA, order_id)["balance_kept"] is False
    [address] = [path for path in leads(mail.last(DANA, "balance_kept")) if path.endswith(f"/defer/{place_id}")]
    assert "/events/again/register" in client.get(address).text


def test_an_office_that_is_billed_is_led_to_its_invoice(finance):
    with transaction():
        order_id = registrations.registered(events.workshop(), people.person("Ana", "Silva", email="ana@home.example")).order_id
        invoices.issue(order_id)
    bill = invoices.of_order(order_id)[0].invoice.ref
    check(order_id, finance)
    with transaction():
        places.substitute(place_of(order_id), Colleague("Sam", "Reed", "sam@office.example"), by_id=None)
    assert hers(OFFICE, order_id) == dict.fromkeys(("invoice", "receipt", "order_substitution"), False)
    assert f"/invoices/{bill}" in leads(mail.last(OFFICE, "receipt")) & leads(mail.last(OFFICE, "order_substitution"))


def test_an_office_hears_that_somebody_left_without_the_order_she_made_herself():
    with transaction():
        agency = agencies.create("Dane County", actor_id=None, billing_email=DANA)
        event, ana = events.workshop(), people.person("Ana", "Silva", email="ana@home.example")
        held_ = orders.hold(event.id, [registrations.attendee(event, ana)], Buyer("Ana Silva", "ana@home.example", ana.id))
        order_id = held_.order_id
    approved(order_id)
    with transaction():
        leaving.tell(agency.id, ana.id)
    assert hers(DANA, order_id)["staff_left"] is False
