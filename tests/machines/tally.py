"""How often each act of a machine was tried, and how often the product did what it asked. One for each process; `sums` adds them."""

import json
import os
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

TRIED, DONE = 200, 10  # how often every act is tried, and done, in a long run
FOLDER = "ATTUNE_TALLIES"  # the folder of this run of `make ci`: without it nothing is kept


@dataclass
class Tally:
    """Counts over all walks of a run."""

    tried: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    walks: set[int] = field(default_factory=set)
    steps: int = 0
    drawn: int | None = None  # what Hypothesis drew last
    seed: int = 0  # the walk that is walked now

    def new_walk(self, drawn: int) -> int:
        """The seed of a walk nobody walked: Hypothesis likes to draw a number again. Drawn twice running it is the same: to be told."""
        if drawn != self.drawn:
            self.drawn, self.seed = drawn, drawn
            while self.seed in self.walks:
                self.seed = Random(self.seed).getrandbits(64)
            self.walks.add(self.seed)
        return self.seed

    def too_rare(self, names: Collection[str], tried: int = TRIED, done: int = DONE) -> list[str]:
        """The names that were not tried or done so often."""
        return [name for name in sorted(names) if self.tried[name] < tried or self.done[name] < done]

    def check_tried(self, names: Collection[str], profile: str) -> None:
        """After hours every act was tried often enough in this process alone. A long run is judged with the other database's (`sums`)."""
        assert profile != "soak" or self.too_rare(names) == [], self

    def check_done(self, names: Collection[str]) -> None:
        """The product did every act at least once."""
        assert sorted(name for name in names if not self.done[name]) == [], self

    def keep(self, machine: str, database: str) -> None:
        """Writes it into the run's folder, for `sums`."""
        if folder := os.environ.get(FOLDER):
            found = {"steps": self.steps, "walks": sorted(self.walks), "tried": self.tried, "done": self.done, "refused": self.refused}
            Path(folder, f"{machine}-{database}.json").write_text(json.dumps(found))

    @classmethod
    def kept(cls, folder: Path, machine: str, database: str) -> "Tally":
        """What a process of this run wrote; FileNotFoundError when it wrote nothing."""
        found = json.loads((folder / f"{machine}-{database}.json").read_text())
        return cls(Counter(found["tried"]), Counter(found["done"]), Counter(found["refused"]), set(found["walks"]), found["steps"])

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.tried + other.tried, self.done + other.done, self.refused + other.refused, self.walks | other.walks,
                     self.steps + other.steps)

    def __str__(self) -> str:
        lines = [f"{name:<24} tried {self.tried[name]:6} done {self.done[name]:6}" for name in sorted(self.tried)]
        return "\n".join([f"{self.steps} steps in {len(self.walks)} walks", *lines, f"refusals: {dict(self.refused.most_common())}"])
