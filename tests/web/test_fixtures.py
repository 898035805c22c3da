"""The fixtures themselves: isolation between tests, sessions apart, transaction() inside the rolled back connection."""

import pytest
from sqlalchemy import func, select

from tests.conftest import NOW
from webapp.accounts.models import Account, Person
from webapp.core import clock
from webapp.core.db import db, transaction


def _person(name="Ada"):
    person = Person(public_id=name, given_name=name, family_name="L", created_at=clock.now())
    db.session.add(person)
    db.session.flush()
    return person


def _count():
    return db.session.scalar(select(func.count()).select_from(Person))


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_commits_is_gone_in_the_next(turn):
    with transaction():
        _person()
    assert _count() == 1


def test_transaction_that_fails_keeps_what_was_committed_before(db_session):
    with transaction():
        _person("Ada")
    with pytest.raises(ZeroDivisionError), transaction():
        _person("Ben")
        raise ZeroDivisionError
    assert db_session.scalars(select(Person.given_name)).all() == ["Ada"]


def test_transaction_forgets_what_was_not_committed():
    _person()
    with transaction():
        pass
    assert _count() == 0


def test_what_a_request_commits_survives_a_rollback_of_the_test(app, client, db_session):
    _count()
    app.view_functions["asset"], kept = _writing_view, app.view_functions["asset"]
    try:
        client.get("/assets/x")
    finally:
        app.view_functions["asset"] = kept
    db_session.rollback()
    assert _count() == 1


def test_undone_takes_back_one_example(undone):
    with undone(), transaction():
        _person()
    assert _count() == 0


def test_queries_are_counted_without_borders(query_count):
    with query_count() as seen, transaction():
        _count()
    assert len(seen) == 1


def test_the_clock_stands(frozen):
    assert clock.now() == NOW


def test_clean_db_really_commits(app, clean_db):
    with transaction():
        _person()
    with app.app_context():
        assert _count() == 1


def test_sign_in_is_the_products_own_session(app, client, sign_in):
    with transaction():
        person = _person()
        db.session.add(Account(person_id=person.id, created_at=clock.now()))
        person_id = person.id
    sign_in(client, person_id)
    with client.session_transaction() as session:
        assert session["_user_id"].endswith("-0")


def _writing_view(address):
    with transaction():
        _person(address)
    return "written"


_writing_view.__access__ = ("public", frozenset())
