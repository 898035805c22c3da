"""Links: used once, over in time, the newest counts, hashed at rest."""

from datetime import timedelta

import pytest
import time_machine

from tests.factories.people import account_of, person
from tests.support import mail
from webapp.accounts import links, sign_in
from webapp.accounts.models import AccessToken, Person
from webapp.core import clock
from webapp.core.db import db


@pytest.fixture
def ana() -> Person:
    """A person with a proved address."""
    return person(email="ana@home.example")


def _secret(kind: str) -> str:
    return mail.link("ana@home.example").removeprefix(f"/{kind}/")


def test_a_link_is_used_once(ana: Person) -> None:
    secret = links.issue("magic", ana.addresses[0].id)
    assert links.peek(secret, "magic").id == links.use(secret, "magic").id
    with pytest.raises(links.Ended):
        links.use(secret, "magic")


def test_a_link_serves_its_purpose_only(ana: Person) -> None:
    secret = links.issue("verify", ana.addresses[0].id)
    with pytest.raises(links.Ended):
        links.peek(secret, "reset")


@pytest.mark.parametrize(("purpose", "lives"), links.LIVES.items())
def test_a_link_ends_with_its_time(ana: Person, frozen: time_machine.Traveller, purpose: str, lives: timedelta) -> None:
    secret = links.issue(purpose, ana.addresses[0].id)
    frozen.shift(lives - timedelta(seconds=1))
    links.peek(secret, purpose)
    frozen.shift(1)
    with pytest.raises(links.Ended):
        links.peek(secret, purpose)


def test_no_table_holds_the_secret(ana: Person) -> None:
    sign_in.send_reset("ana@home.example")
    secret = _secret("reset")
    rows = [str(db.session.execute(db.text(f'SELECT * FROM "{table}"')).all()) for table in ("access_token", "message")]
    assert all(secret not in row for row in rows)


def test_asking_again_ends_the_link_before(ana: Person, frozen: time_machine.Traveller) -> None:
    sign_in.send_magic("ana@home.example")
    first = _secret("magic")
    frozen.shift(60)
    sign_in.send_magic("ana@home.example")
    with pytest.raises(links.Ended):
        links.peek(first, "magic")
    assert sign_in.enter_by_link(_secret("magic"), "magic").person_id == ana.id


def test_a_new_password_ends_links_and_sessions(ana: Person) -> None:
    magic, verify = (links.issue(purpose, ana.addresses[0].id) for purpose in ("magic", "verify"))
    before = account_of(ana).epoch
    sign_in.set_password(account_of(ana).id, "hash")
    assert account_of(ana).epoch == before + 1
    with pytest.raises(links.Ended):
        links.peek(magic, "magic")
    assert links.peek(verify, "verify")


def test_a_closed_account_is_not_entered_by_a_link(ana: Person) -> None:
    secret = links.issue("magic", ana.addresses[0].id)
    sign_in.disable(account_of(ana).id, actor_id=ana.id, reason="")
    with pytest.raises(links.Ended):
        sign_in.enter_by_link(secret, "magic")


def test_old_links_are_swept_and_open_ones_stay(ana: Person, frozen: time_machine.Traveller) -> None:
    links.issue("magic", ana.addresses[0].id)
    frozen.shift(timedelta(days=1))
    links.issue("magic", ana.addresses[0].id)
    assert links.sweep(before=clock.now()) == 1
    assert db.session.query(AccessToken).count() == 1
