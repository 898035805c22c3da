"""Where people and their places meet: found again, put together, exported, deleted."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import events, registrations
from tests.factories.people import guest, person
from tests.support import mail
from webapp.accounts import claims, merges, people
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.forms.models import Answer, Question
from webapp.registration import persons
from webapp.registration.models import Registration

SignIn = Callable[..., None]


def _data(client: FlaskClient) -> Any:
    archive = zipfile.ZipFile(io.BytesIO(client.get("/me/privacy/export.zip").data))
    return json.loads(archive.read("my-data.json"))


def test_a_place_booked_as_a_guest_is_in_the_account_after_the_proof(client: FlaskClient) -> None:
    registrations.registered(events.workshop("Sleep"), guest("Ana", "Ruiz", email="ana@home.example"))
    client.post("/signup", data={"given_name": "Ana", "family_name": "Ruiz", "email": "ana@home.example",
                                 "password": "four slow quiet herons"})
    client.post(mail.link("ana@home.example"))
    assert [row["event"] for row in _data(client)["registrations"]] == ["Sleep"]


def test_two_active_places_in_one_event_keep_two_persons_apart(client: FlaskClient) -> None:
    event, owner = events.workshop("Sleep"), person("Ana", "Ruiz", email="ana@home.example")
    earlier = guest("Ana", "Ruiz", email="ana@home.example")
    for one in (owner, earlier):
        registrations.registered(event, one)
    with pytest.raises(Refusal, match="Both have a place in Sleep"):
        merges.merge(earlier.id, owner.id, how="staff", decided_by_id=None, conflicts=persons.double_places)
    assert claims.claim_the_certain(owner.id, conflicts=persons.double_places) is None


def test_a_place_to_come_stands_before_deleting(client: FlaskClient, sign_in: SignIn) -> None:
    ana = person("Ana", "Ruiz", email="ana@home.example")
    place = registrations.registered(events.workshop("Sleep"), ana)
    sign_in(client, ana)
    page = client.get("/me/privacy/delete").text
    assert ("First cancel your coming places" in page, "Delete my account</button>" in page) == (True, False)
    assert client.post("/me/privacy/delete", data={"confirm_name": "Ana Ruiz"}).status_code == 422
    assert (people.get(ana.id).erased_at, db.session.get_one(Registration, place.id).email) == (None, "ana@home.example")


def test_deleting_takes_answers_and_addresses_and_leaves_the_place(client: FlaskClient, sign_in: SignIn) -> None:
    ana, event = person("Ana", "Ruiz", email="ana@home.example"), events.workshop("Sleep")
    place = registrations.registered(event, ana)
    question = Question(event_id=event.id, key="access", label="What do you need?", kind="text", sensitivity="access")
    db.session.add(question)
    db.session.flush()
    db.session.add(Answer(question_id=question.id, registration_id=place.id, value="A seat near the door"))
    place.state = "cancelled"
    db.session.flush()
    place_id = place.id
    sign_in(client, ana)
    assert [row["answer"] for row in _data(client)["answers"]] == ["A seat near the door"]
    assert client.post("/me/privacy/delete", data={"confirm_name": "Ana Ruiz"}).status_code == 303
    kept = db.session.get_one(Registration, place_id)
    assert (kept.person_id, kept.email, db.session.query(Answer).count()) == (ana.id, "", 0)
    assert people.get(ana.id).name == "Former attendee"
