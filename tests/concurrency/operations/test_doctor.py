"""Each fault the doctor must see, made for real."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from config import ROOT
from tests.conftest import make_settings
from tests.factories import people
from tests.support.mailsink import MailSink
from webapp import create_app
from webapp.accounts import demo
from webapp.accounts.models import Account
from webapp.cli.checks import CHECKS
from webapp.core import clock, storage
from webapp.core.db import db, transaction
from webapp.devtools.stripe_standin.process import StandIn
from webapp.jobs import heartbeat
from webapp.notifications import outbox
from webapp.notifications.models import Message

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time]


@pytest.fixture
def site(app, clean_db, tmp_path, monkeypatch):
    """`site(base_url=...)` changes settings; secrets are given as plain text."""
    def change(**values):
        settings = app.config["SETTINGS"]
        secret = type(settings.secret_key)
        changed = {name: secret(value) if isinstance(getattr(settings, name), secret) else value for name, value in values.items()}
        monkeypatch.setitem(app.config, "SETTINGS", settings.model_copy(update=changed))

    change(data_dir=tmp_path, base_url="https://attune.example", mail_from="Attune <office@iecmh.example>", stripe_secret_key="")
    return change


def found(name, level="fault"):
    return [finding.what for finding in CHECKS[name]() if finding.level == level]


def test_a_well_kept_site_has_no_fault(site):
    heartbeat.beat(clock.now())
    with MailSink() as sink:
        site(mail_url=sink.url)
        assert {name: found(name) for name in CHECKS if name != "database"} == {
            "settings": [], "storage": [], "mail": [], "payments": [], "queue": [], "worker": []}
    assert [what for what in found("database") if "migration" not in what and "empty" not in what] == []


def test_an_unencrypted_address_is_a_fault(site):
    site(base_url="http://attune.example")
    assert "unencrypted" in found("settings")[0]


def test_the_sender_nobody_set_is_a_fault(site):
    site(mail_from="Attune <no-reply@attune.example>")
    assert "MAIL_FROM" in found("settings")[0]


def demo_account():
    with transaction():
        db.session.get(Account, people.account_of(people.person("Dora", "Demo")).id).is_demo = True


def test_demo_accounts_are_a_fault_and_production_does_not_start_with_them(site, app):
    demo_account()
    assert found("settings") == ["1 demo accounts can sign in, for example Dora Demo"]
    with pytest.raises(demo.DemoInProduction, match="Dora Demo"):
        demo.refuse_to_serve()


def test_a_server_of_a_real_site_ends_with_the_reason(clean_db, tmp_path):
    demo_account()
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "SECRET_KEY": "k" * 40, "BASE_URL": "https://attune.test", "DATABASE_URL": clean_db, "DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Attune does not start: 1 demo accounts (Dora Demo" in done.stderr


@pytest.mark.parametrize(("name", "value", "words"), [
    ("SECRET_KEY", "", "SECRET_KEY must be set to at least 32 characters"),
    ("MAIL_URL", "smtpx://u:geheim@h", "MAIL_URL: must be like smtp://"),
    ("DATABASE_URL", "postgres://u:geheim@h/x", "DATABASE_URL: must be like postgresql+psycopg://"),
    ("REDIS_URL", "h:geheim", "REDIS_URL: must be like redis://"),
    ("BASE_URL", "https://iecmh.example/geheim", "BASE_URL: must end with the host"),
])
def test_a_setting_that_is_wrong_ends_the_start_with_its_name_and_no_secret(tmp_path, name, value, words):
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 40, "DATA_DIR": str(tmp_path), name: value}
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "doctor"], cwd=ROOT, env=environment,
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "Attune does not start; a setting is wrong (docs/settings.md):")
    assert words in done.stderr
    assert "geheim" not in done.stderr


def test_a_demo_account_that_was_disabled_stands_in_nobodys_way(site):
    demo_account()
    with transaction():
        db.session.query(Account).update({"disabled_at": clock.now()})
    demo.refuse_to_serve()


def test_a_database_that_cannot_be_reached_is_a_fault_with_words(tmp_path):
    lost = create_app(make_settings(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:9/nothing"))
    with lost.app_context():
        assert "cannot be reached" in found("database")[0]
        assert found("settings")[0].startswith("BASE_URL")


def drop_one_trigger():
    if db.engine.dialect.name == "sqlite":
        return "DROP TRIGGER charge_no_update"
    return "ALTER TABLE charge DISABLE TRIGGER charge_append_only"


def test_a_ledger_without_its_trigger_is_a_fault(site):
    with transaction():
        db.session.execute(text(drop_one_trigger()))
    assert "no trigger keeps charge from being changed" in found("database")


def test_a_redis_nobody_answers_at_is_a_fault(site):
    site(redis_url="redis://127.0.0.1:9/0")
    assert found("queue")[0].startswith("Redis cannot be used: Error 111 connecting to 127.0.0.1:9.")


def test_a_folder_that_cannot_be_written_is_a_fault(site, tmp_path):
    (tmp_path / "file").write_text("in the way")
    site(data_dir=tmp_path / "file")
    assert "cannot be written" in found("storage")[0]


def test_a_missing_upload_is_a_fault(site):
    with transaction():
        storage.record("application:1", storage.Upload("proof.pdf", "application/pdf", 3, "ab" * 32))
    assert found("storage") == ["1 uploaded files are missing, for example proof.pdf"]


def test_a_mail_server_that_is_not_there_is_a_fault(site):
    site(mail_url="smtp://127.0.0.1:9")
    assert "cannot be used" in found("mail")[0]


@pytest.mark.parametrize(("url", "words"), [("", "not set"), ("file:", "reaches nobody")])
def test_mail_that_leaves_nowhere_is_a_fault(site, url, words):
    site(mail_url=url)
    assert words in found("mail")[0]


def test_mail_that_waits_long_or_was_given_up_is_a_warning(site):
    with transaction():
        for fact in ("late", "failed"):
            outbox.write(fact=fact, kind="k", to_address="a@home.example", not_before=clock.now() - timedelta(hours=1))
        db.session.query(Message).filter_by(fact="failed").update({"state": "failed"})
    assert found("mail", "warning") == ["1 mails have waited for more than 15 minutes", "1 mails were given up"]


def test_stripe_without_its_webhook_secret_is_a_fault(site):
    site(stripe_secret_key="sk_test_x", stripe_webhook_secret="", stripe_api_base="http://127.0.0.1:9")
    assert "STRIPE_WEBHOOK_SECRET" in found("payments")[0]


def test_stripe_that_does_not_answer_is_a_fault(site):
    site(stripe_secret_key="sk_test_x", stripe_webhook_secret="whsec_x", stripe_api_base="http://127.0.0.1:9")
    assert "does not answer" in found("payments")[0]


def test_no_worker_is_a_fault(site):
    assert found("worker") == ["no worker has ever run here"]


def test_a_worker_that_fell_silent_is_a_fault(site):
    heartbeat.beat(clock.now() - timedelta(minutes=6))
    assert "no worker has been seen since" in found("worker")[0]


def test_the_command_ends_with_1_on_a_fault_and_says_the_way_out(site, app):
    answer = app.test_cli_runner().invoke(args=["doctor"])
    assert answer.exit_code == 1
    assert "-> Start one: systemctl start attune-worker" in answer.output


def test_a_check_that_breaks_is_a_fault_and_the_others_go_on(site, app, monkeypatch):
    def broken():
        raise LookupError(os.name)
        yield

    monkeypatch.setitem(CHECKS, "settings", broken)
    answer = app.test_cli_runner().invoke(args=["doctor"])
    assert "the check itself failed: LookupError" in answer.output
    assert "worker: no worker" in answer.output


@pytest.mark.parametrize(("endpoint", "fault"), [("https://attune.example/webhooks/stripe", []), (None, ["checkout.session.completed"])])
def test_stripe_that_does_not_tell_us_of_our_events_is_a_fault(site, tmp_path, endpoint, fault):
    with StandIn(tmp_path / "stripe.db", endpoint) as standin:
        site(stripe_secret_key="sk_test_x", stripe_webhook_secret="whsec_x", stripe_api_base=standin.api_base)
        assert [word for word in fault if word not in found("payments")[0]] == []
        assert bool(found("payments")) is bool(fault)


def test_an_upgrade_refuses_a_database_newer_than_the_code(site, app):
    with transaction():
        db.session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
        db.session.execute(text("DELETE FROM alembic_version"))
        db.session.execute(text("INSERT INTO alembic_version VALUES ('ffffffffffff')"))
    answer = app.test_cli_runner().invoke(args=["upgrade"])
    assert answer.exit_code == 1
    assert "newer than this code" in answer.output
    assert "the database is newer than this code" in found("database")
