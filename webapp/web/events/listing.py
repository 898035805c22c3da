"""The list of events as its template takes it: months with entries, the strip, the filters in use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement

from webapp.catalog import areas, filters
from webapp.catalog.filters import Filters
from webapp.catalog.queries import listing
from webapp.catalog.queries.listing import Overview
from webapp.core import times
from webapp.registration import price_list
from webapp.web.events import addresses, fragments, memory, seats, words

CHOICES = {
    "kind": list(filters.KIND_WORDS.items()), "mode": list(filters.MODE_WORDS.items())[:2], "tag": list(filters.TAG_WORDS.items()),
    "age": [(age, f"Ages {age.replace('-', ' to ')}") for age in filters.AGES],
    "hours_min": [(str(number), f"{number} or more") for number in (1, 2, 3, 6, 12, 24)],
    "area": [(area.code, f"{area.code} {area.name}") for domain in areas.domains() for area in domain.areas],
}
REFINING = ("near", "area", "tag", "age", "hours_min", "to")  # the fields behind "More filters"
IGNORED_WORDS = {"q": "the words", "kind": "the kind", "from": "the first day", "to": "the last day", "mode": "where it is",
                 "area": "the competency area", "tag": "the tag", "near": "the county or city", "hours_min": "the hours",
                 "age": "the age", "open": "places left", "free": "free of charge", "page": "the page", "month": "the month"}


@dataclass(frozen=True)
class Month:
    """Entries under one heading."""

    id: str
    title: str
    entries: list[Markup]


@dataclass(frozen=True)
class Listing:
    """Everything the list shows."""

    overview: Overview
    months: list[Month]
    running: list[Markup]
    strip: list[dict[str, Any]]
    pages: dict[str, Any]


def make(wanted: Filters, now: datetime, zone: str) -> Listing:
    """Reads and words one page of the list. At most seven statements, three when the catalog did not change."""
    known, today = memory.of_catalog(), times.local(now, zone).date()
    key = (_asked(wanted), today, now.replace(second=0) if wanted.open else None)  # places change without the catalog: kept a minute
    overview = known.once(("overview", key), lambda: listing.overview(wanted, now, zone))
    rows = known.once(("page", key, wanted.page), lambda: listing.page(wanted, now, zone))
    first = wanted.page == 1 and wanted.from_on is None
    begun = known.once(("running", key), lambda: listing.running(wanted, now, zone)) if first else []
    entries = _entries(known, rows, [row for row in begun if row.ends_at > now], now)
    return Listing(overview, by_month(rows, entries), entries[len(rows):], strip(overview, wanted, today), _pages(wanted, overview.total))


def coming(now: datetime, *, most: int, where: Sequence[ColumnElement[bool]] = ()) -> list[Markup]:
    """The next events, for the home page, a wrong address, a programme or a presenter. At most four statements."""
    return printed(listing.coming(now, most=most, where=where), now)


def printed(rows: Sequence[Any], now: datetime) -> list[Markup]:
    """Rows of the list, printed. At most three statements."""
    return _entries(memory.of_catalog(), rows, [], now)


def _entries(known: memory.Memory, rows: Sequence[Any], more: Sequence[Any], now: datetime) -> list[Markup]:
    shown = [*rows, *more]
    patterns, parts, places = _patterns(known, shown), _parts(shown), listing.places([row.id for row in shown])
    return [entry(row, patterns[row.id], parts.get(row.id, 0), places[row.id], now) for row in shown]


def entry(row: Any, pattern: str, parts: int, places: tuple[int | None, int], now: datetime) -> Markup:
    """One row of the list: the arguments of the component `event_entry`, printed."""
    starts = times.local(row.starts_at, row.zone)
    seats_word, seats_kind = seats.tag(row, places, now)
    return fragments.macro(
        "components/event_entry.html", "event_entry", title=row.title, href=f"/events/{row.slug}", weekday=f"{starts:%a}", day=starts.day,
        month=f"{starts:%b}", facts=f"{pattern} · {words.place(row)}" if pattern else words.place(row), hours=words.hours(row),
        note=words.no_hours(row), price=words.price(row, parts), seats=seats_word, seats_kind=seats_kind)


def by_month(rows: Sequence[Any], entries: Sequence[Markup]) -> list[Month]:
    """The entries under the months in which their events start."""
    dated = zip([times.local(row.starts_at, row.zone).date().replace(day=1) for row in rows], entries[:len(rows)], strict=True)
    return [Month(f"m{month:%Y-%m}", f"{month:%B %Y}", [one for _, one in found])
            for month, found in groupby(dated, key=lambda pair: pair[0])]


def strip(overview: Overview, wanted: Filters, today: date) -> list[dict[str, Any]]:
    """The coming months that hold something, with their numbers; each starts the list there."""
    asked = addresses.query(wanted)
    found: list[dict[str, Any]] = []
    for month, total in overview.months:
        if not total:
            continue
        this = (month.year, month.month) == (today.year, today.month)
        chosen = wanted.from_on.replace(day=1) == month if wanted.from_on else wanted.page == 1 and not found
        found.append({
            "label": f"{month:%b %Y}" if month.month == 1 else f"{month:%b}", "total": total, "current": chosen,
            "href": addresses.events(asked, from_="" if this else month.isoformat(), to=""),
        })
    return found


def active(wanted: Filters) -> list[dict[str, str]]:
    """The filters in use, each with the address without it."""
    asked = addresses.query(wanted)
    return [{"label": label, "href": addresses.events(asked, **{f"{name}_": ""})} for name, label in filters.named(wanted)]


def refined(wanted: Filters) -> bool:
    """Whether one of the fields behind "More filters" is in use."""
    return any(name in REFINING for name, _ in filters.named(wanted))


def form(wanted: Filters, month: str = "") -> Markup:
    """The form with the filters in it; with a month it asks for that month's grid again."""
    return fragments.template("public/events_filters.html", (_asked(wanted), month), wanted=wanted, month=month, choices=CHOICES,
                              refined=refined(wanted))


def ignored(names: Iterable[str]) -> str:
    """One kind sentence about what could not be understood; empty when everything could."""
    parts = [IGNORED_WORDS[name] for name in names]
    if not parts:
        return ""
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"We could not make sense of {listed} in this address, so the list does not look at it."


def lede(overview: Overview, zone: str) -> str:
    """`20 events from September 2026 to July 2027.`"""
    if not overview.total or overview.first is None or overview.last is None:
        return "Nothing is announced for what you look for."
    first, last = (f"{times.local(moment, zone):%B %Y}" for moment in (overview.first, overview.last))
    number = "1 event" if overview.total == 1 else f"{overview.total:,} events"
    return f"{number} in {first}." if first == last else f"{number} from {first} to {last}."


def _asked(wanted: Filters) -> tuple[Any, ...]:
    """The filters without page and without what was ignored: what the numbers depend on."""
    return tuple(sorted(addresses.query(wanted).items()))


def _patterns(known: memory.Memory, rows: Sequence[Any]) -> dict[int, str]:
    by_id = {row.id: row for row in rows}

    def make(ids: list[int]) -> dict[int, str]:
        found: dict[int, list[Any]] = {one: [] for one in ids}
        for meeting in listing.meetings(ids):
            found[meeting.event_id].append(meeting)
        return {one: words.pattern(by_id[one], words.days(found[one]), times.zone_short(by_id[one].zone, by_id[one].starts_at))
                if found[one] else "" for one in ids}

    return known.each("pattern", by_id, make)


def _parts(rows: Sequence[Any]) -> dict[int, int]:
    wanted = [row.id for row in rows if row.price_from_cents and row.price_from_cents == row.price_to_cents]
    return price_list.parts(wanted) if wanted else {}


def _pages(wanted: Filters, total: int) -> dict[str, Any]:
    last = max(-(-total // listing.PER_PAGE), 1)
    if last == 1 and wanted.page == 1:
        return {}
    asked, here = addresses.query(wanted), wanted.page
    first = (here - 1) * listing.PER_PAGE
    shown = sorted({1, here - 1, here, here + 1, last} & set(range(1, last + 1)))
    numbers: list[dict[str, Any]] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before > 1:
            numbers.append({"gap": True})
        numbers.append({"label": str(number), "href": _page(asked, number), "current": number == here})
    return {
        "summary": f"Events {first + 1} to {min(first + listing.PER_PAGE, total)} of {total:,}" if first < total else "Past the last event",
        "earlier": _page(asked, min(here - 1, last)) if here > 1 else "", "later": _page(asked, here + 1) if here < last else "",
        "pages": numbers,
    }


def _page(asked: addresses.Words, number: int) -> str:
    return addresses.events(asked, page="" if number == 1 else str(number))
