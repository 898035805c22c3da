"""Prices and questions of an event, as forms with rows."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support.html import filled, parse
from webapp.core.db import db
from webapp.forms import questions
from webapp.registration import offers, seats
from webapp.registration.models import RegistrationType
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


def types_of(event):
    return offers.of_event(event.id).types


def save(client, event, **changes):
    """Sends the page as it stands with these fields changed; `types_0_early_2` is the field `types-0-early_2`."""
    html = client.get(f"/manage/events/{event.slug}/prices").get_data(as_text=True)
    typed = {name.replace("types_", "types-", 1).replace("_", "-", 1): [value] for name, value in changes.items()}
    return post(client, event, "prices", as_typed(html) | typed)


def three_prices():
    """A type of three prices by date: $90.00 until 31 August, $110.00 until 30 September, then $125.00."""
    event = events.draft("Sleep")
    steps = [datetime(2026, 9, 1, 5, tzinfo=UTC), datetime(2026, 10, 1, 5, tzinfo=UTC)]
    prices = [PriceSpec(9_000, "First", valid_until=steps[0]), PriceSpec(11_000, "Second", steps[0], steps[1]),
              PriceSpec(12_500, valid_from=steps[1])]
    offers.replace(event.id, offers.Offers([TypeSpec("Member", prices)]), actor_id=None)
    return event


def test_any_dated_price_of_three_can_be_changed(organizer):
    event = three_prices()
    assert save(organizer, event, types_0_early_2="105", types_0_until_2="2026-10-15").status_code == 303
    ends = datetime(2026, 10, 16, 5, tzinfo=UTC)
    assert list(types_of(event)[0].prices) == [
        PriceSpec(9_000, "First", None, datetime(2026, 9, 1, 5, tzinfo=UTC)),
        PriceSpec(10_500, "Second", datetime(2026, 9, 1, 5, tzinfo=UTC), ends), PriceSpec(12_500, "", ends)]


def test_a_dated_price_is_added_before_the_others_and_one_taken_away(organizer):
    event = three_prices()
    save(organizer, event, types_0_early_3="80", types_0_until_3="2026-07-31", types_0_early="", types_0_until="")
    assert [(one.cents, one.label) for one in types_of(event)[0].prices] == [(8_000, "Early"), (11_000, "Second"), (12_500, "")]
    assert 'name="types-0-early_3"' in organizer.get(f"/manage/events/{event.slug}/prices").get_data(as_text=True)


def test_two_prices_that_end_on_one_day_are_refused(organizer):
    event = three_prices()
    answer = save(organizer, event, types_0_until_2="2026-08-31")
    assert (answer.status_code, "Two prices end on the same day." in answer.get_data(as_text=True)) == (422, True)


def two_types(**first):
    event = events.draft("Sleep")
    offers.replace(event.id, offers.Offers([TypeSpec("Member", [PriceSpec(100)], **first), TypeSpec("Guest", [PriceSpec(200)])]),
                   actor_id=None)
    return event, [str(one.id) for one in types_of(event)]


def pools_of(event):
    return [row.pool_id for row in db.session.scalars(
        select(RegistrationType).filter_by(event_id=event.id).order_by(RegistrationType.position).execution_options(populate_existing=True))]


def test_a_type_shares_its_places_with_another_and_stops_again(organizer):
    event, (member, _) = two_types(capacity=12)
    assert save(organizer, event, types_1_with=member).status_code == 303
    shared = pools_of(event)
    assert (shared[0] == shared[1], [(one.capacity, one.shares) for one in types_of(event)]) == (True, [(12, "Member")] * 2)
    assert save(organizer, event, types_1_with="", types_1_capacity="5").status_code == 303
    assert (pools_of(event)[0], [(one.capacity, one.shares) for one in types_of(event)]) == (shared[0], [(12, ""), (5, "")])
    assert seats.recount() == []


def test_two_types_with_limits_of_their_own_can_share_while_nobody_has_a_place(organizer):
    event, (_, guest) = two_types(capacity=12)
    save(organizer, event, types_1_capacity="5")
    assert save(organizer, event, types_0_with=guest, types_0_capacity="").status_code == 303
    assert ([one.capacity for one in types_of(event)], len(set(pools_of(event)))) == ([5, 5], 1)


@pytest.mark.parametrize("changes", [
    {"types_1_with": "999999"}, {"types_0_with": "guest", "types_1_with": "member"}, {"types_1_with": "member", "types_1_capacity": "7"},
])
def test_sharing_that_makes_no_sense_comes_back(organizer, changes):
    event, (member, guest) = two_types(capacity=12)
    answer = save(organizer, event, **{name: {"member": member, "guest": guest}.get(value, value) for name, value in changes.items()})
    assert (answer.status_code, 'aria-invalid="true"' in answer.get_data(as_text=True), len(set(pools_of(event)))) == (422, True, 2)


def test_a_type_somebody_has_does_not_change_its_pool(organizer):
    event = events.workshop()
    member, other = offers.of_event(event.id).types
    registrations.registered(event, people.person(), other.name)
    answer = save(organizer, event, types_1_with=str(member.id), types_1_capacity="", types_0_capacity="9")
    assert (answer.status_code, f"Somebody has {other.name} already" in answer.get_data(as_text=True)) == (422, True)


def test_account_codes_are_edited(organizer):
    event, _ = two_types()
    save(organizer, event, types_1_account_code="4321")
    assert [one.account_code for one in types_of(event)] == ["4000", "4321"]


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
