"""What a code takes off lines: never below zero, the remainder on the first line, half a cent upwards."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.registration import pricing
from webapp.registration.codes import rules
from webapp.registration.codes.rules import Discount
from webapp.registration.pricing import Line

DAY = date(2026, 9, 1)
NOW = datetime(2026, 7, 15, 15, tzinfo=UTC)
ZONE = "America/Chicago"
CENTS = st.integers(0, 2_000_000)
BILLS = st.lists(st.tuples(st.sampled_from(["fee", "instalment", "add_on"]), CENTS), min_size=1, max_size=12)


def bill(*amounts: int, kind: str = "instalment") -> list[Line]:
    return [Line(kind, f"Part {number}", cents, DAY, "4000") for number, cents in enumerate(amounts, 1)]


def offs(code: Discount, lines: list[Line], **more: int) -> list[int]:
    return [-line.amount_cents for line in rules.taken_off(code, lines, **more)]



@given(lines=BILLS, percent=st.integers(1, 10_000), with_add_ons=st.booleans())
def test_a_percentage_never_takes_more_than_a_line(lines: list[tuple[str, int]], percent: int, with_add_ons: bool) -> None:
    made = [Line(kind, str(at), cents, DAY) for at, (kind, cents) in enumerate(lines)]
    code = Discount(1, "X", percent=percent, with_add_ons=with_add_ons)
    found = {line.explained["of"]: -line.amount_cents for line in rules.taken_off(code, made)}
    for line in made:
        lowered = with_add_ons or line.kind != "add_on"
        exact = line.amount_cents * percent if lowered else 0
        assert 0 <= found.get(line.label, 0) <= line.amount_cents and -5_000 <= found.get(line.label, 0) * 10_000 - exact <= 5_000


@given(amounts=st.lists(CENTS, min_size=1, max_size=12), off=st.integers(1, 3_000_000))
def test_an_amount_is_shared_to_the_cent(amounts: list[int], off: int) -> None:
    parts = rules.shared(off, amounts)
    assert sum(parts) == min(off, sum(amounts)) and all(0 <= part <= one for part, one in zip(parts, amounts, strict=True))


@given(amounts=st.lists(st.integers(100, 2_000_000), min_size=1, max_size=12), off=st.integers(1, 100))
def test_the_remainder_is_on_the_first_line(amounts: list[int], off: int) -> None:
    others = rules.shared(off, amounts)[1:]
    assert others == [off * one // sum(amounts) for one in amounts[1:]]


@given(fee=CENTS, group=st.integers(0, 10_000), code=st.one_of(
    st.builds(Discount, st.just(1), st.just("X"), amount_cents=st.integers(1, 3_000_000)),
    st.builds(Discount, st.just(1), st.just("X"), percent=st.integers(1, 10_000))))
def test_price_group_and_code_are_never_below_zero_together(fee: int, group: int, code: Discount) -> None:
    lines = pricing.quote(pricing.Item("Guest", (pricing.Dated(fee),)), at=NOW, zone=ZONE, people=4, group_rules=[(4, group)])
    assert 0 <= pricing.total(lines + rules.taken_off(code, lines)) <= pricing.total(lines)


@given(member=CENTS, regular=CENTS, percent=st.integers(1, 10_000))
def test_the_better_of_two_prices_is_the_lower(member: int, regular: int, percent: int) -> None:
    code = Discount(1, "X", percent=percent, best_price=True)
    found = sum(offs(code, bill(member, kind="fee"), regular_cents=regular))
    assert member - found == min(member, regular - code.off(regular))


def test_a_share_is_of_what_the_group_left() -> None:
    lines = [*bill(10_000, kind="fee"), Line("discount", "Group", -1_000, DAY), Line("add_on", "Dinner", 5_000, DAY)]
    assert offs(Discount(1, "X", percent=1_000), lines) == [900]


def test_lines_keep_the_day_and_account_of_what_they_lower() -> None:
    lines = [Line("instalment", "Part 1", 100, DAY, "4000"), Line("add_on", "Dinner", 100, date(2026, 10, 1), "4100")]
    found = rules.taken_off(Discount(1, "X", percent=5_000, with_add_ons=True), lines)
    assert [(line.due_on, line.account_code, line.label) for line in found] == [
        (DAY, "4000", "Code X, 50 % off: Part 1"), (date(2026, 10, 1), "4100", "Code X, 50 % off: Dinner")]


@pytest.mark.parametrize(("typed", "kept"), [("spring10", "SPRING10"), (" Spring 10 ", "SPRING10"), ("a-b\t c", "A-BC"), ("", "")])
def test_a_code_is_one_however_it_is_typed(typed: str, kept: str) -> None:
    assert rules.word(typed) == kept


@pytest.mark.parametrize(("code", "refusal"), [
    (Discount(1, "X", withdrawn=True), "code_withdrawn"), (Discount(1, "X", valid_from=datetime(2026, 7, 16, tzinfo=UTC)), "code_not_yet"),
    (Discount(1, "X", valid_until=NOW), "code_ended"), (Discount(1, "X", event_ids=frozenset({2})), "code_elsewhere"),
    (Discount(1, "X", type_ids=frozenset({2})), "code_elsewhere"), (Discount(1, "X", valid_from=NOW), None),
    (Discount(1, "X", event_ids=frozenset({1})), None), (Discount(1, "X", event_ids=frozenset({2}), type_ids=frozenset({5})), None)])
def test_a_code_says_why_it_does_nothing(code: Discount, refusal: str | None) -> None:
    no = rules.because(code, event_id=1, type_id=5, zone=ZONE, now=NOW)
    assert (no.code if no else None) == refusal


@pytest.mark.parametrize(("used", "places", "says"), [
    (2, 1, None), (3, 1, "The code X was used up."), (2, 2, "The code X is good for 1 more, and 2 places were asked for.")])
def test_a_code_gives_its_uses_and_no_more(used: int, places: int, says: str | None) -> None:
    no = rules.exhausted(Discount(1, "X", max_uses=3, uses=used), places, 0)
    assert (no.sentence if no else None) == says
