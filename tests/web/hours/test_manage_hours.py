"""Awarding an event's hours: seen before, awarded once, corrected in daylight."""

import pytest
from sqlalchemy import func, select

from tests.factories import events, hours, people
from tests.support.html import parse
from webapp.attendance import presences
from webapp.core import clock
from webapp.core.db import db
from webapp.hours.models import Award, Certificate
from webapp.jobs import drains
from webapp.notifications.models import Message
from webapp.payments import receipts
from webapp.registration.models import Registration


@pytest.fixture
def desk(frozen, client, sign_in):
    """An organizer signed in, an event that is over with two attendees: (client, address, event, people)."""
    event, made = hours.held_event(frozen, "Ana Silva", "Bo Berg")
    sign_in(client, people.person("Ola", "Organizer", roles=["organizer"]))
    return client, f"/manage/events/{event.slug}/hours", event, made


def buttons(client, address):
    return [button.text for button in parse(client.get(address).text).all("button", class_="btn")]


def total():
    return db.session.scalar(select(func.coalesce(func.sum(Award.minutes), 0)))


def test_the_page_says_what_will_happen_and_why(desk):
    client, address, event, (ana, bo) = desk
    session = events.sessions(event)[0]
    hours.present(ana, session, 0, 135)
    presences.arrive(bo.id, session.id, session.starts_at, by_id=None)
    page = parse(client.get(address).text).text
    assert "left 11:15 am, 45 min short" in page
    assert "the time out is missing" in page
    assert "1 person has attendance that is not complete" in page
    assert buttons(client, address) == ["Award hours to 1 person"]


def test_the_button_awards_once(desk):
    client, address, event, made = desk
    for one in made:
        presences.mark_full(one.id, events.sessions(event)[0].id, by_id=None)
    for _ in range(2):
        assert client.post(f"{address}/award").status_code == 303
    assert total() == 330
    assert "Everything that is recorded is awarded" in client.get(address).text


def test_certificates_go_to_everybody_who_meets_the_rule(desk):
    client, address, event, (ana, _) = desk
    hours.awarded(ana, event)
    assert buttons(client, address) == ["Issue certificates to 1 person"]
    client.post(f"{address}/certificates")
    assert db.session.scalars(select(Certificate.person_id)).all() == [ana.id]


def person_page(client, address, name):
    return next(href for words, href in parse(client.get(address).text).links().items() if name in words)


def test_taking_back_needs_a_reason_and_keeps_the_form(desk):
    client, address, event, (ana, _) = desk
    hours.awarded(ana, event)
    award_id = db.session.scalars(select(Award.id)).one()
    page = person_page(client, address, "Ana Silva")
    answer = client.post(f"{page}/reverse", data={"award": award_id, "reason": ""})
    assert (answer.status_code, "Say why" in answer.text) == (422, True)
    client.post(f"{page}/reverse", data={"award": award_id, "reason": "No evaluation"})
    assert total() == 0
    assert "No evaluation" in client.get(page).text


@pytest.mark.parametrize("award", ["", "x", "0", "999999999999999999999", "-1"])
def test_an_award_that_is_not_hers_is_404(desk, award):
    client, address, event, (ana, _) = desk
    hours.awarded(ana, event)
    page = person_page(client, address, "Bo Berg")
    assert client.post(f"{page}/reverse", data={"award": award, "reason": "x"}).status_code == 404


def test_a_certificate_that_the_rule_refuses_says_why(desk):
    client, address, _, _ = desk
    page = person_page(client, address, "Ana Silva")
    client.post(f"{page}/certificate")
    assert "No hours are awarded yet" in client.get(page).text
    assert db.session.scalars(select(Certificate)).all() == []


def test_withdrawing_a_certificate_asks_why(desk):
    client, address, event, (ana, _) = desk
    hours.awarded(ana, event)
    page = person_page(client, address, "Ana Silva")
    client.post(f"{page}/certificate")
    assert client.post(f"{page}/withdraw", data={"reason": "\x00"}).status_code == 422
    client.post(f"{page}/withdraw", data={"reason": "Misspelt"})
    assert db.session.scalars(select(Certificate.withdrawn_reason)).all() == ["Misspelt"]


def test_another_organizers_event_does_not_exist(desk, sign_in):
    client, address, _event, _ = desk
    other = events.workshop("Another")
    sign_in(client, people.person(roles=[("organizer", {"event_id": other.id})]))
    assert [client.get(address).status_code, client.post(f"{address}/award").status_code] == [404, 404]


def test_the_page_costs_the_same_for_one_and_for_many(frozen, client, sign_in, query_count):
    sign_in(client, people.person(roles=["organizer"]))
    costs = []
    for names in (["Ana Silva"], [f"Person {number}" for number in range(10)]):
        event, made = hours.held_event(frozen, *names)
        for one in made:
            presences.mark_full(one.id, events.sessions(event)[0].id, by_id=None)
        with query_count() as seen:
            client.get(f"/manage/events/{event.slug}/hours")
        costs.append(len(seen))
    assert costs[0] == costs[1]


@pytest.fixture
def held_desk(frozen, client, sign_in):
    """As `desk`, of an event that holds back certificates; Bo has paid, Ana has not. Both attended, and the hours are awarded."""
    event, made = hours.held_event(frozen, "Ana Silva", "Bo Berg", unpaid_at_start="hold_certificate")
    sign_in(client, people.person("Ola", "Organizer", roles=["organizer"]))
    for one in made:
        hours.awarded(one, event)
    pay(made[1])
    return client, f"/manage/events/{event.slug}/hours", event, made


def pay(person):
    order_id = db.session.scalar(select(Registration.order_id).where(Registration.person_id == person.id))
    receipts.record(order_id, receipts.Received("cash", 15_000, clock.today("America/Chicago"), "America/Chicago"),
                    by_id=people.person().id)


def certified():
    return list(db.session.scalars(select(Certificate.person_id).order_by(Certificate.id)))


def told(kind):
    return db.session.scalar(select(func.count(Message.id)).where(Message.kind == kind, Message.state == "waiting"))


def test_the_certificate_of_an_open_invoice_is_held_back(held_desk):
    client, address, _, (_, bo) = held_desk
    assert "Invoice open" in client.get(address).text
    for _ in range(2):
        client.post(f"{address}/certificates")
    assert (certified(), told("certificate_held")) == ([bo.id], 1)


def test_it_is_issued_by_itself_when_the_invoice_is_paid(held_desk):
    client, address, _, (ana, bo) = held_desk
    client.post(f"{address}/certificates")
    drains._issue_certificates(clock.now())
    assert certified() == [bo.id]
    pay(ana)
    for _ in range(2):
        drains._issue_certificates(clock.now())
    assert (certified(), told("certificate")) == ([bo.id, ana.id], 2)


def test_one_certificate_of_an_open_invoice_is_held_back_too(held_desk):
    client, address, _, (ana, _) = held_desk
    place = db.session.scalar(select(Registration.id).where(Registration.person_id == ana.id))
    page = client.post(f"{address}/{place}/certificate", follow_redirects=True)
    assert certified() == [] and "the certificate is held back" in page.text
