"""Rules for VCALENDAR and VTIMEZONE (RFC 5545 sections 3.4 and 3.6.5, RFC 7986 section 5)."""

from tests.support.ics import values
from tests.support.ics.report import Report
from tests.support.ics.tree import Component

AT_MOST_ONCE = ("CALSCALE", "METHOD", "LAST-MODIFIED", "UID", "URL", "REFRESH-INTERVAL", "SOURCE", "COLOR")


def the_calendar(root: Component, report: Report) -> Component | None:
    """The one VCALENDAR of the text."""
    if len(root.parts) != 1 or root.parts[0].name != "VCALENDAR":
        report.error("VCALENDAR", f"expected exactly one VCALENDAR, found {[part.name for part in root.parts]}")
        return None
    if root.properties:
        report.error("VCALENDAR", "properties outside VCALENDAR", root.properties[0].line)
    return root.parts[0]


def check(calendar: Component, report: Report) -> set[str]:
    """Checks the calendar's own lines and its zones; returns the zones' names."""
    _check_required(calendar, report)
    _check_rfc7986(calendar, report)
    zones = _zones(calendar, report)
    used = {found.parameters.get("TZID") for part in calendar.walk() for found in part.properties}
    for zone in zones - used:
        report.warning("VTIMEZONE", f"{zone} is never used")
    return zones


def _check_required(calendar: Component, report: Report) -> None:
    for name in ("VERSION", "PRODID"):
        if (count := len(calendar.all(name))) != 1:
            report.error(name, f"{count} times in VCALENDAR, must be once", calendar.line)
    version = calendar.first("VERSION")
    if version and version.value != "2.0":
        report.error("VERSION", "must be 2.0", version.line)
    for name in AT_MOST_ONCE:
        if len(calendar.all(name)) > 1:
            report.error("TWICE", f"{name} more than once in VCALENDAR")
    for found in calendar.properties:
        values.check_text(found, report)


def _check_rfc7986(calendar: Component, report: Report) -> None:
    for found in calendar.all("REFRESH-INTERVAL"):
        if found.parameters.get("VALUE") != "DURATION" or not values.DURATION.match(found.value):
            report.error("RFC7986", "REFRESH-INTERVAL must be VALUE=DURATION and a duration", found.line)
    for found in calendar.all("SOURCE"):
        if found.parameters.get("VALUE") != "URI":
            report.error("RFC7986", "SOURCE needs VALUE=URI", found.line)
    for found in calendar.all("COLOR"):
        values.check_colour(found, report)
    if not calendar.all("NAME") and not calendar.all("X-WR-CALNAME"):
        report.warning("RFC7986", "no NAME and no X-WR-CALNAME: clients show the address")


def _zones(calendar: Component, report: Report) -> set[str]:
    names: set[str] = set()
    for zone in (part for part in calendar.parts if part.name == "VTIMEZONE"):
        found = zone.all("TZID")
        if len(found) != 1:
            report.error("VTIMEZONE", "needs one TZID", zone.line)
            continue
        if found[0].value in names:
            report.error("VTIMEZONE", f"{found[0].value} defined twice", zone.line)
        names.add(found[0].value)
        _check_observances(zone, report)
    return names


def _check_observances(zone: Component, report: Report) -> None:
    observances = [part for part in zone.parts if part.name in ("STANDARD", "DAYLIGHT")]
    if not observances:
        report.error("VTIMEZONE", "neither STANDARD nor DAYLIGHT", zone.line)
    for part in observances:
        for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"):
            if len(part.all(name)) != 1:
                report.error("VTIMEZONE", f"{part.name} needs one {name}", part.line)
        for start in part.all("DTSTART"):
            if start.value.endswith("Z") or "TZID" in start.parameters:
                report.error("VTIMEZONE", "an observance starts at a local time", start.line)
