"""The member list as a file: what stands in each line, and what is wrong with it. Pure: rows of texts in, values and faults out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
        try:
            one = _member({name: row[place].strip() if place < len(row) else "" for name, place in at.items()})
            if (before := seen.setdefault((one.number, one.from_on), line)) != line:
                raise Unacceptable(f"Number {one.number} from that day stands in line {before} already.")
            members.append(one)
        except Unacceptable as refusal:
            faults.append(Fault(line, refusal.sentence))
    return members, faults


def _headings(row: Sequence[str]) -> dict[str, int]:
    typed = [cell.strip().casefold() for cell in row]
    found = {name: typed.index(word) for name, words in COLUMNS.items() for word in reversed(words) if word in typed}
    if missing := [name for name in NEEDED if name not in found]:
        raise Unacceptable(f"The first line has no column called {' and none called '.join(missing)}.", field="file",
                           way_out="Its headings are: number, name, email, from, until.")
    return found


def _member(cells: dict[str, str]) -> Member:
    number = text.clean(cells["number"], limit=40)
    if not number:
        raise Unacceptable("The number is missing.")
    first, last = _day(cells["from"], "first"), _day(cells["until"], "last")
    if last < first:
        raise Unacceptable("The last day is before the first.")
    return Member(number, text.clean(cells.get("name", ""), limit=200), names.address(cells["email"]), first, last)


def _day(typed: str, which: str) -> date:
    american = _US.fullmatch(typed)
    try:
        day = date(int(american[3]), int(american[1]), int(american[2])) if american else date.fromisoformat(typed)
    except ValueError as error:
        raise Unacceptable(f"The {which} day is not one: write 2026-12-31 or 12/31/2026.") from error
    if not 1900 <= day.year < 2200:
        raise Unacceptable(f"The {which} day is not between 1900 and 2199.")
    return day
