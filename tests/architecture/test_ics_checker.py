"""The calendar checker finds what it is there to find: a good text passes, and each small damage is named."""

import pytest

from tests.support import ics

GOOD = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Attune//EN
NAME:Trainings
BEGIN:VTIMEZONE
TZID:America/Chicago
BEGIN:STANDARD
DTSTART:20071104T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0600
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
TZOFFSETFROM:-0600
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:a@attune.test
DTSTAMP:20260715T150000Z
SEQUENCE:0
STATUS:CONFIRMED
DTSTART;TZID=America/Chicago:20260801T090000
DTEND:20260801T150000Z
SUMMARY:Reflective supervision\\, day one – für alle
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

DAMAGES = {
    "LINE75": ("SUMMARY:", "SUMMARY:" + "x" * 80),
    "ESCAPE": ("\\, day", ", day"),
    "UID": ("UID:a@attune.test\r\n", ""),
    "DTSTAMP": ("DTSTAMP:20260715T150000Z\r\n", ""),
    "SEQUENCE": ("SEQUENCE:0\r\n", ""),
    "STATUS": ("STATUS:CONFIRMED", "STATUS:MAYBE"),
    "DTEND": ("DTEND:20260801T150000Z", "DTEND:20260801T130000Z"),
    "FLOATING": ("DTSTART;TZID=America/Chicago:", "DTSTART:"),
    "VTIMEZONE": ("DTSTART;TZID=America/Chicago:", "DTSTART;TZID=America/Denver:"),
    "AGREEMENT": ("TZOFFSETFROM:-0600\r\nTZOFFSETTO:-0500", "TZOFFSETFROM:-0600\r\nTZOFFSETTO:-0700"),
    "RFC7986": ("NAME:Trainings", "NAME:Trainings\r\nREFRESH-INTERVAL:PT4H"),
    "RFC5546": ("NAME:Trainings", "NAME:Trainings\r\nMETHOD:REQUEST"),
    "CRLF": ("SEQUENCE:0\r\n", "SEQUENCE:0\n"),
    "CONTROL": ("day one", "day\x07one"),
    "NESTING": ("END:VEVENT\r\n", ""),
    "BLANK": ("SEQUENCE:0\r\n", "SEQUENCE:0\r\n\r\n"),
    "SYNTAX": ("SEQUENCE:0\r\n", "SEQUENCE:0\r\nnonsense\r\n"),
}


def test_a_good_text_passes_every_parser():
    report = ics.examine(GOOD.encode())
    assert (report.errors, report.warnings) == ([], [])
    assert {"icalendar", "vobject"} <= set(report.parsers)


@pytest.mark.parametrize("code", DAMAGES)
def test_a_damage_is_named(code):
    before, after = DAMAGES[code]
    assert before in GOOD
    errors = ics.check(GOOD.replace(before, after, 1).encode())
    if code == "AGREEMENT" and "ical.js" not in ics.examine(GOOD.encode()).parsers:
        pytest.skip("a wrong zone is seen by ical.js only, and Node is not here")
    assert code in {error.partition(":")[0] for error in errors}


def test_one_identifier_for_two_entries_is_named():
    event = GOOD[GOOD.index("BEGIN:VEVENT"):GOOD.index("END:VCALENDAR")]
    errors = ics.check(GOOD.replace(event, event + event).encode())
    assert "UID: a@attune.test  is used 2 times" in errors


def test_a_fold_that_splits_a_character_is_named():
    body = GOOD.encode().replace("für".encode(), b"f\xc3\r\n \xbcr")
    assert [error for error in ics.check(body) if error.startswith("FOLD")]
