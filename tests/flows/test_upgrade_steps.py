"""`flask upgrade` from one release to the next: the backup first, then the migration with every row kept; a newer database is refused."""

import os
import shutil
import subprocess
import sys

import pytest
from sqlalchemy import text

from tests.conftest import make_settings
from tests.factories import people
from tests.support import source
from tests.support.mailsink import MailSink
from webapp import create_app
from webapp.cli import schema
from webapp.core.db import db, transaction

pytestmark = [pytest.mark.real_time, pytest.mark.skipif(not schema.heads(), reason="no migration is written yet")]
MIGRATION = '''"""A later release changes a table that others point at: SQLite can do that only by copying it."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "ffff00000001", "{head}", None, None


def upgrade():
    with op.batch_alter_table("person", recreate="always" if op.get_bind().dialect.name == "sqlite" else "never") as table:
        table.add_column(sa.Column("nickname", sa.String(40), nullable=False, server_default="none"))
'''


@pytest.fixture
def site(database_place, template, tmp_path):
    """The environment of an installation with a person and her address in it."""
    address = database_place.copy_of(template)
    app = create_app(make_settings(tmp_path / "data", address))
    with app.app_context():
        with transaction():
            people.person("Ada", "Körner", email="ada@home.example")
        db.engine.dispose()
    with MailSink() as mail:
        yield {"DATABASE_URL": address, "DATA_DIR": str(tmp_path / "data"), "MAIL_URL": mail.url, "DEMO": "0", "SECRET_KEY": "k" * 40,
               "MAIL_FROM": "Attune <office@iecmh.example>", "BASE_URL": "https://attune.example", "STRIPE_SECRET_KEY": "", "REDIS_URL": ""}
    database_place.drop(address)


@pytest.fixture
def later_release(tmp_path):
    """A copy of the project with one migration more."""
    root = tmp_path / "later"
    root.mkdir()
    for name in ("webapp", "templates", "static"):
        (root / name).symlink_to(source.ROOT / name)
    for name in ("config.py", "wsgi.py", "pyproject.toml"):
        shutil.copy(source.ROOT / name, root / name)
    shutil.copytree(source.ROOT / "migrations", root / "migrations")
    [head] = schema.heads()
    (root / "migrations" / "versions" / "ffff00000001_nickname.py").write_text(MIGRATION.format(head=head))
    return root


def _flask(root, site, *command):
    return subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *command], cwd=root, env=os.environ | site, text=True,
                          capture_output=True, check=False, timeout=120)


def _read(site, tmp_path, statement):
    app = create_app(make_settings(tmp_path / "data", site["DATABASE_URL"]))
    with app.app_context():
        found = [tuple(row) for row in db.session.execute(text(statement))]
        db.session.remove()
        db.engine.dispose()
    return found


def test_an_older_database_is_backed_up_and_brought_forward_whole(site, later_release, tmp_path):
    done = _flask(later_release, site, "upgrade")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Backed up to ") and "All migrations are applied." in done.stdout
    joined = "SELECT p.family_name, p.nickname, e.address FROM person p JOIN email_address e ON e.person_id = p.id"
    assert _read(site, tmp_path, joined) == [("Körner", "none", "ada@home.example")]


def test_the_backup_it_made_is_the_way_back(site, later_release, tmp_path):
    assert _flask(later_release, site, "upgrade").returncode == 0
    [backup] = (tmp_path / "data" / "backups").iterdir()
    back = _flask(source.ROOT, site, "restore", str(backup), "--replace")
    assert back.returncode == 0, back.stderr
    assert _flask(source.ROOT, site, "doctor", "--without", "worker").returncode == 0
    assert _read(site, tmp_path, "SELECT address FROM email_address") == [("ada@home.example",)]


def test_a_database_of_a_later_release_is_refused(site, later_release):
    assert _flask(later_release, site, "upgrade").returncode == 0
    refused = _flask(source.ROOT, site, "upgrade")
    assert refused.returncode == 1 and "newer than this code" in refused.stderr


def test_an_installation_has_its_association_and_policies_afterwards(site, tmp_path):
    assert _flask(source.ROOT, site, "upgrade").returncode == 0
    assert _read(site, tmp_path, "SELECT kind FROM organization") == [("association",)]
    assert _read(site, tmp_path, "SELECT count(*) FROM cancellation_policy")[0][0] >= 5
