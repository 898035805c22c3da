"""`flask user create`: the first administrator on a fresh machine."""

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.factories.people import person
from webapp.accounts import accounts, people, queries, roles
from webapp.core.db import db


def _create(app: Flask, *words: str) -> tuple[int, str]:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["user", "create", *words])
    return result.exit_code, result.output


def test_the_link_sets_the_password_and_opens_the_desk(app: Flask, client: FlaskClient) -> None:
    code, said = _create(app, "--role", "admin", "--email", "ada@home.example", "--name", "Ada Min")
    found = re.search(r"http://attune\.test(/reset/\S+)", said)
    assert code == 0 and found
    assert client.post(found[1], data={"password": "nine loud grey geese"}).status_code == 303
    assert client.get("/manage/people").status_code == 200
    assert client.post(found[1], data={"password": "nine loud grey geese"}).status_code == 410


def test_a_known_person_gets_the_role_once(app: Flask) -> None:
    made = person(email="ada@home.example")
    for _ in range(2):
        assert _create(app, "--role", "finance", "--email", "ada@home.example")[0] == 0
    assert [grant.role for grant in roles.held_by(made.id)] == ["finance"]


def test_a_bad_address_or_no_name_is_said_plainly(app: Flask) -> None:
    for words in (("--email", "nonsense", "--name", "Ada"), ("--email", "ada@home.example")):
        code, said = _create(app, "--role", "admin", *words)
        assert (code, said.startswith("Error: Write the")) == (1, True)
    assert people.find_verified("ada@home.example") is None


def test_demo_accounts_are_found(app: Flask) -> None:
    assert not queries.demo_accounts_exist()
    accounts.open_for(person(account=False).id, is_demo=True)
    assert queries.demo_accounts_exist()
