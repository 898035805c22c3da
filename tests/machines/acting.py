"""What every machine does around a step: one transaction, the tally, and refusals as answers."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.machines.tally import Tally
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal

T = TypeVar("T")


class Acting:
    """`do` for an action of the product, `run` for a courier that opens transactions itself."""

    tally: Tally

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


def act(group: str, *, when: Callable[[Any], Any] = lambda _machine: True, weight: int = 1, **values: Any) -> Callable[[T], T]:
    """Marks a method as one act of a group: drawn with its values when it is possible. Rules are groups, so that acts that are
    seldom possible do not leave half of all steps idle."""
    def mark(method: Any) -> Any:
        method.act = (group, when, weight, values)
        return method

    return mark


def perform(machine: Any, group: str, data: st.DataObject) -> None:
    """Draws one act of the group that is possible now, and does it."""
    possible: list[str] = []
    for name, method in vars(_declaring(type(machine))).items():
        if (found := getattr(method, "act", None)) and found[0] == group and found[1](machine):
            possible += [name] * found[2]
    if possible:
        name = data.draw(st.sampled_from(possible), label="act")
        values = getattr(machine, name).act[3]
        getattr(machine, name)(**{key: data.draw(strategy, label=key) for key, strategy in values.items()})


def _declaring(kind: type) -> type:
    return next(one for one in kind.__mro__ if "places" in vars(one) or "presences" in vars(one))
