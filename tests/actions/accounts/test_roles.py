"""Roles, memberships and agencies."""

from datetime import date
from typing import Any

import pytest

from tests.factories.people import guest, person
from webapp.accounts import agencies, memberships, merges, roles
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Refusal, Unacceptable


@pytest.mark.parametrize(("role", "scope"), [
    ("coordinator", {}), ("supervisor", {}), ("presenter", {}), ("finance", {"event_id": 1}), ("admin", {"agency_id": 1}), ("king", {}),
    ("organizer", {"agency_id": 1}), ("supervisor", {"agency_id": 1, "event_id": 1})])
def test_a_scope_the_role_does_not_have_is_refused(role: str, scope: dict[str, Any]) -> None:
    with pytest.raises(Unacceptable):
        roles.grant(person().id, role, actor_id=None, **scope)


def test_the_same_role_is_not_given_twice_and_again_after_its_end() -> None:
    holder, admin = person(), person(roles=["admin"])
    first = roles.grant(holder.id, "finance", actor_id=admin.id, reason="Books")
    with pytest.raises(AlreadyDone):
        roles.grant(holder.id, "finance", actor_id=admin.id)
    roles.end(first.id, actor_id=admin.id, reason="Left")
    roles.grant(holder.id, "finance", actor_id=admin.id)
    entries = db.session.query(AuditEntry).filter_by(subject=f"person:{holder.id}").order_by(AuditEntry.id).all()
    assert [(e.action, e.reason) for e in entries] == [("role.granted", "Books"), ("role.ended", "Left"), ("role.granted", "")]


def test_the_last_administrator_keeps_the_role() -> None:
    one, two = person(roles=["admin"]), person(roles=["admin"])
    roles.end(roles.held_by(one.id)[0].id, actor_id=two.id)
    with pytest.raises(Refusal, match="last administrator"):
        roles.end(roles.held_by(two.id)[0].id, actor_id=two.id)


@pytest.mark.parametrize(("day", "valid"), [
    (date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 6, 30), True), (date(2026, 7, 1), False)])
def test_a_membership_holds_from_its_first_to_its_last_day(day: date, valid: bool) -> None:
    member = person()
    memberships.add(member.id, "M-1", from_on=date(2026, 1, 1), until_on=date(2026, 6, 30), actor_id=None)
    assert (memberships.valid_on(member.id, day) is not None) is valid


def test_a_membership_of_a_merged_person_counts() -> None:
    root, old = person(), guest(email="old@home.example")
    memberships.add(old.id, "M-1", from_on=date(2026, 1, 1), until_on=date(2026, 12, 31), actor_id=None)
    merges.merge(old.id, root.id, how="staff", decided_by_id=None, conflicts=merges.none)
    found = memberships.valid_on(root.id, date(2026, 7, 15))
    assert found is not None and found.number == "M-1"


def test_a_membership_on_the_list_is_found_by_a_proved_address_only() -> None:
    memberships.add(None, "M-1", from_on=date(2026, 1, 1), until_on=date(2026, 12, 31), actor_id=None, email="ana@home.example")
    assert memberships.attach(guest(email="ana@home.example").id) == 0
    assert memberships.attach(person(email="ana@home.example").id) == 1


def test_nobody_works_twice_for_an_agency() -> None:
    admin, worker, agency = person(), person(), agencies.create("Home Visits", actor_id=None)
    row = agencies.add_member(agency.id, worker.id, from_on=date(2026, 7, 1), actor_id=admin.id)
    with pytest.raises(AlreadyDone):
        agencies.add_member(agency.id, worker.id, from_on=date(2026, 7, 2), actor_id=admin.id)
    agencies.end_member(row.id, until_on=date(2026, 7, 10), actor_id=admin.id)
    agencies.add_member(agency.id, worker.id, from_on=date(2026, 8, 1), actor_id=admin.id)
    assert [entry.AgencyMember.until_on for entry in agencies.of_person(worker.id)] == [None, date(2026, 7, 10)]
