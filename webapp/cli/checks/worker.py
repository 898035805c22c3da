"""The worker: without one no mail leaves and no hold ends."""

from collections.abc import Iterator
from datetime import timedelta

from webapp.cli.checks.finding import Finding, fault, ok
from webapp.core import clock
from webapp.jobs import heartbeat

SILENT = timedelta(minutes=5)


def check() -> Iterator[Finding]:
    """Reads the file a worker touches every minute."""
    last = heartbeat.last()
    if last is None:
        yield fault("no worker has ever run here", "Start one: systemctl start attune-worker (or: flask --app wsgi worker)")
    elif clock.now() - last > SILENT:
        yield fault(f"no worker has been seen since {last:%Y-%m-%d %H:%M} UTC",
                    "Start it: systemctl restart attune-worker, and read its log.")
    else:
        yield ok("a worker runs")
