"""The people of an event for its organizers."""

import csv
import io

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations, setasides
from tests.support import html as pages
from tests.support import sheets
from tests.support.html import parse
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.forms import questions
from webapp.payments import receipts
from webapp.payments.models import Refund
from webapp.payments.receipts import Received
from webapp.registration import orders
from webapp.registration.models import Order, Registration
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.orders import Buyer


@pytest.fixture
def organizer(client, sign_in):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def html(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def base(event):
    return f"/manage/events/{event.slug}/people"


def test_person_stands_with_agency_type_and_money(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk", employer="Lakeshore"))
    page = html(organizer, base(event))
    assert all(word in page for word in ("Kowalczyk, Maren", "Lakeshore", "Non-member", "Owed", "Confirmed"))


@pytest.mark.parametrize(("filter_", "shown"), [
    ("q=kowal", True), ("q=nobody", False), ("money=owed", True), ("money=paid", False), ("state=cancelled", False), ("state=any", True),
    ("type=999999", False), ("group=none", True), ("type=x&money=x&state=x&group=x", True), ("q=%25", False), ("q=%00", True)])
def test_filter_narrows_the_list(organizer, filter_, shown):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    assert ("Kowalczyk, Maren" in html(organizer, f"{base(event)}?{filter_}")) == shown


def cart():
    """An order of two events, $150.00 and $90.00, of which $150.00 came; the events."""
    first, second = events.workshop(), events.workshop("Second", non_member=9_000)
    buyer = Buyer("Joan Tate", "joan@home.example")
    order_id = orders.hold(first.id, [registrations.stranger(first)], buyer).order_id
    orders.hold(second.id, [registrations.stranger(second)], buyer, into=order_id)
    registrations.place(order_id)
    today = clock.today("America/Chicago")
    receipts.record(order_id, Received("cash", 15_000, today, "America/Chicago"), by_id=people.person().id)
    return first, second


def test_open_is_what_is_open_of_this_event_and_not_of_the_order(organizer):
    paid, owing = cart()
    assert "$0.00 open" in html(organizer, base(paid)) and "$90.00 open" in html(organizer, base(owing))
    assert "Silva, Ana" in html(organizer, f"{base(paid)}?money=paid") and "Nobody fits" in html(organizer, f"{base(paid)}?money=owed")
    assert "Silva, Ana" in html(organizer, f"{base(owing)}?money=owed")
    assert "$90.00" in html(organizer, f"/manage/events/{owing.slug}")


def money_of(client, event):
    """The card of money on the page of the event's only place."""
    place = db.session.scalars(select(Registration).filter_by(event_id=event.id)).one()
    return pages.parse(html(client, f"{base(event)}/{place.id}")).one("section", **{"aria-labelledby": "money"}).text


def test_a_place_says_its_own_money_and_what_the_whole_order_owes_besides(organizer):
    paid, owing = cart()
    whole = "On the whole order, with all its places and events: Owed $240.00 Paid $150.00 Open $90.00"
    assert money_of(organizer, paid).startswith(f"Money of this place Owed $150.00 Paid $150.00 Open $0.00 {whole}")
    assert money_of(organizer, owing).startswith(f"Money of this place Owed $90.00 Paid $0.00 Open $90.00 {whole}")


def test_an_order_of_one_place_is_not_said_twice(organizer):
    event = events.workshop()
    registrations.registered(event, people.person())
    assert "whole order" not in money_of(organizer, event)


def test_what_is_open_stands_in_the_row_of_who_owes_it(organizer):
    paid, owing = cart()
    assert "$" not in pages.parse(html(organizer, base(paid))).one("tbody").text
    assert "$90.00" in pages.parse(html(organizer, base(owing))).one("tbody").text


def test_the_numbers_above_are_of_everybody_also_when_a_filter_shows_some(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    page = html(organizer, f"{base(event)}?q=nobody")
    assert "1 confirmed" in page and "$150.00 open: of everybody, not only those shown" in page


def test_taken_and_set_aside_are_told_apart_as_on_the_overview(organizer):
    event = events.workshop(capacity=20)
    registrations.registered(event, people.person())
    setasides.aside(event, 3)
    assert "(1 of 20 seats taken, 3 set aside)" in html(organizer, base(event))
    assert "1 taken, 3 set aside" in html(organizer, f"/manage/events/{event.slug}")


def test_list_costs_the_same_with_one_person_and_with_thirty(organizer, query_count):
    event = events.workshop(capacity=50)
    address = base(event)
    registrations.registered(event, people.person("First", "One"))
    html(organizer, address)
    with query_count() as one:
        html(organizer, address)
    for number in range(29):
        registrations.registered(event, people.person("More", f"No {number}"))
    with query_count() as thirty:
        html(organizer, address)
    assert len(one) == len(thirty) <= 19


def exported(client, address):
    answer = client.get(address)
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_export_holds_no_formula(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("=HYPERLINK(1)", "+Kowalczyk"))
    assert exported(organizer, base(event) + ".csv")[1][:2] == ["'+Kowalczyk", "'=HYPERLINK(1)"]


def test_the_excel_file_holds_the_same_and_no_formula(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("=HYPERLINK(1)", "+Kowalczyk"))
    [head, line], found = exported(organizer, base(event) + ".csv"), sheets.xlsx_sheets(organizer.get(base(event) + ".xlsx").get_data())
    assert found == [("People", [[("text", label) for label in head],
                                 [("text", cell.removeprefix("'")) for cell in line if cell]])]


def test_what_is_sensitive_is_exported_only_when_asked_for_and_that_is_recorded(organizer):
    event = events.workshop()
    address = base(event) + ".csv"
    questions.replace(event.id, questions.standard(), actor_id=None)
    registrations.registered(event, people.person(), answers={"diet": "Vegan", "profession": "Home visiting"})
    plain, full = exported(organizer, address), exported(organizer, address + "?sensitive=1")
    assert b"Vegan" not in organizer.get(base(event) + ".xlsx").get_data()
    assert "Vegan" not in plain[1] and "Home visiting" in plain[1] and "Vegan" in full[1]
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "people.exported")).all() == ["people.exported"]


def test_place_shows_answers_and_sessions(organizer):
    event = events.workshop()
    questions.replace(event.id, questions.standard(), actor_id=None)
    place = registrations.registered(event, people.person("Maren", "Kowalczyk"), answers={"access_needs": "Interpreter"})
    page = html(organizer, f"{base(event)}/{place.id}")
    assert "Interpreter" in page and event.title in page


def test_place_of_another_event_is_not_found(organizer):
    event, other = events.workshop(), events.workshop("Other")
    place = registrations.registered(other, people.person())
    assert organizer.get(f"{base(event)}/{place.id}").status_code == 404
    assert organizer.post(f"{base(event)}/{place.id}/cancel", data={"reason": "x"}).status_code == 404


def test_cancelling_by_staff_gives_everything_back(organizer):
    event = events.workshop()
    place = registrations.registered(event, people.person())
    receipts.record(place.order_id, Received("cash", 15_000, events.day(0), events.ZONE), by_id=place.person_id)
    place_id, address = place.id, f"{base(event)}/{place.id}/cancel"
    organizer.post(address, data={"reason": ""})
    assert db.session.get(Registration, place_id, populate_existing=True).state == "confirmed"
    organizer.post(address, data={"reason": "She moved away"})
    assert db.session.get(Registration, place_id, populate_existing=True).state == "cancelled"
    assert [one.amount_cents for one in db.session.scalars(select(Refund))] == [15_000]


@pytest.mark.parametrize(("paid", "said"), [
    (0, "$150.00 is no longer owed; nothing goes back, because nothing was paid."),
    (4_000, "$150.00 is no longer owed, and $40.00 of what was paid goes back"),
    (15_000, "$150.00 is no longer owed, and $150.00 of what was paid goes back")])
def test_before_cancelling_staff_read_what_really_comes_back(organizer, paid, said):
    event = events.workshop()
    place = registrations.registered(event, people.person())
    if paid:
        receipts.record(place.order_id, Received("cash", paid, events.day(0), events.ZONE), by_id=place.person_id)
    assert said in html(organizer, f"{base(event)}/{place.id}")


def test_breakout_is_changed_by_staff(organizer):
    event = events.conference()
    place = registrations.registered(event, people.person())
    block = events.blocks(event)["A"]
    wanted = next(one for one in events.sessions(event) if one.title == "Breakout A2")
    organizer.post(f"{base(event)}/{place.id}/breakouts", data={f"block_{block.id}": str(wanted.id)})
    assert "Breakout A2" in html(organizer, f"{base(event)}/{place.id}").split('id="sessions"')[1].split("</section>")[0]


def test_everybody_ticked_is_put_into_the_group_or_nobody(organizer):
    event = events.cohort(size=2)
    places = [registrations.registered(event, people.person("P", str(number))).id for number in range(3)]
    group = events.groups(event)["Group A"].id
    address = base(event) + "/group"
    organizer.post(address, data={"selected": [str(one) for one in places], "to_group": str(group)})
    assert {db.session.get(Registration, one, populate_existing=True).group_id for one in places} == {None}
    organizer.post(address, data={"selected": [str(one) for one in places[:2]], "to_group": str(group)})
    assert [db.session.get(Registration, one, populate_existing=True).group_id for one in places] == [group, group, None]


TYPED = {"given_name": "Odile", "family_name": "Fontaine", "email": "odile@home.example"}


def test_somebody_is_registered_by_staff_on_request(organizer):
    event = events.workshop(types=[TypeSpec("Presenter", [PriceSpec(0)], on_request=True), TypeSpec("Anyone", [PriceSpec(5_000)])])
    wanted = events.types(event)["Presenter"].id
    answer = organizer.post(base(event) + "/new", data=TYPED | {"type": str(wanted)})
    made = db.session.scalars(select(Registration)).one()
    assert (answer.status_code, made.state, made.type_id) == (303, "confirmed", wanted)


def test_agency_pays_for_whom_staff_registered(organizer):
    event = events.workshop(sign_up="roster")
    organizer.post(base(event) + "/new", data=TYPED | {"type": str(events.types(event)["Non-member"].id), "agency": "Lakeshore"})
    assert db.session.scalars(select(Order.method)).one() == "invoice"
    assert "Lakeshore" in exported(organizer, base(event) + ".csv")[1]


@pytest.mark.parametrize("bad", [{"email": "nobody"}, {"given_name": ""}, {"type": "999"}, {"type": ""}, {"given_name": "a\x00"}])
def test_registration_that_cannot_be_made_comes_back(organizer, bad):
    event = events.workshop()
    answer = organizer.post(base(event) + "/new", data=TYPED | {"type": str(events.types(event)["Member"].id)} | bad)
    assert (answer.status_code, 'value="Fontaine"' in answer.get_data(as_text=True)) == (422, True)


def test_person_with_that_proved_address_gets_the_place_and_only_under_her_name(organizer):
    event, odile = events.workshop(), people.person("Odile", "Fontaine", email="odile@home.example")
    wanted = TYPED | {"type": str(events.types(event)["Non-member"].id)}
    odile_id = odile.id
    assert organizer.post(base(event) + "/new", data=wanted | {"given_name": "Somebody", "family_name": "Else"}).status_code == 422
    organizer.post(base(event) + "/new", data=wanted)
    assert db.session.scalars(select(Registration.person_id)).one() == odile_id


def test_full_event_refuses_staff_too(organizer):
    event = events.workshop(capacity=1)
    registrations.registered(event, people.person())
    answer = organizer.post(base(event) + "/new", data=TYPED | {"type": str(events.types(event)["Non-member"].id)})
    assert answer.status_code == 422


def test_stranger_finds_neither_list_nor_file(client, sign_in):
    event = events.workshop()
    sign_in(client, people.person())
    assert [client.get(base(event) + more).status_code for more in ("", ".csv", "/new", "/1")] == [404] * 4


def test_more_than_a_hundred_people_are_shown_by_pages(organizer):
    event = events.workshop(capacity=120, member=0, non_member=0)
    for number in range(101):
        registrations.registered(event, people.person("Ana", f"Silva {number:03}", account=False), method="free")
    first, second = (html(organizer, base(event) + page) for page in ("", "?page=2"))
    assert ("Silva 099" in first, "Silva 100" in first, "Rows 1 to 100 of 101" in first) == (True, False, True)
    assert ("Silva 099" in second, "Silva 100" in second, "101 of 101" in second) == (False, True, True)
    assert "Silva 000" in html(organizer, base(event) + "?page=77")


def test_a_place_of_what_looks_like_the_same_person_is_named_beside_and_linked(organizer):
    event = events.workshop()
    first = registrations.registered(event, people.person("Maria", "Lopez", email="maria@home.example"))
    registrations.registered(event, people.person("Zoe", "Quill"))
    assert "Perhaps the same person" not in html(organizer, base(event))
    second = registrations.registered(event, people.person("MARÍA", "López", email="m@work.example"))
    page = parse(html(organizer, base(event))).one("tbody")
    notes = {row.one("th").text: row for row in page.all("tr") if "Perhaps the same person as" in row.text}
    assert len(notes) == 2
    for mine, other, name in ((first, second, "MARÍA López"), (second, first, "Maria Lopez")):
        here = f"{base(event)}/{mine.id}"
        [row] = [one for one in page.all("tr") if one.all("a")[0].attributes["href"] == here]
        assert f"Perhaps the same person as {name}" in row.text
        assert row.all("a")[1].attributes["href"] == f"{base(event)}/{other.id}"


def test_of_many_alike_three_are_named(organizer):
    event = events.workshop()
    for number in range(5):
        registrations.registered(event, people.person("Maria", "Lopez", email=f"maria{number}@home.example"))
    assert html(organizer, base(event)).count(" and 1 more</small>") == 5
