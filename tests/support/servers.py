"""The whole product as its users meet it: gunicorn, the background worker, Stripe's stand-in and a mail server, each its own process.

    with Site(database_url, folder) as site:
        page.goto(site.url + "/events"); site.mail.wait_for("ada@home.example"); site.web.kill(); site.web.start()
"""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.mailsink import MailSink
from tests.support.waiting import wait_until
from webapp.devtools.stripe_standin.process import StandIn, free_port

ROOT = Path(__file__).resolve().parents[2]
WEBHOOK_SECRET = "whsec_test_attune"
START_SECONDS = 120.0  # two cores may be busy with other tests


class Process:
    """A program of ours in a process group of its own, with its output in a file; may be killed and started again."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.log = folder / f"{name}.log"
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Starts it; does not wait until it is ready."""
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, start_new_session=True)
        return self

    def stop(self) -> None:
        """Asks it and its children to end, and waits for it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it and its children as a power cut does."""
        self._end(signal.SIGKILL)

    @property
    def has_died(self) -> bool:
        """Whether it ended by itself."""
        return self.running is not None and self.running.poll() is not None

    def words(self) -> str:
        """Its output so far; for the message of a failure."""
        return self.log.read_text("utf-8", "replace")[-4000:] if self.log.exists() else ""

    def _end(self, number: signal.Signals) -> None:
        if self.running is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.running.pid, number)
        try:
            self.running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait(timeout=20)
        self.running = None


class Site:
    """A running installation over a database with its tables in it. `settings` are added to the environment by their names."""

    def __init__(self, database_url: str, folder: Path, *, workers: int = 1, with_worker: bool = True, stripe: bool = True,
                 **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mail = MailSink()
        self.stripe = StandIn(folder / "stripe.db", f"{self.url}/webhooks/stripe", WEBHOOK_SECRET) if stripe else None
        environment = self._environment(database_url, settings)
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        # Loaded once for all its processes: four of them would import for a minute where other tests run too.
        self.web = Process("web", [sys.executable, "-m", "gunicorn", "wsgi:app", "--workers", str(workers), "--preload",
                                   "--bind", f"127.0.0.1:{self.port}", "--worker-class", "sync", "--graceful-timeout", "5",
                                   "--no-control-socket"], environment, folder)
        self.worker = Process("worker", [*flask, "worker"], environment, folder) if with_worker else None

    def _environment(self, database_url: str, settings: dict[str, str]) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")}
        stripe = {"STRIPE_SECRET_KEY": "sk_test_attune", "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
                  "STRIPE_API_BASE": self.stripe.api_base} if self.stripe else {}
        return clean | stripe | {
            "SECRET_KEY": "test-only-" + "k" * 32, "BASE_URL": self.url, "PORT": str(self.port), "DATABASE_URL": database_url,
            "DATA_DIR": str(self.folder / "data"), "MAIL_URL": self.mail.url, "MAIL_FROM": "Attune <no-reply@attune.test>",
            "DEMO": "1", "LOG_FORMAT": "text", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT),
        } | settings

    def start(self) -> Self:
        """Starts all parts and waits until the product answers."""
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        self.mail.start()
        for part in (self.web, self.worker, self.stripe):  # Stripe's start waits until it answers; the others get ready meanwhile
            if part is not None:
                part.start()
        self.wait_until_up()
        return self

    def wait_until_up(self) -> None:
        """Waits until the web answers /healthz; at once AssertionError with its output when it died."""
        wait_until(lambda: self.web.has_died or self.answers(), START_SECONDS, what="the web server answers")
        assert not self.web.has_died, self.web.words()

    def answers(self, path: str = "/healthz") -> bool:
        """Whether a GET of the path is answered with success."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return int(answer.status) < 400
        except (OSError, urllib.error.URLError):
            return False

    def stop(self) -> None:
        """Stops every part; the database stays."""
        for part in (self.worker, self.web, self.stripe):
            if part is not None:
                part.stop()
        self.mail.stop()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
