"""Rules for VEVENT and VALARM (RFC 5545 section 3.6, RFC 5546 section 3.2), with two of our own: STATUS and SEQUENCE are always written."""

import re
from collections import Counter

from tests.support.ics import values
from tests.support.ics.report import Report
from tests.support.ics.tree import Component

AT_MOST_ONCE = ("DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "SEQUENCE", "URL", "CLASS", "TRANSP",
                "PRIORITY", "GEO", "ORGANIZER", "RECURRENCE-ID", "RRULE", "COLOR", "CREATED", "LAST-MODIFIED")
WORDS = {"STATUS": ("TENTATIVE", "CONFIRMED", "CANCELLED"), "TRANSP": ("OPAQUE", "TRANSPARENT"),
         "CLASS": ("PUBLIC", "PRIVATE", "CONFIDENTIAL")}
FORMS = {"SEQUENCE": re.compile(r"\d+$"), "DURATION": values.DURATION, "URL": values.URI, "ORGANIZER": values.URI, "ATTENDEE": values.URI}
CHECKS = {"GEO": values.check_geo, "COLOR": values.check_colour}


def check(calendar: Component, zones: set[str], report: Report) -> None:
    """Checks every VEVENT; anything else beside zones is refused, because we write nothing else."""
    method = calendar.first("METHOD")
    seen: Counter[tuple[str, str]] = Counter()
    for part in calendar.parts:
        if part.name == "VTIMEZONE":
            continue
        if part.name != "VEVENT":
            report.error("VCALENDAR", f"{part.name} inside VCALENDAR", part.line)
            continue
        seen[_identity(part, report)] += 1
        _check_presence(part, method.value.upper() if method else "", report)
        _check_times(part, zones, report)
        _check_values(part, report)
        _check_method(part, method.value.upper() if method else "", report)
        _check_alarms(part, report)
    for (uid, recurrence), count in seen.items():
        if count > 1:
            report.error("UID", f"{uid} {recurrence} is used {count} times")


def _identity(event: Component, report: Report) -> tuple[str, str]:
    uids, recurrence = event.all("UID"), event.first("RECURRENCE-ID")
    if len(uids) != 1 or not uids[0].value.strip():
        report.error("UID", "needs exactly one UID that is not empty", event.line)
    return uids[0].value if uids else "", recurrence.value if recurrence else ""


def _check_presence(event: Component, method: str, report: Report) -> None:
    """A CANCEL without STATUS takes one attendee out and leaves the event on."""
    for name in ("DTSTAMP", "SEQUENCE", "DTSTART", "STATUS", "SUMMARY"):
        if len(event.all(name)) != 1 and (method, name) != ("CANCEL", "STATUS"):
            report.error(name, f"{len(event.all(name))} times, must be once", event.line)
    for name in AT_MOST_ONCE:
        if len(event.all(name)) > 1:
            report.error("TWICE", f"{name} more than once", event.line)


def _check_times(event: Component, zones: set[str], report: Report) -> None:
    if event.all("DTEND") and event.all("DURATION"):
        report.error("DTEND", "DTEND and DURATION together", event.line)
    start, end = event.first("DTSTART"), event.first("DTEND")
    starts_at = values.moment(start, zones, report) if start else None
    ends_at = values.moment(end, zones, report) if end else None
    if starts_at is not None and ends_at is not None:
        if type(starts_at) is not type(ends_at):
            report.error("DTEND", "DTSTART and DTEND are of different kinds", event.line)
        elif ends_at <= starts_at:
            report.error("DTEND", "the end is not after the start", event.line)
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        for found in event.all(name):
            if not values.UTC_MOMENT.match(found.value):
                report.error("UTC", f"{name}:{found.value} must end in Z", found.line)


def _check_values(event: Component, report: Report) -> None:
    for part in event.walk():
        for found in part.properties:
            values.check_text(found, report)
    for found in event.properties:
        if found.name in WORDS and found.value not in WORDS[found.name]:
            report.error(found.name, f"{found.value} is none of {', '.join(WORDS[found.name])}", found.line)
        if found.name in FORMS and not FORMS[found.name].match(found.value):
            report.error(found.name, f"{found.value} does not have the form it must have", found.line)
        if found.name in ("CONFERENCE", "IMAGE") and found.parameters.get("VALUE") not in ("URI", "BINARY"):
            report.error("RFC7986", f"{found.name} needs VALUE=URI", found.line)
        if found.name in CHECKS:
            CHECKS[found.name](found, report)


def _check_method(event: Component, method: str, report: Report) -> None:
    """RFC 5546: PUBLISH has one ORGANIZER and no ATTENDEE; REQUEST has both; CANCEL has an ORGANIZER."""
    organizers, attendees = len(event.all("ORGANIZER")), len(event.all("ATTENDEE"))
    if method and organizers != 1:
        report.error("RFC5546", f"METHOD:{method} needs one ORGANIZER", event.line)
    if method == "PUBLISH" and attendees:
        report.error("RFC5546", "METHOD:PUBLISH must not name an ATTENDEE", event.line)
    if method == "REQUEST" and not attendees:
        report.error("RFC5546", "METHOD:REQUEST needs an ATTENDEE", event.line)


def _check_alarms(event: Component, report: Report) -> None:
    for part in event.parts:
        if part.name != "VALARM":
            report.error("NESTING", f"{part.name} inside VEVENT", part.line)
            continue
        for name in ("ACTION", "TRIGGER"):
            if len(part.all(name)) != 1:
                report.error("VALARM", f"needs one {name}", part.line)
        action = part.first("ACTION")
        if action and action.value in ("DISPLAY", "EMAIL") and not part.all("DESCRIPTION"):
            report.error("VALARM", f"{action.value} needs a DESCRIPTION", part.line)
