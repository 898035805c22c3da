"""The member list as a file: what stands in each line, and what is wrong with it. Pure: rows of texts in, values and faults out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from webapp.accounts import names
from webapp.core import text
from webapp.core.errors import Unacceptable

MOST = 5_000
# What the columns may be called, in lower case; the first is how we call them.
COLUMNS = {
    "number": ("number", "membership number", "member number", "member no", "id"),
    "name": ("name", "full name", "member"),
    "email": ("email", "e-mail", "e-mail address", "email address", "mail"),
    "from": ("from", "first day", "start", "start date", "valid from", "since"),
    "until": ("until", "last day", "end", "end date", "expiry", "expires", "expiration date", "valid until", "valid to"),
}
NEEDED = ("number", "email", "from", "until")
_Part = TypeVar("_Part")
_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Member:
    """A line that can be used."""

    number: str
    name: str
    email: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line; lines are counted from 1, the headings too."""

    line: int
    words: str


def read(rows: Sequence[Sequence[str]]) -> tuple[list[Member], list[Fault]]:
    """The members of the file and everything that is wrong with it; empty lines are passed over.

    Days as 2026-12-31 or 12/31/2026. Refuses a file without lines, without the headings it needs, and one with more than 5,000 lines.
    """
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise Unacceptable("There is nothing in it.", field="file")
    if len(rows) > MOST + 1:
        raise Unacceptable(f"It has more than {MOST:,} lines.", field="file", way_out="Send it in parts.")
    at = _headings(rows[0])
    members, faults = [], []
    seen: dict[tuple[str, date], int] = {}
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        one, wrong = _member({name: row[place].strip() if place < len(row) else "" for name, place in at.items()})
        if one is not None and (before := seen.setdefault((one.number, one.from_on), line)) != line:
            wrong = [f"Number {one.number} from that day stands in line {before} already."]
        if one is not None and not wrong:
            members.append(one)
        else:
            faults.append(Fault(line, " ".join(wrong)))
    return members, faults


def _headings(row: Sequence[str]) -> dict[str, int]:
    typed = [cell.strip().casefold() for cell in row]
    found = {name: typed.index(word) for name, words in COLUMNS.items() for word in reversed(words) if word in typed}
    if missing := [name for name in NEEDED if name not in found]:
        raise Unacceptable(f"The first line has no column called {' and none called '.join(missing)}.", field="file",
                           way_out="Its headings are: number, name, email, from, until.")
    return found


def _member(cells: dict[str, str]) -> tuple[Member | None, list[str]]:
    """The line as a member; None with everything that is wrong with it."""
    wrong: list[str] = []

    def part(read: Callable[[], _Part], other: _Part) -> _Part:
        try:
            return read()
        except Unacceptable as refusal:
            wrong.append(refusal.sentence)
            return other

    number = part(lambda: _kept(cells["number"], "number", 40, needed=True), "")
    name = part(lambda: _kept(cells.get("name", ""), "name", 200), "")
    email = part(lambda: names.address(cells["email"]), "")
    first, last = part(lambda: _day(cells["from"], "first"), None), part(lambda: _day(cells["until"], "last"), None)
    if first is not None and last is not None and last < first:
        wrong.append("The last day is before the first.")
    if wrong or first is None or last is None:
        return None, wrong
    return Member(number, name, email, first, last), []


def _kept(typed: str, which: str, limit: int, *, needed: bool = False) -> str:
    try:
        kept = text.clean(typed, limit=limit)
    except Unacceptable as refusal:
        raise Unacceptable(f"The {which}: {refusal.sentence}") from refusal
    if needed and not kept:
        raise Unacceptable(f"The {which} is missing.")
    return kept


def _day(typed: str, which: str) -> date:
    american = _US.fullmatch(typed)
    try:
        day = date(int(american[3]), int(american[1]), int(american[2])) if american else date.fromisoformat(typed)
    except ValueError as error:
        raise Unacceptable(f"The {which} day is not one: write 2026-12-31 or 12/31/2026.") from error
    if not 1900 <= day.year < 2200:
        raise Unacceptable(f"The {which} day is not between 1900 and 2199.")
    return day
