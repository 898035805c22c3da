"""Starts, stops and kills the stand-in as a real process. Imports the standard library only."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 30.0


class ControlRefused(Exception):
    """The stand-in refused a control request; the message is its own."""


def free_port() -> int:
    """Return a port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class StandIn:
    """A running stand-in: `with StandIn(db, webhook_url, secret) as standin: ...`."""

    def __init__(
        self,
        db: Path,
        webhook_url: str | None = None,
        webhook_secret: str = "whsec_standin",
        *,
        port: int | None = None,
        settle_after: float | None = None,
    ) -> None:
        self.db, self.webhook_url, self.webhook_secret = db, webhook_url, webhook_secret
        self.port, self.settle_after = port or free_port(), settle_after
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def api_base(self) -> str:
        """The address for `StripeClient(key, base_addresses={"api": ...})`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start the process and wait until it answers."""
        self.process = subprocess.Popen(self._command(), cwd=ROOT)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The Stripe stand-in did not start on port {self.port}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Ask the process to end, and see that it has."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process as `kill -9` does."""
        self._end(signal.SIGKILL)

    def restart(self) -> Self:
        """Kill it and start it again on the same port and file."""
        self.kill()
        return self.start()

    def control(self, name: str, **fields: Any) -> dict[str, Any]:
        """Order something under `/_control/`; return the answer. Raises ControlRefused with the reason."""
        call = urllib.request.Request(
            f"{self.api_base}/_control/{name}",
            json.dumps(fields).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            raise ControlRefused(error.read().decode()) from None

    def pay(self, session: str, card: str = "success", **fields: Any) -> dict[str, Any]:
        """Pay a session (its id or page address) by a test card's number or short name, without the page."""
        return self.control("pay", session=session, card=card, **fields)

    def _command(self) -> list[str]:
        command = [
            sys.executable,
            "-m",
            "webapp.devtools.stripe_standin",
            "--port",
            str(self.port),
            "--db",
            str(self.db),
            "--webhook-secret",
            self.webhook_secret,
        ]
        command += ["--webhook-url", self.webhook_url] if self.webhook_url else []
        return command + (["--settle-after", str(self.settle_after)] if self.settle_after is not None else [])

    def _answers(self) -> bool:
        try:
            return bool(self.control("health")["ok"])
        except (OSError, ControlRefused, ValueError):
            return False

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(timeout=20)
        self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
