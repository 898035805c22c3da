"""Whatever people write comes back from a calendar entry exactly, by two independent readers."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from tests.support import ics
from webapp.calendars import documents, entries
from webapp.calendars.facts import EntryFacts
from webapp.core import text
from webapp.core.errors import Unacceptable

START = datetime(2026, 11, 1, 14, 30, tzinfo=UTC)


def kept(typed: str) -> str | None:
    """The text as the product keeps it; None when it refuses it."""
    try:
        return text.clean(typed) or None
    except Unacceptable:
        return None


WORDS = st.one_of(
    st.text(min_size=1, max_size=90), st.text(alphabet=";,:\\\"'\n nN^%#äß家👩‍👧", min_size=1, max_size=90),
    st.sampled_from(["<p onclick=\"x()\">Sleep &amp; feeding</p><script>alert(1)</script>", "\u202eabc\u202c \u200fשלום",
                     "\\n is not a line", "BEGIN:VEVENT", "a;b,c:d\\", "END:VCALENDAR", "é" * 80, "👩‍👧" * 30, "سارة; ليلى"])
).map(kept).filter(bool)


def facts(title: str, place: str, note: str) -> EntryFacts:
    """An entry with these words."""
    return EntryFacts(
        uid="a@attune", sequence=3, stamped_at=START, starts_at=START, ends_at=START + timedelta(hours=3), zone="America/Chicago",
        status="CONFIRMED", event_title=title, session_title="", location=place, address="", geo=None, url="https://attune.test/events/a",
        kind="workshop", credits=(("training", 165),), areas=(), note=note)


@given(title=WORDS, place=WORDS, note=WORDS)
def test_words_come_back_exactly_from_two_readers(title: str, place: str, note: str) -> None:
    written = facts(title, place, note)
    body = documents.feed([entries.render(written)], name=title, description=note, zone="America/Chicago", url="https://attune.test")
    one = icalendar.Calendar.from_ical(body).walk("VEVENT")[0]
    other = vobject.readOne(body.decode()).vevent
    wanted = (title, place, entries.description(written))
    assert (str(one["summary"]), str(one["location"]), str(one["description"])) == wanted
    assert (other.summary.value, other.location.value, other.description.value) == wanted
    assert (one.decoded("dtstart"), one.decoded("dtend")) == (written.starts_at, written.ends_at)


@given(title=WORDS, place=WORDS)
def test_no_word_breaks_the_form(title: str, place: str) -> None:
    body = documents.feed([entries.render(facts(title, place, title))], name=title, description=place, zone="UTC", url="https://attune.test")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert body.count(b"\r\nBEGIN:VEVENT\r\n") == 1


@pytest.mark.parametrize("letter", ["a", "é", "👩‍👧", ",", ";", "\\", "ש", "word "])
def test_ten_thousand_letters_come_back_exactly(letter: str) -> None:
    long = (letter * 10_000)[:10_000].strip()
    body = documents.feed([entries.render(facts("x", "y", long))], name="x", description=long, zone="UTC", url="https://attune.test")
    assert ics.check(body) == []
    assert long in str(icalendar.Calendar.from_ical(body).walk("VEVENT")[0]["description"])
    assert long in vobject.readOne(body.decode()).vevent.description.value


def test_hard_words_keep_the_strict_check() -> None:
    body = documents.feed([entries.render(facts("a;b,c:d\\ 👩‍👧 سارة" * 6, "END:VCALENDAR", "\\n"))], name="x", description="y", zone="UTC",
                          url="https://attune.test")
    assert ics.check(body) == []
