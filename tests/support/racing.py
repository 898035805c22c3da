"""Many acts at one moment, each in a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

from flask import Flask

from webapp.core.db import db, transaction
from webapp.core.errors import Refusal

Answer = TypeVar("Answer")


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """All acts started together; their answers in the order of the acts. What an act raises is raised here, once all have ended."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def in_sessions(app: Flask, acts: Sequence[Callable[[], Answer]]) -> list[Answer | str]:
    """The same, each with a database session of its own; in place of an answer the code of the refusal."""
    def run(act: Callable[[], Answer]) -> Answer | str:
        with app.app_context():
            try:
                return act()
            except Refusal as refusal:
                return refusal.code
            finally:
                db.session.remove()

    return at_once([partial(run, act) for act in acts])


def race(app: Flask, acts: Sequence[Callable[[], object]]) -> list[str]:
    """What came of each act, each in a transaction of its own: `done`, or the code of the refusal; sorted."""
    def whole(act: Callable[[], object]) -> str:
        with transaction():
            act()
        return "done"

    return sorted(in_sessions(app, [partial(whole, act) for act in acts]))
