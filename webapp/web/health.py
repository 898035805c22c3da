"""For monitors: /healthz (the process answers), /readyz (it can serve), /metrics (Prometheus, for the machine itself only).

With several worker processes set PROMETHEUS_MULTIPROC_DIR to an empty folder, so that a scrape adds them up.
"""

import re
from collections.abc import Iterator
from functools import cache
from time import perf_counter
from typing import Any

from flask import Blueprint, Flask, Response, g, request, request_started
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import and_, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT
from webapp.core import clock, logs
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.notifications.models import Message
from webapp.payments.models import ProviderEvent
from webapp.web import access

pages = Blueprint("health", __name__)
log = logs.logger(__name__)
LOOPBACK = ("127.0.0.1", "::1")
PROXIED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

own = CollectorRegistry()
answers = Histogram("attune_request_seconds", "Time from a request to its answer, by page and kind of answer",
                    ("endpoint", "method", "status"), buckets=BUCKETS, registry=own)


@pages.record_once
def _watch(state: Any) -> None:
    app: Flask = state.app
    request_started.connect(_begin, app)
    app.after_request(_end)


@pages.get("/healthz")
@access.public
def healthz() -> Response:
    """The process is up; nothing else is asked."""
    return _plain(200, "up")


@pages.get("/readyz")
@access.public
def readyz() -> Response:
    """200 when the database answers and lacks no migration of this code (a newer release's is served); 503 with the reason otherwise."""
    # Migrations are safe while the release before runs: a balancer must not take every machine away in the middle of an upgrade.
    try:
        at = _database_version()
    except SQLAlchemyError as error:
        log.error("not_ready", why="database", exc_info=error)
        return _plain(503, "the database does not answer")
    known, newest = _migrations()
    if at <= known and at != newest:
        return _plain(503, "the database is not at this release's migration: run `upgrade`")
    return _plain(200, "ready")


@pages.get("/metrics")
@access.machine
def metrics() -> Response:
    """Counts and waiting work, for a scraper on this machine; who comes through a proxy is told there is nothing here."""
    if request.remote_addr not in LOOPBACK or any(name in request.headers for name in PROXIED):
        raise NotFound
    return Response(generate_latest(_requests()) + generate_latest(_waiting()), content_type=CONTENT_TYPE_LATEST)


def _begin(_app: Flask, **_more: Any) -> None:
    g.began = perf_counter()


def _end(answer: Response) -> Response:
    labels = (request.endpoint or "none", request.method if request.url_rule else "any", f"{answer.status_code // 100}xx")
    answers.labels(*labels).observe(perf_counter() - g.began)
    return answer


def _database_version() -> set[str]:
    connection = db.session.connection()
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.scalars(text("SELECT version_num FROM alembic_version")))


@cache
def _migrations() -> tuple[frozenset[str], frozenset[str]]:
    """The revisions of this code, and those that no other follows. From the files: Alembic itself would cost every web process 11 MB."""
    texts = [path.read_text("utf-8") for path in (ROOT / "migrations" / "versions").glob("*.py")]
    made, followed = (set(re.findall(rf'^{name}\b[^=\n]*=\s*["\'](\w+)["\']', "\n".join(texts), re.MULTILINE))
                      for name in ("revision", "down_revision"))
    return frozenset(made), frozenset(made - followed)


def _requests() -> CollectorRegistry:
    together = CollectorRegistry()
    try:
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    except ValueError:  # no folder was named: this process alone
        return own
    return together


def _waiting() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Waiting())
    return registry


class _Waiting(Collector):
    """Work that lies in the tables: how much, and for how many seconds the oldest of it has been due."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        depth = GaugeMetricFamily("attune_waiting", "Rows of work that is due and not done", labels=["queue"])
        lag = GaugeMetricFamily("attune_lag_seconds", "How long the oldest of them has been due", labels=["queue"])
        now = clock.now()
        for queue, query in (
            ("outbox", select(func.count(), func.min(Message.not_before)).where(
                and_(Message.state.in_(("waiting", "sending")), Message.not_before <= now))),
            ("stripe_inbox", select(func.count(), func.min(ProviderEvent.received_at)).where(
                ProviderEvent.outcome.in_(("waiting", "failed")))),
        ):
            count, oldest = db.session.execute(query).one()
            depth.add_metric([queue], count)
            lag.add_metric([queue], (now - oldest).total_seconds() if oldest else 0)
        failed = db.session.scalar(select(func.count()).select_from(Message).where(Message.state == "failed"))
        depth.add_metric(["mail_given_up"], failed or 0)
        yield depth
        yield lag


def _plain(status: int, sentence: str) -> Response:
    return Response(sentence + "\n", status, mimetype="text/plain", headers={"Cache-Control": "no-store"})
