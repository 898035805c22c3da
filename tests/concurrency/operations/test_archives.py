"""Backups of a real database, and putting them back. Run on both kinds of database."""

import json
import tarfile
import threading

import click
import pytest
from sqlalchemy import select, text

from tests.factories import people
from webapp.accounts.models import Person
from webapp.cli import schema
from webapp.cli.archives import bundle, making, restoring
from webapp.cli.checks import database
from webapp.core import storage
from webapp.core.db import db, transaction
from webapp.core.storage import StoredFile

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time]


@pytest.fixture
def data_dir(app, clean_db, tmp_path):
    kept = app.config["SETTINGS"]
    app.config["SETTINGS"] = kept.model_copy(update={"data_dir": tmp_path / "data"})
    yield tmp_path / "data"
    app.config["SETTINGS"] = kept


@pytest.fixture
def filled(data_dir):
    (data_dir / "keys").mkdir(parents=True)
    (data_dir / "keys" / "transcript.pem").write_text("a key")
    with (data_dir / "proof.pdf").open("wb+") as file:
        file.write(b"%PDF-1.4 proof")
        file.seek(0)
        upload = storage.receive(file, "proof.pdf", data_dir / "uploads")
    with transaction():
        for name in ("Ada", "Berta"):
            people.person(name, "Körner")
        storage.record("application:1", upload)
    return data_dir


def names():
    found = list(db.session.scalars(select(Person.given_name).order_by(Person.id)))
    db.session.rollback()
    return found


def empty_everything(data_dir):
    with transaction():
        db.session.execute(text("DELETE FROM stored_file"))
        for table in ("email_address", "account", "person"):
            db.session.execute(text(f"DELETE FROM {table}"))
    for path in sorted(data_dir.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_backup_brings_back_rows_uploads_and_keys(filled, tmp_path):
    making.make(tmp_path / "b.tar.gz")
    empty_everything(filled)
    restoring.restore(tmp_path / "b.tar.gz", replace=False)
    assert names() == ["Ada", "Berta"]
    stored = db.session.scalars(select(StoredFile)).one()
    assert storage.content(stored, filled / "uploads") == b"%PDF-1.4 proof"
    assert (filled / "keys" / "transcript.pem").read_text() == "a key"


def test_what_came_after_the_backup_is_gone_after_restoring(filled, tmp_path):
    making.make(tmp_path / "b.tar.gz")
    with transaction():
        people.person("Clara", "Nachher")
        db.session.execute(text("CREATE TABLE of_a_later_release (id INTEGER)"))
    restoring.restore(tmp_path / "b.tar.gz", replace=True)
    assert names() == ["Ada", "Berta"]
    assert "of_a_later_release" not in schema.tables()


def test_rows_can_be_written_after_restoring(filled, tmp_path):
    making.make(tmp_path / "b.tar.gz")
    restoring.restore(tmp_path / "b.tar.gz", replace=True)
    with transaction():
        people.person("Clara", "Neu")
    assert names() == ["Ada", "Berta", "Clara"]


def test_ledgers_are_guarded_after_restoring(filled, tmp_path):
    making.make(tmp_path / "b.tar.gz")
    restoring.restore(tmp_path / "b.tar.gz", replace=True)
    assert [one.level for one in database._triggers()] == ["ok"]


def test_a_database_in_use_is_not_overwritten_by_mistake(filled, tmp_path):
    making.make(tmp_path / "b.tar.gz")
    with transaction():
        people.person("Clara", "Neu")
    with pytest.raises(click.ClickException, match="--replace"):
        restoring.restore(tmp_path / "b.tar.gz", replace=False)
    assert names() == ["Ada", "Berta", "Clara"]


def rewritten(source, target, change):
    """The same backup with one thing changed: `change(name, bytes)`."""
    folder = target.parent / f"{target.name}.d"
    folder.mkdir()
    bundle.unpack(source, folder)
    with tarfile.open(source) as tar:
        members = tar.getnames()
    with tarfile.open(target, "w:gz") as tar:
        for name in members:
            (folder / name).write_bytes(change(name, (folder / name).read_bytes()))
            tar.add(folder / name, arcname=name)
    return target


def manifest_with(**fields):
    return lambda name, content: json.dumps(json.loads(content) | fields).encode() if name == "manifest.json" else content


@pytest.mark.parametrize(("change", "words"), [
    (lambda name, content: content[:-1] + b"!" if name.startswith("uploads/") else content, "damaged: uploads/"),
    (lambda name, content: content[:-1] + b"!" if name.startswith("database.") else content, "damaged: database"),
    (manifest_with(revision="ffffffffffff"), "newer release"),
    (manifest_with(format=99), "format 99"),
    (manifest_with(database="oracle"), "of oracle"),
    (lambda name, content: b"{}" if name == "manifest.json" else content, "not a whole backup"),
])
def test_a_backup_that_does_not_fit_changes_nothing(filled, tmp_path, change, words):
    making.make(tmp_path / "b.tar.gz")
    bad = rewritten(tmp_path / "b.tar.gz", tmp_path / "bad.tar.gz", change)
    with pytest.raises(click.ClickException, match=words):
        restoring.restore(bad, replace=True)
    assert names() == ["Ada", "Berta"]


@pytest.mark.parametrize(("name", "kind"), [("../outside", tarfile.REGTYPE), ("uploads/link", tarfile.SYMTYPE)])
def test_what_is_no_plain_file_inside_is_not_unpacked(tmp_path, name, kind):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as tar:
        tar.addfile(member)
    (tmp_path / "folder").mkdir()
    with pytest.raises(click.ClickException, match=f"{name} does not belong"):
        bundle.unpack(tmp_path / "bad.tar.gz", tmp_path / "folder")
    assert not (tmp_path / "outside").exists()


def test_half_a_backup_is_refused(filled, tmp_path):
    making.make(tmp_path / "b.tar.gz")
    half = tmp_path / "half.tar.gz"
    half.write_bytes((tmp_path / "b.tar.gz").read_bytes()[:2000])
    with pytest.raises(click.ClickException, match="not a whole backup"):
        restoring.restore(half, replace=True)


def test_only_its_owner_can_read_a_backup(filled, tmp_path):
    making.make(tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").stat().st_mode & 0o777 == 0o600


def test_a_backup_holds_what_was_committed_and_not_what_is_half_done(app, filled, tmp_path):
    begun, done = threading.Event(), threading.Event()

    def work():
        with app.app_context(), transaction():
            people.person("Clara", "Halb")
            db.session.flush()
            begun.set()
            done.wait(30)

    writer = threading.Thread(target=work)
    writer.start()
    begun.wait(30)
    try:
        making.make(tmp_path / "b.tar.gz")
    finally:
        done.set()
        writer.join()
    restoring.restore(tmp_path / "b.tar.gz", replace=True)
    assert names() == ["Ada", "Berta"]
