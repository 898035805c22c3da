"""Child processes that live and end together: the parts of a demonstration."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import click

SHORT_LIFE = 5.0  # seconds: a part that ends sooner after its start will not get better by starting it again
PATIENCE = 15.0  # seconds a part has to end in peace


@dataclass
class Part:
    """One process: its name for people, its command and its environment."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    started: float = 0.0

    def start(self) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches only us; on Linux it dies with us whatever happens."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, env=dict(self.env), start_new_session=True, preexec_fn=_die_with_parent)

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self.process.poll() if self.process else None


class Household:
    """Starts the parts in order, starts again what was killed, and ends all of them together."""

    def __init__(self, parts: Sequence[Part], *, short_life: float = SHORT_LIFE) -> None:
        self.parts = parts
        self._short_life = short_life
        self._told_to_stop = False

    def run(self, ready: Callable[[], None]) -> None:
        """Runs until Ctrl-C or SIGTERM; `ready` is called once all parts have been started. Exit 1 when a part cannot live."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            for part in self.parts:
                part.start()
            ready()
            while not self._told_to_stop:
                for part in self.parts:
                    self._look_after(part)
                time.sleep(0.2)
        finally:
            self._end()

    def _look_after(self, part: Part) -> None:
        if part.code is None or self._told_to_stop:
            return
        if time.monotonic() - part.started < self._short_life:
            raise click.ClickException(f"The {part.name} ended at once (exit code {part.code}); what it said stands above.")
        click.echo(f"The {part.name} ended (exit code {part.code}) and is started again.", err=True)
        part.start()

    def _stop(self, _number: int, _frame: object) -> None:
        self._told_to_stop = True

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked us to end."""
        return self._told_to_stop

    def _end(self) -> None:
        running = [part.process for part in reversed(self.parts) if part.process and part.code is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
