"""A database of every release kept in tests/releases comes through `flask upgrade` with everything it held."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime

import pytest
import time_machine
from sqlalchemy import delete

from tests import releases
from tests.conftest import make_settings
from tests.releases import seen
from tests.support import databases, source
from tests.support.mailsink import MailSink
from webapp import create_app
from webapp.calendars.models import CalendarEntry, FeedBody
from webapp.cli import schema
from webapp.core.db import db, transaction

KEPT = releases.kept(databases.chosen())
SECONDS = 120
pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module", params=KEPT, ids=lambda folder: folder.name)
def release(request):
    """The folder of a release."""
    return request.param


@pytest.fixture(scope="module")
def expected(release):
    """What was true in its database when it was made."""
    return json.loads((release / f"{databases.chosen()}.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def upgraded(release, database_place, tmp_path_factory):
    """An application on that database after restore and upgrade by command, and what the upgrade said."""
    folder, address = tmp_path_factory.mktemp("upgrade"), database_place.empty()
    with MailSink() as mail:
        site = {"DATABASE_URL": address, "DATA_DIR": str(folder), "MAIL_URL": mail.url, "MAIL_FROM": "Attune <office@iecmh.example>",
                "BASE_URL": "https://attune.example", "SECRET_KEY": "k" * 40, "DEMO": "0", "STRIPE_SECRET_KEY": "", "REDIS_URL": ""}
        _flask(site, "restore", str(release / f"{databases.chosen()}.tar.gz"))
        said = _flask(site, "upgrade")
    app = create_app(make_settings(folder, address))
    app.config.update(TESTING=True, RATELIMIT_ENABLED=False)
    yield app, said
    with app.app_context():
        db.engine.dispose()
    database_place.drop(address)


def _flask(site, *command):
    """Runs in a process of its own, as an administrator does."""
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *command], cwd=source.ROOT, env=os.environ | site, text=True,
                          capture_output=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _clock(expected):
    return time_machine.travel(datetime.fromisoformat(expected["clock"]), tick=False)


@pytest.mark.skipif(not schema.heads(), reason="no migration is written yet")
def test_every_release_of_the_changelog_is_kept():
    changelog = (source.ROOT / "CHANGELOG.md").read_text("utf-8")
    named = set(re.findall(r"^## \[?(\d+\.\d+\.\d+)", changelog, re.MULTILINE))
    assert named and named == {folder.name for folder in KEPT}


def test_the_doctor_finds_it_well_afterwards(upgraded):
    _, said = upgraded
    assert "Everything that was looked at is well." in said and "all migrations are applied" in said


def test_a_backup_was_made_before_an_older_database_was_changed(release, upgraded, expected):
    app, said = upgraded
    made = list((app.config["SETTINGS"].data_dir / "backups").glob("before-upgrade-*.tar.gz"))
    assert len(made) == (1 if "All migrations are applied." in said else 0)


def test_it_holds_what_it_held(upgraded, expected):
    app, _ = upgraded
    with app.app_context(), _clock(expected):
        found = json.loads(json.dumps(seen.everything(app, list(expected["feeds"]))))
    for part in set(expected) - {"release", "clock", "rows"}:
        assert found[part] == expected[part], part
    rows = {name: found["rows"].get(name, 0) for name in expected["rows"]}
    assert rows.pop("cancellation_policy") >= expected["rows"]["cancellation_policy"]  # the product comes with new editions
    assert rows == {name: count for name, count in expected["rows"].items() if name != "cancellation_policy"}


def test_feeds_made_anew_have_the_same_bytes(upgraded, expected):
    app, _ = upgraded
    with app.app_context(), _clock(expected):
        with transaction():
            db.session.execute(delete(FeedBody))
            db.session.execute(delete(CalendarEntry))
        assert seen.feeds(app, list(expected["feeds"])) == expected["feeds"]


def test_certificates_can_be_checked_by_their_codes(upgraded, expected):
    app, _ = upgraded
    with app.app_context(), _clock(expected):
        answers = {code: app.test_client().get(f"/verify/{code}").status_code for code in expected["certificates"]}
    assert answers and set(answers.values()) == {200}


def test_uploads_come_along(upgraded, expected):
    app, _ = upgraded
    folder = app.config["SETTINGS"].uploads
    assert expected["files"] and {sha for sha in expected["files"] if not (folder / sha[:2] / sha).is_file()} == set()
