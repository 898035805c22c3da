"""Whatever is typed, followed or sent again gets a kind answer: every page and form links lead to, and what people do with two tabs."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from tests.factories import events, hours, people, registrations
from tests.support import html
from tests.support.html import Element, Page
from webapp.core.db import db
from webapp.registration import seats
from webapp.registration.models import Order, Registration
from webapp.registration.offers import AddOnSpec, PriceSpec

NAME = "سارة 🌻 <b>O'Neil</b>"
ODD = {"names of the world": NAME, "a NUL byte": "a\x00b", "ten thousand letters": "ñ🌻" * 5000, "blanks": " \u200b\t ",
       "numbers": "-99999999999999999999", "the last day there is": "9999-12-31"}
EVERYWHERE = ("names of the world", "numbers")  # these in hidden fields and choices too
FILTERS = ("q", "kind", "from", "to", "mode", "area", "tag", "near", "hours_min", "age", "page", "month", "year", "event", "group", "again",
           "place")
REFUSED = {400, 403, 404, 405, 409, 410, 413, 422, 429}
SIGNS_OUT = ("/logout", "/sign-out-everywhere", "/privacy/delete")


@pytest.fixture
def busy(client, sign_in, frozen):
    """Somebody who may do everything, in a house where every kind of thing is there."""
    admin = people.person("Ada", "Admin", email="ada@home.example", roles=["admin"], member=True)
    attended = events.workshop("Attended")
    registrations.registered(attended, admin)
    hours.attendees(frozen, attended, "Maren Kowalczyk")
    hours.awarded(admin, attended)
    for person in (admin, people.person()):
        registrations.held(events.workshop("Paid by card", add_ons=[AddOnSpec("Lunch", [PriceSpec(1_000)])]), person)
    conference = events.conference()
    registrations.registered(conference, admin)
    cohort = events.cohort()
    registrations.applied(cohort, people.person("Bo", "Berg"))
    events.draft("A draft")
    sign_in(client, admin)
    return client, admin.id


def test_every_page_and_form_takes_whatever_is_typed(app, busy, sign_in, undone):
    client, admin_id = busy
    found = explore(app, client)
    assert len(found) > 60, sorted(found)  # links lead to nearly every page
    forms: dict[tuple[str, ...], tuple[str, Element]] = {}
    faults = []
    for address, page in found.values():
        faults += asked_oddly(client, address)
        for form in page.all("form", method="post"):
            action = form.attributes.get("action") or address
            forms.setdefault((re.sub(r"\d+", "1", action), *sorted(html.filled(form))), (action, form))
    for action, form in forms.values():
        faults += filled_oddly(client, action, form, undone)
        sign_in(client, admin_id)
    assert faults == []
    assert len(forms) > 30, sorted(forms)


def explore(app: Flask, client: FlaskClient) -> dict[str, tuple[str, Page]]:
    """One page of every kind, by following links: endpoint to address and page."""
    orders = [f"/orders/{ref}{part}" for ref in db.session.scalars(select(Order.ref)) for part in ("", "/review", "/breakouts")]
    waiting, seen, found = ["/", "/me", "/manage", "/manage/finance", "/manage/people", *orders], set(), {}
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        endpoint = endpoint_of(app, path)
        if path in seen or endpoint is None or endpoint in found:
            continue
        seen.add(path)
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[endpoint] = address, html.parse(answer.text)
            waiting += [href for href in found[endpoint][1].links().values() if href.startswith("/")]
    return found


def endpoint_of(app: Flask, path: str) -> str | None:
    """Which view answers a GET of the path; None for assets and what is not ours."""
    try:
        endpoint: str = app.url_map.bind("").match(path, "GET")[0]
    except HTTPException:
        return None
    return None if endpoint.startswith(("static", "assets")) else endpoint


def asked_oddly(client: FlaskClient, address: str) -> list[str]:
    """Faults of the page when its own filters, and those of others, hold anything."""
    path = urlsplit(address).path
    answers = {what: client.get(path, query_string=dict.fromkeys(FILTERS, value[:2000])) for what, value in ODD.items()}
    return [f"GET {path} with {what}: {answer.status_code}" for what, answer in answers.items() if answer.status_code >= 500]


def filled_oddly(client: FlaskClient, action: str, form: Element, undone) -> Iterator[str]:
    """Faults of the form with each odd thing in its text fields, then in every field. What comes back holds what was typed."""
    if action.endswith(SIGNS_OUT):
        return
    has_text = typed(form, NAME) != html.filled(form)  # a password is never shown again
    for what, value in ODD.items():
        everywhere = [dict.fromkeys(html.filled(form), value)] if what in EVERYWHERE else []
        for fields in [typed(form, value), *everywhere]:
            with undone():
                answer = client.post(action, data=fields)
            if answer.status_code not in {200, 302, 303, *REFUSED}:
                yield f"POST {action} with {what}: {answer.status_code}"
            if answer.status_code == 422 and value == NAME and has_text and "سارة 🌻" not in answer.text:
                yield f"POST {action} lost what was typed"


def typed(form: Element, value: str) -> dict[str, object]:
    """The form as it stands, with the value in every field one types into."""
    fields: dict[str, object] = dict(html.filled(form))
    for control in (*form.all("input"), *form.all("textarea")):
        if control.attributes.get("type", "text") in ("text", "email", "search", "tel") or control.tag == "textarea":
            fields[control.attributes.get("name", "")] = value
    fields.pop("", None)
    return fields


@pytest.mark.parametrize("value", ["🌻", "%00", "a" * 3000, "99999999999999999999", "..%2f.."])
def test_an_unknown_address_is_answered_kindly_by_every_route(app, client, sign_in, value):
    sign_in(client, people.person(roles=["admin"]))
    faults = []
    for rule in app.url_map.iter_rules():
        if not rule.arguments or rule.endpoint.startswith(("static", "assets")):
            continue
        path = "/".join(value if part.startswith("<") else part for part in rule.rule.replace(">.", ">/.").split("/")).replace("/.", ".")
        for method in rule.methods & {"GET", "POST"}:
            answer = client.open(path, method=method)
            if answer.status_code not in {302, 303, 308, *REFUSED}:
                faults.append(f"{method} {path[:60]} ({rule.endpoint}): {answer.status_code}")
    assert faults == []


def test_an_address_nobody_knows_leads_on(client):
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert html.parse(answer.text).heading == "We cannot find that page"
    assert html.parse(answer.text).links()["To the events"] == "/events"


def test_a_form_open_too_long_says_what_to_do(app, client):
    event = events.workshop()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post(f"/events/{event.slug}/register", data={"given_name": "Ana", "csrf_token": "stale"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert "This form was open too long" in answer.text
    assert db.session.scalars(select(Order)).all() == []


@pytest.fixture
def paid(db_session):
    """The address of an order whose place is paid by card, and its place."""
    place = registrations.registered(events.workshop(), people.guest(email="ana@home.example"), method="card")
    return f"/orders/{db.session.get_one(Order, place.order_id).ref}", place.id


@pytest.mark.parametrize("act", ["release", "time", "place"])
def test_a_second_tab_cannot_undo_what_was_paid_in_the_first(client, paid, act):
    address, place_id = paid
    answer = client.post(f"{address}/{act}", data={"method": "invoice", "agency": "Lakeshore", "total": "15000"}, follow_redirects=True)
    assert answer.status_code == 200
    assert html.parse(answer.text).heading == "Your place is confirmed"
    assert (db.session.get_one(Registration, place_id).state, seats.recount()) == ("confirmed", [])


def test_back_after_paying_shows_the_order_and_not_the_payment(client, paid):
    address, _ = paid
    assert client.get(f"{address}/review").location == address
    assert client.get(f"{address}/breakouts").location == address


def test_cancelling_in_two_tabs_cancels_once(client, paid):
    address, place_id = paid
    for _ in range(2):
        answer = client.post(f"{address}/cancel/{place_id}", follow_redirects=True)
    assert answer.status_code == 200
    assert "Cancelled" in html.parse(answer.text).heading
    assert (db.session.get_one(Registration, place_id).state, seats.recount()) == ("cancelled", [])


def test_a_breakout_that_filled_up_in_another_tab_is_said_beside_its_block(client):
    event = events.conference(rooms=(1, 5))
    block = events.blocks(event)["A"].id
    only = next(one.id for one in events.sessions(event) if one.title == "Breakout A1")
    place = registrations.held(event, people.guest(email="ana@home.example"))
    address = f"/orders/{db.session.get_one(Order, place.order_id).ref}/breakouts"
    page = html.parse(client.get(address).text)
    registrations.registered(event, people.person(), breakouts={block: only})
    answer = client.post(address, data=html.filled(page.form("/breakouts")) | {f"block_{block}": only})
    assert answer.status_code == 422
    assert ["full" in error for error in html.parse(answer.text).errors()] == [True]
