"""What runs in the background, and when. Thin: fetch what waits in the tables, call the action, log."""

import time
from typing import TYPE_CHECKING

from flask import Flask, current_app

from webapp.core import logs, work
from webapp.jobs import letters

if TYPE_CHECKING:
    from webapp.jobs.queue import Engine

log = logs.logger(__name__)
PAUSE = 30  # seconds without a try after the queue could not be reached: a page never waits for it twice


def init_app(app: Flask) -> None:
    """Joins this part to the application: mails can be rendered, and what is committed wakes a worker."""
    letters.init_app(app)
    work.on_commit(wake)


def engine(app: Flask) -> "Engine":
    """The queue of this application, made when it is first needed: its libraries weigh megabytes in every process."""
    if "attune_engine" not in app.extensions:
        from webapp.jobs.queue import Engine

        app.extensions["attune_engine"] = Engine(app)
    made: Engine = app.extensions["attune_engine"]
    return made


def wake(queues: set[str]) -> None:
    """Asks a worker to look into these kinds of work now. Never fails: the timetable looks every minute anyway."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    if time.monotonic() < app.extensions.get("attune_queue_pause", 0):
        return
    try:
        tasks = engine(app).tasks
        for name in queues & tasks.keys():
            tasks[name]()
    except Exception as fault:  # noqa: BLE001 - what was committed must not become an error page
        app.extensions["attune_queue_pause"] = time.monotonic() + PAUSE
        log.warning("queue_unreachable", reason=str(fault))
