"""The product in processes that die where they are told to: `python -m tests.support.dying`, ordered by `tests.support.mortal`.

This process loads everything once and forks one child for each step, so that a death costs milliseconds. A child passes *points*:
before and after each commit, before and after each call to Stripe and each mail handed over. At the point with the number it was given
it ends as a power cut would (`os._exit`): nothing is rolled back, closed or said. The product knows nothing of it.
"""

import gc
import json
import os
import select
import signal
import smtplib
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import requests
import time_machine
from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, make_server

from webapp import create_app
from webapp.core import clock
from webapp.core.db import WRITE, db
from webapp.jobs.drains import DRAINS

DIED = 57  # how a child ends that died at its point
OUTSIDE = ("core/db.py", "core/work.py", "payments/gateway.py", "notifications/mailers.py")  # who called is asked beyond these


class Points:
    """Counts what this process passes, writes it down, and dies at the one it was given (0: at none)."""

    def __init__(self, file: Path) -> None:
        self.file, self.count, self.fatal = file, 0, 0
        self.armed = False

    def arm(self, fatal: int) -> None:
        """From now on points count."""
        self.count, self.fatal, self.armed = 0, fatal, True

    def passes(self, what: str) -> None:
        """One point."""
        if not self.armed:
            return
        self.count += 1
        with self.file.open("a") as passed:
            passed.write(f"{what}, {_caller()}\n")
        if self.count == self.fatal:
            os._exit(DIED)

    def install(self) -> None:
        """Listens to the database and to both ways out."""
        event.listen(Engine, "commit", self._before_commit)
        event.listen(db.session, "after_commit", self._after_commit, insert=True)  # before anybody is woken
        _around(requests.adapters.HTTPAdapter, "send", self, "the call to Stripe")
        _around(smtplib.SMTP, "send_message", self, "the mail")

    def _before_commit(self, connection: Connection) -> None:
        if connection.get_execution_options().get(WRITE):
            self.passes("inside the transaction")

    def _after_commit(self, session: Session) -> None:
        if session.info.get(WRITE) and not session.in_nested_transaction():
            self.passes("after the commit")


def _around(owner: Any, name: str, points: Points, what: str) -> None:
    usual: Callable[..., Any] = getattr(owner, name)

    def watched(*args: Any, **kwargs: Any) -> Any:
        points.passes(f"before {what}")
        answer = usual(*args, **kwargs)
        points.passes(f"after {what}")
        return answer

    setattr(owner, name, watched)


def _caller() -> str:
    """Who of the product is at work: module and function."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        _, found, where = frame.f_code.co_filename.partition("/webapp/")
        if found and where not in OUTSIDE:
            return f"{where}:{frame.f_code.co_name}"
        frame = frame.f_back
    return "nobody"


class Parent:
    """Takes one order a line, answers one line: `serve` and `end`, `work`. With `rehearse` it acts itself, so that it knows the way."""

    def __init__(self, app: Flask, listener: socket.socket, points: Points) -> None:
        self.app, self.listener, self.points = app, listener, points
        self.child = 0

    def serve(self, order: dict[str, Any]) -> dict[str, Any]:
        """A web process from now on."""
        if order.get("rehearse"):
            with time_machine.travel(_moment(order)):
                self._serve_until_told()
            return {}
        self._fork(order, lambda: self._server().serve_forever())
        return {"pid": self.child}

    def end(self, _order: dict[str, Any]) -> dict[str, Any]:
        """The web process is ended, or had died."""
        if not self.child:
            self._forget()
            return {"code": 0}
        os.kill(self.child, signal.SIGKILL)  # a zombie that died at its point keeps its own code
        return self._buried()

    def work(self, order: dict[str, Any]) -> dict[str, Any]:
        """A worker that runs these drains once."""
        if order.get("rehearse"):
            with time_machine.travel(_moment(order)):
                self._drain(order["drains"])
            self._forget()
            return {"code": 0}
        self._fork(order, lambda: self._drain(order["drains"]))
        return self._buried()

    def _drain(self, names: list[str]) -> None:
        by_name = {drain.name: drain for drain in DRAINS}
        for name in names:
            with self.app.app_context():
                by_name[name].run(clock.now())

    def _server(self) -> BaseWSGIServer:
        return make_server("127.0.0.1", self.listener.getsockname()[1], self.app, fd=self.listener.fileno())

    def _serve_until_told(self) -> None:
        server = self._server()
        _say({})
        while sys.stdin not in select.select([sys.stdin, server.socket], [], [])[0]:
            server.handle_request()

    def _fork(self, order: dict[str, Any], life: Callable[[], None]) -> None:
        self.child = os.fork()
        if self.child:
            return
        code = 1
        try:
            os.close(1)  # who orders hears the end of this process's parent
            time_machine.travel(_moment(order)).start()
            self.points.arm(int(order.get("die_at", 0)))
            life()
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _buried(self) -> dict[str, Any]:
        _, status = os.waitpid(self.child, 0)
        self.child = 0
        return {"code": os.waitstatus_to_exitcode(status)}

    def _forget(self) -> None:
        """Children must not share a connection with this process."""
        for name in ("attune_stripe", "attune_engine"):
            self.app.extensions.pop(name, None)
        with self.app.app_context():
            db.engine.dispose()
        gc.collect()
        gc.freeze()  # children share what is there, and copy none of it


def _moment(order: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(order["now"], UTC)


def _say(answer: dict[str, Any]) -> None:
    os.write(1, (json.dumps(answer) + "\n").encode())


def main() -> None:
    """Obeys until nobody orders any more."""
    app = create_app()
    listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=50)
    points = Points(Path(os.environ["ATTUNE_POINTS"]))
    points.install()
    parent = Parent(app, listener, points)
    _say({"ready": True})
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        answer = getattr(parent, order["do"])(order)
        if not (order["do"] == "serve" and order.get("rehearse")):
            _say(answer)


if __name__ == "__main__":
    main()
