"""What /me/hours shows, as plain values: cards, lines, the year, what waits and what is ahead, areas reached."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from webapp.attendance.queries import own
from webapp.attendance.queries.own import Pending
from webapp.catalog import areas
from webapp.core import clock, times
from webapp.hours import certificates, regimes, transcripts
from webapp.hours.certificates import spaced
from webapp.hours.transcripts import Line, Transcript
from webapp.planning import ahead, reach
from webapp.planning.ahead import Ahead
from webapp.web import charts
from webapp.web.charts import BarChart
from webapp.web.mine.hours import year_chart

NEXT = 6
MOST_AREAS = 8
COMMON = "FS"  # areas of this family are shown to everybody: her category is not known here yet


def page(family: Collection[int], year: int, zone: str, base_url: str) -> dict[str, Any]:
    """Everything the page needs, in a fixed number of statements."""
    now, today = clock.now(), clock.today(zone)
    transcript = transcripts.of(family)
    waiting = own.pending(family, now)
    booked = ahead.sessions(family, now)
    part = transcript.of_year(year)
    this_year = [one for one in booked if times.local(one.starts_at, one.zone).year == today.year]
    return {
        "year": year, "years": _years(transcript, year, today.year), "is_this_year": year == today.year, "today": today,
        "cards": _cards(part, waiting if year == today.year else [], this_year if year == today.year else []),
        "provision": _provision(part), "lines": [_line(line) for line in part.standing], "corrections": _corrections(part),
        "totals": _totals(part), "waiting": [_waiting(one) for one in waiting], "next": [_next(one) for one in booked[:NEXT]],
        "clashes": [f"{first.title} and {second.title}" for first, second in ahead.clashes(booked)],
        "chart": year_chart.of(part, year, today, waiting, booked), "coverage_groups": _coverage(family, waiting, now),
        "by_area": _by_area(part, year),
        "certificates": [_certificate(row, zone, base_url) for row in certificates.of_person(family)],
        "has_any": bool(transcript.lines),
    }


def year_totals(transcript: Transcript) -> list[dict[str, Any]]:
    """By year, the newest first: words and clock hours of both kinds."""
    return [{"year": year, **{kind: _both(transcript.of_year(year).minutes(kind)) for kind in transcripts.KIND_WORDS}}
            for year in transcript.years]


def area_words(codes: Sequence[str]) -> str:
    """`Attachment ... (TF-ATT), ...`: names with their codes."""
    return ", ".join(f"{name} ({code})" for code, name in areas.named(codes))


def _cards(part: Transcript, waiting: Sequence[Pending], booked: Sequence[Ahead]) -> list[dict[str, Any]]:
    return [_card("Training", "training", part, waiting, booked), _tag_card(part, waiting),
            _card("Reflective consultation", "rsc", part, waiting, booked)]


def _card(title: str, kind: str, part: Transcript, waiting: Sequence[Pending], booked: Sequence[Ahead]) -> dict[str, Any]:
    minutes = part.minutes(kind)
    pending = sum(one.minutes for one in waiting if one.kind == kind)
    coming = sum(one.training_minutes if kind == "training" else one.rsc_minutes for one in booked)
    return {
        "title": title, "kind": "reflective" if kind == "rsc" else "training", "have": times.hours_words(minutes),
        "whole": max(minutes + pending + coming, 1), "segments": _segments(minutes, pending + coming), "words": _waits(pending, coming),
        "lines": [(f"{event}, {_counted(count)}", times.hours_words(total))
                  for event, count, total in transcripts.by_event(line for line in part.standing if line.kind == kind)],
        "total": times.hours_words(minutes),
        "rule": f"{regimes.words(minutes)} of 60 minutes. {regimes.get(regimes.ENDORSE).sentence}",
    }


def _tag_card(part: Transcript, waiting: Sequence[Pending]) -> dict[str, Any]:
    minutes, pending = part.tagged("DEI"), sum(one.tags.get("DEI", 0) for one in waiting)
    return {
        "title": "DEI, within these hours", "kind": "training", "have": times.hours_words(minutes), "whole": max(minutes + pending, 1),
        "segments": _segments(minutes, pending), "words": _waits(pending, 0), "total": times.hours_words(minutes),
        "lines": [(line.title, times.hours_words(line.tags["DEI"])) for line in part.standing if "DEI" in line.tags],
        "rule": "Minutes of sessions that carry the tag diversity, equity and inclusion; part of the totals beside, not added to them.",
    }


def _segments(have: int, coming: int) -> list[dict[str, Any]]:
    return [{"size": have}, {"size": coming, "thin": True}]


def _waits(pending: int, coming: int) -> str:
    words = [f"{times.hours_words(pending)} waiting" if pending else "", f"{times.hours_words(coming)} booked" if coming else ""]
    return ", ".join(word for word in words if word)


def _provision(part: Transcript) -> str:
    minutes = part.tagged("RSCP")
    return f"{times.hours_words(minutes)} of these hours were about providing reflective supervision." if minutes else ""


def _line(line: Line) -> dict[str, Any]:
    corrected = f"corrected: {line.reason}" if line.version > 1 else ""
    note = " · ".join(word for word in (", ".join(line.areas), line.remark, corrected) if word)
    return {"on": line.on, "day": times.date_words(line.on, year=False), "session": line.session,
            "event": "" if line.event == line.session else line.event, "note": note, "minutes": line.minutes,
            "kind": "reflective" if line.kind == "rsc" else "training"}


def _corrections(part: Transcript) -> list[dict[str, Any]]:
    """What was taken back or corrected, with the reason."""
    return [{"when": times.date_words(line.awarded_at.date()), "iso": line.awarded_at.isoformat(), "who": line.session,
             "what": f"{times.hours_words(-line.minutes)} taken back", "why": line.reason} for line in part.lines if line.is_reversal]


def _totals(part: Transcript) -> list[dict[str, Any]]:
    """One total for each kind there is: the two are never added."""
    found = [("training", part.minutes("training"), "training"), ("reflective", part.minutes("rsc"), "reflective")]
    return [{"kind": kind, "minutes": minutes, "words": f"{regimes.words(minutes)} {word}"} for kind, minutes, word in found if minutes]


def _waiting(one: Pending) -> dict[str, Any]:
    missing = f"the time {' and '.join(one.missing)} is missing" if one.missing else ""
    return {"day": times.date_words(one.day), "title": one.session_title, "event": one.event_title, "hours": times.hours_words(one.minutes),
            "missing": missing}


def _next(one: Ahead) -> dict[str, Any]:
    start = times.local(one.starts_at, one.zone)
    counts = " and ".join(word for word in (
        f"{times.hours_words(one.training_minutes)} training" if one.training_minutes else "",
        f"{times.hours_words(one.rsc_minutes)} reflective" if one.rsc_minutes else "") if word)
    end = times.clock_words(times.local(one.ends_at, one.zone))
    until = f"{times.clock_words(start)} to {end} {times.zone_short(one.zone, one.starts_at)}"
    return {"day": times.date_words(start.date(), year=False), "title": one.title, "slug": one.slug, "when": until, "counts": counts}


def _by_area(part: Transcript, year: int) -> BarChart | None:
    """The areas with the most minutes of the year."""
    minutes: Counter[str] = Counter()
    for line in part.standing:
        minutes.update(dict.fromkeys(line.areas, line.minutes))
    names = dict(areas.named(tuple(minutes)))
    found = minutes.most_common(MOST_AREAS)
    title = f"Hours by competency area in {year}" + (f", the {MOST_AREAS} with the most" if len(minutes) > MOST_AREAS else "")
    return charts.bars(title, [(names[code], total, times.hours_words(total)) for code, total in found]) if found else None


def _coverage(family: Collection[int], waiting: Sequence[Pending], now: datetime) -> list[dict[str, Any]]:
    """The areas common to most categories, and others that were touched, with what is recorded, waits or is booked."""
    have, booked = reach.recorded(family), reach.booked(family, now)
    pending: Counter[str] = Counter()
    for one in waiting:
        pending.update(dict.fromkeys(one.areas, one.minutes))
    touched = have.keys() | booked.keys() | pending.keys()
    return [
        {"title": domain.name, "areas": [_area(one.code, one.name, have, pending, booked) for one in shown]}
        for domain in areas.domains()
        if (shown := [one for one in domain.areas if one.code in touched or (domain.core and COMMON in one.families)])
    ]


def _area(code: str, name: str, have: dict[str, int], pending: Counter[str], booked: dict[str, Any]) -> dict[str, str]:
    if code in have:
        return {"name": name, "state": "have", "text": times.hours_words(have[code])}
    if pending[code]:
        return {"name": name, "state": "wait", "text": f"{times.hours_words(pending[code])} waiting"}
    if code in booked:
        day = times.local(booked[code].starts_at, booked[code].zone).date()
        return {"name": name, "state": "wait", "text": f"booked {times.date_words(day, weekday=False, year=False)}"}
    return {"name": name, "state": "none", "text": "none yet"}


def _certificate(row: Any, zone: str, base_url: str) -> dict[str, Any]:
    return {"title": row.content["title"], "code": row.code, "spaced": spaced(row.code),
            "issued": times.date_words(times.local(row.issued_at, zone).date()), "address": f"{base_url}/verify/{row.code}",
            "version": row.version}


def _years(transcript: Transcript, year: int, this_year: int) -> list[dict[str, Any]]:
    found = sorted({*transcript.years, year, this_year}, reverse=True)
    return [{"label": str(one), "href": f"/me/hours?year={one}", "current": one == year} for one in found] if len(found) > 1 else []


def _both(minutes: int) -> str:
    return f"{times.hours_words(minutes)} ({regimes.words(minutes)})"


def _counted(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"

