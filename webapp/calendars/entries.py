"""One VEVENT as finished text (RFC 5545, RFC 7986), from plain facts. The icalendar library escapes and folds.

Times are UTC: each session is its own entry, so no rule ever crosses a clock change, and no client can misread a VTIMEZONE
(docs/decisions/calendar-times.md). The local time and zone are said in the description.
"""

from datetime import datetime

from icalendar import Event, vGeo, vText, vUri

from webapp.calendars.facts import EntryFacts
from webapp.core import times

_KIND_WORDS = {
    "workshop": "Workshop", "conference": "Conference", "capstone": "Capstone", "rsc_group": "Reflective consultation",
    "awareness": "Gathering", "info_session": "Information",
}
_CREDIT_WORDS = {"training": "training", "rsc": "reflective supervision/consultation"}
EDITION = 2  # raised when entries say the same rows in other words: what was kept before is made again
CANCELLED = "CANCELLED \u2013 "


def render(facts: EntryFacts) -> str:
    """The VEVENT, CRLF line ends, folded at 75 octets, never inside a character."""
    octets: bytes = component(facts).to_ical()
    return octets.decode("utf-8")


def component(facts: EntryFacts) -> Event:
    """The VEVENT as a component, for invitations that add to it."""
    entry = Event()
    cancelled = facts.status == "CANCELLED"
    entry.add("uid", facts.uid)
    entry.add("dtstamp", facts.stamped_at)
    entry.add("last-modified", facts.stamped_at)
    entry.add("sequence", facts.sequence)
    entry.add("dtstart", facts.starts_at)
    entry.add("dtend", facts.ends_at)
    entry.add("summary", (CANCELLED if cancelled else "") + facts.lead + facts.title)
    entry.add("status", facts.status)
    entry.add("transp", "TRANSPARENT" if cancelled or facts.kind == "awareness" else "OPAQUE")
    if place := facts.join_url if facts.online and facts.join_url else facts.location:
        entry.add("location", vText(place))
    if facts.geo:
        entry["geo"] = vGeo(facts.geo)
    entry.add("url", facts.url)
    entry.add("categories", [_KIND_WORDS[facts.kind], *_credit_categories(facts)])
    entry.add("description", description(facts))
    if facts.join_url and not cancelled:
        conference = vUri(facts.join_url)
        conference.params = type(conference.params)({"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Join online"})
        entry.add("conference", conference, encode=False)
    return entry


def description(facts: EntryFacts) -> str:
    """Plain short lines: the local time, what it counts for, how to join, where to look."""
    lines = [times.span_words(facts.starts_at, facts.ends_at, facts.zone)]
    if facts.status == "CANCELLED":
        lines.insert(0, "This is cancelled.")
    if facts.note:
        lines.append(facts.note)
    for kind, minutes in facts.credits:
        hours = f"{times.hours_words(minutes)} {_CREDIT_WORDS[kind]}"
        lines.append(f"{hours} ({times.clock_hours(minutes)} clock hours) if you attend all of it")
    if facts.areas:
        lines.append("Competency areas: " + ", ".join(facts.areas))
    if facts.join_url:
        lines.append(f"Join online: {facts.join_url}")
    elif facts.link_opens_at:
        lines.append(f"The joining link shows here from {times.moment_words(facts.link_opens_at, facts.zone)}")
    if facts.address:
        lines.append(facts.address)
    lines.append(f"Details and changes: {facts.url}")
    return "\n".join(lines)


def fingerprint(ends_at: datetime, sequence: int, *moments: datetime | None, flags: str = "") -> str:
    """Says which state of its rows an entry shows; differs as soon as the text would. It sorts by the session's end."""
    seen = ".".join("-" if m is None else format(int(m.timestamp()), "x") for m in moments)
    return f"{ended(ends_at)}.{EDITION}.{sequence}.{seen}.{flags}"


def ended(moment: datetime) -> str:
    """How fingerprints of sessions that end at the moment begin: ten digits."""
    return f"{int(moment.timestamp()):010}"


def _credit_categories(facts: EntryFacts) -> list[str]:
    words = {"training": "Training hours", "rsc": "Reflective hours"}
    return [words[kind] for kind, _ in facts.credits]
