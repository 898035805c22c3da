"""What every machine does around a step: one transaction, the tally, and refusals as answers."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, TypeVar

from hypothesis import note

from tests.machines.tally import Tally
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal

T = TypeVar("T")


class Acting:
    """`do` for an action of the product, `run` for a courier that opens transactions itself."""

    tally: Tally

    def __init__(self) -> None:
        super().__init__()
        self.turns: Counter[str] = Counter()  # of each act, since the machine began

    def do(self, name: str, act: Callable[[], T]) -> T | None:
        """The act in a transaction of its own; None when the product refused it."""
        def inside() -> T:
            with transaction():
                return act()

        return self.run(name, inside)

    def run(self, name: str, act: Callable[[], T]) -> T | None:
        """The act; None when the product refused it. Anything but a refusal is a fault."""
        self.tally.tried[name] += 1
        try:
            came = act()
        except Refusal as refusal:
            self.tally.refused[refusal.code] += 1
            return None
        finally:
            db.session.rollback()
        self.tally.done[name] += 1
        return came


def pick(rows: Sequence[Any], number: int) -> Any:
    """One of the rows."""
    return rows[number % len(rows)]


@dataclass(frozen=True)
class Act:
    """What a method is in a walk: when it is possible, how often it is drawn, what its arguments may be, by which names it is counted."""

    when: Callable[[Any], Any]
    weight: int
    turns: int
    values: dict[str, Sequence[Any]]
    says: tuple[str, ...]


def act(*, when: Callable[[Any], Any] = lambda _machine: True, weight: int = 1, turns: int = 1, says: Sequence[str] = (),
        **values: Sequence[Any]) -> Callable[[T], T]:
    """Marks a method as one act: what its arguments may be, when it is possible at all, how many turns are one turn of others.

    `says`: the names the tally counts it by; without them the method's own, in words.
    """
    def mark(method: Any) -> Any:
        method.act = Act(when, weight, turns, values, tuple(says) or (method.__name__.replace("_", " "),))
        return method

    return mark


@cache
def acts_of(kind: type) -> dict[str, Act]:
    """The acts of a machine by the names of their methods, wherever they are declared."""
    return {name: method.act for name in dir(kind) if hasattr(method := getattr(kind, name), "act")}


def names_of(kind: type) -> set[str]:
    """The names its acts are counted by."""
    return {name for one in acts_of(kind).values() for name in one.says}


def perform(machine: Any, chance: Random) -> None:
    """One act that is possible now. Two times of three it is one that had the fewest turns so far, so that none is rare;
    what is seldom possible has several turns (`turns`) for one of the others, and is drawn so much sooner.

    Hypothesis likes to give the same number again; the count of turns makes something else of it each time.
    """
    chance = Random(f"{chance.getrandbits(64)} {machine.turns.total()}")
    acts = acts_of(type(machine))
    possible = [name for name, one in acts.items() if one.when(machine)]
    had = {name: machine.turns[name] // acts[name].turns for name in possible}
    rare = [name for name in possible if had[name] == min(had.values())]
    if chance.random() < 0.67:
        [name] = chance.choices(rare, [acts[one].turns for one in rare])
    else:
        [name] = chance.choices(possible, [acts[one].weight for one in possible])
    values = {key: chance.choice(options) for key, options in acts[name].values.items()}
    note(f"{name}({values})")
    machine.turns[name] += 1
    getattr(machine, name)(**values)
