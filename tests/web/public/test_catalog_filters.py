"""The list answers each query word of the contract, and is kind about those that mean nothing."""

import pytest

from tests.factories import events
from tests.web.public.seats import take
from webapp.catalog import parts
from webapp.catalog.sessions import Break, Credit
from webapp.core import clock
from webapp.registration.offers import PriceSpec, TypeSpec


def _titles(client, query):
    body = client.get(f"/events?{query}").get_data(as_text=True)
    return {title for title in ("Trauma", "Circle", "Cohort", "Picnic") if f">{title}</a></h3>" in body}


@pytest.fixture
def four():
    """A workshop in Green Bay in August, a free online one in September, a cohort in October, a free gathering without hours."""
    bay = parts.venue(name="Bayfront Hotel", city="Green Bay", county="Brown")
    events.workshop("Trauma", starts=events.at(28), venue_id=bay.id, audience="Home visitors")
    events.workshop("Circle", starts=events.at(60), mode="online", member=0, non_member=0, capacity=1)
    events.cohort("Cohort", starts=events.at(90))
    picnic = events.draft("Picnic", kind="awareness", sign_up="walk_in", venue_id=bay.id)
    events.session_actions.add(picnic.id, actor_id=None, title="Picnic", start=events.at(30), end=events.at(30, 11), no_breaks=True)
    events.sell(picnic, [TypeSpec("Everybody", [PriceSpec(0)])])
    events.publish(picnic)


@pytest.mark.parametrize(("query", "found"), [
    ("", {"Trauma", "Circle", "Cohort", "Picnic"}),
    ("q=picnic", {"Picnic"}), ("q=trauma", {"Trauma", "Circle", "Cohort"}), ("q=HOME+visit", {"Trauma"}),
    ("q=nothing+such", set()),
    ("kind=capstone", {"Cohort"}), ("kind=workshop", {"Trauma", "Circle"}),
    ("from=2026-09-01", {"Circle", "Cohort"}), ("to=2026-08-31", {"Trauma", "Picnic"}),
    ("from=2026-08-13&to=2026-09-30", {"Circle", "Picnic"}),
    ("from=2026-08-12&to=2026-08-12", {"Trauma"}),
    ("mode=online", {"Circle"}), ("mode=in_person", {"Trauma", "Cohort", "Picnic"}),
    ("near=brown", {"Trauma", "Picnic"}), ("near=green+b", {"Trauma", "Picnic"}), ("near=%25", set()),
    ("area=TF-ATT", {"Trauma", "Circle", "Cohort"}), ("area=ref-par", {"Cohort"}),
    ("tag=DEI", {"Trauma", "Circle", "Cohort"}), ("tag=RSC", {"Cohort"}), ("tag=RSCP", set()),
    ("age=0-3", {"Trauma", "Circle", "Cohort"}), ("age=3-6", set()),
    ("hours_min=3", {"Cohort"}), ("hours_min=2", {"Trauma", "Circle", "Cohort"}),
    ("free=1", {"Circle", "Picnic"}), ("open=1", {"Trauma", "Circle", "Cohort"}),
    ("kind=workshop&free=1&mode=online", {"Circle"}),
])
def test_each_word_narrows_the_list(client, four, query, found):
    assert _titles(client, query) == found


def test_open_leaves_out_what_is_full_closed_or_begun(client):
    take(events.workshop("Trauma", capacity=1), 1)
    events.workshop("Circle", closes_at=clock.now())

    assert _titles(client, "") == {"Trauma", "Circle"}
    assert _titles(client, "open=1") == set()


@pytest.mark.parametrize("query", [
    "kind=banana", "from=soon", "from=0001-01-01", "to=2026-13-40", "mode=abroad", "area=XX", "tag=YY", "hours_min=-1",
    "hours_min=9999999999",
    "age=9", "open=perhaps", "free=maybe", "page=0x1", "q=%00", "near=" + "x" * 500, "from=2026-09-01&to=2026-08-01",
])
def test_a_word_that_means_nothing_is_said_and_left_out(client, four, query):
    body = client.get(f"/events?{query}")
    assert body.status_code == 200
    assert "We could not make sense of" in body.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["%00", "x" * 10_000, "%25", "_", "%27%22%3B--", "%F0%9F%91%B6",
                                   "%3Cscript%3Ealert(1)%3C/script%3E", "/", "%5C",
                                   "%ED%A0%80", "%E2%80%AE", "a+" * 60])
@pytest.mark.parametrize("word", ["q", "near", "kind", "from", "area", "page", "view", "month"])
def test_hostile_words_are_answered(client, word, typed):
    answer = client.get(f"/events?{word}={typed}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_percent_and_underscore_are_letters_in_a_search(client):
    events.workshop("Trauma", summary="50% play")
    events.workshop("Circle", summary="50 ways to play")
    assert _titles(client, "q=50%25") == {"Trauma"}
    assert _titles(client, "q=5_%25") == set()


def test_an_active_filter_can_be_taken_away(client, four):
    body = client.get("/events?kind=workshop&near=brown&page=1").get_data(as_text=True)
    assert 'href="/events?near=brown"><span class="sr">Take away: </span>Workshops and series' in body
    assert 'href="/events?kind=workshop"><span class="sr">Take away: </span>near brown' in body


def test_the_form_keeps_what_was_asked(client, four):
    body = client.get("/events?q=%22tra%22&kind=capstone&open=1").get_data(as_text=True)
    assert 'value="&#34;tra&#34;"' in body
    assert '<option value="capstone" selected>' in body
    assert '<details class="more-filters" open>' in body


def test_hours_of_both_kinds_count_together(client):
    day = events.draft("Trauma")
    events.session_actions.add(day.id, actor_id=None, title="x", start=events.at(), end=events.at(28, 13), breaks=[Break(60, 15)],
                               credits=[Credit("training", 100, ("TF-ATT",)), Credit("rsc", 80, ("REF-PAR",))])
    events.sell(day, events.member_prices(0, 0))
    events.publish(day)
    assert _titles(client, "hours_min=3") == {"Trauma"}
    assert _titles(client, "hours_min=4") == set()
