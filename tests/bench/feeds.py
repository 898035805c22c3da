"""What feeds cost: `python -m tests.bench feeds`. CPU milliseconds of one feed of 20 to 2,000 entries in this process, on SQLite:

made with nothing kept, with one entry changed, whole from what is kept, and answered with 304; and how many entries were rendered.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, update

from tests.bench import hello
from tests.conftest import make_settings
from tests.factories import events
from tests.support import databases
from webapp import create_app
from webapp.calendars import feeds, recipes
from webapp.calendars.models import CalendarEntry, FeedBody
from webapp.catalog.models import Event, Session
from webapp.core import clock
from webapp.core.db import db, transaction

SIZES = (20, 200, 1_000, 2_000)
PACKED = {"Accept-Encoding": "gzip"}
BASE = "http://attune.test"


def table(yardstick: float) -> str:
    """All of it as text. `yardstick`: one hello-world request on gunicorn; its server's part is counted to every feed too."""
    server = max(yardstick - _hello(), 0)
    head = f"  {'entries':>8}{'fresh':>10}{'one changed':>13}{'whole':>9}{'304':>9}   rendered"
    lines = [f"hello: {yardstick:.3f} ms, of which the server {server:.3f} ms; x hello below", head]
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(_row(size, _app(Path(folder)), server, yardstick))
    return "\n".join(lines)


def _row(size: int, app: Flask, server: float, yardstick: float) -> str:
    client = app.test_client()
    with app.app_context():
        sessions = _fill(size)

        def get(**headers: str) -> None:
            client.get("/events/bench.ics", headers=PACKED | headers)

        rendered = [_rendered()]
        fresh = _cost(get, 3, before=_forget)
        _change(sessions[0])
        rendered.append(_rendered())
        changed = _cost(get, 5, before=lambda: _change(sessions[size // 2]))
        tag = client.get("/events/bench.ics", headers=PACKED).headers["ETag"]
        whole, same = _cost(get, 100), _cost(lambda: get(**{"If-None-Match": tag}), 100)
        db.session.remove()
        db.engine.dispose()
    costs = "".join(f"{(cost + server) / yardstick:{width}.1f}x" for cost, width in ((fresh, 9), (changed, 12), (whole, 8), (same, 8)))
    return f"  {size:>8,}{costs}   {rendered[0]:,}, then {rendered[1]}"


def _app(folder: Path) -> Flask:
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'bench.db'}"))
    app.config.update(RATELIMIT_ENABLED=False)
    databases.build_schema(app)
    return app


def _fill(size: int) -> list[int]:
    """An event of so many sessions, a while ago by its stamps; their ids."""
    with transaction():
        event = events.workshop("Bench", days=1)
        made = events.sessions(event)[0]
        columns = {column.name: getattr(made, column.name) for column in Session.__table__.columns if column.name != "id"}
        db.session.execute(Session.__table__.insert(), [
            columns | {"ical_uid": f"bench-{number}", "starts_at": made.starts_at + timedelta(hours=4 * number),
                       "ends_at": made.ends_at + timedelta(hours=4 * number)} for number in range(1, size)])
        a_while_ago = clock.now() - timedelta(hours=1)
        for model in (Event, Session):
            db.session.execute(update(model).values(changed_at=a_while_ago))
        return [one.id for one in events.sessions(event)]


def _rendered() -> int:
    """How many entries one feed renders now; what it made is kept."""
    made = feeds.assemble(recipes.event("bench", base_url=BASE), now=clock.now(), base_url=BASE)
    with transaction():
        feeds.keep(made)
    return len(made.to_keep.texts) if made.to_keep else 0


def _forget() -> None:
    with transaction():
        for model in (CalendarEntry, FeedBody):
            db.session.execute(delete(model))


def _change(session_id: int) -> None:
    """One entry changes, a minute ago so that its new text may be kept."""
    with transaction():
        db.session.execute(update(Session).where(Session.id == session_id).values(
            sequence=Session.sequence + 1, changed_at=clock.now() - timedelta(minutes=1)))


def _cost(action: Callable[[], object], rounds: int, *, before: Callable[[], None] = lambda: None) -> float:
    """CPU milliseconds of one action: the lowest, since other work only adds."""
    costs = []
    for _ in range(rounds):
        before()
        began = time.process_time()
        action()
        costs.append(time.process_time() - began)
    return min(costs) * 1000


def _hello() -> float:
    client = hello.app.test_client()
    return _cost(lambda: client.get("/"), 200)
