"""What a walk promises: its seed tells all of it, what is due is worked towards, and too few tries are no green run."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.machines.acting import act, names_of
from tests.machines.choosing import way
from tests.machines.sums import DATABASES, judged
from tests.machines.tally import Tally
from tests.machines.walking import MOST_MORE, Walking, walk_for_rare

ROOT = Path(__file__).resolve().parents[2]


class Doors(Walking):
    """A house with a key, a door and a room behind it."""

    replay = "pytest"

    def __init__(self) -> None:
        self.tally, self.heard, self.opened = Tally(), [], 0
        super().__init__()

    @act(which=range(100))
    def key(self, which: int) -> None:
        """The key is found."""
        self._hear("key", which)

    @act(when=lambda self: "key" in dict(self.heard), after=("key",))
    def door(self) -> None:
        """The door is opened."""
        self._hear("door", 0)

    @act(when=lambda self: "door" in dict(self.heard), after=("door",))
    def room(self) -> None:
        """The room is entered."""
        self._hear("room", 0)

    def _hear(self, name: str, which: int) -> None:
        self.heard.append((name, which))
        self.tally.tried[name] += 1
        self.tally.done[name] += 1


def walked(seed: int, steps: int = 40) -> Doors:
    one = Doors()
    one.set_out(seed)
    for _ in range(steps):
        one.step()
    return one


def test_the_same_seed_is_the_same_walk_and_another_is_another() -> None:
    assert walked(7).heard == walked(7).heard != walked(8).heard


class Counted(Doors):
    """The same house; its walks are counted together."""

    together = Tally()

    def begin(self, *, seed: int | None) -> None:
        """Sets out."""
        self.tally = type(self).together
        self.set_out(seed)

    somebody = Walking.step

    def look_round(self) -> None:
        """Nothing to see."""

    teardown = look_round


def test_there_are_more_walks_until_no_act_is_rare() -> None:
    Counted.tally = Counted.together
    walk_for_rare(Counted, 40, 40)
    assert Counted.together.too_rare(names_of(Counted), 40, 40) == [] and 1 < len(Counted.together.walks) < MOST_MORE
    before = len(Counted.together.walks)
    walk_for_rare(Counted, 40, 40)
    assert len(Counted.together.walks) == before


def test_what_is_not_possible_yet_is_worked_towards() -> None:
    one = Doors()
    one.set_out(1)
    assert way(one, "room", ["key"], one.choosing.chance) == ("key", {})
    one.heard.append(("key", 0))
    assert way(one, "room", ["key", "door"], one.choosing.chance) == ("door", {})
    assert way(one, "room", [], one.choosing.chance) is None


def test_every_act_has_its_turns() -> None:
    turns = Counter(name for name, _ in walked(3, steps=60).heard)
    assert min(turns[name] for name in names_of(Doors)) >= 10


def test_a_number_that_is_drawn_again_is_another_walk_unless_it_failed_a_moment_ago() -> None:
    tally = Tally()
    first = [tally.new_walk(7), tally.new_walk(7)]
    assert first == [7, 7]
    assert tally.new_walk(8) == 8
    assert tally.new_walk(7) not in (7, 8)
    assert len(tally.walks) == 3


def kept(folder: Path, monkeypatch: pytest.MonkeyPatch, *databases: str, steps: int = 10_000, tried: int = 200, done: int = 10) -> int:
    monkeypatch.setenv("ATTUNE_TALLIES", str(folder))
    for name in databases:
        Tally(Counter({"key": tried // 2, "door": 900}), Counter({"key": done // 2, "door": 900}), steps=steps).keep("Doors", name)
    return judged("Doors", {"key", "door"}, folder, 10_000)


def test_the_tries_of_both_databases_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    assert kept(tmp_path, monkeypatch, *DATABASES) == 0
    assert "of 2 acts each tried 200 times and done 10 times at least" in capsys.readouterr().out


@pytest.mark.parametrize(("less", "said"), [({"tried": 198}, "fewer than 200 tries or 10 done: key"),
                                            ({"done": 8}, "fewer than 200 tries or 10 done: key"),
                                            ({"steps": 9_999}, "fewer than 10000 steps on sqlite: 9999")])
def test_too_few_are_a_failure_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                               less: dict[str, int], said: str) -> None:
    assert kept(tmp_path, monkeypatch, *DATABASES, **less) == 1
    assert said in capsys.readouterr().out


def test_a_machine_that_left_no_tally_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                   capsys: pytest.CaptureFixture[str]) -> None:
    assert kept(tmp_path, monkeypatch, "sqlite") == 1
    assert "no tally of postgresql" in capsys.readouterr().out


MACHINE = """
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.machines.tally import Tally
from tests.machines.test_walking import Doors
from tests.machines.walking import SEEDS, drive

class House(Doors, RuleBasedStateMachine):
    walks = {"long": 5}
    together = Tally()
    @initialize(seed=SEEDS)
    def begin(self, seed): self.tally = House.together; self.set_out(seed)
    @rule()
    def somebody(self): self.step()
    @invariant()
    def look_round(self): assert {rule}, self.heard

def test_house():
    House.tally = House.together
    drive(House)
"""


def driven(where: Path, rule: str, **more: str) -> str:
    """What a test process says that drives the house with this rule."""
    (where / "test_house.py").write_text(MACHINE.replace("{rule}", rule))
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml", "--rootdir", ".",
               str(where / "test_house.py"))
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **more}, capture_output=True, text=True).stdout


def test_a_failing_walk_prints_its_seed_and_the_seed_fails_alike(tmp_path: Path) -> None:
    rule = 'not any(name == "key" and which % 10 == 7 for name, which in self.heard)'

    def heard(output: str) -> list[str]:
        return [line for line in output.splitlines() if line.startswith("E ") and "AssertionError: [(" in line]

    first = driven(tmp_path, rule)
    seed = first.split("ATTUNE_WALK=")[1].split()[0]
    again = driven(tmp_path, rule, ATTUNE_WALK=seed)
    assert [line.split() for line in heard(first)] == [line.split() for line in heard(again)] != []


@pytest.mark.parametrize(("profile", "left"), [("quick", []), ("long", ["House-sqlite.json"])])
def test_only_a_long_run_leaves_its_tally(tmp_path: Path, profile: str, left: list[str]) -> None:
    tallies = tmp_path / "tallies"
    tallies.mkdir()
    said = driven(tmp_path, "True", ATTUNE_TALLIES=str(tallies), ATTUNE_HYPOTHESIS=profile, ATTUNE_TEST_DB="sqlite")
    assert "1 passed" in said
    assert sorted(file.name for file in tallies.iterdir()) == left
