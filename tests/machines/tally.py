"""How often each rule of a machine was tried, and how often the product did what it asked."""

import os
from collections import Counter
from dataclasses import dataclass, field

import hypothesis
from hypothesis import Phase

LEAST = {"quick": (0, 0), "long": (200, 10), "soak": (200, 10)}  # how often every act is tried, and done


@dataclass
class Tally:
    """Counts over all examples of a run."""

    tried: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def check_tried(self, names: set[str]) -> None:
        """Every act was tried and done as often as the profile asks; a short run asks for nothing, `check_done` is its answer."""
        tried, done = LEAST[os.environ.get("ATTUNE_HYPOTHESIS", "quick")]
        assert [name for name in sorted(names) if self.tried[name] < tried or self.done[name] < done] == [], self

    def check_done(self, names: set[str]) -> None:
        """The product did every act at least once."""
        assert sorted(name for name in names if not self.done[name]) == [], self

    def __str__(self) -> str:
        lines = [f"{name:<24} tried {self.tried[name]:6} done {self.done[name]:6}" for name in sorted(self.tried)]
        return "\n".join([*lines, f"refusals: {dict(self.refused.most_common())}"])


def settings() -> hypothesis.settings:
    """The profile's. A failure is told as it was found, with what replays it; ATTUNE_SHRINK=1 takes the minutes to make it short."""
    phases = set(Phase) - {Phase.explain} if os.environ.get("ATTUNE_SHRINK") else {Phase.explicit, Phase.reuse, Phase.generate}
    return hypothesis.settings(hypothesis.settings.default, phases=tuple(phases), print_blob=True, report_multiple_bugs=False)
