"""What happens next in a walk: drawn by a generator of the walk's own, so that its seed alone tells the whole walk.

Most steps aim at an act that is due: one that had the fewest turns in this walk, drawn by how seldom it is reached (`turns`). A walk
has a theme besides, the acts of two groups (a group is the class that declares them), which is aimed at more. What is aimed at and not
possible yet is worked towards for some steps, by what its act names as bringing it nearer (`after`). The other steps aim at nothing.
"""

from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any

from tests.machines.acting import acts_of

PATIENCE = 6  # steps towards an act that is not possible yet
IN_VAIN = 2  # of these steps that changed nothing
AIMED, THEME = 0.92, 0.35  # shares of steps: towards an act that is due; of these, of the theme's


class Choosing:
    """The draws of one walk of a machine of this kind."""

    def __init__(self, kind: type, seed: int) -> None:
        self.chance, self.acts = Random(seed), acts_of(kind)
        groups = sorted({one.group for one in self.acts.values()})
        theme = self.chance.sample(groups, min(2, len(groups)))
        self.theme = [name for name, one in self.acts.items() if one.group in theme]
        self.aims: Counter[str] = Counter()  # how often each act was aimed at
        self.aim, self.patience, self.in_vain = "", 0, 0

    def next(self, machine: Any) -> tuple[str, dict[str, Any]]:
        """An act that is possible now, and its values."""
        possible = [name for name, one in self.acts.items() if one.when(machine)]
        self._take_aim(machine, possible)
        found = self.aim and way(machine, self.aim, possible, self.chance)
        name, given = found or (self._any(possible), {})
        if name == self.aim or not found:
            self.aim = ""
        return name, {key: self.chance.choice(options) for key, options in self.acts[name].values.items()} | given

    def _any(self, possible: list[str]) -> str:
        [name] = self.chance.choices(possible, [self.acts[one].weight for one in possible])
        return name

    def _take_aim(self, machine: Any, possible: list[str]) -> None:
        """The aim is kept while there is patience; then there is another one, or none for this step."""
        self.patience -= 1
        self.in_vain += not machine.changed
        if self.aim and self.patience > 0 and self.in_vain < IN_VAIN:
            return
        self.aim, self.patience, self.in_vain = "", PATIENCE, 0
        if self.chance.random() < AIMED:
            names = self.theme if self.chance.random() < THEME else self.acts
            self.aim = self._due(machine.turns, [one for one in names if one in possible or self.acts[one].after(machine)])

    def _due(self, turns: Counter[str], names: Iterable[str]) -> str:
        """One of the acts that had the fewest turns or were aimed at least; what is seldom reached is drawn so much sooner."""
        had = {name: max(turns[name], self.aims[name]) // self.acts[name].turns for name in names}
        if not had:
            return ""
        fewest = min(had.values())
        least = [name for name, count in had.items() if count == fewest]
        [aim] = self.chance.choices(least, [self.acts[name].turns for name in least])
        self.aims[aim] += 1
        return aim


def way(machine: Any, aim: str, possible: Iterable[str], chance: Random) -> tuple[str, dict[str, Any]] | None:
    """The aim when it is possible, or an act that is and brings it nearer, with what it needs of values; None when there is none."""
    acts, now = acts_of(type(machine)), set(possible)
    at, seen = [(aim, {})], {aim}
    while at:
        if found := [one for one in at if one[0] in now]:
            return chance.choice(found)
        nearer = [one if isinstance(one, tuple) else (one, {}) for name, _ in at for one in acts[name].after(machine)]
        at = [one for one in nearer if one[0] not in seen]
        seen |= {name for name, _ in at}
    return None
