"""Registrations per second with one and with four web processes on PostgreSQL: `python -m tests.bench workers`.

Wall time, so it says something only on a machine that does nothing else. Eight visitors register at once, each in an event of her own;
the clock runs from the first form sent to the last place kept.
"""

import os
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.bench import journeys
from tests.bench.people import Visitor
from tests.conftest import make_settings
from tests.factories import events
from tests.support import databases, postgres
from tests.support.racing import at_once
from tests.support.servers import Site
from webapp import create_app
from webapp.core.db import db, transaction

AT_ONCE = 8
EACH = 6


def table() -> str:
    """Both figures as text."""
    with postgres.server() as server, tempfile.TemporaryDirectory() as folder:
        address = databases.PostgresDatabases(server).empty()
        app = create_app(make_settings(Path(folder), address))
        databases.build_schema(app)
        with app.app_context():
            with transaction():
                slugs = [events.workshop(f"Workshop {n}", capacity=None, member=0, non_member=0).slug for n in range(AT_ONCE)]
            db.session.remove()
            db.engine.dispose()
        one, four = (_per_second(address, Path(folder) / str(workers), slugs, workers) for workers in (1, 4))
    return (f"registrations per second on PostgreSQL, {AT_ONCE} visitors at once, {os.cpu_count()} cores: 1 worker {one:.1f}, "
            f"4 workers {four:.1f} ({four / one:.2f} times as many)")


def _per_second(address: str, folder: Path, slugs: list[str], workers: int) -> float:
    folder.mkdir()
    with Site(address, folder, workers=workers, with_worker=False, stripe=False) as site:
        at_once([partial(_registers, site, slug, workers, 0, 1) for slug in slugs])  # warm
        began = time.monotonic()
        at_once([partial(_registers, site, slug, workers, 1, EACH) for slug in slugs])
        return AT_ONCE * EACH / (time.monotonic() - began)


def _registers(site: Site, slug: str, run: int, first: int, times: int) -> None:
    for number in range(first, first + times):
        visitor = Visitor(site.url)
        journeys.register(visitor, slug, run * 1_000_000 + hash(slug) % 1_000 * 100 + number)
        visitor.connection.close()
