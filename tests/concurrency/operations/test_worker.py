"""The worker as its own process: woken at once over either queue, ended in peace."""

import contextlib
import shutil
import signal
import socket
import subprocess

import pytest

from tests.factories import people
from tests.support.mailsink import MailSink
from tests.support.servers import Site
from tests.support.waiting import wait_until
from webapp import create_app
from webapp.core.db import db, transaction
from webapp.devtools.stripe_standin.process import free_port
from webapp.notifications import outbox

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time]
SOON = 20  # seconds; the timetable alone could take sixty


@pytest.fixture
def redis(tmp_path):
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    process = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                               cwd=tmp_path, stdout=subprocess.DEVNULL)
    wait_until(lambda: answers(port), SOON, what="redis-server")  # a wake that finds nobody makes the queue wait half a minute
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(20)


def answers(port):
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.fixture(params=["sqlite", "redis"])
def queue(request):
    """The value of REDIS_URL."""
    return request.getfixturevalue("redis") if request.param == "redis" else ""


def write(site, fact):
    """As the web process does: its own application, a transaction, the queue."""
    with site.app_context(), transaction():
        outbox.write(fact=fact, kind="no_account_yet", to_address=f"{fact}@home.example")


def test_a_worker_is_woken_by_a_commit_and_ends_in_peace(app, clean_db, tmp_path, queue):
    installation = Site(clean_db, tmp_path, stripe=False, REDIS_URL=queue)
    settings = app.config["SETTINGS"]
    data_dir = tmp_path / "data"
    site = create_app(settings.model_copy(update={"redis_url": type(settings.redis_url)(queue), "data_dir": data_dir}))
    with MailSink() as sink:
        installation.worker.environment["MAIL_URL"] = sink.url
        installation.worker.start()
        try:
            write(site, "first")
            wait_until(lambda: sink.to("first@home.example"), 60, what=installation.worker.words())
            write(site, "second")
            wait_until(lambda: sink.to("second@home.example"), SOON, what=installation.worker.words())
            process = installation.worker.running
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            installation.worker.kill()
            with site.app_context():
                db.engine.dispose()
    assert "worker_stopped" in installation.worker.words()
    assert len(sink.messages) == 2


def test_a_worker_does_not_start_over_demo_accounts_of_a_real_site(clean_db, tmp_path):
    with transaction():
        people.account_of(people.person("Dora", "Demo")).is_demo = True
    installation = Site(clean_db, tmp_path, stripe=False, DEMO="0")
    installation.worker.start()
    try:
        assert installation.worker.running.wait(60) == 1
    finally:
        installation.worker.kill()
    assert "Attune does not start" in installation.worker.words()
