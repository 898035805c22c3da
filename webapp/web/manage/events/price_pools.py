"""Which types draw on the same places: chosen as "shares its places with", kept as one word for each group of types.

The field `with` names another row: by its id when it is sold already, else by its name.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from webapp.core.errors import Unacceptable
from webapp.registration.offers import TypeSpec

Row = dict[str, Any]


def filled(types: Sequence[TypeSpec], rows: list[Row]) -> list[Row]:
    """The rows, where every type of a group but its first names the first; the number of places stands there alone."""
    first: dict[str, int] = {}
    for at, (one, row) in enumerate(zip(types, rows, strict=True)):
        head = first.setdefault(one.shares, at) if one.shares else at
        row["with"] = "" if head == at else key(rows[head])
        row["pool"] = one.shares
        row["capacity"] = row["capacity"] if head == at else ""
    return rows


def key(row: Row) -> str:
    """How another row names this one."""
    return str(row.get("id") or row.get("name", "").strip())


def choices(rows: Sequence[Row], mine: Row) -> list[tuple[str, str]]:
    """The other types a row may share with."""
    return [(key(row), str(row["name"])) for row in rows if row.get("name") and key(row) != key(mine)]


def read(types: Sequence[TypeSpec], rows: Sequence[Row]) -> list[TypeSpec]:
    """The types, each group with its word and its number of places; refused beside the field."""
    at = {key(row): number for number, row in enumerate(rows)}
    heads = [_head(number, rows, at) for number in range(len(rows))]
    groups = {head: [types[number] for number, one in enumerate(heads) if one == head] for head in heads}
    return [replace(one, capacity=_places(groups[head], head), shares=_word(rows[head], types[head]) if len(groups[head]) > 1 else "")
            for one, head in zip(types, heads, strict=True)]


def _word(row: Row, head: TypeSpec) -> str:
    return str(row.get("pool") or head.name)[:100]


def _places(group: Sequence[TypeSpec], head: int) -> int | None:
    """The number of a group; it may stand at any of its types, but not two of them."""
    numbers = {one.capacity for one in group if one.capacity is not None}
    if len(group) > 1 and len(numbers) != 1:
        raise Unacceptable("Write once how many places these types share.", field=f"types-{head}-capacity")
    return next(iter(numbers), None)


def _head(number: int, rows: Sequence[Row], at: dict[str, int]) -> int:
    """The row at the end of "shares with"; a circle and an unknown name are refused."""
    seen = [number]
    while named := rows[seen[-1]].get("with", "").strip():
        if named not in at or at[named] in seen:
            raise Unacceptable("Choose another type: this one is gone, or shares with it.", field=f"types-{number}-with")
        seen.append(at[named])
    return seen[-1]
