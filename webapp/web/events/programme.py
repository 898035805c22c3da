"""A programme as a grid: days, slots by time, sessions in the columns of their rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from webapp.accounts import people
from webapp.catalog.queries import detail
from webapp.catalog.queries.detail import Meeting
from webapp.core import times
from webapp.core.errors import NotFound
from webapp.registration import attending
from webapp.registration.attending import Attending
from webapp.web.events import dates, memory, seats, words
from webapp.web.events.page import may_see
from webapp.web.viewer import Viewer

MOST_ROOMS = 8


@dataclass(frozen=True)
class Reader:
    """Who looks, and the places as they stand now: session id -> (capacity, taken)."""

    own: Attending | None
    places: dict[int, tuple[int, int]]

    def has(self, session_id: int) -> bool:
        """Whether she has a seat in the session."""
        return self.own is not None and session_id in self.own.session_ids


@dataclass(frozen=True)
class ProgrammeDay:
    """The arguments of `programme` for one day, and what it counts at most."""

    id: str
    title: str
    rooms: list[str]
    slots: list[dict[str, Any]]
    minutes: int


@dataclass(frozen=True)
class Programme:
    """Everything the page of a programme prints."""

    event: Any
    lede: str
    hours: tuple[tuple[int, str], ...]
    strip: list[dict[str, Any]]
    days: list[ProgrammeDay]
    change_until: str
    chosen: int
    order_ref: str
    cancelled: bool
    open: bool


def make(slug: str, viewer: Viewer, now: datetime) -> Programme:
    """The programme for this reader; NotFound when there is no such event, or it has no sessions to lay out."""
    found = memory.of_catalog().once(("detail", slug), lambda: detail.of(slug))
    if found is None or not found.meetings or not may_see(found.event, viewer):
        raise NotFound("This event has no programme.")
    event, places = found.event, detail.session_seats(found.event.id)
    own = attending.of(people.family_ids(viewer.person_id), event.id) if viewer.is_authenticated else None
    days = [_day(key, meetings, Reader(own, places)) for key, meetings in dates.by_day(found.meetings)]
    first, last = (date.fromisoformat(days[at].id[1:]) for at in (0, -1))
    chosen = [one for one in found.meetings if own and one.row.block_id and one.row.id in own.session_ids]
    until = event.breakouts_change_until
    return Programme(
        event, ", ".join(part for part in (words.days_span(first, last), words.place(event)) if part), words.hours(event),
        [{"label": times.date_words(date.fromisoformat(one.id[1:]), year=False), "href": f"#{one.id}", "note": _note(one)} for one in days],
        days, times.until_words(until, event.zone) if until and until > now else "", len(chosen), own.order_ref if own else "",
        event.status == "cancelled", seats.standing(seats.sign_up(event), event.ends_at, None, now).code == "open",
    )


def most(meetings: Sequence[Meeting]) -> int:
    """The most one person can have of these: every session for all, the best of each block."""
    best: dict[int, int] = {}
    total = 0
    for one in meetings:
        if one.row.status == "cancelled":
            continue
        if one.row.block_id is None:
            total += one.minutes
        else:
            best[one.row.block_id] = max(best.get(one.row.block_id, 0), one.minutes)
    return total + sum(best.values())


def _note(day: ProgrammeDay) -> str:
    return f"up to {times.hours_words(day.minutes)}" if day.minutes else "no hours"


def _day(key: str, meetings: Sequence[Meeting], reader: Reader) -> ProgrammeDay:
    rooms = _rooms(meetings)
    columns = {room: number for number, room in enumerate(rooms, 1)}
    at_once = groupby(sorted(meetings, key=lambda one: (one.row.wall_start, one.row.wall_end)),
                      key=lambda one: (one.row.wall_start, one.row.wall_end))
    day = date.fromisoformat(key)
    slots = [_slot(start, end, list(found), columns, reader) for (start, end), found in at_once]
    return ProgrammeDay(f"d{key}", f"{day:%A} {day.day} {day:%B}", rooms, slots, most(meetings))


def _rooms(meetings: Sequence[Meeting]) -> list[str]:
    """The rooms of what runs at once, in their own order; without any, one column."""
    found = {one.row.room: one.row.room_position for one in meetings if one.row.room and one.row.block_id}
    return sorted(found, key=lambda room: (found[room], room))[:MOST_ROOMS] or [""]


def _slot(start: str, end: str, meetings: list[Meeting], columns: dict[str, int], reader: Reader) -> dict[str, Any]:
    began, over = datetime.fromisoformat(start), datetime.fromisoformat(end)
    slot: dict[str, Any] = {"time": times.clock_words(began), "until": times.clock_words(over)}
    alone = meetings[0]
    if len(meetings) == 1 and not alone.minutes and alone.row.block_id is None:
        gone = "Cancelled: " if alone.row.status == "cancelled" else ""
        return slot | {"text": f"{gone}{alone.row.title}" + (f", {alone.row.room}" if alone.row.room else "")}
    block = next((one for one in meetings if one.row.block_id), None)
    if block is not None:
        slot["lead"] = _lead(block, [one for one in meetings if one.row.block_id == block.row.block_id], reader)
    return slot | {"sessions": _placed(meetings, columns, reader)}


def _placed(meetings: list[Meeting], columns: dict[str, int], reader: Reader) -> list[dict[str, Any]]:
    """Cards in the order of their columns; two in one room at once stand below each other, which the grid does by itself."""
    cards = [_card(one, columns, reader) for one in meetings]
    return sorted(cards, key=lambda card: card.get("column", 99))


def _card(meeting: Meeting, columns: dict[str, int], reader: Reader) -> dict[str, Any]:
    row = meeting.row
    card: dict[str, Any] = {"title": row.title, "mine": row.block_id is not None and reader.has(row.id)}
    everyone = row.block_id is None
    if everyone:
        card |= {"everyone": True, "room": f"{row.room}, everyone" if row.room else "Everyone"}
    else:
        card["room"] = row.room or ""
        if row.room in columns:
            card["column"] = columns[row.room]
    if row.track:
        card["track"] = row.track
    if meeting.minutes:
        card["minutes"] = meeting.minutes
    if meeting.areas:
        card["areas"] = dates.areas(meeting)
    tag = _tag(meeting, reader)
    return card | ({"tag": tag} if tag else {})


def _tag(meeting: Meeting, reader: Reader) -> tuple[str, str] | None:
    row = meeting.row
    if row.status == "cancelled":
        return "Cancelled", "bad"
    if row.block_id is None:
        return None
    if reader.has(row.id):
        return "Your choice", "ok"
    if row.id not in reader.places:
        return None
    capacity, taken = reader.places[row.id]
    left = capacity - taken
    if left <= 0:
        return "Full", "bad"
    return f"{left} of {capacity} left", "warn" if left <= seats.FEW or left * 10 <= capacity else "ok"


def _lead(block: Meeting, choices: list[Meeting], reader: Reader) -> str:
    name = block.row.block if len(block.row.block) > 3 else f"Breakout {block.row.block}"
    if block.row.add_on_only and len(block.row.block) <= 3:
        name = "Beside the main program"
    mine = next((one for one in choices if reader.has(one.row.id)), None)
    if mine is not None:
        return f"{name}: you have chosen \u201c{mine.row.title}\u201d."
    extra = ", for those who add it to their place" if block.row.add_on_only else ""
    return f"{name}: choose one of {len(choices)}{extra}." if len(choices) > 1 else f"{name}{extra}."
