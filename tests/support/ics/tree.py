"""From content lines to components and properties (RFC 5545 sections 3.1, 3.2 and 3.4)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.support.ics.lines import Line
from tests.support.ics.report import Report

_PLAIN = r"[^\";:,\x00-\x08\x0a-\x1f\x7f]*"
_QUOTED = r"\"[^\"\x00-\x08\x0a-\x1f\x7f]*\""
_PARAMETER = rf";[A-Za-z0-9-]+=(?:{_QUOTED}|{_PLAIN})(?:,(?:{_QUOTED}|{_PLAIN}))*"
CONTENT = re.compile(rf"^([A-Za-z0-9-]+)((?:{_PARAMETER})*):(.*)$", re.DOTALL)
PARAMETER = re.compile(rf";([A-Za-z0-9-]+)=((?:{_QUOTED}|{_PLAIN})(?:,(?:{_QUOTED}|{_PLAIN}))*)")


@dataclass(frozen=True)
class Property:
    """One content line: NAME;PARAMETERS:value, the value still escaped."""

    name: str
    parameters: dict[str, str]
    value: str
    line: int


@dataclass
class Component:
    """What stands between BEGIN and END."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """Its properties of this name."""
        return [found for found in self.properties if found.name == name]

    def first(self, name: str) -> Property | None:
        """Its first property of this name."""
        return next(iter(self.all(name)), None)

    def walk(self) -> Iterator["Component"]:
        """Itself and everything inside."""
        yield self
        for part in self.parts:
            yield from part.walk()


def grow(content: Iterable[Line], report: Report) -> Component:
    """The nameless root that holds the components of the text."""
    root = Component("", 0)
    open_ones = [root]
    for line in content:
        found = _property(line, report)
        if found is None:
            continue
        if found.name == "BEGIN":
            part = Component(found.value.upper(), line.number)
            open_ones[-1].parts.append(part)
            open_ones.append(part)
        elif found.name == "END":
            _close(open_ones, found, report)
        else:
            open_ones[-1].properties.append(found)
    for left in open_ones[1:]:
        report.error("NESTING", f"{left.name} is never closed", left.line)
    return root


def _property(line: Line, report: Report) -> Property | None:
    match = CONTENT.match(line.text)
    if not match:
        report.error("SYNTAX", f"not a content line: {line.text[:60]!r}", line.number)
        return None
    name, written, value = match[1].upper(), match[2], match[3]
    parameters: dict[str, str] = {}
    for key, content in PARAMETER.findall(written):
        if key.upper() in parameters:
            report.error("PARAMETER", f"{name};{key} twice", line.number)
        parameters[key.upper()] = content.strip('"')
    return Property(name, parameters, value, line.number)


def _close(open_ones: list[Component], end: Property, report: Report) -> None:
    if len(open_ones) == 1 or open_ones[-1].name != end.value.upper():
        report.error("NESTING", f"END:{end.value} does not close {open_ones[-1].name or 'anything'}", end.line)
    if len(open_ones) > 1:
        open_ones.pop()
