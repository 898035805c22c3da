"""Why an award is what it is, in a few words."""

import pytest

from webapp.hours import remarks


def evidence(start, end, minutes=120):
    return {"presences": [{"id": 1, "in": f"2026-07-15T{start}:00+00:00", "out": f"2026-07-15T{end}:00+00:00"}], "minutes": minutes,
            "net_minutes": 165, "credit_minutes": 165, "breaks": [[80, 15]], "starts_at": "2026-07-15T14:00:00+00:00",
            "ends_at": "2026-07-15T17:00:00+00:00", "zone": "America/Chicago"}


@pytest.mark.parametrize(("facts", "words"), [
    (evidence("14:00", "17:00", 165), ""),
    (evidence("14:00", "16:15"), "left 11:15 am, 45 min short"),
    (evidence("14:45", "17:30"), "arrived 9:45 am, 45 min short"),
    (evidence("14:30", "16:45"), "arrived 9:30 am, left 11:45 am, 45 min short"),
    ({}, ""),
])
def test_short(facts, words):
    assert remarks.short(facts) == words


def test_in_full_names_presence_breaks_and_credit():
    assert remarks.in_full(evidence("14:00", "16:15")) == [
        "Present 9:00 am to 11:15 am CT.",
        "The session ran 9:00 am to 12:00 pm, without breaks of 15 min: 120 of 165 minutes count.",
        "Full attendance is credited with 2 h 45 min."]
