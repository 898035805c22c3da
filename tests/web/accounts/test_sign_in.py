"""Signing in and up: answers that tell nothing, limits, redirects, sessions."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from tests.factories.people import PASSWORD, account_of, guest, person
from tests.support import mail
from webapp.accounts import accounts, agencies, passwords, roles
from webapp.accounts.models import Account, Person
from webapp.core.db import db
from webapp.web.security import limiter

SignIn = Callable[..., None]
NEW = {"given_name": "Ana", "family_name": "Ruiz", "password": "four slow quiet herons"}


@pytest.fixture
def limited(client: FlaskClient) -> Iterator[FlaskClient]:
    """The client, with rate limits on."""
    limiter.reset()
    client.application.config["RATELIMIT_ENABLED"] = True
    yield client
    client.application.config["RATELIMIT_ENABLED"] = False
    limiter.reset()


@pytest.mark.parametrize(("role", "home"), [
    ("organizer", "/manage"), ("finance", "/manage"), ("admin", "/manage"), ("door", "/door"), ("supervisor", "/agency/"), (None, "/me")])
def test_who_works_here_lands_on_her_work(client: FlaskClient, role: str | None, home: str) -> None:
    agency_id = agencies.create("Lake Agency", actor_id=None).id
    owner = person(email="ana@home.example", roles=[role] if role and role != "supervisor" else [])
    if role == "supervisor":
        roles.grant(owner.id, "supervisor", agency_id=agency_id, actor_id=None)
    sent = client.post("/login", data={"email": "ana@home.example", "password": PASSWORD})
    assert sent.location == (f"{home}{agency_id}" if role == "supervisor" else home) == client.get("/login").location
    assert client.get(sent.location).status_code == 200


@pytest.mark.parametrize("path", ["/login/link", "/reset", "/signup"])
def test_the_answer_is_the_same_for_an_address_known_unproved_or_unknown(client: FlaskClient, path: str) -> None:
    person(email="known@home.example")
    guest(email="guest@home.example")
    seen = set()
    for who in ("known", "guest", "unknown"):
        browser = client.application.test_client()
        answer = browser.post(path, data=NEW | {"email": f"{who}@home.example"})
        shown = browser.get("/login/sent").text.replace(f"{who}@home.example", "")
        cookie = sorted(part.split("=")[0] for part in answer.headers.getlist("Set-Cookie"))
        with browser.session_transaction() as kept:
            seen.add((answer.status_code, answer.location, answer.data, shown, tuple(cookie), tuple(sorted(kept))))
    assert len(seen) == 1


def test_a_sign_up_with_an_owned_address_makes_nothing_and_tells_the_owner(client: FlaskClient) -> None:
    person(email="ana@home.example")
    before = db.session.query(Person).count()
    client.post("/signup", data=NEW | {"email": "ana@home.example"})
    assert db.session.query(Person).count() == before
    assert mail.kinds("ana@home.example") == ["already_registered"]
    assert "/login" in mail.last("ana@home.example").text


def test_nothing_is_written_to_an_unknown_address(client: FlaskClient) -> None:
    client.post("/login/link", data={"email": "nobody@home.example"})
    assert mail.kinds("nobody@home.example") == []


def test_an_address_of_several_guests_is_told_to_sign_up(client: FlaskClient) -> None:
    guest("Ana", "Ruiz", email="office@home.example")
    guest("Bo", "Chen", email="office@home.example")
    client.post("/login/link", data={"email": "office@home.example"})
    assert mail.kinds("office@home.example") == ["no_account_yet"]
    assert "/signup" in mail.last("office@home.example").text


@pytest.mark.parametrize("email", ["ana@home.example", "nobody@home.example", "no address", "ana@home.example\x00"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: FlaskClient, email: str) -> None:
    person(email="ana@home.example")
    answer = client.post("/login", data={"email": email, "password": "wrong", "next": "/me/hours"})
    assert answer.status_code == 422
    if "\x00" not in email:
        assert "The address and the password do not belong together." in answer.text
    assert 'value="/me/hours"' in answer.text


def test_an_unproved_address_cannot_sign_in(client: FlaskClient) -> None:
    person(email="ana@home.example", verified=False)
    assert client.post("/login", data={"email": "ana@home.example", "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize(("wanted", "led"), [
    ("/me/hours", "/me/hours"), ("//evil.example", "/me"), ("https://evil.example", "/me"), ("", "/me")])
def test_signing_in_leads_only_to_this_site(client: FlaskClient, wanted: str, led: str) -> None:
    person(email="ana@home.example")
    assert client.post("/login", data={"email": "ana@home.example", "password": PASSWORD, "next": wanted}).location == led


def test_a_guarded_page_is_reached_after_signing_in(client: FlaskClient) -> None:
    person(email="ana@home.example")
    answer = client.get("/me/account/addresses?x=1")
    assert answer.location == "/login?next=/me/account/addresses?x%3D1"
    form = {"email": "ana@home.example", "password": PASSWORD, "next": "/me/account/addresses?x=1"}
    assert client.post("/login", data=form).location == "/me/account/addresses?x=1"


def test_an_old_hash_is_made_anew_at_sign_in(client: FlaskClient) -> None:
    made = person(email="ana@home.example")
    account_of(made).password_hash = passwords._hasher(True).__class__(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    client.post("/login", data={"email": "ana@home.example", "password": PASSWORD})
    kept = account_of(made).password_hash
    assert kept is not None and "t=1" in kept and passwords.matches(kept, PASSWORD, fast=True)


def test_raising_the_epoch_ends_every_session(client: FlaskClient, sign_in: SignIn) -> None:
    made = person()
    sign_in(client, made)
    assert client.get("/me/account").status_code == 200
    accounts.sign_out_everywhere(account_of(made).id)
    assert client.get("/me/account").status_code == 303


def test_signing_out_everywhere_else_keeps_this_session(client: FlaskClient, sign_in: SignIn) -> None:
    made, other = person(), client.application.test_client()
    sign_in(client, made)
    sign_in(other, made)
    client.post("/me/account/sign-out-everywhere")
    assert (client.get("/me/account").status_code, other.get("/me/account").status_code) == (200, 303)


@pytest.mark.parametrize("cookie", ["", "1", "1-", "x-y", "99999-0", "1-1", "²-0", "9" * 40 + "-0"])
def test_a_cookie_that_names_no_session_is_a_guest(client: FlaskClient, cookie: str) -> None:
    with client.session_transaction() as kept:
        kept["_user_id"] = cookie
    assert client.get("/me/account").status_code == 303


@pytest.mark.parametrize(("path", "times"), [("/login", 10), ("/login/link", 5), ("/reset", 5), ("/signup", 5)])
def test_too_many_tries_with_one_address_wait_and_keep_what_was_typed(limited: FlaskClient, path: str, times: int) -> None:
    form = NEW | {"email": "Ana@home.example"}
    seen = [limited.post(path, data=form).status_code for _ in range(times)]
    assert 429 not in seen
    answer = limited.post(path, data=form | {"email": "ana@home.example"})
    assert (answer.status_code, "Please wait" in answer.text, "ana@home.example" in answer.text) == (429, True, True)
    assert int(answer.headers["Retry-After"]) > 60
    assert limited.post(path, data=form | {"email": "bo@home.example"}).status_code != 429


def test_one_network_cannot_try_many_addresses(limited: FlaskClient) -> None:
    seen = [limited.post("/reset", data={"email": f"p{n}@home.example"}).status_code for n in range(41)]
    assert seen == [303] * 40 + [429]
    assert limited.post("/reset", data={"email": "p@home.example"}, environ_base={"REMOTE_ADDR": "10.9.9.9"}).status_code == 303


@pytest.mark.parametrize("given", ["A" * 10_000, "Ana\x00", ""])
def test_a_sign_up_that_cannot_be_kept_comes_back_filled(client: FlaskClient, given: str) -> None:
    answer = client.post("/signup", data=NEW | {"given_name": given, "email": "ana@home.example"})
    assert (answer.status_code, 'value="ana@home.example"' in answer.text) == (422, True)
    assert db.session.query(Account).count() == 0


def test_a_sign_up_with_emoji_and_right_to_left_is_taken(client: FlaskClient) -> None:
    assert client.post("/signup", data=NEW | {"given_name": "🌿", "family_name": "محمد", "email": "m@home.example"}).status_code == 303
    assert db.session.query(Person).one().name == "🌿 محمد"


@pytest.mark.parametrize("path", ["/verify-address/x", "/magic/x", "/reset/x"])
def test_a_link_nobody_sent_is_over(client: FlaskClient, path: str) -> None:
    assert (client.get(path).status_code, client.post(path, data={"password": "four slow herons"}).status_code) == (410, 410)


def test_who_is_signed_in_goes_on_from_the_forms(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, person())
    assert client.get("/login?next=/me/hours").location == "/me/hours"
    assert client.get("/signup?next=//evil.example").location == "/me"
