"""Each fault the doctor must see, made for real."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import stripe
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
from webapp.payments import gateway
from webapp.payments.models import ProviderEvent

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


HOOK = "https://attune.example/webhooks/stripe"


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    """Stripe's stand-in as a real process, without an endpoint."""
    with StandIn(tmp_path_factory.mktemp("stripe") / "stripe.db", None) as running:
        yield running


@pytest.fixture
def stripe_says(standin, clean_db, tmp_path):
    """`stripe_says(url, types, disabled, **settings)`: runs the doctor as a process against these endpoints; its lines on payments."""
    def run(url=None, types=("*",), disabled=False, **settings):
        standin.control("reset")
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": standin.api_base})
        if url:
            made = client.v1.webhook_endpoints.create({"url": url, "enabled_events": list(types)})
            client.v1.webhook_endpoints.update(made.id, {"disabled": disabled})
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "SECRET_KEY": "k" * 40, "BASE_URL": "https://attune.example", "DATABASE_URL": clean_db, "DATA_DIR": str(tmp_path), "DEMO": "1",
            "STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRET": "whsec_x", "STRIPE_API_BASE": standin.api_base} | settings
        others = [word for name in CHECKS if name != "payments" for word in ("--without", name)]
        done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "doctor", *others], cwd=ROOT, env=environment,
                              capture_output=True, text=True, check=False)
        *lines, end = done.stdout.splitlines()
        assert (done.returncode, end) in ((0, "Everything that was looked at is well."), (1, "1 fault")), done.stderr
        return lines

    return run


def test_the_doctor_finds_stripe_well_set_up(stripe_says):
    assert stripe_says(HOOK, gateway.HANDLED) == [
        "ok      payments: Stripe takes our key, and its endpoint tells us of every event we act on"]


@pytest.mark.parametrize(("url", "types", "disabled", "settings", "fault", "way_out"), [
    (HOOK, ["*"], False, {"STRIPE_SECRET_KEY": "sk_wrong"}, "Stripe refuses our key: Invalid API Key", "to STRIPE_SECRET_KEY"),
    (HOOK, [one for one in gateway.HANDLED if one not in ("payout.paid", "refund.failed")], False, {},
     "Stripe does not tell us of refund.failed, payout.paid", f"Subscribe the endpoint {HOOK} to these events"),
    ("https://old.example/webhooks/stripe", ["*"], False, {},
     f"Stripe tells https://old.example/webhooks/stripe of payments, not {HOOK}", f"Change the endpoint's URL to {HOOK}"),
    (None, [], False, {}, "Stripe has no webhook endpoint: no payment would be noticed", f"Add the endpoint {HOOK}"),
    (HOOK, ["*"], True, {}, f"the webhook endpoint {HOOK} is disabled", "Enable it in Stripe's dashboard")],
    ids=["wrong key", "types missing", "another address", "no endpoint", "disabled"])
def test_what_does_not_fit_at_stripe_is_one_fault_and_what_to_do(stripe_says, url, types, disabled, settings, fault, way_out):
    said, todo = stripe_says(url, types, disabled, **settings)
    assert said.startswith(f"FAULT   payments: {fault}")
    assert todo.startswith("          -> ") and way_out in todo


def test_a_secret_that_is_none_is_a_fault(site):
    site(stripe_secret_key="sk_test_x", stripe_webhook_secret="sk_test_x", stripe_api_base="http://127.0.0.1:9")
    assert "those begin with whsec_" in found("payments")[0]


def event_found_by(source, number):
    with transaction():
        db.session.add(ProviderEvent(provider_id=f"evt_{number}", type="charge.succeeded", payload={}, source=source,
                                     received_at=clock.now()))


def test_a_secret_that_no_webhook_proves_is_a_warning_until_one_does(site):
    site(stripe_secret_key="sk_test_x", stripe_webhook_secret="whsec_x", stripe_api_base="http://127.0.0.1:9")
    event_found_by("sweep", 1)
    assert found("payments", "warning") == ["no webhook of Stripe was accepted for 3 days, and 1 events were found by asking"]
    event_found_by("webhook", 2)
    assert found("payments", "warning") == []


def test_an_upgrade_refuses_a_database_newer_than_the_code(site, app):
    with transaction():
        db.session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
        db.session.execute(text("DELETE FROM alembic_version"))
        db.session.execute(text("INSERT INTO alembic_version VALUES ('ffffffffffff')"))
    answer = app.test_cli_runner().invoke(args=["upgrade"])
    assert answer.exit_code == 1
    assert "newer than this code" in answer.output
    assert "the database is newer than this code" in found("database")
