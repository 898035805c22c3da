"""What may stand on a badge, and who needs none."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from webapp.core import clock
from webapp.core.errors import Unacceptable
from webapp.registration.badges import rules
from webapp.registration.badges.rules import Written


def place(**more: Any) -> Any:
    found: dict[str, Any] = {"state": "confirmed", "rules": {"naming_until_hours": 24}, "starts_at": clock.now() + timedelta(hours=30),
                             "zone": "America/Chicago"}
    return SimpleNamespace(**found | more)


def test_what_is_kept_is_cleaned() -> None:
    assert rules.cleaned(Written("  Kit  Ray ", "Bright Books", " Kit@Books.Example "), "badge_1") == Written(
        "Kit Ray", "Bright Books", "kit@books.example")
    assert rules.cleaned(Written(), "badge_1") == Written()


@pytest.mark.parametrize(("typed", "field", "words"), [
    (Written("", "Bright Books"), "badge_7_name", "Write the name for this badge too"),
    (Written("", "", "kit@books.example"), "badge_7_name", "Write the name for this badge too"),
    (Written("Kit", "", "kit at books"), "badge_7_email", "Write the whole address"),
    (Written("K" * 101), "badge_7_name", "100 characters"),
    (Written("Kit", "B" * 201), "badge_7_organization", "200 characters")])
def test_what_cannot_be_kept_is_refused_beside_its_field(typed: Written, field: str, words: str) -> None:
    with pytest.raises(Unacceptable, match=words) as refused:
        rules.cleaned(typed, "badge_7")
    assert refused.value.field == field


@pytest.mark.parametrize(("change", "by_staff", "code"), [
    ({}, False, None), ({"starts_at": None}, False, None), ({"state": "cancelled"}, True, "not_active"),
    ({"state": "held"}, False, "not_active"),
    ({"rules": {"naming_until_hours": 30}}, False, "too_late"), ({"rules": {"naming_until_hours": 48}}, True, None)])
def test_they_are_named_until_the_policys_last_moment_and_by_staff_as_long_as_the_place_stands(
        change: dict[str, Any], by_staff: bool, code: str | None) -> None:
    refused = rules.refused_because(place(**change), clock.now(), by_staff=by_staff)
    assert (refused.code if refused else None) == code


@pytest.mark.parametrize(("name", "email", "is_there"), [
    ("kit ray", "", True), ("Kit Ray", "kit@books.example", True), ("Kit Ray", "other@books.example", False), ("Kit Rae", "", False),
    ("", "", False)])
def test_who_is_registered_needs_no_second_badge(name: str, email: str, is_there: bool) -> None:
    people = rules.by_name([("Kit Ray", "kit@books.example"), ("Bo Day", "other@books.example")])
    assert rules.is_registered(name, email, people) is is_there
