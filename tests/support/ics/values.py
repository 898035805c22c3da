"""Forms of single values (RFC 5545 section 3.3, RFC 7986 section 5)."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.support.ics import colours
from tests.support.ics.report import Report
from tests.support.ics.tree import Property

DURATION = re.compile(r"^[+-]?P(?:\d+W|(?=\d|T)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$")
MOMENT = re.compile(r"^(\d{8}T\d{6})(Z?)$")
UTC_MOMENT = re.compile(r"^\d{8}T\d{6}Z$")
URI = re.compile(r"^[a-z][a-z0-9+.-]*:\S+$", re.IGNORECASE)
GEO = re.compile(r"^([+-]?\d+(?:\.\d+)?);([+-]?\d+(?:\.\d+)?)$")
BAD_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(?![\\;,nN])")
BARE_SEMICOLON = re.compile(r"(?<!\\)(?:\\\\)*;")
BARE_COMMA = re.compile(r"(?<!\\)(?:\\\\)*,")
TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT", "NAME", "UID", "TZNAME", "PRODID", "X-WR-CALNAME", "X-WR-CALDESC"}
TEXT_LISTS = {"CATEGORIES", "RESOURCES"}


def check_text(found: Property, report: Report) -> None:
    """Backslash, comma, semicolon and newline are escaped in texts (RFC 5545 section 3.3.11)."""
    if found.name not in TEXTS | TEXT_LISTS:
        return
    if BAD_ESCAPE.search(found.value):
        report.error("ESCAPE", f"{found.name}: backslash before a character that is not \\ ; , n", found.line)
    if BARE_SEMICOLON.search(found.value) or (found.name in TEXTS and BARE_COMMA.search(found.value)):
        report.error("ESCAPE", f"{found.name}: unescaped comma or semicolon", found.line)


def check_colour(found: Property, report: Report) -> None:
    """COLOR is a CSS3 name (RFC 7986 section 5.9)."""
    if found.value.lower() not in colours.CSS3:
        report.error("RFC7986", f"COLOR {found.value} is not a CSS3 name", found.line)


def check_geo(found: Property, report: Report) -> None:
    """GEO is `latitude;longitude` in degrees."""
    match = GEO.match(found.value)
    if not match or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        report.error("GEO", found.value, found.line)


def moment(found: Property, zones: set[str], report: Report) -> datetime | date | None:
    """The instant in UTC (or the date) that a DTSTART and the like states; None when it cannot be told."""
    if found.parameters.get("VALUE") == "DATE" or re.fullmatch(r"\d{8}", found.value):
        return _day(found, report)
    match = MOMENT.match(found.value)
    local = _parsed(match[1], "%Y%m%dT%H%M%S") if match else None
    if match is None or local is None:
        report.error("DATETIME", f"{found.name}:{found.value} is not a date-time", found.line)
        return None
    zone = found.parameters.get("TZID")
    if match[2]:
        if zone:
            report.error("TZID", f"{found.name}: TZID together with Z", found.line)
        return local.replace(tzinfo=UTC)
    return _in_zone(found, local, zone, zones, report)


def _day(found: Property, report: Report) -> date | None:
    if found.parameters.get("VALUE") != "DATE":
        report.error("VALUE", f"{found.name}:{found.value} needs VALUE=DATE", found.line)
    if "TZID" in found.parameters:
        report.error("TZID", f"{found.name}: a date has no TZID", found.line)
    day = _parsed(found.value, "%Y%m%d")
    if day is None:
        report.error("DATE", f"{found.name}:{found.value}", found.line)
    return day.date() if day else None


def _in_zone(found: Property, local: datetime, zone: str | None, zones: set[str], report: Report) -> datetime | None:
    if not zone:
        report.error("FLOATING", f"{found.name}:{found.value} has neither Z nor TZID", found.line)
        return None
    if zone not in zones:
        report.error("VTIMEZONE", f"{found.name}: no VTIMEZONE for {zone}", found.line)
    try:
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError):
        report.error("TZID", f"{zone} is not an IANA name", found.line)
        return None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None
