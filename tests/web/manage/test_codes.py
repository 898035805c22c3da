"""Discount codes for staff: made, seen, changed, withdrawn; by whom."""

import pytest

from tests.factories import codes, events, people
from tests.factories import registrations as places
from tests.support.html import filled, parse
from webapp.core import audit
from webapp.core.db import db
from webapp.registration import orders
from webapp.registration.codes.models import SCOPES, CodeType, DiscountCode

NEW = {"word": "spring-10", "purpose": "The spring letter", "kind": "percent", "off": "12.5", "first_on": "2026-08-01",
       "last_on": "2026-08-31",
       "max_uses": "40", "max_per_person": "1", "budget": "1,000.00"}


@pytest.fixture
def event(db_session):
    return events.workshop()


@pytest.fixture
def organizer(client, sign_in):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def only():
    return db.session.query(DiscountCode).one()


def form_of(page):
    return filled(next(one for one in parse(page).all("form") if one.attributes.get("aria-label") == "The code"))


def used(event, word="SPRING10"):
    return orders.hold(event.id, [places.stranger(event)], orders.Buyer("Ana", "ana@home.example"), code=word)


def test_a_code_is_made(organizer, event):
    assert organizer.post("/manage/codes/new", data=NEW).location == "/manage/codes"
    code = only()
    assert (code.word, code.percent_basis_points, code.max_uses) == ("SPRING-10", 1_250, 40)
    assert (code.max_per_person, code.budget_cents) == (1, 100_000)
    assert (code.valid_from.isoformat(), code.valid_until.isoformat()) == ("2026-08-01T05:00:00+00:00", "2026-09-01T05:00:00+00:00")
    page = organizer.get("/manage/codes").text
    assert "Sat 1 Aug 2026 to the end of Mon 31 Aug 2026" in page and "0 of 40" in page and "Everything" in page and "Not yet" in page


@pytest.mark.parametrize(("change", "field"), [
    ({"word": ""}, "word"), ({"word": "é"}, "word"), ({"off": ""}, "off"), ({"off": "ten"}, "off"), ({"off": "101"}, "off"),
    ({"kind": "amount", "off": "0"}, "off"), ({"last_on": "2026-07-01"}, "last_on"), ({"first_on": "soon"}, "first_on"),
    ({"max_uses": "-1"}, "max_uses"), ({"budget": "much"}, "budget"), ({"events": "99999"}, "events"), ({"types": "x"}, "types"),
    ({"best_price": "1", "with_add_ons": "1"}, "with_add_ons")])
def test_what_no_code_can_be_comes_back_beside_its_field(organizer, event, change, field):
    answer = organizer.post("/manage/codes/new", data=NEW | change)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and "The spring letter" in answer.text
    assert db.session.query(DiscountCode).count() == 0


def test_a_code_for_one_price(organizer, event):
    type_id = places.type_of(event, "Member").id
    organizer.post("/manage/codes/new", data=NEW | {"types": str(type_id)})
    assert db.session.query(CodeType).one().type_id == type_id
    assert f"{event.title} (Member)" in organizer.get("/manage/codes").text


def test_saving_the_page_as_it_is_changes_nothing(organizer, event):
    code = codes.code(event, event_ids=(event.id,), amount_cents=1_250, budget_cents=5_000, max_uses=3, with_add_ons=True)
    before = {name: value for name, value in vars(db.session.get_one(DiscountCode, code)).items() if not name.startswith("_")}
    page = organizer.get(f"/manage/codes/{code}").text
    assert organizer.post(f"/manage/codes/{code}", data=form_of(page)).status_code == 303
    db.session.expire_all()
    after = db.session.get_one(DiscountCode, code)
    assert before == {name: getattr(after, name) for name in before}
    scope = SCOPES.read([code])[code]
    assert (scope.event_ids, scope.type_ids) == ({event.id}, set())


def test_its_uses_are_shown_with_orders_to_finance_and_without_their_addresses_to_others(organizer, client, sign_in, event):
    code = codes.code(event)
    ref = used(event).ref
    page = organizer.get(f"/manage/codes/{code}").text
    assert "Ana Silva" in page and "$15.00" in page and ref not in page
    sign_in(client, people.person(roles=["finance"]))
    assert f"/manage/finance/orders/{ref}" in client.get(f"/manage/codes/{code}").text


def test_a_limit_below_what_was_used_is_refused(organizer, event):
    code = codes.code(event)
    used(event)
    page = organizer.get(f"/manage/codes/{code}").text
    answer = organizer.post(f"/manage/codes/{code}", data=form_of(page) | {"budget": "1.00"})
    assert answer.status_code == 422 and "It took off $15.00 already." in answer.text


def test_a_code_is_withdrawn_and_given_out_again(organizer, event):
    code = codes.code(event)
    organizer.post(f"/manage/codes/{code}/withdraw")
    assert "Withdrawn" in organizer.get("/manage/codes").text and only().withdrawn_at is not None
    organizer.post(f"/manage/codes/{code}/give-out")
    db.session.expire_all()
    assert only().withdrawn_at is None
    assert [one.action for one in db.session.query(audit.AuditEntry).filter_by(subject=f"code:{code}").order_by(audit.AuditEntry.id)] == [
        "code.created", "code.withdrawn", "code.given_out"]


def test_who_organizes_one_event_sees_only_codes_for_it(client, sign_in, event):
    other = events.workshop("Another")
    hers, whole = codes.code(event, "HERS", event_ids=(event.id,)), codes.code(event, "WHOLE")
    both = codes.code(event, "BOTH", event_ids=(event.id, other.id))
    sign_in(client, people.person(roles=[("organizer", {"event_id": event.id})]))
    page = client.get("/manage/codes").text
    assert "HERS" in page and "WHOLE" not in page and "BOTH" not in page
    assert [client.get(f"/manage/codes/{one}").status_code for one in (hers, whole, both)] == [200, 404, 404]
    assert [client.post(f"/manage/codes/{one}/withdraw").status_code for one in (whole, both)] == [404, 404]


def test_who_organizes_one_event_makes_codes_only_for_it(client, sign_in, event):
    other = events.workshop("Another")
    sign_in(client, people.person(roles=[("organizer", {"event_id": event.id})]))
    for wrong in ({}, {"events": str(other.id)}):
        assert client.post("/manage/codes/new", data=NEW | wrong).status_code == 422
    assert client.post("/manage/codes/new", data=NEW | {"events": str(event.id)}).status_code == 303


@pytest.mark.parametrize("role", ["presenter", "door", "nobody"])
def test_codes_do_not_exist_for_others(client, sign_in, event, role):
    code = codes.code(event)
    sign_in(client, people.person(roles=[] if role == "nobody" else [(role, {"event_id": event.id})]))
    assert [client.get(page).status_code for page in ("/manage/codes", "/manage/codes/new", f"/manage/codes/{code}")] == [404] * 3


def test_the_list_costs_the_same_with_one_code_and_many(organizer, event, query_count):
    counts = []
    for number in range(2):
        for more in range(1 + 20 * number):
            codes.code(event, f"C-{number}-{more}", event_ids=(event.id,))
        with query_count() as seen:
            organizer.get("/manage/codes")
        counts.append(len(seen))
    assert counts[0] == counts[1]
