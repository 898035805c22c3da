"""What a supervisor sees of her agency."""

from tests.factories import events, people, registrations
from webapp.accounts import agencies
from webapp.core.db import db
from webapp.forms import questions
from webapp.registration import orders
from webapp.registration.orders import BillTo


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
