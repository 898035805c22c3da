"""huey: wakes the drains and keeps the timetable, over a SQLite file in DATA_DIR or over Redis (REDIS_URL).

It holds no work: every drain looks into the tables. Losing its queue, or a worker in the middle of a task, loses nothing.
"""

import threading
from collections.abc import Callable
from typing import Any

import redis
from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab

from config import Settings
from webapp.core import clock, logs
from webapp.jobs.drains import DRAINS, Drain

log = logs.logger(__name__)
STALE = 60  # seconds after which nobody needs to be woken: the timetable has looked by then


class Engine:
    """The queue of this application with one task for each drain."""

    def __init__(self, app: Flask) -> None:
        self.huey = _queue(app.config["SETTINGS"])
        self.tasks: dict[str, Callable[[], Any]] = {}
        for drain in DRAINS:
            run = Runner(app, drain)
            self.tasks[drain.name] = self.huey.task(name=f"wake_{drain.name}", expires=STALE)(run)
            self.huey.periodic_task(crontab(minute=drain.minute, hour=drain.hour), name=f"time_for_{drain.name}", expires=STALE)(run)


class Runner:
    """Runs one drain at a time in this process. Asked while it runs, it looks once more instead of running twice.

    So a drain that hangs (a mail server that does not answer) can never occupy every thread of the worker.
    """

    def __init__(self, app: Flask, drain: Drain) -> None:
        self.app = app
        self.drain = drain
        self.__name__ = drain.name
        self._asked = threading.Event()
        self._running = threading.Lock()

    def __call__(self) -> None:
        """Drains until nobody asks any more; a fault is logged and the timetable tries again."""
        self._asked.set()
        while self._asked.is_set() and self._running.acquire(blocking=False):
            try:
                self._asked.clear()
                with self.app.app_context():
                    self.drain.run(clock.now())
            except Exception:
                log.exception("drain_failed", drain=self.drain.name)
            finally:
                self._running.release()


def _queue(settings: Settings) -> Huey:
    address = settings.redis_url.get_secret_value()
    if address:
        pool = redis.ConnectionPool.from_url(address, socket_connect_timeout=1, socket_timeout=5)
        return RedisHuey("attune", connection_pool=pool, results=False)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("attune", filename=str(settings.data_dir / "jobs.db"), results=False, fsync=False, timeout=1)
