"""Prices worked out by hand."""

from datetime import UTC, date, datetime

import pytest

from webapp.core.errors import Closed
from webapp.registration import pricing
from webapp.registration.pricing import Dated, Item, Part

ZONE = "America/Chicago"
NOW = datetime(2026, 7, 15, 15, tzinfo=UTC)
EARLY_END = datetime(2026, 9, 16, 5, tzinfo=UTC)  # midnight after 15 September in Chicago
MEMBER = Item("Member", (Dated(12_500), Dated(11_000, None, EARLY_END, label="early price")), "4000")
MATERIALS = Item("Materials", (Dated(4_000),), "4100")
PRE = Item("Pre-conference", (Dated(7_500, audience="member"), Dated(9_500, audience="non_member")))
GROUP = ((4, 1_000), (10, 1_500))


def amounts(lines: list[pricing.Line]) -> list[tuple[str, int]]:
    return [(line.kind, line.amount_cents) for line in lines]


def quote(item: Item = MEMBER, **more: object) -> list[pricing.Line]:
    return pricing.quote(item, **({"at": NOW, "zone": ZONE} | more))  # type: ignore[arg-type]


def test_the_cheapest_price_in_force_applies() -> None:
    assert amounts(quote()) == [("fee", 11_000)]


def test_a_price_ends_at_its_moment_and_not_before() -> None:
    assert amounts(quote(at=EARLY_END)) == [("fee", 12_500)]
    assert amounts(quote(at=datetime(2026, 9, 16, 4, 59, 59, tzinfo=UTC))) == [("fee", 11_000)]


def test_the_line_says_how_it_came_about() -> None:
    assert quote()[0].explained["words"] == "Early price until the end of Tue 15 Sep 2026; $125.00 after."


def test_without_a_price_on_the_day_nothing_is_sold() -> None:
    with pytest.raises(Closed, match="Member has no price on this day"):
        quote(Item("Member", (Dated(100, None, NOW),)))


@pytest.mark.parametrize(("people", "off"), [(3, None), (4, -1_100), (9, -1_100), (10, -1_650)])
def test_a_group_pays_less_from_its_number_on(people: int, off: int | None) -> None:
    expected = [("fee", 11_000)] + ([("discount", off)] if off else [])
    assert amounts(quote(people=people, group_rules=GROUP)) == expected


def test_a_percent_rounds_half_up_to_the_cent() -> None:
    assert amounts(quote(Item("Odd", (Dated(1_005),)), people=4, group_rules=GROUP)) == [("fee", 1_005), ("discount", -101)]


@pytest.mark.parametrize(("audience", "cents"), [("member", 7_500), ("non_member", 9_500)])
def test_add_ons_are_priced_by_audience(audience: str, cents: int) -> None:
    assert amounts(quote(add_ons=[(MATERIALS, 1), (PRE, 1)], audience=audience)) == [("fee", 11_000), ("add_on", 4_000), ("add_on", cents)]


def test_several_of_an_add_on_are_one_line() -> None:
    line = quote(add_ons=[(MATERIALS, 3)])[1]
    assert (line.label, line.amount_cents) == ("3 × Materials", 12_000)


def test_no_group_discount_on_add_ons() -> None:
    assert pricing.total(quote(add_ons=[(MATERIALS, 1)], people=4, group_rules=GROUP)) == 11_000 - 1_100 + 4_000


def parts(*shares: int) -> tuple[Part, ...]:
    return tuple(Part(date(2026, 6 + 2 * number, 1), share) for number, share in enumerate(shares))


@pytest.mark.parametrize(("cents", "shares", "expected"), [
    (900_000, (3_334, 3_333, 3_333), [300_000, 300_000, 300_000]),
    (100, (3_334, 3_333, 3_333), [34, 33, 33]),
    (72_001, (2_500,) * 4, [18_001, 18_000, 18_000, 18_000]),
    (10_001, (5_000, 3_000, 2_000), [5_001, 3_000, 2_000]),
])
def test_instalments_add_up_and_the_first_has_the_remainder(cents: int, shares: tuple[int, ...], expected: list[int]) -> None:
    lines = quote(Item("Tuition", (Dated(cents),), parts=parts(*shares)))
    assert [line.amount_cents for line in lines] == expected
    assert [line.label for line in lines][:2] == [f"Tuition, part 1 of {len(shares)}", f"Tuition, part 2 of {len(shares)}"]


def test_an_instalment_that_was_due_before_is_due_today() -> None:
    lines = quote(Item("Tuition", (Dated(100),), parts=parts(5_000, 5_000)))
    assert [line.due_on for line in lines] == [date(2026, 7, 15), date(2026, 8, 1)]


def test_a_discount_is_taken_before_the_split() -> None:
    lines = quote(Item("Tuition", (Dated(1_000),), parts=parts(5_000, 5_000)), people=4, group_rules=GROUP)
    assert [line.amount_cents for line in lines] == [450, 450]


@pytest.mark.parametrize(("starts_on", "due"), [
    (None, date(2026, 8, 14)), (date(2026, 12, 1), date(2026, 8, 14)), (date(2026, 7, 20), date(2026, 7, 20)),
    (date(2026, 7, 1), date(2026, 7, 15))])
def test_a_place_is_due_within_thirty_days_and_at_the_latest_when_it_starts(starts_on: date | None, due: date) -> None:
    assert quote(starts_on=starts_on)[0].due_on == due


def test_a_free_place_has_a_line_of_nothing() -> None:
    assert amounts(quote(Item("Member", (Dated(0),)))) == [("fee", 0)]


@pytest.mark.parametrize(("type_audience", "is_member", "audience"), [
    ("member", False, "member"), ("non_member", True, "non_member"), ("student", True, "member"), ("anyone", False, "non_member")])
def test_add_ons_follow_the_type_and_else_the_membership(type_audience: str, is_member: bool, audience: str) -> None:
    assert pricing.audience_of(type_audience, is_member) == audience
