"""My agency pays: asked, approved, declined, silent, paid by card; by links that do nothing when they are opened."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.accounts import agencies
from webapp.catalog.models import Pool
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Closed, Refusal
from webapp.jobs import drains, rendering
from webapp.notifications.leases import Claim
from webapp.notifications.models import Message
from webapp.payments import approvals, balance, checkout, gateway, reconcile
from webapp.payments.approvals import Wish, links, queries
from webapp.payments.models import ApprovalLink, Invoice, Payment, PaymentApproval
from webapp.payments.pages import CameFrom
from webapp.registration import orders
from webapp.registration import registrations as registrations_
from webapp.registration.models import Order, Payer, Registration

ZONE = tills.ZONE
UNTIL = datetime(2026, 7, 22, 22, 0, tzinfo=UTC)  # five business days after NOW, 5 pm in Chicago
DANA = "dana@dane.example"
ASKED = {"method": "approval", "agency": "Dane County", "approver": "Dana", "approver_email": DANA, "total": "15000"}


def held(**event):
    """A held order of Maria for $150.00."""
    with transaction():
        made = events.workshop(**({"title": "Sleep", "capacity": 5, "non_member": 15_000} | event))
        return registrations.held(made, people.person("Maria", "Lopez", email="maria@home.example")).order_id


def asked(order_id=None, agency="Dane County", email=DANA):
    """An order whose agency is asked."""
    order_id = order_id or held()
    with transaction():
        approvals.ask(order_id, Wish(agency, email, "Dana"), ZONE)
    return order_id


def question(order_id):
    db.session.expire_all()
    return db.session.scalars(select(PaymentApproval).filter_by(order_id=order_id).order_by(PaymentApproval.id.desc())).first()


def token(order_id):
    """The secret of a link, as the mail carries it."""
    approval_id = question(order_id).id
    with transaction():
        return links.issue(approval_id)


def letters():
    """Kind and address of the mails about questions that wait or were sent, in order."""
    return [tuple(row) for row in db.session.execute(
        select(Message.kind, Message.to_address).where(Message.kind.startswith("approval"), Message.state != "withdrawn")
        .order_by(Message.id))]


def mail(kind):
    """The words of the first waiting mail of this kind."""
    row = db.session.scalars(select(Message).where(Message.kind == kind, Message.state == "waiting").order_by(Message.id)).first()
    claim = Claim(id=row.id, attempts=1, fact=row.fact, kind=row.kind, to_address=row.to_address, to_name=row.to_name, facts=row.facts,
                  message_id=row.message_id)
    return rendering.render(claim)


def settle():
    """What the timetable does each minute."""
    drains._end_approvals(clock.now())
    reconcile.settle(clock.now())


def taken():
    return db.session.scalar(select(func.sum(Pool.taken)))


def test_asking_keeps_the_seat_until_the_answer_and_a_day_longer(client):
    order_id = held()
    answer = client.post(f"/orders/{tills.ref(order_id)}/place", data=ASKED)
    assert (answer.status_code, answer.location) == (303, f"/orders/{tills.ref(order_id)}")
    order = db.session.get_one(Order, order_id)
    assert (tills.state(order_id), order.approval_until, order.hold_until) == ("held/held", UNTIL, UNTIL + timedelta(days=1))
    assert letters() == [("approval_asked", DANA)] * 2


def test_her_page_says_who_is_asked_and_until_when(client):
    page = client.get(f"/orders/{tills.ref(asked())}").text
    assert "Waiting for Dana at Dane County" in page and "Wed 22 Jul 2026, 5:00 pm CT" in page and "Thu 23 Jul 2026, 5:00 pm CT" in page


def test_the_approver_is_reminded_half_way():
    order_id = asked()
    found = db.session.scalars(select(Message.not_before).where(Message.kind == "approval_asked").order_by(Message.id)).all()
    assert found == [clock.now(), clock.now() + (question(order_id).until - clock.now()) / 2]


def test_the_mail_says_what_it_is_about_and_its_link_opens_the_page(client):
    asked()
    words = mail("approval_asked").text
    path = re.search(r"http://attune\.test(/approve/\S+)", words)
    assert "Maria Lopez" in words and "$150.00" in words and "Wed 22 Jul 2026, 5:00 pm CT" in words
    page = client.get(path.group(1))
    assert page.status_code == 200 and "Does Dane County pay?" in page.text and "$150.00" in page.text


def test_only_the_hash_of_a_link_is_kept():
    secret = token(asked())
    assert secret not in db.session.scalars(select(ApprovalLink.token_hash)).all()


def test_opening_the_link_ever_so_often_does_nothing(client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    for _ in range(3):
        assert (client.get(address).status_code, client.head(address).status_code) == (200, 200)
        for button in ("yes", "no", "card"):
            assert client.get(f"{address}/{button}").status_code == 405
    assert (question(order_id).state, tills.state(order_id)) == ("asked", "held/held")


def test_the_page_says_nothing_of_the_order_s_address(client):
    order_id = asked()
    assert tills.ref(order_id) not in client.get(f"/approve/{token(order_id)}").text


def test_approving_places_the_order_on_invoice_to_the_agency(client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    assert client.post(f"{address}/yes", data={"po_number": "PO 77"}).location == address
    bill, payer = db.session.execute(
        select(Invoice, Payer).join(Order, Order.id == Invoice.order_id).join(Payer, Payer.id == Order.payer_id)).one()
    assert (tills.state(order_id), question(order_id).state, bill.po_number, bill.total_cents) == (
        "placed/confirmed", "approved", "PO 77", 15_000)
    assert (payer.kind, payer.name, payer.email, bill.bill_to["name"]) == ("agency", "Dane County", DANA, "Dane County")
    told = db.session.execute(select(Message.kind, Message.to_address).where(Message.kind.in_(("invoice", "registration_confirmed"))))
    assert sorted(map(tuple, told)) == [("invoice", DANA), ("registration_confirmed", "maria@home.example")]
    assert "Thank you" in client.get(address).text


def test_a_double_click_on_approve_does_nothing_twice(client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    for _ in range(2):
        assert client.post(f"{address}/yes", data={}).status_code == 303
    assert db.session.scalar(select(func.count(Invoice.id))) == 1 and tills.state(order_id) == "placed/confirmed"


def test_an_agency_that_demands_a_number_is_refused_without_one(client):
    with transaction():
        agencies.create("Dane County", actor_id=None, billing_email=DANA, po_required=True)
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    refused = client.post(f"{address}/yes", data={"po_number": " "})
    assert refused.status_code == 422 and "pays no invoice without a purchase order number" in refused.text
    assert (tills.state(order_id), question(order_id).state) == ("held/held", "asked")
    assert client.post(f"{address}/yes", data={"po_number": "PO 8"}).status_code == 303
    assert tills.state(order_id) == "placed/confirmed"


def test_an_approver_we_know_ties_the_invoice_to_the_agency():
    with transaction():
        agency_id = agencies.create("Dane County", actor_id=None, billing_email=DANA, billing_address="1 Main Street").id
    assert payer_of(agency_id) == (agency_id, "1 Main Street")


def test_an_approver_nobody_knows_does_not():
    with transaction():
        agency_id = agencies.create("Dane County", actor_id=None, billing_email="billing@dane.example").id
    assert payer_of(agency_id) == (None, "")


def payer_of(agency_id):
    """The agency and the address the approved order is billed to."""
    order_id = asked()
    assert question(order_id).agency_id == agency_id
    approval_id = question(order_id).id
    with transaction():
        approvals.approve(approval_id)
    return tuple(db.session.execute(select(Payer.agency_id, Payer.address).join(Order, Order.payer_id == Payer.id)).one())


def test_the_billing_contact_is_asked_where_no_address_is_typed(client):
    with transaction():
        agencies.create("Dane County", actor_id=None, billing_email="billing@dane.example")
    order_id = held()
    client.post(f"/orders/{tills.ref(order_id)}/place", data=ASKED | {"approver": "", "approver_email": "", "agency": "dane county"})
    assert question(order_id).approver_email == "billing@dane.example"
    page = client.get(f"/orders/{tills.ref(order_id)}").text
    assert "b…@dane.example" in page and "billing@dane.example" not in page


def test_a_name_like_one_we_know_is_asked_about_once(client):
    with transaction():
        agencies.create("Dane County Human Services", actor_id=None)
    order_id = held()
    address = f"/orders/{tills.ref(order_id)}/place"
    refused = client.post(address, data=ASKED)
    assert refused.status_code == 422 and "Do you mean Dane County Human Services?" in refused.text
    assert client.post(address, data=ASKED | {"agency_meant": "Dane County"}).status_code == 303
    assert question(order_id).agency_name == "Dane County"


@pytest.mark.parametrize(("typed", "said"), [
    ({"approver_email": "MARIA@home.example"}, "This is an address from your own registration."),
    ({"agency": ""}, "Write the name of the agency"), ({"approver_email": ""}, "Write the e-mail address of who approves it."),
    ({"approver_email": "dana"}, "Write the whole address"), ({"total": "1"}, "")])
def test_what_is_missing_is_said_beside_its_field_and_nobody_is_asked(client, typed, said):
    order_id = held()
    answer = client.post(f"/orders/{tills.ref(order_id)}/place", data=ASKED | typed)
    assert (answer.status_code, said in answer.text, question(order_id), letters()) == (422 if said else 303, True, None, [])


def test_an_event_that_is_too_near_is_not_asked_about(client):
    order_id = held(starts=events.at(3))  # 71 hours from now
    answer = client.post(f"/orders/{tills.ref(order_id)}/place", data=ASKED)
    assert answer.status_code == 422 and "too near to wait for an answer" in answer.text


def test_declining_tells_her_why_and_keeps_the_seat_a_day(client):
    order_id = asked()
    client.post(f"/approve/{token(order_id)}/no", data={"reason": "The budget is spent."})
    order = db.session.get_one(Order, order_id)
    assert (question(order_id).state, tills.state(order_id), order.approval_until) == ("declined", "held/held", None)
    assert db.session.get_one(Order, order_id).hold_until == datetime(2026, 7, 16, 22, 0, tzinfo=UTC)
    assert letters()[-1] == ("approval_ended", "maria@home.example")
    assert "The budget is spent." in mail("approval_ended").text
    assert "The budget is spent." in client.get(f"/orders/{tills.ref(order_id)}/review").text


def test_declining_needs_a_word_why(client):
    order_id = asked()
    refused = client.post(f"/approve/{token(order_id)}/no", data={"reason": ""})
    assert (refused.status_code, question(order_id).state) == (422, "asked")


def test_after_a_no_she_takes_an_invoice_herself(client):
    order_id = asked()
    client.post(f"/approve/{token(order_id)}/no", data={"reason": "No."})
    client.post(f"/orders/{tills.ref(order_id)}/place", data={"method": "invoice", "agency": "Maria Lopez", "total": "15000"})
    assert tills.state(order_id) == "placed/confirmed"


def test_after_a_no_a_yes_is_too_late(client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    client.post(f"{address}/no", data={"reason": "No."})
    client.post(f"{address}/yes", data={"po_number": "PO 1"})
    assert (question(order_id).state, tills.state(order_id), db.session.scalar(select(func.count(Invoice.id)))) == (
        "declined", "held/held", 0)


def test_silence_is_told_before_the_seat_goes(frozen):
    order_id = asked()
    frozen.move_to(UNTIL)
    settle()
    assert (question(order_id).state, tills.state(order_id), letters()[-1]) == (
        "silent", "held/held", ("approval_ended", "maria@home.example"))
    frozen.move_to(datetime(2026, 7, 23, 21, 59, tzinfo=UTC))
    settle()
    assert tills.state(order_id) == "held/held"
    frozen.move_to(datetime(2026, 7, 23, 22, 0, tzinfo=UTC))
    settle()
    assert (tills.state(order_id), taken()) == ("expired/expired", 0)


def test_a_yes_that_comes_too_late_is_told_so(client, frozen):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    frozen.move_to(UNTIL)
    assert "The time to answer is over" in client.get(address).text
    client.post(f"{address}/yes", data={})
    assert tills.state(order_id) == "held/held"
    settle()
    assert client.get(address).status_code == 410


def test_the_agency_pays_by_card_and_is_the_payer(till, client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    to_stripe = client.post(f"{address}/card")
    assert (to_stripe.status_code, question(order_id).state) == (303, "asked")
    assert till.stripe.pay(to_stripe.location)["state"] == "paid"
    till.deliver()
    payer = db.session.scalars(select(Payer).join(Order, Order.payer_id == Payer.id)).one()
    assert (tills.state(order_id), question(order_id).state, payer.email, db.session.scalars(select(Payment.payer_id)).one()) == (
        "placed/confirmed", "paid", DANA, payer.id)
    told = db.session.execute(select(Message.kind, Message.to_address).where(Message.kind.in_(("receipt", "registration_confirmed"))))
    assert sorted(map(tuple, told)) == [("receipt", DANA), ("registration_confirmed", "maria@home.example")]
    assert client.get(came_back(till, order_id, "success_url")).location == address


def came_back(till, order_id, which):
    """The path Stripe sends who was on its page to; nothing Stripe shows says where the order's page is."""
    told = gateway.retrieve_session(tills.page(order_id).provider_session_id).body
    shown = [told["success_url"], told["cancel_url"], told["client_reference_id"], str(told["payment_intent"])]
    assert not [one for one in shown if tills.ref(order_id) in one]
    return told[which].removeprefix("http://attune.test")


def test_an_approver_back_in_another_browser_reads_what_became_of_it_and_not_the_order(app, till, client):
    order_id = asked()
    till.stripe.pay(client.post(f"/approve/{token(order_id)}/card").location)
    other = app.test_client().get(came_back(till, order_id, "success_url"))
    assert (other.status_code, tills.state(order_id), tills.ref(order_id) in other.text) == (200, "placed/confirmed", False)
    assert "Your payment has arrived" in other.text


def test_what_the_approver_s_browser_keeps_says_nothing_of_the_order_s_address(till, client):
    order_id = asked()
    client.post(f"/approve/{token(order_id)}/card")
    with client.session_transaction() as kept:
        assert tills.ref(order_id) not in str(dict(kept))


def test_who_turns_back_from_the_payment_page_comes_to_the_question(till, client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    client.post(f"{address}/card")
    assert client.get(came_back(till, order_id, "cancel_url")).location == address
    assert "nothing was charged" in client.get(address).text


def test_declining_closes_the_payment_page(till, client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    page = client.post(f"{address}/card").location
    client.post(f"{address}/no", data={"reason": "No."})
    assert (till.stripe.pay(page)["state"], question(order_id).state) == ("closed", "declined")


def test_a_payment_made_before_the_no_is_not_lost(till, client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    till.stripe.pay(client.post(f"{address}/card").location)
    client.post(f"{address}/no", data={"reason": "No."})
    assert (tills.state(order_id), question(order_id).state, tills.payments(order_id)) == (
        "placed/confirmed", "paid", [("succeeded", 15_000)])


def test_a_bank_that_confirms_is_waited_for(till, client, frozen):
    order_id = asked()
    till.stripe.pay(client.post(f"/approve/{token(order_id)}/card").location, "bank")
    till.deliver()
    client.post(f"/approve/{token(order_id)}/no", data={"reason": "No."})
    frozen.move_to(UNTIL + timedelta(hours=1))
    settle()
    assert (question(order_id).state, tills.state(order_id)) == ("asked", "held/held")


def test_while_the_agency_is_asked_nobody_else_pays(client):
    order_id = asked()
    ref = tills.ref(order_id)
    assert client.get(f"/orders/{ref}/review").location == f"/orders/{ref}"
    with pytest.raises(AlreadyDone, match="is being asked"):
        checkout.open_page(order_id, clock.today(ZONE))
    with pytest.raises(AlreadyDone, match="is being asked"), transaction():
        orders.place(order_id, "invoice", bill_to=registrations.BILL_TO)


def test_choosing_another_way_tells_the_approver_and_ends_her_link(client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    answer = client.post(f"/orders/{tills.ref(order_id)}/approval/withdraw")
    assert answer.location == f"/orders/{tills.ref(order_id)}/review"
    assert (question(order_id).state, letters()) == ("withdrawn", [("approval_withdrawn", DANA)])
    assert client.get(address).status_code == 410
    client.post(f"{address}/yes", data={})
    assert tills.state(order_id) == "held/held"


def test_letting_the_seat_go_ends_the_question(client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    client.post(f"/orders/{tills.ref(order_id)}/release")
    assert (tills.state(order_id), question(order_id).state, taken(), client.get(address).status_code) == (
        "expired/expired", "withdrawn", 0, 410)


def test_an_order_let_go_while_the_approver_has_its_payment_page_open_waits_for_nobody(till, client):
    order_id = asked()
    with transaction():
        approvals.to_card(question(order_id).id)
    checkout.open_page(order_id, clock.today(ZONE), came_from=CameFrom(approval_id=question(order_id).id))
    ref = db.session.get_one(Order, order_id).ref
    client.post(f"/orders/{ref}/release")
    db.session.expire_all()
    order = db.session.get_one(Order, order_id)
    assert (order.state, order.method, order.approval_until, question(order_id).state) == ("releasing", "card", None, "withdrawn")


def test_an_order_whose_last_place_was_cancelled_waits_for_no_agency():
    order_id = asked()
    [place] = db.session.scalars(select(Registration.id).where(Registration.order_id == order_id)).all()
    with transaction():
        registrations_.cancel(place, by_id=None, by_organizer=True, reason="Ill")
    order = db.session.get_one(Order, order_id, populate_existing=True)
    assert (order.state, order.approval_until) == ("cancelled", None)


def test_a_cancelled_event_ends_the_question(client):
    order_id = asked()
    address = f"/approve/{token(order_id)}"
    db.session.execute(update(Order).values(state="cancelled"))
    db.session.execute(update(Registration).values(state="cancelled"))
    db.session.commit()
    assert client.get(address).status_code == 410
    settle()
    assert question(order_id).state == "withdrawn"


@pytest.mark.parametrize("typed", ["x", "é" * 30, "A" * 32, "../orders"])
def test_a_forged_link_opens_nothing(client, typed):
    asked()
    assert {client.get(f"/approve/{typed}").status_code, client.post(f"/approve/{typed}/yes").status_code} == {404}


def test_the_mail_is_sent_again_when_she_asks_but_not_at_once(client, frozen):
    order_id = asked()
    with pytest.raises(Refusal, match="a short while ago"), transaction():
        approvals.remind(order_id)
    frozen.shift(timedelta(hours=4))
    client.post(f"/orders/{tills.ref(order_id)}/approval/again")
    assert letters() == [("approval_asked", DANA)] * 3


def test_an_agency_is_asked_three_times_at_most():
    order_id = held()
    for _ in range(3):
        asked(order_id)
        with transaction():
            approvals.withdraw(order_id, ZONE)
    with pytest.raises(Refusal, match="3 times"):
        asked(order_id)


def test_an_order_that_was_let_go_is_not_asked_about(frozen):
    order_id = held()
    frozen.shift(timedelta(minutes=21))
    with pytest.raises(Closed):
        asked(order_id)


def test_while_the_agency_is_asked_no_balance_pays_and_the_payer_stays():
    order_id = asked()
    with pytest.raises(AlreadyDone, match="is being asked"), transaction():
        balance.use(order_id, today=clock.today(ZONE), by_id=None)
    assert db.session.scalars(select(Payer.kind).join(Order, Order.payer_id == Payer.id).where(Order.id == order_id)).one() == "person"


def test_the_bill_of_several_people_names_each():
    with transaction():
        event = events.workshop(title="Sleep", capacity=5, non_member=15_000)
        group = [registrations.attendee(event, people.person(name, "Lopez"), "Non-member") for name in ("Ana", "Bea")]
        order_id = orders.hold(event.id, group, orders.Buyer("Ana Lopez", "ana@home.example")).order_id
    asked(order_id)
    assert queries.question(question(order_id)).bill == [("Non-member, Ana Lopez", 15_000), ("Non-member, Bea Lopez", 15_000)]
