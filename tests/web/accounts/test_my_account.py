"""A person's own account: details, addresses, data, deletion."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories.people import PASSWORD, account_of, guest, person
from tests.support import mail
from webapp.accounts import addresses, merges, people
from webapp.accounts.models import Account, EmailAddress, Person
from webapp.core.db import db
from webapp.web.mine.privacy import WORDS

SignIn = Callable[..., None]
DETAILS = {"given_name": "Ana", "family_name": "Ruiz", "profession": "Nurse", "employer": "", "county": "", "zone": "America/Denver"}


@pytest.fixture
def ana(client: FlaskClient, sign_in: SignIn) -> Person:
    """Ana Ruiz, signed in."""
    made = person("Ana", "Ruiz", email="ana@home.example")
    sign_in(client, made)
    return made


@pytest.mark.parametrize("path", [
    "/me/account", "/me/account/addresses", "/me/account/password", "/me/found", "/me/privacy", "/me/privacy/delete"])
def test_pages_open_for_who_is_signed_in(client: FlaskClient, ana: Person, path: str) -> None:
    assert client.get(path).status_code == 200


def test_details_are_kept(client: FlaskClient, ana: Person) -> None:
    assert client.post("/me/account", data=DETAILS | {"given_name": "محمد"}).status_code == 303
    kept = people.get(ana.id)
    assert (kept.name, kept.profession, kept.zone) == ("محمد Ruiz", "Nurse", "America/Denver")


@pytest.mark.parametrize("wrong", [{"given_name": "A" * 10_000}, {"given_name": "a\x00"}, {"given_name": "", "family_name": ""},
                                   {"zone": "Mars/Base"}])
def test_details_that_cannot_be_kept_come_back(client: FlaskClient, ana: Person, wrong: dict[str, str]) -> None:
    answer = client.post("/me/account", data=DETAILS | wrong)
    assert (answer.status_code, 'value="Nurse"' in answer.text) == (422, True)
    assert people.get(ana.id).name == "Ana Ruiz"


def test_a_second_address_is_added_proved_and_made_the_main_one(client: FlaskClient, ana: Person) -> None:
    client.post("/me/account/addresses", data={"email": "ana@work.example"})
    link = mail.link("ana@work.example")
    stranger = client.application.test_client()
    assert "Sign in to that account first" in stranger.get(link).text
    assert stranger.post(link).location.startswith("/login?next=")
    assert client.post(link).location == "/me/account/addresses"
    row = next(row for row in addresses.of(ana.id) if row.address == "ana@work.example")
    client.post(f"/me/account/addresses/{row.id}", data={"do": "primary"})
    assert addresses.for_mail(ana.id)[0] == "ana@work.example"
    assert client.post("/login", data={"email": "ana@work.example", "password": PASSWORD}).status_code == 303


def test_an_address_of_somebody_else_answers_as_if_it_did_not_exist(client: FlaskClient, ana: Person) -> None:
    theirs = person(email="bo@home.example").addresses[0].id
    for what in ("primary", "remove", "mail", "again"):
        assert client.post(f"/me/account/addresses/{theirs}", data={"do": what}).status_code == 404


@pytest.mark.parametrize(("do", "said"), [("remove", "This is your main address."), ("no-mail", "Mail always goes to your main address."),
                                          ("dance", "Choose what to do")])
def test_what_the_rules_refuse_is_said(client: FlaskClient, ana: Person, do: str, said: str) -> None:
    client.post(f"/me/account/addresses/{addresses.of(ana.id)[0].id}", data={"do": do})
    assert said in client.get("/me/account/addresses").text


def test_a_new_password_needs_the_present_one(client: FlaskClient, ana: Person) -> None:
    new = {"password": "nine loud grey geese"}
    assert client.post("/me/account/password", data=new | {"present": "wrong"}).status_code == 422
    assert client.post("/me/account/password", data={"password": "ana@home.example", "present": PASSWORD}).status_code == 422
    assert client.post("/me/account/password", data=new | {"present": PASSWORD}).status_code == 303
    assert client.get("/me/account").status_code == 200
    assert mail.kinds("ana@home.example") == ["password_changed"]


def test_the_export_holds_everything_as_json_and_tables(client: FlaskClient, ana: Person) -> None:
    old = guest("=Ana", "Ruiz", email="old@home.example")
    merges.merge(old.id, ana.id, how="claim", decided_by_id=ana.id, conflicts=merges.none)
    answer = client.get("/me/privacy/export.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    data = json.loads(archive.read("my-data.json"))
    assert set(data) == set(WORDS)
    assert [row["address"] for row in data["email_addresses"]] == ["ana@home.example", "old@home.example"]
    assert "'=Ana" in archive.read("person.csv").decode()  # no cell runs as a formula
    assert b"argon2" not in archive.read("my-data.json")


def test_the_export_holds_nothing_of_others(client: FlaskClient, ana: Person) -> None:
    person("Bo", "Chen", email="bo@home.example")
    archive = zipfile.ZipFile(io.BytesIO(client.get("/me/privacy/export.zip").data))
    assert b"bo@home.example" not in archive.read("my-data.json")


def test_deleting_needs_the_name(client: FlaskClient, ana: Person) -> None:
    answer = client.post("/me/privacy/delete", data={"confirm_name": "yes"})
    assert (answer.status_code, 'value="yes"' in answer.text) == (422, True)
    assert people.get(ana.id).erased_at is None


def test_deleting_leaves_a_former_attendee(client: FlaskClient, ana: Person) -> None:
    old = guest("Ana", "Ruiz", email="old@home.example")
    merges.merge(old.id, ana.id, how="claim", decided_by_id=ana.id, conflicts=merges.none)
    assert client.post("/me/privacy/delete", data={"confirm_name": "ana ruiz"}).status_code == 303
    assert [people.get(one).name for one in (ana.id, old.id)] == ["Former attendee", "Former attendee"]
    assert (db.session.query(Account).count(), db.session.query(EmailAddress).count()) == (0, 0)
    assert client.get("/me/account").status_code == 303
    assert client.post("/login", data={"email": "ana@home.example", "password": PASSWORD}).status_code == 422
    assert mail.kinds("ana@home.example") == ["account_deleted"]
    assert "last mail" in mail.last("ana@home.example").text


def test_the_address_of_a_deleted_account_is_free_again(client: FlaskClient, ana: Person) -> None:
    client.post("/me/privacy/delete", data={"confirm_name": "Ana Ruiz"})
    assert person(email="ana@home.example").id != ana.id


def test_an_account_without_password_chooses_one(client: FlaskClient, sign_in: SignIn) -> None:
    made = person(email="bo@home.example")
    account_of(made).password_hash = None
    sign_in(client, made)
    assert "Present password" not in client.get("/me/account/password").text
    assert client.post("/me/account/password", data={"password": "nine loud grey geese"}).status_code == 303
    assert client.post("/login", data={"email": "bo@home.example", "password": "nine loud grey geese"}).status_code == 303
