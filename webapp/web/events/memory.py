"""What was worked out from the catalog is kept in this process until the catalog changes.

The stamp is read before the rows, so what is kept under it is at least as new as the stamp says. What depends on seats,
prices or the viewer is never kept here: the stamp does not rise for them. A memory belongs to one database.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from webapp.calendars import stamps
from webapp.core.db import db

Value = TypeVar("Value")
MOST_PAGES = 200  # larger things: the one not used longest goes
MOST_WORDS = 20_000  # short texts by id: more begins anew


class Memory:
    """The things known under one stamp."""

    def __init__(self) -> None:
        self.stamp = ""
        self.pages: OrderedDict[Hashable, Any] = OrderedDict()
        self.words: dict[tuple[str, int], Any] = {}

    def once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What is kept under the key, else what `make` makes. Nothing (None) is not kept: wrong addresses are many."""
        found: Value = self.pages[key] if key in self.pages else make()
        if found is None:
            return found
        self.pages[key] = found
        self.pages.move_to_end(key)
        if len(self.pages) > MOST_PAGES:
            self.pages.popitem(last=False)
        return found

    def each(self, name: str, ids: Iterable[int], make: Callable[[list[int]], dict[int, Value]]) -> dict[int, Value]:
        """A value for each id; `make` is called once, with the ids that are not known yet, when there are any."""
        wanted = list(ids)
        missing = [one for one in wanted if (name, one) not in self.words]
        if missing:
            made = make(missing)
            if len(self.words) + len(made) > MOST_WORDS:
                missing, self.words = wanted, {}
                made = make(wanted)
            self.words.update({(name, one): value for one, value in made.items()})
        return {one: self.words[name, one] for one in wanted}


_memories: WeakKeyDictionary[Any, Memory] = WeakKeyDictionary()


def of_catalog() -> Memory:
    """The memory of this database as its catalog stands now. One statement."""
    memory = _memories.setdefault(db.session.get_bind(), Memory())
    stamp = stamps.of_catalog()
    if stamp != memory.stamp:
        memory = _memories[db.session.get_bind()] = Memory()
        memory.stamp = stamp
    return memory
