"""Couriers at once, and couriers killed, against one database and a real mail server."""

import os
import signal
from collections import Counter

import pytest
from sqlalchemy import func, select

from tests.factories import people
from tests.support.mailsink import MailSink
from tests.support.racing import in_sessions
from tests.support.servers import Site
from tests.support.waiting import wait_until
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.jobs import post
from webapp.notifications import outbox
from webapp.notifications.models import Message

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time]


def write(count):
    """Mails of a kind that needs nothing but a person; their references."""
    with transaction():
        person = people.person()
        for number in range(count):
            outbox.write(fact=f"changed:{number}", kind="password_changed", to_address=f"p{number}@home.example",
                         facts={"person_id": person.id})
    references = set(db.session.scalars(select(Message.message_id)))
    db.session.rollback()
    return references


def states():
    found = dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
    db.session.rollback()
    return found


def received(sink):
    return Counter(message["Message-ID"].strip("<>").split("@")[0] for message in sink.messages)


@pytest.mark.race
def test_two_couriers_at_once_send_each_message_once(app, clean_db):
    references = write(60)
    with MailSink() as sink:
        app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"mail_url": type(app.config["SETTINGS"].mail_url)(sink.url)})
        in_sessions(app, [lambda: post.deliver(clock.now())] * 3)
        assert received(sink) == dict.fromkeys(references, 1)
    assert states() == {"sent": 60}


class Killer(MailSink):
    """Kills the worker in the middle of a conversation: before it takes the mail with that number, or after, before it says so."""

    def __init__(self, at, *, after):
        super().__init__()
        self.at, self.after, self.count, self.worker = at, after, 0, None

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name is aiosmtpd's
        self.count += 1
        doomed = self.count == self.at
        if not doomed or self.after:
            answer = await super().handle_DATA(server, session, envelope)
        if doomed:
            os.killpg(self.worker.running.pid, signal.SIGKILL)
            return "451 too late"
        return answer


@pytest.fixture
def site(clean_db, tmp_path):
    def make(sink):
        made = Site(clean_db, tmp_path, stripe=False)
        made.mail = sink
        made.worker.environment["MAIL_URL"] = sink.url
        sink.worker = made.worker
        return made
    return make


def run_to_the_end(site):
    with site.mail:
        (site.folder / "data").mkdir()
        site.worker.start()
        wait_until(lambda: site.mail.count == site.mail.at, 60, what="the worker reaches the fatal mail")
        wait_until(lambda: site.worker.has_died, 20, what="the worker is dead")
        site.worker.start()
        try:
            wait_until(lambda: states().get("sent", 0) == 30, 60, what=f"all is sent; {site.worker.words()}")
        finally:
            site.worker.stop()


def test_a_worker_killed_before_the_server_took_the_mail_loses_and_doubles_nothing(clean_db, site):
    references = write(30)
    sink = Killer(12, after=False)
    run_to_the_end(site(sink))
    assert received(sink) == dict.fromkeys(references, 1)


def test_a_worker_killed_before_it_heard_that_the_server_took_the_mail_repeats_it_under_the_same_id(clean_db, site):
    references = write(30)
    sink = Killer(12, after=True)
    run_to_the_end(site(sink))
    assert received(sink).keys() == references
    assert sorted(received(sink).values())[-2:] == [1, 2]
    doubled = [m for m in sink.messages if received(sink)[m["Message-ID"].strip("<>").split("@")[0]] == 2]
    assert doubled[0]["To"] == doubled[1]["To"]


def test_a_server_that_was_dead_gets_everything_when_it_lives_again(app, clean_db):
    references = write(5)
    sink = MailSink()
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"mail_url": type(app.config["SETTINGS"].mail_url)(sink.url)})
    assert post.deliver(clock.now()) == {}
    assert states() == {"waiting": 5}
    with sink:
        assert post.deliver(clock.now()) == {"sent": 5}
    assert received(sink) == dict.fromkeys(references, 1)
