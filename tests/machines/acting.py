"""What every machine does around a step: one transaction, the tally, and refusals as answers."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from tests.machines.tally import Tally
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal

T = TypeVar("T")
After = Sequence[str | tuple[str, dict[str, Any]]]  # names of acts, perhaps with values


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
    """What a method is in a walk: when it is possible, what it is counted by, how it is drawn (`choosing`), what its arguments may be."""

    when: Callable[[Any], Any]
    weight: int
    turns: float
    after: Callable[[Any], After]
    group: str
    values: dict[str, Sequence[Any]]
    says: tuple[str, ...]


def act(*, when: Callable[[Any], Any] = lambda _machine: True, weight: int = 1, turns: float = 1,
        after: After | Callable[[Any], After] = (), says: Sequence[str] = (), **values: Sequence[Any]) -> Callable[[T], T]:
    """Marks a method as one act: what its arguments may be, when it is possible at all, how many turns are one turn of others.

    `after`: acts that bring it nearer, by what is so far, some with values that do. `says`: the names the tally counts it by; without
    them the method's own, in words.
    """
    def mark(method: Any) -> Any:
        names = tuple(says) or (method.__name__.replace("_", " "),)
        nearer = after if callable(after) else lambda _machine: after
        method.act = Act(when, weight, max(turns, len(names)), nearer, method.__qualname__.split(".")[0], values, names)
        return method

    return mark


@cache
def acts_of(kind: type) -> dict[str, Act]:
    """The acts of a machine by the names of their methods, wherever they are declared."""
    return {name: method.act for name in dir(kind) if hasattr(method := getattr(kind, name), "act")}


def names_of(kind: type) -> set[str]:
    """The names its acts are counted by."""
    return {name for one in acts_of(kind).values() for name in one.says}
