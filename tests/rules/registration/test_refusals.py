"""Who may register: each refusal, in the order a person would ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.registration import rules
from webapp.registration.rules import SignUp

NOW = datetime(2026, 7, 15, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def event(**more: Any) -> SignUp:
    values: dict[str, Any] = {"status": "published", "sign_up": "open", "zone": "America/Chicago", "starts_at": NOW + 9 * DAY}
    return SignUp(**(values | more))


@pytest.mark.parametrize(("changes", "code"), [
    ({"status": "draft"}, "not_found"), ({"status": "cancelled"}, "cancelled"), ({"opens_at": NOW + DAY}, "not_open_yet"),
    ({"status": "closed"}, "closed"), ({"closes_at": NOW}, "closed"), ({"starts_at": NOW}, "closed")])
def test_nobody_registers_then(changes: dict[str, Any], code: str) -> None:
    refusal = rules.closed_because(event(**changes), NOW)
    assert refusal is not None and refusal.code == code


def test_it_is_open_until_the_last_moment() -> None:
    assert rules.closed_because(event(closes_at=NOW + timedelta(seconds=1)), NOW) is None


def test_a_closing_time_after_the_start_keeps_it_open() -> None:
    assert rules.closed_because(event(starts_at=NOW - DAY, closes_at=NOW + DAY), NOW) is None


def test_a_draft_says_nothing_about_itself() -> None:
    assert isinstance(rules.closed_because(event(status="draft", opens_at=NOW + DAY), NOW), NotFound)


@pytest.mark.parametrize(("sign_up", "code"), [("application", "by_application"), ("roster", "by_roster"), ("walk_in", "walk_in")])
def test_another_way_in_is_named(sign_up: str, code: str) -> None:
    refusal = rules.other_way_in(event(sign_up=sign_up))
    assert refusal is not None and refusal.code == code and refusal.way_out


@pytest.mark.parametrize("changes", [{"on_request": True}, {"retired": True}, {"opens_at": NOW + DAY}, {"closes_at": NOW}])
def test_a_type_that_is_not_for_her_points_at_the_field(changes: dict[str, Any]) -> None:
    values: dict[str, Any] = {"on_request": False, "retired": False, "opens_at": None, "closes_at": None, "zone": "UTC", "now": NOW}
    refusal = rules.type_because("Presenter", **(values | changes))
    assert isinstance(refusal, Refusal) and refusal.field == "type"


@pytest.mark.parametrize(("event_mode", "type_mode", "wished", "mode"), [
    ("in_person", None, "online", "in_person"), ("hybrid", "online", None, "online"), ("hybrid", None, "in_person", "in_person")])
def test_the_mode_is_chosen_only_where_there_is_a_choice(event_mode: str, type_mode: str | None, wished: str | None, mode: str) -> None:
    assert rules.mode_of(event_mode, type_mode, wished) == mode


def test_a_mode_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Unacceptable):
        rules.mode_of("hybrid", None, "by post")
