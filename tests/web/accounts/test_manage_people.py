"""People and roles, for administrators."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient

from tests.factories.people import account_of, guest, person
from tests.support import mail
from webapp.accounts import agencies, memberships, people, roles
from webapp.accounts.models import Agency, Membership, Person
from webapp.core.db import db

SignIn = Callable[..., None]
PAGES = ["/manage/people", "/manage/people/new", "/manage/roles", "/manage/agencies", "/manage/agencies/new", "/manage/memberships",
         "/manage/memberships/new"]


@pytest.fixture
def admin(client: FlaskClient, sign_in: SignIn) -> Person:
    """An administrator, signed in on `client`."""
    made = person("Ada", "Min", roles=["admin"])
    sign_in(client, made)
    return made


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_administrators(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    assert client.get(path).status_code == 303
    sign_in(client, person(roles=["organizer"]))
    assert client.get(path).status_code == 404
    sign_in(client, person(roles=["admin"]))
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/manage/people?q=a%00b", "/manage/people?page=x", "/manage/people?page=99999999999",
                                  "/manage/memberships?q=%00", "/manage/people?q=" + "x" * 5000])
def test_odd_searches_are_answered(client: FlaskClient, admin: Person, path: str) -> None:
    assert client.get(path).status_code == 200


def test_a_list_costs_the_same_with_one_and_thirty(
        client: FlaskClient, admin: Person, query_count: Callable[[], AbstractContextManager[list[str]]]) -> None:
    counts = []
    for more in (0, 29):
        for _ in range(more):
            person(roles=["finance"])
        for path in ("/manage/people", "/manage/roles"):
            with query_count() as seen:
                client.get(path)
            counts.append(len(seen))
    assert counts[:2] == counts[2:]


def test_a_person_staff_adds_gets_a_link_in(client: FlaskClient, admin: Person) -> None:
    shown = client.post("/manage/people/new", data={"given_name": "Bo", "family_name": "Chen", "email": "bo@home.example"})
    made = db.session.query(Person).filter_by(given_name="Bo").one()
    assert shown.location == f"/manage/people/{made.id}"
    other = client.application.test_client()
    other.post(mail.link("bo@home.example"))
    assert other.get("/me/account").status_code == 200


def test_a_role_is_given_limited_and_ended(client: FlaskClient, admin: Person) -> None:
    helper, agency = person("Bo", "Chen"), agencies.create("Home Visits", actor_id=None)
    path = f"/manage/people/{helper.id}/roles/new"
    assert client.post(path, data={"role": "supervisor"}).status_code == 422
    assert client.post(path, data={"role": "finance", "agency": str(agency.id)}).status_code == 422
    assert client.post(path, data={"role": "supervisor", "agency": "999"}).status_code == 422
    assert client.post(path, data={"role": "supervisor", "agency": str(agency.id), "reason": "New team"}).status_code == 303
    grant = roles.held_by(helper.id)[0]
    assert (grant.role, grant.agency_id) == ("supervisor", agency.id)
    page = client.get(f"/manage/people/{helper.id}").text
    assert "Home Visits, since" in page and "New team" in page
    client.post(f"/manage/roles/{grant.id}/end")
    assert roles.held_by(helper.id) == []


def test_the_last_administrator_stays(client: FlaskClient, admin: Person) -> None:
    client.post(f"/manage/roles/{roles.held_by(admin.id)[0].id}/end")
    assert [grant.role for grant in roles.held_by(admin.id)] == ["admin"]
    assert "This is the last administrator." in client.get("/manage/roles").text


def test_two_persons_are_put_together_and_taken_apart(client: FlaskClient, admin: Person) -> None:
    one, other = person("Maria", "Lopez"), guest("maria", "lopez", email="m@office.example")
    assert "m@office.example" in client.get(f"/manage/people/{one.id}").text
    client.post(f"/manage/people/{one.id}/merge", data={"other": str(other.id)})
    assert client.get(f"/manage/people/{other.id}").location == f"/manage/people/{one.id}"
    merge = db.session.execute(db.text("SELECT id FROM person_merge")).scalar_one()
    client.post(f"/manage/people/{one.id}/merge/{merge}/undo")
    assert people.root_id(other.id) == other.id


def test_a_name_is_corrected_with_its_reason(client: FlaskClient, admin: Person) -> None:
    made = person("Maria", "Lopez")
    path = f"/manage/people/{made.id}/name"
    assert client.post(path, data={"given_name": "Maria", "family_name": "Keller"}).status_code == 422
    client.post(path, data={"given_name": "Maria", "family_name": "Keller", "reason": "Married"})
    assert "Married" in client.get(f"/manage/people/{made.id}").text
    assert people.get(made.id).name == "Maria Keller"


def test_a_closed_account_is_signed_out_and_stays_out(client: FlaskClient, admin: Person, sign_in: SignIn) -> None:
    made, theirs = person(email="bo@home.example"), client.application.test_client()
    sign_in(theirs, made)
    client.post(f"/manage/people/{made.id}/account", data={"do": "close"})
    assert theirs.get("/me/account").status_code == 303
    assert theirs.post("/login", data={"email": "bo@home.example", "password": "three quiet herons"}).status_code == 422
    client.post(f"/manage/people/{made.id}/account", data={"do": "open"})
    assert theirs.post("/login", data={"email": "bo@home.example", "password": "three quiet herons"}).status_code == 303


def test_nobody_closes_the_own_account(client: FlaskClient, admin: Person) -> None:
    client.post(f"/manage/people/{admin.id}/account", data={"do": "close"})
    assert account_of(admin).disabled_at is None


def test_an_agency_its_staff_and_supervisor(client: FlaskClient, admin: Person) -> None:
    worker = person("Bo", "Chen", email="bo@home.example")
    shown = client.post("/manage/agencies/new", data={"name": "Home Visits", "billing_email": "pay@home.example", "po_required": "1"})
    agency = db.session.query(Agency).one()
    assert (shown.location, agency.po_required) == (f"/manage/agencies/{agency.id}", True)
    assert client.post("/manage/agencies/new", data={"name": "home visits"}).status_code == 422
    assert client.post(f"{shown.location}/members", data={"person": "nobody@home.example"}).status_code == 422
    client.post(f"{shown.location}/members", data={"person": "bo@home.example"})
    member = agencies.members(agency.id)[0].AgencyMember
    client.post(f"{shown.location}/members/{member.id}", data={"do": "supervisor"})
    assert roles.held_by(worker.id)[0].agency_id == agency.id
    assert "Supervisor" in client.get(shown.location).text
    client.post(f"{shown.location}/members/{member.id}", data={"do": "end"})
    assert agencies.members(agency.id) == []
    assert client.get("/manage/agencies/999").status_code == 404


def test_a_membership_waits_for_who_confirms_its_address(client: FlaskClient, admin: Person) -> None:
    data = {"number": "M-1", "email": "bo@home.example", "from_on": "2026-01-01", "until_on": "2026-12-31", "name": "Bo Chen"}
    assert client.post("/manage/memberships/new", data=data | {"until_on": "2025-12-31"}).status_code == 422
    assert client.post("/manage/memberships/new", data=data).status_code == 303
    assert client.post("/manage/memberships/new", data=data).status_code == 422
    assert "No account yet" in client.get("/manage/memberships").text
    made = person("Bo", "Chen", email="bo@home.example")
    assert memberships.attach(made.id) == 1
    assert db.session.query(Membership).one().person_id == made.id
