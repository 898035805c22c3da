"""How drains are woken and run."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.conftest import NOW
from tests.factories import events
from webapp import jobs
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.jobs import heartbeat
from webapp.jobs.drains import DRAINS, Drain
from webapp.jobs.queue import Runner
from webapp.notifications.models import Message
from webapp.payments import reconcile
from webapp.registration.offers import PriceSpec, TypeSpec


def test_asked_while_it_runs_a_drain_looks_once_more_and_never_twice_at_once(app):
    runs, inside, most = [], 0, 0

    def run(_now):
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        runs.append(1)
        if len(runs) == 1:
            others = [threading.Thread(target=runner) for _ in range(5)]
            for other in others:
                other.start()
            for other in others:
                other.join()
        inside -= 1

    runner = Runner(app, Drain("test", run))
    runner()
    assert (len(runs), most) == (2, 1)


def test_a_drain_that_breaks_can_be_run_again(app, caplog):
    runner = Runner(app, Drain("test", lambda _now: 1 / 0))
    runner()
    runner()
    assert caplog.text.count("drain_failed") == 2


@pytest.mark.parametrize("drain", DRAINS, ids=lambda drain: drain.name)
def test_every_drain_may_run_with_nothing_to_do(app, db_session, monkeypatch, drain):
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"stripe_secret_key": type(settings.stripe_secret_key)("")}))
    drain.run(NOW)
    assert db.session.scalar(select(func.count(Message.id))) == 0


def test_a_site_without_cards_says_so_once_in_its_log_and_every_time_to_who_asks(app, db_session, monkeypatch, caplog):
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update={"stripe_secret_key": type(settings.stripe_secret_key)("")}))
    monkeypatch.delitem(app.extensions, "attune_reconcile_said", raising=False)
    caplog.set_level("INFO")
    troubles = [reconcile.sweep(NOW).troubles for _ in range(3)]
    assert troubles == 3 * [["Card payments are not set up here."]]
    assert caplog.text.count("not set up") == 1


def test_the_price_in_lists_follows_when_an_early_price_ends(app, db_session, frozen):
    soon = NOW + timedelta(days=1)
    event = events.workshop(types=[TypeSpec("Everybody", [PriceSpec(10_000, valid_until=soon), PriceSpec(12_500, valid_from=soon)])])
    db.session.commit()
    frozen.move_to(soon + timedelta(minutes=1))
    next(drain for drain in DRAINS if drain.name == "prices").run(clock.now())
    assert (db.session.get(Event, event.id).price_from_cents, event.price_to_cents) == (12_500, 12_500)


def test_the_heartbeat_says_when_a_worker_ran(app, db_session):
    heartbeat.beat(NOW)
    assert heartbeat.last() == NOW


def test_waking_puts_one_task_into_the_queue(app):
    queue = jobs.engine(app).huey
    queue.storage.flush_queue()
    jobs.wake({"mail", "no such work"})
    assert queue.pending_count() == 1


def test_a_queue_that_cannot_be_reached_does_not_hurt_whoever_wakes(app, caplog):
    settings = app.config["SETTINGS"]
    unreachable = settings.model_copy(update={"redis_url": type(settings.redis_url)("redis://127.0.0.1:9/0")})
    kept = app.extensions.pop("attune_engine", None)
    app.config["SETTINGS"] = unreachable
    try:
        jobs.wake({"mail"})
        jobs.wake({"mail"})
    finally:
        app.config["SETTINGS"] = settings
        app.extensions.pop("attune_queue_pause")
        app.extensions.pop("attune_engine")
        if kept:
            app.extensions["attune_engine"] = kept
    assert caplog.text.count("queue_unreachable") == 1
