"""What an event page says that only the catalog decides: worked out once and kept until the catalog changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote_plus

from webapp.catalog import areas
from webapp.catalog.queries import detail
from webapp.catalog.queries.detail import Detail, Meeting
from webapp.core import times
from webapp.web.events import dates, words


@dataclass(frozen=True)
class Facts:
    """The finished words and values; `event` is the row of the catalog."""

    event: Any
    kind: str
    lede: str
    month: tuple[str, str]
    when: list[dict[str, str]]
    where: dict[str, str]
    hours: tuple[tuple[int, str], ...]
    areas: list[tuple[str, str]]
    tags: list[tuple[str, int]]
    ages: str
    presenters: list[dict[str, Any]]
    bars: list[dates.Day]
    months: list[dates.MonthOfDays]
    groups: list[dict[str, str]]
    included: list[dict[str, Any]]
    has_programme: bool


def make(slug: str) -> Facts | None:
    """The facts of the event at this address, drafts too; None when there is none. Six statements, seven for a cohort with groups."""
    found = detail.of(slug)
    if found is None:
        return None
    event = found.event
    scheduled = [one for one in found.meetings if one.row.status == "scheduled"] or list(found.meetings)
    bars = dates.bars(found.meetings)
    return Facts(
        event=event, kind=words.kind(event), lede=_lede(event, scheduled), month=_month(event), when=_when(event, scheduled),
        where=_where(event, scheduled), hours=words.hours(event), areas=areas.named(event.areas), tags=_tags(event), ages=_ages(event),
        presenters=_presenters(found), bars=bars, groups=_groups(event, found.meetings), included=_included(found),
        months=[] if bars or event.kind == "conference" else dates.by_month(found.meetings),
        has_programme=event.kind == "conference" or any(one.row.block_id for one in found.meetings),
    )


def _lede(event: Any, meetings: Sequence[Meeting]) -> str:
    days = words.days([one.row for one in meetings])
    pattern = words.pattern(event, days, times.zone_short(event.zone, event.starts_at)) if len(days) > 1 else "One day" if days else ""
    return " · ".join(part for part in (pattern, words.place(event)) if part)


def _month(event: Any) -> tuple[str, str]:
    if event.starts_at is None:
        return ("", "")
    first = times.local(event.starts_at, event.zone).date().replace(day=1)
    return f"{first:%B %Y}", f"/events?from={first.isoformat()}"


def _when(event: Any, meetings: Sequence[Meeting]) -> list[dict[str, str]]:
    """One line per day for up to three days, else the whole span; each with its instant for the reader's own time."""
    days = [(key, found) for key, found in dates.by_day(meetings)]
    if not days:
        return []
    if len(days) > 3:
        first, last = (date.fromisoformat(key) for key in (days[0][0], days[-1][0]))
        pattern = words.pattern(event, words.days([one.row for one in meetings]), times.zone_short(event.zone, event.starts_at))
        return [{"text": words.days_span(first, last), "note": pattern, "iso": ""}]
    lines = []
    for _, found in days:
        start, end = min(one.row.starts_at for one in found), max(one.row.ends_at for one in found)
        lines.append({"text": times.span_words(start, end, event.zone), "note": "", "iso": times.local(start, event.zone).isoformat()})
    return lines


def _where(event: Any, meetings: Sequence[Meeting]) -> dict[str, str]:
    rooms = list(dict.fromkeys(one.row.room for one in meetings if one.row.room))
    region = f"{event.region} {event.postcode}".strip()
    address = ", ".join(part for part in (event.street, event.city, region) if part) if event.venue else ""
    return {
        "venue": ", ".join(part for part in (event.venue or "", rooms[0] if len(rooms) == 1 else "") if part),
        "address": address, "map": _map(event, address), "access": event.access_notes or "",
        "platform": event.platform or "Online" if event.mode != "in_person" else "",
        "link_opens": _before(event.link_opens_minutes) if event.mode != "in_person" else "",
    }


def _map(event: Any, address: str) -> str:
    if event.latitude is not None and event.longitude is not None:
        at = f"{event.latitude:.5f}/{event.longitude:.5f}"
        return (f"https://www.openstreetmap.org/?mlat={event.latitude:.5f}&mlon={event.longitude:.5f}#map=17/{at}")
    return f"https://www.openstreetmap.org/search?query={quote_plus(f'{event.venue}, {address}')}" if event.street else ""


def _before(minutes: int) -> str:
    if minutes % 1440 == 0 and minutes:
        return f"{minutes // 1440} day{'s' if minutes > 1440 else ''}"
    return times.hours_words(minutes)


def _tags(event: Any) -> list[tuple[str, int]]:
    """What of the minutes carries a tag that requirements ask for: (name, minutes)."""
    found = ((areas.name("DEI"), event.dei_minutes), (areas.name("RSCP"), event.rscp_minutes))
    return [(name, minutes) for name, minutes in found if minutes]


def _ages(event: Any) -> str:
    return "; ".join(areas.name(tag) for tag in event.tags if tag.startswith("AGE_"))


def _presenters(found: Detail) -> list[dict[str, Any]]:
    is_draft = found.event.status == "draft"  # who presents nothing public has no page
    return [{"name": row.name, "role": row.credentials, "text": row.bio, "href": "" if is_draft else f"/presenters/{row.id}"}
            for row in found.presenters.values()]


def _groups(event: Any, meetings: Sequence[Meeting]) -> list[dict[str, str]]:
    if not any(one.row.group_id for one in meetings):
        return []
    return [{"name": row.name, "size": f"up to {row.size} people" if row.size else "",
             "leader": ", ".join(part for part in (row.leader or "", row.credentials or "") if part)} for row in detail.groups(event.id)]


def _included(found: Detail) -> list[dict[str, Any]]:
    return [{"title": row.title, "href": f"/events/{row.slug}", "note": row.note,
             "dates": ", ".join(times.date_words(date.fromisoformat(day)) for day in row.dates)} for row in found.included]
