"""What a supervisor sees of her agency."""

from datetime import timedelta

import pytest

from tests.factories import events, people, registrations
from tests.support import html as pages
from webapp.accounts import agencies
from webapp.core.db import db
from webapp.forms import questions
from webapp.registration import orders
from webapp.registration.orders import BillTo, Buyer


def agency(name="Lakeshore Home Visiting"):
    return agencies.create(name, actor_id=None).id


def supervisor(client, sign_in, agency_id):
    sign_in(client, people.person("Sue", "Pervisor", roles=[("supervisor", {"agency_id": agency_id})]))


def text(client, agency_id):
    answer = client.get(f"/agency/{agency_id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_place_the_agency_pays_stands_with_its_money_and_without_answers(client, sign_in):
    event, ours = events.workshop(), agency()
    questions.replace(event.id, questions.standard(), actor_id=None)
    held = registrations.held(event, people.person("Maren", "Kowalczyk"), answers={"diet": "Vegan"})
    orders.place(held.order_id, "invoice", bill_to=BillTo("Lakeshore", agency_id=ours))
    supervisor(client, sign_in, ours)
    html = text(client, ours)
    assert "Maren Kowalczyk" in html and "$150.00" in html and "Vegan" not in html


def test_place_of_staff_stands_without_the_money_she_pays(client, sign_in):
    event, ours, maren = events.workshop(), agency(), people.person("Maren", "Kowalczyk")
    agencies.add_member(ours, maren.id, from_on=events.day(-10), actor_id=maren.id)
    registrations.registered(event, maren)
    supervisor(client, sign_in, ours)
    html = text(client, ours)
    assert "Maren Kowalczyk" in html and "$150.00" not in html


def test_another_agency_and_a_stranger_find_nothing(client, sign_in):
    ours, other = agency(), agency("Other")
    supervisor(client, sign_in, ours)
    assert client.get(f"/agency/{other}").status_code == 404
    sign_in(client, people.person())
    assert client.get(f"/agency/{ours}").status_code == 404


def test_page_costs_the_same_with_one_place_and_with_ten(client, sign_in, query_count):
    event, ours, maren = events.workshop(), agency(), people.person()
    agencies.add_member(ours, maren.id, from_on=events.day(-10), actor_id=maren.id)
    registrations.registered(event, maren)
    supervisor(client, sign_in, ours)
    text(client, ours)
    with query_count() as one:
        text(client, ours)
    for number in range(9):
        more = people.person("More", str(number))
        agencies.add_member(ours, more.id, from_on=events.day(-10), actor_id=more.id)
        registrations.registered(event, more)
    db.session.commit()
    with query_count() as ten:
        text(client, ours)
    assert len(one) == len(ten)


def test_each_place_shows_what_it_costs_and_not_the_order_again(client, sign_in):
    event, ours = events.workshop(), agency()
    held = orders.hold(event.id, [registrations.attendee(event, people.person()) for _ in range(3)], Buyer("Sue", "sue@lakes.example"))
    orders.place(held.order_id, "invoice", bill_to=BillTo("Lakeshore", agency_id=ours))
    supervisor(client, sign_in, ours)
    page = pages.parse(text(client, ours))
    assert [row.text.split()[-1] for row in page.one("tbody").all("tr")] == ["$150.00"] * 3
    assert "$450.00 open" in page.one("div", class_="mast").text


@pytest.fixture
def four_lakes(client, sign_in):
    """An agency that pays Maren's place in one event, with a colleague who pays her own in another: (client, address, the two events)."""
    ours, first, second = agency(), events.workshop("Sleep"), events.workshop("Trauma")
    held = registrations.held(first, people.person("Maren", "Kowalczyk"))
    orders.place(held.order_id, "invoice", bill_to=BillTo("Lakeshore", agency_id=ours), po_number="PO-77")
    bo = people.person("Bo", "Berg")
    agencies.add_member(ours, bo.id, from_on=events.day(-10), actor_id=bo.id)
    other = registrations.held(second, bo)
    orders.place(other.order_id, "invoice", bill_to=BillTo("Bo"), po_number="PO-88")
    supervisor(client, sign_in, ours)
    return client, f"/agency/{ours}", (first, second)


@pytest.mark.parametrize(("query", "seen"), [
    ("", (True, True)), ("?q=kowalczyk", (True, False)), ("?q=po-77", (True, False)), ("?q=po-88", (False, False)),
    ("?money=open", (True, False)), ("?money=theirs", (False, True)), ("?money=overdue", (False, False)), ("?season=past", (False, False)),
])
def test_filters_narrow_the_places(four_lakes, query, seen):
    client, address, _ = four_lakes
    shown = client.get(address + query).get_data(as_text=True).split('id="results"')[1]
    assert ("Maren Kowalczyk" in shown, "Bo Berg" in shown) == seen


def test_one_event_can_be_asked_for(four_lakes):
    client, address, (first, _) = four_lakes
    shown = client.get(f"{address}?event={first.slug}").get_data(as_text=True).split('id="results"')[1]
    assert "Maren Kowalczyk" in shown and "Bo Berg" not in shown


def test_only_the_order_the_agency_pays_can_be_opened_from_here(four_lakes):
    client, address, _ = four_lakes
    assert client.get(address).get_data(as_text=True).count('href="/orders/') == 1


def test_file_holds_what_the_page_shows(four_lakes):
    client, address, _ = four_lakes
    lines = client.get(f"{address}/places.csv?q=kowalczyk").get_data(as_text=True).splitlines()
    assert len(lines) == 2 and "Maren Kowalczyk" in lines[1] and "$150.00" in lines[1] and "PO-77" in lines[1]


def test_files_of_another_agency_are_not_found(four_lakes):
    client, *_ = four_lakes
    other = agency("Other")
    assert [client.get(f"/agency/{other}/places.{kind}").status_code for kind in ("csv", "xlsx")] == [404, 404]


def test_what_ended_stands_under_the_last_year(four_lakes, frozen):
    client, address, (first, _) = four_lakes
    frozen.move_to(first.ends_at + timedelta(days=1))
    coming, past = (client.get(address + query).get_data(as_text=True).split('id="results"')[1] for query in ("", "?season=past"))
    assert "Maren Kowalczyk" not in coming and "Maren Kowalczyk" in past


@pytest.mark.parametrize("query", ["?page=0", "?page=9999999999", "?season=x&money=y&event=z", "?q=%00", "?q=" + "x" * 3000])
def test_address_that_makes_no_sense_still_answers(four_lakes, query):
    client, address, _ = four_lakes
    assert client.get(address + query).status_code == 200
