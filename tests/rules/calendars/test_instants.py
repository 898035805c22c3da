"""The instant of a wall-clock time is the one the zone database gives, in the weeks when clocks change too."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from webapp.catalog.sessions import Timing
from webapp.core import times
from webapp.core.db import UTCDateTime
from webapp.core.errors import Unacceptable

SAMPLE = ("America/Chicago", "America/New_York", "America/Phoenix", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham",
          "Asia/Kathmandu", "Europe/Berlin", "Africa/Casablanca", "America/Santiago", "Pacific/Apia", "UTC")
ZONES = sorted(available_timezones()) if os.environ.get("ATTUNE_HYPOTHESIS", "quick") != "quick" else SAMPLE
YEAR = 2026


def changes(zone: str) -> list[datetime]:
    """The wall-clock hours around every change of a zone's clocks within a year, a quarter of an hour apart."""
    tz, found = ZoneInfo(zone), []
    moment = datetime(YEAR, 1, 1, tzinfo=UTC)
    while moment.year == YEAR:
        after = moment + timedelta(hours=6)
        if moment.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            found += [moment.astimezone(tz).replace(tzinfo=None, fold=0) + timedelta(minutes=15 * n) for n in range(-8, 40)]
        moment = after
    return found


def meanings(wall: datetime, zone: str) -> list[datetime]:
    """Every instant at which clocks of the zone show this time, found by trying them all; the earliest first."""
    tz, base = ZoneInfo(zone), wall.replace(tzinfo=UTC)
    tried = (base + timedelta(minutes=15 * n) for n in range(-15 * 4, 15 * 4 + 1))
    return [one for one in tried if one.astimezone(tz).replace(tzinfo=None, fold=0) == wall]


@pytest.mark.parametrize("zone", ZONES)
def test_instants_are_those_of_the_zone_database(zone: str) -> None:
    for wall in changes(zone) or [datetime(YEAR, 7, 1, 9)]:
        said = meanings(wall, zone)
        if not said:
            with pytest.raises(Unacceptable, match="does not exist"):
                times.instant(wall, zone)
        elif len(said) == 1:
            assert times.instant(wall, zone) == said[0]
        else:
            with pytest.raises(Unacceptable, match="happens twice"):
                times.instant(wall, zone)
            assert [times.instant(wall, zone, fold=0), times.instant(wall, zone, fold=1)] == said


@given(zone=st.sampled_from(SAMPLE), day=st.dates(date(2020, 1, 1), date(2035, 12, 31)), minute=st.integers(0, 1439),
       length=st.integers(1, 600))
def test_a_session_shows_the_wall_time_that_was_typed(zone: str, day: date, minute: int, length: int) -> None:
    start = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    try:
        kept = Timing(start, start + timedelta(minutes=length), zone).columns()
    except Unacceptable:
        reject()  # an hour that is skipped or occurs twice: the test above
    assert (times.local(kept["starts_at"], zone).replace(tzinfo=None), kept["wall_start"]) == (start, start.strftime("%Y-%m-%dT%H:%M"))
    assert kept["starts_at"].tzinfo is UTC and kept["starts_at"] < kept["ends_at"]


def test_no_naive_time_reaches_the_database() -> None:
    with pytest.raises(ValueError, match="naive"):
        UTCDateTime().process_bind_param(datetime(2026, 7, 1, 9), sqlite.dialect())
