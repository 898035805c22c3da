"""A walk of a machine: one seed, from which every act and value follows. A walk that fails says how to walk it again."""

import os
import sys
from collections.abc import Collection, Mapping
from typing import Any

import hypothesis
from hypothesis import Phase, currently_in_test_context, note, strategies
from hypothesis.stateful import run_state_machine_as_test

from tests.machines.acting import Acting, acts_of, names_of
from tests.machines.choosing import Choosing
from tests.support.databases import chosen

SEEDS = strategies.integers(0, 2**64 - 1)
AGAIN = "ATTUNE_WALK"
SHARE = {"sqlite": (150, 7), "postgresql": (50, 3)}  # of the tries and doings that `sums` demands, for each database
MOST_MORE = 300  # walks beyond the profile's


class Walking(Acting):
    """What both machines do alike in a walk. `begin(seed=...)` sets out, `somebody()` is a step, `look_round()` asks the rules."""

    choosing: Choosing
    replay: str  # the command that walks it again
    walks: Mapping[str, int] = {}  # by profile, where another number than the profile's will do
    changed: Collection[str] = ("unknown",)  # by the last step, where the machine looks for it

    def set_out(self, seed: int | None) -> None:
        """The walk of this seed begins; without one nothing is drawn (`walk`)."""
        if seed is None:
            return
        if currently_in_test_context():
            seed = self.tally.new_walk(seed)
        self.choosing = Choosing(type(self), seed)
        _tell(f"The same walk again: {AGAIN}={seed} ATTUNE_HYPOTHESIS={profile()} ATTUNE_TEST_DB={chosen()} "
              f"{type(self).replay}")

    def step(self) -> None:
        """One act that is possible now."""
        name, values = self.choosing.next(self)
        _tell(f'("{name}", {values}),')
        self.turns[name] += 1
        self.tally.steps += 1
        getattr(self, name)(**values)


def drive(kind: type[Any]) -> None:
    """As many walks as the profile asks for, then the tally; or, with ATTUNE_WALK, the walk of that seed alone, act by act.

    Only a long run's tally is kept for `sums`: a quick or a soaking machine of the same target would write over it.
    """
    if seed := os.environ.get(AGAIN):
        walk_again(kind, int(seed))
        return
    run_state_machine_as_test(kind, settings=settings(kind.walks.get(profile())))
    if profile() == "long":
        walk_for_rare(kind, *SHARE[chosen()])
        kind.tally.keep(kind.__name__, chosen())
    sys.stdout.write(f"{kind.tally}\n")
    kind.tally.check_tried(names_of(kind), profile())


def walk_for_rare(kind: type[Any], tried: int, done: int) -> None:
    """More walks, of seeds whose theme has an act that is still rare, until none is; each is walked again by its seed as all others."""
    acts, names, seed = acts_of(kind), names_of(kind), 0
    for _ in range(MOST_MORE):
        rare = set(kind.tally.too_rare(names, tried, done))
        if not rare:
            return
        seed += 1
        while seed in kind.tally.walks or not any(rare & set(acts[one].says) for one in Choosing(kind, seed).theme):
            seed += 1
        kind.tally.walks.add(seed)
        walk_again(kind, seed)


def walk_again(kind: type[Any], seed: int) -> None:
    """The walk of one seed, as long as the profile's walks are."""
    one = kind()
    try:
        one.begin(seed=seed)
        one.look_round()
        for _ in range(settings().stateful_step_count):
            one.somebody()
            one.look_round()
    finally:
        one.teardown()


def walk(kind: type[Any], acts: Any) -> None:
    """These acts in this order, with the rules asked after each: what a failing walk notes can be pasted here and shortened."""
    one = kind()
    try:
        one.begin(seed=None)
        for name, values in acts:
            getattr(one, name)(**values)
            one.look_round()
    finally:
        one.teardown()


def profile() -> str:
    """How long the machines run: quick, long or soak."""
    return os.environ.get("ATTUNE_HYPOTHESIS", "quick")


def settings(walks: int | None = None) -> hypothesis.settings:
    """The profile's. A walk is one number, so that there is nothing to make smaller but its length: it is told as it was found."""
    default = hypothesis.settings()
    return hypothesis.settings(default, max_examples=walks or default.max_examples, phases=(Phase.explicit, Phase.generate),
                               print_blob=True, report_multiple_bugs=False)


def _tell(line: str) -> None:
    """Hypothesis shows it with the walk that failed; a walk that is walked again shows it at once."""
    if currently_in_test_context():
        note(line)
    else:
        sys.stdout.write(f"{line}\n")
