"""`python -m tests.releases.make 0.1.0`: the databases of this release, on both kinds, with what is true in them.

Before a release, as often as one likes; never after (README.md here).
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import time_machine

from tests.conftest import make_settings
from tests.releases import FOLDER, KINDS, seen, story
from tests.support import databases, postgres, till
from webapp import create_app
from webapp.cli import schema
from webapp.cli.archives import making
from webapp.core.db import db
from webapp.devtools.stripe_standin.process import StandIn


def main(release: str) -> None:
    """Writes the folder of a release, in place of what it held."""
    if not schema.heads():
        raise SystemExit("There is no migration yet: a database made without one could never be upgraded.")
    target = FOLDER / release
    target.mkdir(exist_ok=True)
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as name, _place(kind, Path(name)) as place:
            expected = _make(place.empty(), Path(name), target / f"{kind}.tar.gz")
        text = json.dumps({"release": release} | expected, ensure_ascii=False, indent=1, sort_keys=True)
        (target / f"{kind}.json").write_text(text + "\n", encoding="utf-8")
        size = (target / f"{kind}.tar.gz").stat().st_size // 1024
        click.echo(f"{release}/{kind}: {size} KB, {sum(expected['rows'].values())} rows")


def _make(address: str, folder: Path, archive: Path) -> seen.Values:
    app = create_app(make_settings(folder / "data", address))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, ARGON2_FAST=True)
    databases.build_schema(app)
    with StandIn(folder / "stripe.db", None, till.SECRET) as standin, app.app_context():
        season = story.play(app, standin, folder / "data" / "uploads")
        with time_machine.travel(story.ENDS, tick=False):
            expected = seen.everything(app, season.feeds)
            making.make(archive)
        db.session.remove()
        db.engine.dispose()
    return {"clock": story.ENDS.isoformat(), **expected}


@contextmanager
def _place(kind: str, folder: Path) -> Iterator[databases.Databases]:
    if kind == "sqlite":
        yield databases.SQLiteFiles(folder)
        return
    with postgres.server() as address:
        made = databases.PostgresDatabases(address)
        try:
            yield made
        finally:
            made.drop_all()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Say which release: python -m tests.releases.make 0.1.0")
    main(sys.argv[1])
