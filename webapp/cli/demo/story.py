"""The past of the demonstration, told in the order of time: each step is an action of the product, taken at its moment."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from webapp.core import clock
from webapp.core.db import db, transaction

SEED = 20261121


@dataclass
class Story:
    """Steps with their moments. What is still ahead of `now` is not played. `dice` is seeded: the same day, the same story."""

    now: datetime
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a demonstration, not a secret
    _steps: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        """Lays a step in; steps of one moment keep their order."""
        if moment < self.now:
            self._steps.append((moment, len(self._steps), act))

    def play(self, turn: Callable[[int], None] = lambda _: None) -> None:
        """Takes every step at its moment, the steps of one day in one transaction. Steps may lay in later ones.

        `turn` hears of each year as it begins.
        """
        year = 0
        while self._steps:
            self._steps.sort(key=lambda step: step[:2])
            if year != self._steps[0][0].year:
                year = self._steps[0][0].year
                turn(year)
            day = self._steps[0][0] + timedelta(days=1)
            batch = [step for step in self._steps if step[0] < day]
            self._steps = self._steps[len(batch):]
            with transaction():
                for moment, _, act in batch:
                    with clock.acting_at(moment):
                        act()
                        db.session.flush()
