"""The last part of `make ci`: what the long machines of both databases tried, added up. Every act is tried 200 times and done 10 times.

`ATTUNE_TALLIES` names the folder of this run; a tally that is not in it is one that a machine did not leave, and a failure.
"""

import os
import sys
from collections.abc import Collection
from pathlib import Path

from tests.machines.acting import names_of
from tests.machines.tally import DONE, FOLDER, TRIED, Tally
from tests.machines.test_hours import Hours
from tests.machines.test_places_and_money import PlacesAndMoney

DATABASES = ("sqlite", "postgresql")
STEPS = {"PlacesAndMoney": 10_000, "Hours": 5_000}  # on each database


def main() -> int:
    """Writes the tables; 0 when nothing is missing."""
    folder = Path(os.environ[FOLDER])
    return max(judged(machine.__name__, names_of(machine), folder, STEPS[machine.__name__]) for machine in (PlacesAndMoney, Hours))


def judged(machine: str, names: Collection[str], folder: Path, steps: int) -> int:
    """One machine: the table of its acts, the rarest first, and what is missing; 0 when nothing is."""
    tallies = {}
    for database in DATABASES:
        try:
            tallies[database] = Tally.kept(folder, machine, database)
        except FileNotFoundError:
            sys.stdout.write(f"{machine}: no tally of {database} in {folder}: the machine did not run to its end\n")
            return 1
    total = sum(tallies.values(), Tally())
    sys.stdout.write("\n".join([*_table(machine, names, tallies, total), ""]))
    found = [f"fewer than {steps} steps on {name}: {one.steps}" for name, one in tallies.items() if one.steps < steps]
    found += [f"fewer than {TRIED} tries or {DONE} done: {name}" for name in total.too_rare(names)]
    fewest = min(total.tried[name] for name in names), min(total.done[name] for name in names)
    walked = ", ".join(f"{one.steps} steps in {len(one.walks)} walks on {name}" for name, one in tallies.items())
    closing = f"{machine}: {walked}; of {len(names)} acts each tried {fewest[0]} times and done {fewest[1]} times at least"
    sys.stdout.write("\n".join([*(f"{machine}: {one}" for one in found), closing, ""]))
    return 1 if found else 0


def _table(machine: str, names: Collection[str], tallies: dict[str, Tally], total: Tally) -> list[str]:
    lines = [f"{machine:<24} {'tried':>7} {'done':>7}   " + " ".join(f"{name:>18}" for name in tallies)]
    for name in sorted(names, key=lambda one: (total.tried[one], one)):
        each = " ".join(f"{one.tried[name]:>10} / {one.done[name]:>5}" for one in tallies.values())
        lines.append(f"{name:<24} {total.tried[name]:>7} {total.done[name]:>7}   {each}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
