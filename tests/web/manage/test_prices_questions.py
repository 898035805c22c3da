"""Prices and questions of an event, as forms with rows."""

from datetime import UTC, datetime

import pytest

from tests.factories import events, people, registrations
from tests.support.html import filled, parse
from webapp.forms import questions
from webapp.registration import offers
from webapp.registration.offers import InstalmentSpec, PriceSpec, TypeSpec


@pytest.fixture
def organizer(client, sign_in):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def post(client, event, page, data):
    return client.post(f"/manage/events/{event.slug}/{page}", data=data)


def as_typed(html):
    """What a browser would send of the page's form."""
    page = parse(html)
    return filled(next(form for form in page.all("form") if form.attributes.get("aria-label") in ("Prices", "Questions")))


def test_type_with_early_price_is_sold(organizer):
    event = events.draft("Sleep")
    answer = post(
        organizer,
        event,
        "prices",
        {
            "types-0-name": "Member",
            "types-0-audience": "member",
            "types-0-price": "125",
            "types-0-early": "110.00",
            "types-0-until": "2026-09-15",
            "types-0-capacity": "12",
            "group_rules-0-min_count": "5",
            "group_rules-0-percent": "10",
            "add_ons-0-name": "Lunch",
            "add_ons-0-prices": "20",
        },
    )
    sold = offers.of_event(event.id)
    assert answer.status_code == 303
    assert [(one.cents, one.label) for one in sold.types[0].prices] == [(11_000, "Early"), (12_500, "")]
    assert sold.types[0].prices[0].valid_until.isoformat() == "2026-09-16T05:00:00+00:00"
    assert (sold.types[0].capacity, sold.add_ons[0].prices[0].cents, sold.group_rules[0].percent) == (12, 2_000, 1_000)


def test_saving_the_page_as_it_is_changes_nothing(organizer):
    event = events.cohort()
    offers.replace(
        event.id,
        offers.Offers(
            [
                TypeSpec(
                    "Tuition",
                    [PriceSpec(900_000)],
                    instalments=[InstalmentSpec(events.day(0), 3334), InstalmentSpec(events.day(30), 6666)],
                )
            ]
        ),
        actor_id=None,
    )
    before = offers.of_event(event.id)
    html = organizer.get(f"/manage/events/{event.slug}/prices").get_data(as_text=True)
    assert post(organizer, event, "prices", as_typed(html)).status_code == 303
    assert offers.of_event(event.id) == before


def test_third_price_by_date_survives_a_save_that_touches_another_field(organizer):
    event = events.draft("Sleep")
    steps = [datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)]
    prices = [
        PriceSpec(9_000, "Early", valid_until=steps[0]),
        PriceSpec(11_000, valid_from=steps[0], valid_until=steps[1]),
        PriceSpec(12_500, valid_from=steps[1]),
    ]
    offers.replace(event.id, offers.Offers([TypeSpec("Member", prices)]), actor_id=None)
    html = organizer.get(f"/manage/events/{event.slug}/prices").get_data(as_text=True)
    post(organizer, event, "prices", as_typed(html) | {"types-0-hint": ["Bring your card"]})
    [sold] = offers.of_event(event.id).types
    assert (sold.hint, list(sold.prices)) == ("Bring your card", prices)


def test_add_a_row_keeps_everything_that_was_typed_and_saves_nothing(organizer):
    event = events.draft("Sleep")
    answer = post(organizer, event, "prices", {"types-0-name": "Member", "types-0-price": "1x", "more": "types"})
    html = answer.get_data(as_text=True)
    assert 'value="Member"' in html and 'value="1x"' in html and 'name="types-1-name"' in html
    assert offers.of_event(event.id).types == []


def test_emptied_name_takes_the_type_away(organizer):
    event = events.workshop()
    member, other = offers.of_event(event.id).types
    post(
        organizer,
        event,
        "prices",
        {
            "types-0-id": str(member.id),
            "types-0-name": "",
            "types-0-price": "1",
            "types-1-id": str(other.id),
            "types-1-name": "Everybody",
            "types-1-price": "150",
            "types-1-audience": "anyone",
        },
    )
    assert [(one.id, one.name) for one in offers.of_event(event.id).types] == [(other.id, "Everybody")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("types-0-price", "much"),
        ("types-0-price", ""),
        ("types-0-name", "x" * 10_000),
        ("types-0-name", "a\x00b"),
        ("types-0-capacity", "-1"),
        ("types-0-capacity", "x"),
        ("types-0-until", "2026-09-15"),
        ("types-0-early", "9"),
        ("types-0-audience", "cats"),
        ("types-0-instalments", "soon 50%"),
        ("types-0-mode", "x"),
        ("types-0-opens_at", "x"),
        ("types-0-price", "9999999999"),
    ],
)
def test_price_that_cannot_be_sold_comes_back_beside_its_field(organizer, field, value):
    event = events.draft("Sleep", mode="hybrid")
    answer = post(
        organizer,
        event,
        "prices",
        {"types-0-name": "Member", "types-0-price": "10", "types-0-hint": "Kept words"} | {field: value},
    )
    assert answer.status_code == 422
    assert "Kept words" in answer.get_data(as_text=True) and 'aria-invalid="true"' in answer.get_data(as_text=True)
    assert offers.of_event(event.id).types == []


def test_price_of_another_event_is_not_found(organizer):
    event, other = events.workshop(), events.workshop("Other")
    foreign = offers.of_event(other.id).types[0].id
    assert (
        post(organizer, event, "prices", {"types-0-id": str(foreign), "types-0-name": "X", "types-0-price": "1"}).status_code
        == 404
    )


def test_question_is_asked_with_its_choices(organizer):
    event = events.draft("Sleep")
    answer = post(
        organizer,
        event,
        "questions",
        {
            "questions-0-label": "Which shirt?",
            "questions-0-kind": "choice",
            "questions-0-choices": "S\nM\n\nL",
            "questions-0-is_required": "1",
        },
    )
    [row] = questions.for_event(event.id)
    assert (answer.status_code, row.key, row.choices, row.is_required) == (303, "which_shirt", ["S", "M", "L"], True)


def test_standard_questions_are_offered_and_saved(organizer):
    event = events.draft("Sleep")
    html = post(organizer, event, "questions", {"more": "standard"}).get_data(as_text=True)
    assert questions.for_event(event.id) == []
    post(organizer, event, "questions", as_typed(html))
    assert questions.specs(event.id) == questions.standard()


@pytest.mark.parametrize(
    "more",
    [
        {"questions-0-kind": "choice"},
        {"questions-0-kind": "x"},
        {"questions-0-label": "x" * 5_000},
        {"questions-0-label": "a\x00"},
        {"questions-0-sensitivity": "x"},
        {"questions-0-key": "NOT OK"},
    ],
)
def test_question_that_cannot_be_asked_comes_back(organizer, more):
    event = events.draft("Sleep")
    answer = post(
        organizer,
        event,
        "questions",
        {"questions-0-label": "Why?", "questions-0-kind": "text", "questions-0-hint": "Kept words"} | more,
    )
    assert (answer.status_code, "Kept words" in answer.get_data(as_text=True)) == (422, True)


def test_kind_of_an_answered_question_stays(organizer):
    event = events.workshop()
    questions.replace(event.id, questions.standard(), actor_id=None)
    registrations.registered(event, people.person(), answers={"diet": "Vegan"})
    answer = post(
        organizer, event, "questions", {"questions-0-key": "diet", "questions-0-label": "Food?", "questions-0-kind": "number"}
    )
    assert answer.status_code == 422 and "People have answered this already" in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", ["prices", "questions"])
def test_stranger_does_not_find_it(client, sign_in, page):
    event = events.workshop()
    sign_in(client, people.person())
    assert client.get(f"/manage/events/{event.slug}/{page}").status_code == 404
