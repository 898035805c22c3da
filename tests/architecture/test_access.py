"""Every route states who may use it, and the statement holds."""

import itertools
import re

import pytest

from tests.conftest import make_settings
from webapp import create_app
from webapp.accounts.models import Account, Person
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.web import access

RULES = {"public", "by_secret", "machine", "signed_in", "staff", "dev_only"}


def _guarded(app, rule):
    """An address of every route that declares the rule, with a value of the right kind for each part of it."""
    for route in app.url_map.iter_rules():
        declared = access.rule_of(app.view_functions[route.endpoint])
        if declared and declared[0] == rule:
            method = "GET" if "GET" in route.methods else next(iter(route.methods - {"OPTIONS", "HEAD"}))
            yield method, re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", _value, route.rule)


def _value(part):
    """Something the converter of this part of an address takes."""
    if part[1] == "any":
        return part[2].split(",")[0].strip(" \"'")
    return {"int": "1", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}.get(part[1], "x")


@pytest.fixture
def plain_person(db_session):
    """Somebody with an account and no role."""
    with transaction():
        person = Person(public_id="plain", given_name="Pat", family_name="Plain", created_at=clock.now())
        db.session.add(person)
        db.session.flush()
        db.session.add(Account(person_id=person.id, created_at=clock.now()))
        return person.id


@pytest.mark.parametrize("demo", [False, True])
def test_every_route_declares_its_access(demo, tmp_path):
    app = create_app(make_settings(tmp_path, f"sqlite:///{tmp_path / 'empty.db'}", demo=demo))
    declared = {endpoint: access.rule_of(view) for endpoint, view in app.view_functions.items()}
    assert {endpoint for endpoint, rule in declared.items() if rule is None or rule[0] not in RULES} == set()
    with app.app_context():
        db.engine.dispose()


def test_staff_routes_name_roles_that_exist(app):
    from webapp.accounts.models import ROLES

    named = set(itertools.chain.from_iterable(rule[1] for view in app.view_functions.values() if (rule := access.rule_of(view))))
    assert named <= set(ROLES)


@pytest.mark.parametrize("rule", ["signed_in", "staff"])
def test_a_guest_is_asked_to_sign_in(app, client, db_session, rule):
    answers = {address: client.open(address, method=method).status_code for method, address in _guarded(app, rule)}
    assert {address: status for address, status in answers.items() if status not in (302, 303)} == {}


def test_staff_pages_do_not_exist_for_a_plain_person(app, client, db_session, sign_in, plain_person):
    sign_in(client, plain_person)
    answers = {address: client.open(address, method=method).status_code for method, address in _guarded(app, "staff")}
    assert {address: status for address, status in answers.items() if status != 404} == {}


def test_dev_pages_do_not_exist_outside_a_demo(app, client, db_session):
    answers = {address: client.open(address, method=method).status_code for method, address in _guarded(app, "dev_only")}
    assert {address: status for address, status in answers.items() if status != 404} == {}
