"""Independent readers of the same text: icalendar and vobject always; libical (C) and ical.js (Node) where they are installed."""

import ctypes
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import vobject

from tests.support.ics.report import Report

SCRIPT = Path(__file__).with_name("read.mjs")
Span = tuple[str | None, str | None]


@dataclass
class Reading:
    """What one parser saw: complaints, UIDs and, where it tells instants, start and end of each as ISO text in UTC."""

    parser: str
    complaints: list[str] = field(default_factory=list)
    uids: set[str] = field(default_factory=set)
    spans: dict[str, Span] = field(default_factory=dict)


def read_all(body: bytes, report: Report) -> list[Reading]:
    """Every parser at hand; complaints and crashes go into the report."""
    readings: list[Reading] = []
    for read in READERS:
        try:
            reading = read(body)
        except Exception as error:  # whatever a parser throws at a text is a verdict on the text
            report.error(read.__name__.lstrip("_"), f"{type(error).__name__}: {error}"[:200])
            continue
        if reading is None:
            continue
        readings.append(reading)
        report.parsers.append(reading.parser)
        for complaint in reading.complaints[:5]:
            report.error(reading.parser, complaint[:200])
    return readings


def _icalendar(body: bytes) -> Reading:
    calendar = icalendar.Calendar.from_ical(body)
    reading = Reading("icalendar")
    for part in calendar.walk():
        reading.complaints += [str(error) for error in getattr(part, "errors", [])]
    for event in calendar.walk("VEVENT"):
        uid = str(event.get("uid", ""))
        reading.uids.add(uid)
        reading.spans[uid] = (_written(event.decoded("dtstart", None)), _written(event.decoded("dtend", None)))
    return reading


def _vobject(body: bytes) -> Reading:
    calendar = vobject.readOne(body.decode())
    calendar.validate(raiseException=True)
    return Reading("vobject", uids={event.uid.value for event in getattr(calendar, "vevent_list", [])})


def _libical(body: bytes) -> Reading | None:
    try:
        library = ctypes.CDLL("libical.so.3")
    except OSError:
        return None
    for function in ("icalparser_parse_string", "icalcomponent_as_ical_string_r"):
        getattr(library, function).restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    for function in ("icalrestriction_check", "icalcomponent_as_ical_string_r", "icalcomponent_free", "icalmemory_free_buffer"):
        getattr(library, function).argtypes = [ctypes.c_void_p]
    component = library.icalparser_parse_string(body)
    if not component:
        return Reading("libical", ["cannot parse the text"])
    library.icalrestriction_check(component)
    buffer = library.icalcomponent_as_ical_string_r(component)
    text = (ctypes.cast(buffer, ctypes.c_char_p).value or b"").decode("utf-8", "replace")
    library.icalmemory_free_buffer(buffer)
    library.icalcomponent_free(component)
    text = re.sub(r"\r?\n[ \t]", "", text)
    complaints = re.findall(r"X-LIC-ERROR(?:;[^:]*)?:([^\r\n]*)", text)
    return Reading("libical", list(dict.fromkeys(complaints)), set(re.findall(r"^UID:(.*?)\r?$", text, re.MULTILINE)))


def _ical_js(body: bytes) -> Reading | None:
    """Works instants out from the file's own VTIMEZONE, so a wrong zone shows as another instant than zoneinfo gives."""
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        return None
    done = subprocess.run([node, str(SCRIPT)], input=body, capture_output=True, timeout=120, check=False)
    if done.returncode:
        return Reading("ical.js", [done.stderr.decode("utf-8", "replace")[-200:]])
    answer = json.loads(done.stdout)
    spans: dict[str, Span] = {event["uid"] or "": (event["start"], event["end"]) for event in answer["events"]}
    return Reading("ical.js", answer["errors"], set(spans), spans)


def _written(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value) if value is not None else None


READERS: tuple[Callable[[bytes], Reading | None], ...] = (_icalendar, _vobject, _libical, _ical_js)
