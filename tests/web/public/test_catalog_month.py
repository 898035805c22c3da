"""The month as a grid."""

from datetime import datetime

import pytest

from tests.factories import events
from webapp.catalog import events as catalog


def _body(client, month="", more=""):
    return client.get(f"/events?view=month&month={month}{more}").get_data(as_text=True)


def test_sessions_stand_on_their_days(client):
    events.workshop("Sleep", starts=datetime(2026, 12, 31, 9), days=2)
    december, january = _body(client, "2026-12"), _body(client, "2027-01")
    assert "1 event meets in December 2026." in december
    assert "1 event meets in January 2027." in january
    assert december.count(">Sleep</a>") == 0  # the time stands before the title
    assert december.count('<small>9:00 am</small> Sleep</a>') == 2
    assert january.count('<small>9:00 am</small> Sleep</a>') == 2


@pytest.mark.parametrize(("month", "earlier", "later"), [
    ("2026-12", "2026-11", "2027-01"), ("2027-01", "2026-12", "2027-02"), ("2027-02", "2027-01", "2027-03")])
def test_earlier_and_later_cross_the_year(client, month, earlier, later):
    body = _body(client, month)
    assert f'href="/events?view=month&amp;month={earlier}"' in body
    assert f'href="/events?view=month&amp;month={later}"' in body


def test_breakouts_of_one_conference_stand_once_a_day(client):
    events.conference("Gathering", starts=datetime(2026, 9, 10, 9))
    assert _body(client, "2026-09").count("Gathering</a>") == 2  # the pre-conference day and the day


def test_a_cancelled_event_says_so(client):
    catalog.cancel(events.workshop("Sleep", starts=datetime(2026, 9, 10, 9)).id, actor_id=None, reason="Snow")
    assert "<small>Cancelled:</small> Sleep" in _body(client, "2026-09")


def test_filters_narrow_the_grid_and_stay_in_its_links(client):
    events.workshop("Sleep", starts=datetime(2026, 9, 10, 9))
    body = _body(client, "2026-09", "&mode=online")
    assert "Nothing meets in September 2026" in body
    assert 'href="/events?mode=online&amp;view=month&amp;month=2026-10"' in body


@pytest.mark.parametrize("month", ["2026-13", "soon", "0000-01", "99999-01", "2026-1", "%00"])
def test_a_month_that_means_nothing_is_the_present_one(client, month):
    body = _body(client, month)
    assert "July 2026" in body
    assert "We could not make sense of the month" in body


def test_the_grid_is_one_statement(client, query_count):
    events.workshop("Sleep")
    with query_count() as seen:
        _body(client, "2026-08")
    assert len(seen) == 1
