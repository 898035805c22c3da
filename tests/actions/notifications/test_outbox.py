"""Writing, withdrawing and re-dating messages."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.conftest import NOW
from webapp.core import work
from webapp.core.db import db, transaction
from webapp.notifications import outbox
from webapp.notifications.models import Message


def write(fact="moved:1", **more):
    return outbox.write(fact=fact, kind=more.pop("kind", "session_moved"), to_address="maren@home.example", **more)


def test_a_message_waits_from_the_moment_it_is_written():
    message = write(facts={"session_id": 7}, subject_of="event:1")
    assert (message.state, message.not_before, message.facts) == ("waiting", NOW, {"session_id": 7})


def test_the_same_fact_is_written_once():
    assert write() is not None
    assert write() is None
    assert db.session.scalar(select(func.count(Message.id))) == 1


def test_every_message_has_its_own_message_id():
    assert write("a").message_id != write("b").message_id


def test_withdrawing_names_the_thing_and_the_kinds():
    kept, gone = write("a", subject_of="event:1"), write("b", subject_of="event:1", kind="reminder")
    other = write("c", subject_of="event:2", kind="reminder")
    assert outbox.withdraw(subject_of="event:1", kinds={"reminder"}, note="The event was cancelled.") == 1
    assert [one.state for one in (kept, gone, other)] == ["waiting", "withdrawn", "waiting"]
    assert gone.note == "The event was cancelled."


def test_a_sent_message_is_not_withdrawn():
    message = write()
    message.state = "sent"
    assert outbox.withdraw(fact="moved:1") == 0
    assert message.state == "sent"


def test_withdrawing_everything_by_leaving_all_out_is_a_mistake():
    with pytest.raises(ValueError, match="subject_of or fact"):
        outbox.withdraw(note="oops")


def test_a_waiting_reminder_is_redated():
    message = write(not_before=NOW + timedelta(days=3))
    assert outbox.redate("moved:1", NOW + timedelta(days=5))
    assert message.not_before == NOW + timedelta(days=5)


def test_a_sent_reminder_is_not_redated():
    write().state = "sent"
    assert not outbox.redate("moved:1", NOW)


@pytest.fixture
def told():
    heard = []
    work.on_commit(heard.append)
    yield heard
    work._listeners.remove(heard.append)


def test_a_worker_is_told_after_the_commit_and_not_before(told):
    with transaction():
        write()
        db.session.flush()
        assert told == []
    assert told == [{"mail"}]


def test_nobody_is_told_of_what_was_rolled_back(told):
    with pytest.raises(ZeroDivisionError), transaction():
        write()
        raise ZeroDivisionError
    with transaction():
        write("later", not_before=NOW + timedelta(days=1))
    assert told == []
