"""An installation whose processes die where the test says, and that can be taken back to a moment: database, Stripe and letter box.

    with Mortal(address, database_place, folder) as site:
        site.web(now, die_at=3); ...; ended = site.web_ended()      # ended.died, ended.points
        site.work(("mail",), now)
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import text

from tests.support.databases import Databases
from tests.support.dying import DIED
from tests.support.servers import ROOT, Site
from webapp.core.db import db
from webapp.devtools.stripe_standin.store import Store


@dataclass(frozen=True)
class Ended:
    """How a process ended, and the points it passed."""

    code: int
    points: tuple[str, ...]

    @property
    def died(self) -> bool:
        """Whether it died at the point it was given."""
        return self.code == DIED


@dataclass(frozen=True)
class Moment:
    """All that is kept anywhere: addresses of copies, and the mails that had come."""

    database: str
    stripe: Path
    mails: tuple[EmailMessage, ...]


class Mortal:
    """The processes, the mail server and Stripe over one database with its tables in it."""

    def __init__(self, address: str, place: Databases, folder: Path) -> None:
        self.address, self.place, self.folder = address, place, folder
        site = Site(address, folder, with_worker=False)
        assert site.stripe is not None
        self.url, self.mail, self.stripe, self.environment = site.url, site.mail, site.stripe, site.web.environment
        self.points, self.moments = folder / "points.txt", 0
        self.rehearses = False

    def web(self, now: datetime, die_at: int = 0) -> None:
        """A web process serves from now on; its clock begins at `now`."""
        self._ask(do="serve", now=now.timestamp(), die_at=die_at, rehearse=self.rehearses)

    def web_ended(self) -> Ended:
        """Ends the web process."""
        return self._ended(self._ask(do="end"))

    def work(self, drains: tuple[str, ...], now: datetime, die_at: int = 0) -> Ended:
        """A worker process runs these drains once and ends."""
        return self._ended(self._ask(do="work", drains=drains, now=now.timestamp(), die_at=die_at, rehearse=self.rehearses))

    def keep(self) -> Moment:
        """This moment. No process may be at work."""
        self.moments += 1
        db.session.execute(text("SELECT count(*) FROM message"))  # who closes SQLite's file last folds its log in
        self._let_go()
        file = self.folder / f"stripe-{self.moments}.db"
        _copy(self.stripe.db, file)
        return Moment(self.place.copy_of(self.address), file, tuple(self.mail.messages))

    def back_to(self, moment: Moment) -> None:
        """Everything as it was then. No process may be at work."""
        self._let_go()
        self.place.restore(self.address, moment.database)
        _copy(moment.stripe, self.stripe.db)
        self.mail.messages[:] = moment.mails
        shutil.rmtree(self.folder / "data" / "outbox", ignore_errors=True)

    def forget(self, moment: Moment) -> None:
        """Its copies are not needed any more."""
        self.place.drop(moment.database)
        moment.stripe.unlink()

    def told_by_stripe(self) -> list[dict[str, Any]]:
        """Every event at Stripe, the oldest first."""
        with Store(self.stripe.db).transaction(write=False) as tx:
            return tx.objects("event")

    def __enter__(self) -> Self:
        (self.folder / "data" / "outbox").mkdir(parents=True)
        self.mail.start()
        self.stripe.start()
        self.stripe.control("delivery", mode="withhold")
        self.log = (self.folder / "dying.log").open("ab")
        self.parent = subprocess.Popen([sys.executable, "-m", "tests.support.dying"], cwd=ROOT, stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True,
                                       env=self.environment | {"ATTUNE_POINTS": str(self.points)})
        self._answer()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.killpg(self.parent.pid, signal.SIGKILL)
        self.parent.communicate()
        self.log.close()
        self.stripe.stop()
        self.mail.stop()

    def _ask(self, **order: Any) -> dict[str, Any]:
        assert self.parent.stdin is not None
        if order["do"] != "end":
            self.points.write_text("")
        self.parent.stdin.write(json.dumps(order) + "\n")
        self.parent.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.parent.stdout is not None
        line = self.parent.stdout.readline()
        assert line, (self.parent.wait(), (self.folder / "dying.log").read_text("utf-8", "replace")[-4000:])
        return dict(json.loads(line))

    def _ended(self, answer: dict[str, Any]) -> Ended:
        return Ended(answer["code"], tuple(self.points.read_text().splitlines()))

    @staticmethod
    def _let_go() -> None:
        db.session.remove()
        db.engine.dispose()


def _copy(source: Path, target: Path) -> None:
    """Into a file that a process may have open."""
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)
    one.close()
    other.close()
