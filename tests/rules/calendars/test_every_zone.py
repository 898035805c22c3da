"""Every IANA zone in the weeks of its clock changes: two independent parsers read the instant of the wall time that was typed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tests.support.ics import parsers
from tests.support.ics.report import Report
from webapp.calendars import documents, entries
from webapp.calendars.facts import EntryFacts
from webapp.catalog.sessions import Timing
from webapp.core import times
from webapp.core.errors import Unacceptable

YEAR = 2026
LENGTH = timedelta(hours=8)  # over the change, for those that begin before it
DAYS, HALF_HOURS = (-7, -3, -1, 0, 1, 3, 7), range(-8, 9)


def changes(tz: ZoneInfo) -> Iterator[datetime]:
    """The instants at which the zone's clocks change in the year, to the quarter of an hour."""
    moment, quarter = datetime(YEAR, 1, 1, tzinfo=UTC), timedelta(minutes=15)
    while moment.year == YEAR:
        after = moment + timedelta(days=1)
        if moment.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            yield next(one for one in (moment + quarter * n for n in range(1, 97))
                       if one.astimezone(tz).utcoffset() != moment.astimezone(tz).utcoffset())
        moment = after


def typed(tz: ZoneInfo) -> Iterator[datetime]:
    """Wall times around each change; one in summer for a zone without any."""
    found = False
    for change in changes(tz):
        found, wall = True, change.astimezone(tz).replace(tzinfo=None, fold=0)
        yield from (datetime.combine(wall.date() + timedelta(days=day), datetime.min.time().replace(hour=9)) for day in DAYS)
        yield from (wall + timedelta(minutes=30 * n) for n in HALF_HOURS)
    if not found:
        yield datetime(YEAR, 7, 1, 9)


def meanings(wall: datetime, tz: ZoneInfo) -> list[datetime]:
    """What zoneinfo makes of a wall time: no instant in a gap, two in an overlap."""
    both = {wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(one for one in both if one.astimezone(tz).replace(tzinfo=None, fold=0) == wall)


@cache
def written() -> tuple[dict[str, tuple[datetime, datetime]], list[str]]:
    """Every time that can be typed, as entries: uid -> the instants zoneinfo gives; and the texts."""
    wanted: dict[str, tuple[datetime, datetime]] = {}
    texts: list[str] = []
    for zone in sorted(available_timezones()):
        tz = ZoneInfo(zone)
        for wall in typed(tz):
            starts, ends = meanings(wall, tz), meanings(wall + LENGTH, tz)
            for fold, start in enumerate(starts if len(ends) == 1 else []):
                kept = Timing(wall, wall + LENGTH, zone, fold if len(starts) == 2 else None).columns()
                uid = f"{zone}.{wall:%m%dT%H%M}.{fold}"
                wanted[uid] = (start, ends[0])
                texts.append(entries.render(facts(uid, kept["starts_at"], kept["ends_at"], zone)))
    return wanted, texts


def facts(uid: str, starts_at: datetime, ends_at: datetime, zone: str) -> EntryFacts:
    """An entry at these instants."""
    return EntryFacts(
        uid=uid, sequence=0, stamped_at=datetime(YEAR, 1, 1, tzinfo=UTC), starts_at=starts_at, ends_at=ends_at, zone=zone,
        status="CONFIRMED", event_title="x", session_title="", location="", address="", geo=None, url="https://attune.test/events/x",
        kind="workshop", credits=(), areas=())


def files(texts: list[str]) -> Iterator[bytes]:
    """Calendars of 2,000 entries: ical.js takes ever longer for each one in a longer file."""
    for start in range(0, len(texts), 2_000):
        yield documents.feed(texts[start:start + 2_000], name="x", description="y", zone="UTC", url="https://attune.test")


@pytest.mark.parametrize("read", [parsers._icalendar, parsers._ical_js], ids=["icalendar", "ical.js"])
def test_a_parser_reads_the_instants_of_zoneinfo(read) -> None:
    wanted, texts = written()
    readings = [read(body) for body in files(texts)]
    if readings[0] is None:
        pytest.skip("Node is not here")
    shown = {uid: tuple(one.strftime("%Y-%m-%dT%H:%M:%SZ") for one in span) for uid, span in wanted.items()}
    assert [one.complaints for one in readings] == [[]] * len(readings)
    spans = {uid: span for one in readings for uid, span in one.spans.items()}
    assert {uid: span for uid, span in spans.items() if span != shown.get(uid)} == {}
    assert len(spans) == len(shown) > 5_000


def test_every_parser_reads_one_in_seven() -> None:
    some, report = written()[1][::7], Report()
    readings = parsers.read_all(next(files(some)), report)
    assert (report.errors, {len(one.uids) for one in readings}) == ([], {len(some)})


def test_a_time_that_does_not_exist_or_happens_twice_is_refused() -> None:
    refused = {0: "does not exist", 2: "happens twice"}
    seen = set()
    for zone in available_timezones():
        tz = ZoneInfo(zone)
        for wall in typed(tz):
            if (number := len(meanings(wall, tz))) in refused:
                seen.add((zone, number))
                with pytest.raises(Unacceptable, match=refused[number]):
                    times.instant(wall, zone)
    assert len({zone for zone, _ in seen}) > 150
