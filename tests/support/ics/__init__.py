"""A strict check of iCalendar texts: our own rules on the raw octets, and independent parsers that must agree.

`check(body)` returns what is wrong; an empty list means RFC 5545, 5546 and 7986 are kept and every parser at hand reads it well.
Clients accept broken feeds silently, so this check is the gate.
"""

from tests.support.ics import agreement, calendar_rules, event_rules, lines, parsers, tree
from tests.support.ics.report import Report

LEAST_PARSERS = 2


def check(body: bytes) -> list[str]:
    """Everything wrong with the text, as `CODE: sentence (line n)`. Warnings are left to `examine`."""
    return examine(body).errors


def examine(body: bytes) -> Report:
    """The whole report: errors, warnings, and which parsers read the text."""
    report = Report()
    root = tree.grow(lines.unfold(body, report), report)
    calendar = calendar_rules.the_calendar(root, report)
    if calendar is not None:
        zones = calendar_rules.check(calendar, report)
        event_rules.check(calendar, zones, report)
    readings = parsers.read_all(body, report)
    if len(readings) < LEAST_PARSERS:
        report.error("PARSERS", f"only {len(readings)} parsers could be had, {LEAST_PARSERS} are needed")
    agreement.check(readings, report)
    return report
