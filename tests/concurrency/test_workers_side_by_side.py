"""Four web processes serve at the same time: while one waits for a lock of its event, others register people in other events.

On PostgreSQL, where a registration locks rows; on SQLite writers stand in one line whatever the number of processes.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.concurrency.test_races_over_http import asking
from tests.factories import events
from tests.support import databases
from tests.support.servers import Site
from tests.support.waiting import wait_until
from webapp.catalog.models import Event
from webapp.core.db import WRITE, db, transaction

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time,
              pytest.mark.skipif(databases.chosen() != "postgresql", reason="SQLite has one writer")]
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@contextmanager
def locked(event_id: int) -> Iterator[None]:
    """The event is somebody else's alone for a while; whoever wants a place in it waits."""
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        connection.execute(select(Event.id).where(Event.id == event_id).with_for_update())
        yield


def one_waits() -> bool:
    """Whether a registration stands before the lock."""
    with db.engine.connect() as connection:
        return bool(connection.execute(WAITING).scalar())


@pytest.mark.parametrize(("workers", "is_served"), [(1, False), (4, True)])
def test_a_registration_elsewhere_ends_while_one_waits(clean_db: str, tmp_path: Path, workers: int, is_served: bool) -> None:
    with transaction():
        busy, quiet = (events.workshop(title, member=0, non_member=0) for title in ("Busy", "Quiet"))
        busy_id, slugs = busy.id, (busy.slug, quiet.slug)
    with (Site(clean_db, tmp_path, workers=workers, with_worker=False, stripe=False) as site, ThreadPoolExecutor(2) as visitors):
        here, there = (asking(site, slug, number) for number, slug in enumerate(slugs))
        for form in (here, there):
            form.visitor.connection.close()
        with locked(busy_id):
            waits = visitors.submit(here.send)
            wait_until(one_waits, 30, what="the first registration stands before the lock")
            elsewhere = visitors.submit(there.send)
            assert ends(elsewhere, 30 if is_served else 3) is is_served
            assert not waits.done()
        assert [one.result(timeout=60)[0] for one in (waits, elsewhere)] == [303, 303]


def ends(sent: "Future[tuple[int, dict[str, str], bytes]]", seconds: float) -> bool:
    """Whether it is answered in this time."""
    try:
        sent.result(timeout=seconds)
    except TimeoutError:
        return False
    return True
