"""What the acts of places and money stand on: the world, the clock, Stripe at hand, what was seen, and what they often ask of it."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from flask import Flask
from sqlalchemy import Row

from tests.conftest import NOW
from tests.machines.rewinding import Rewinding
from tests.machines.seen import Reader, Seen
from tests.machines.stripe_at_hand import StripeAtHand
from tests.machines.walking import Walking
from tests.machines.world import World
from webapp.core import clock
from webapp.core.db import db
from webapp.payments.queries import desk

ZONE = "America/Chicago"
NUMBER = range(10_000)


class Playing(Walking):
    """The state of one walk."""

    app: Flask
    rewinding: Rewinding
    reader: Reader
    stripe: StripeAtHand
    w: World
    now: Seen
    changed: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(NOW, tick=False)
        self.clock = self.travel.start()
        self.unsaid: list[dict[str, Any]] = []  # events Stripe has not told us of
        self.said: list[dict[str, Any]] = []
        self.pages: list[str] = []  # payment pages somebody has open
        self.delivered: set[str] = set()  # intents whose money we were told of
        self.attached: set[int] = set()  # payments that finance gave to an order
        self.at_banks = 0  # debits that banks have to give their word on
        self.number = 0

    def look(self) -> None:
        """What is true now, and what of it is new."""
        self.now, self.changed = self.reader.look()
        self.unsaid += self.stripe.news()

    def next(self) -> int:
        """A number nobody had."""
        self.number += 1
        return self.number

    @property
    def today(self) -> date:
        """The association's day."""
        return clock.today(ZONE)

    def by_cheque(self, state: str) -> list[Row[Any]]:
        """Payments by cheque in a state."""
        return [one for one in self.now.payments if one.method == "cheque" and one.state == state]

    def owing(self) -> list[Row[Any]]:
        """Orders that stand and cost more than was paid."""
        owed = Counter[int]()
        for line in self.now.charges:
            owed[line.order_id] += line.amount_cents
        for one in self.now.payments:
            owed[one.order_id] -= one.amount_cents if one.state == "succeeded" else 0
        return [one for one in self.now.orders_in("held", "placed") if owed[one.id] > 0]

    def free(self) -> list[Row[Any]]:
        """Payments that pay nothing, as finance's list says."""
        ids = {row.payment.id for row in desk.unmatched()}
        db.session.rollback()
        return [one for one in self.now.payments if one.id in ids]

    def refunds(self, *states: str) -> list[Row[Any]]:
        """Refunds in these states."""
        return [one for one in self.now.refunds if one.state in states]

    def unpaid_holds(self) -> list[Row[Any]]:
        """Held orders that nobody went to pay."""
        return [one for one in self.now.orders_in("held") if one.method is None]

    def name(self, who: int) -> tuple[int, str, str, str]:
        """One of the people: id, given and family name, address."""
        person_id, name, address = self.w.people[who % len(self.w.people)]
        return person_id, *name.split(" ", 1), address


def wall(moment: datetime) -> datetime:
    """The moment on a clock on the wall there, naive."""
    return moment.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
