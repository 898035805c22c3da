"""The table of figures. `make bench`, or `python -m tests.bench --quick` for a tenth of the data."""

import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from tests.bench import cpu, data, feeds, journeys, workers
from tests.bench.people import Visitor
from tests.conftest import make_settings
from tests.support import databases, postgres
from tests.support.counting import query_count
from tests.support.servers import ROOT, Site
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.core.db import db
from webapp.devtools.stripe_standin.process import free_port

PASSES = 5
ROUNDS = 100
JOURNEYS = 15


@dataclass
class Figure:
    """What one action costs: CPU milliseconds of web and database, requests and statements."""

    web: float
    database: float
    requests: float = 1
    statements: int | None = None

    @property
    def both(self) -> float:
        """Web and database together, milliseconds."""
        return self.web + self.database


@dataclass
class Run:
    """All figures at one size of the data."""

    name: str
    figures: dict[str, Figure] = field(default_factory=dict)
    kilobytes: dict[str, float] = field(default_factory=dict)
    memory: float = 0.0


class Meter:
    """Measures CPU around repeated actions; the lowest of five passes counts, since other work on the machine only adds."""

    def __init__(self, web: int, database: int = 0) -> None:
        """Process ids of the two masters; without a database none is counted."""
        self.web, self.database = web, database

    def measure(self, action: Callable[[int], object], rounds: int) -> Figure:
        """The cost of one `action(number)`."""
        action(-1)
        best: list[Figure] = []
        for repeat in range(PASSES):
            back_ends, pids = cpu.children(self.database) if self.database else [], cpu.children(self.web)
            before = cpu.seconds(pids), cpu.seconds(back_ends)
            for number in range(rounds):
                action(repeat * rounds + number)
            after = cpu.seconds(pids), cpu.seconds(back_ends)
            best.append(Figure((after[0] - before[0]) / rounds * 1000, (after[1] - before[1]) / rounds * 1000))
        return min(best, key=lambda figure: figure.both)


def hello() -> float:
    """CPU milliseconds of one hello-world request on gunicorn sync with one worker."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "-w", "1", "-b", f"127.0.0.1:{port}", "tests.bench.hello:app"],
                              cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        visitor = Visitor(f"http://127.0.0.1:{port}")
        wait_until(lambda: _answers(visitor), 30, what="hello answers")
        return Meter(server.pid).measure(lambda _: visitor.get("/"), 1000).web
    finally:
        server.terminate()
        server.wait()


def _answers(visitor: Visitor) -> bool:
    try:
        return visitor.get("/")[0] == 200
    except OSError:
        visitor.connection.close()
        return False


def measure(site: Site, name: str, slugs: list[str], start: int) -> Run:
    """All figures of the running site."""
    run, visitor, meter = Run(name), Visitor(site.url), Meter(_pid(site), _postmaster())
    pages = {"event list of 200": "/events", "event page": f"/events/{slugs[1]}", "conference page": f"/events/{slugs[2]}", "home": "/"}
    for label, path in pages.items():
        run.figures[label] = meter.measure(lambda _, path=path: visitor.get(path, **{"Accept-Encoding": "gzip"}), ROUNDS)
        run.kilobytes[label] = _kilobytes(visitor, path)
    tag = visitor.get("/calendar.ics", **{"Accept-Encoding": "gzip"})[1]["etag"]
    run.figures[".ics of 200, whole"] = meter.measure(lambda _: visitor.get("/calendar.ics", **{"Accept-Encoding": "gzip"}), ROUNDS)
    run.figures[".ics of 200, unchanged (304)"] = meter.measure(
        lambda _: visitor.get("/calendar.ics", **{"Accept-Encoding": "gzip", "If-None-Match": tag}), ROUNDS)
    kinds: dict[str, dict[str, Any]] = {
        "registration, free": {"slug": slugs[0]},
        "registration, invoice": {"slug": slugs[1], "method": "invoice"},
        "registration, card": {"slug": slugs[1], "method": "card", "stripe": site.stripe},
        "registration, conference": {"slug": slugs[2], "method": "invoice"}}
    for place, (label, kind) in enumerate(kinds.items()):
        counted: list[int] = []

        def journey(number: int, kind: dict[str, Any] = kind, place: int = place, counted: list[int] = counted) -> None:
            someone = Visitor(site.url)
            journeys.register(someone, number=start + place * 100_000 + number, **kind)
            someone.connection.close()
            counted.append(someone.requests)

        run.figures[label] = meter.measure(journey, JOURNEYS)
        run.figures[label].requests = statistics.mean(counted)
    run.memory = max(cpu.resident_megabytes(pid) for pid in cpu.children(_pid(site))[1:])
    return run


def count_statements(app: Flask, run: Run, slugs: list[str]) -> None:
    """SQL statements per page and per registration, in this process over the same database."""
    client = app.test_client()
    for label, path in (("event list of 200", "/events"), ("event page", f"/events/{slugs[1]}"), ("conference page", f"/events/{slugs[2]}"),
                        ("home", "/"), (".ics of 200, whole", "/calendar.ics")):
        client.get(path)
        with query_count() as seen:
            client.get(path)
        run.figures[label].statements = len(seen)


def table(runs: list[Run], yardstick: float) -> str:
    """The figures as text: x hello of web and database, requests, statements; and growth from the first run."""
    lines = [f"hello: {yardstick:.3f} ms of CPU a request (gunicorn sync, 1 worker); x hello below = CPU of one action / hello", ""]
    first = runs[0]
    for run in runs:
        lines += [run.name, f"  {'':32}{'web':>8}{'db':>8}{'both':>8}  {'ms':>7}  {'req':>4}  {'SQL':>4}  {'kB':>6}  growth"]
        for label, figure in run.figures.items():
            statements = "" if figure.statements is None else figure.statements
            size = f"{run.kilobytes[label]:.1f}" if label in run.kilobytes else ""
            hellos = "".join(f"{cpu / yardstick:7.1f}x" for cpu in (figure.web, figure.database, figure.both))
            lines.append(f"  {label:32}{hellos}  {figure.both:7.2f}  {figure.requests:4.0f}  {statements:>4}  {size:>6}"
                         f"  {figure.both / first.figures[label].both:.2f}")
        lines += [f"  memory of the worker: {run.memory:.0f} MB", ""]
    return "\n".join(lines)


def _postmaster() -> int:
    return cpu.parent(db.session.scalar(text("SELECT pg_backend_pid()")))


def _pid(site: Site) -> int:
    assert site.web.running is not None
    return site.web.running.pid


def _kilobytes(visitor: Visitor, path: str) -> float:
    """Transferred with a cold cache, compressed: the page, its style sheet, scripts and pictures of its own."""
    _, headers, body = visitor.get(path, **{"Accept-Encoding": "gzip"})
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    page = body.decode()
    assets = {part.split('"')[0] for part in page.split('"/assets/')[1:]}
    sent = [len(visitor.get(f"/assets/{name}", **{"Accept-Encoding": "gzip"})[2]) for name in assets]
    return (len(gzip.compress(body, 6)) + sum(sent)) / 1024


def main() -> None:
    """Builds the data, measures at both sizes, prints the table. `feeds`, `workers`: that part alone."""
    if "feeds" in sys.argv:
        print(feeds.table(hello()))
        return
    if "workers" in sys.argv:
        print(workers.table())
        return
    quick = "--quick" in sys.argv
    began, yardstick = time.monotonic(), hello()
    with postgres.server() as server, tempfile.TemporaryDirectory() as folder:
        place = databases.PostgresDatabases(server)
        address = place.empty()
        app = create_app(make_settings(Path(folder), address))
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        databases.build_schema(app)
        with app.app_context():
            slugs = data.coming_events()
            data.fill(0, 1_000)
            runs = []
            sizes = (("200 sessions, 1,000 registrations", None), (
                "20,000 sessions, 200,000 registrations", (1_980, 20_000) if quick else (19_800, 199_000)))
            with Site(address, Path(folder), with_worker=False, DEMO="1") as site:
                for number, (name, more) in enumerate(sizes):
                    if more:
                        data.fill(*more)
                    assert data.recount() == 0, "pools disagree with their uses"
                    run = measure(site, name, slugs, start=number * 1_000_000)
                    count_statements(app, run, slugs)
                    runs.append(run)
            db.session.remove()
            db.engine.dispose()
        print(table(runs, yardstick))
        print(workers.table())
        print(f"pools recounted: agree. Measured in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
