"""Putting two persons together, and guests found again."""

import pytest

from tests.factories.people import guest, person
from webapp.accounts import accounts, claims, merges, people
from webapp.accounts.models import Person
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Refusal
from webapp.web import viewer


def _merge(source: Person, target: Person) -> int:
    return merges.merge(source.id, target.id, how="staff", decided_by_id=None, conflicts=merges.none).id


def test_a_merge_is_undone_and_leaves_its_trace() -> None:
    one, other, admin = guest(email="a@home.example"), person(), person("Ada", "Min")
    made = merges.merge(one.id, other.id, how="staff", decided_by_id=admin.id, conflicts=merges.none, reason="Same licence")
    assert people.root_id(one.id) == other.id
    merges.undo(made.id, actor_id=admin.id)
    assert people.root_id(one.id) == one.id
    entries = db.session.query(AuditEntry).filter(AuditEntry.action.like("person.%merged")).order_by(AuditEntry.id)
    assert [(e.action, e.actor_id, e.reason) for e in entries] == [
        ("person.merged", admin.id, "Same licence"), ("person.unmerged", admin.id, "")]
    with pytest.raises(AlreadyDone):
        merges.undo(made.id, actor_id=admin.id)


def test_two_places_in_one_event_stand_in_the_way() -> None:
    one, other = guest(email="a@home.example"), person()
    asked: list[frozenset[int]] = []

    def conflicts(ids: frozenset[int]) -> list[str]:
        asked.append(ids)
        return ["Sleep and feeding"]

    with pytest.raises(Refusal, match="Both have a place in Sleep and feeding"):
        merges.merge(one.id, other.id, how="staff", decided_by_id=None, conflicts=conflicts)
    assert (asked, people.root_id(one.id)) == ([frozenset({one.id, other.id})], one.id)


def test_two_accounts_are_never_one() -> None:
    with pytest.raises(Refusal, match="Both of them have an account"):
        _merge(person(), person())


def test_a_circle_of_merges_is_refused() -> None:
    one, other = guest(email="a@home.example"), guest(email="b@home.example")
    _merge(one, other)
    with pytest.raises(AlreadyDone):
        _merge(other, one)


def test_who_has_the_account_signs_in_as_the_root() -> None:
    old = person("Maria", "Lopez", email="old@home.example", roles=["finance"])
    root = person("Maria", "Keller", email="new@home.example", account=False)
    _merge(old, root)
    account = accounts.of_address("new@home.example")
    assert account is not None and account.person_id == old.id
    seen = viewer.load(f"{account.id}-{account.epoch}")
    assert seen is not None
    assert (seen.person_id, seen.name, seen.has_any(("finance",))) == (root.id, "Maria Keller", True)


def test_only_guests_with_a_proved_address_and_a_name_like_hers_are_offered() -> None:
    owner = person("Ana", "Ruiz", email="ana@home.example")
    same, alike = guest("ana", "RUIZ", email="ana@home.example"), guest("Anita", "Ruiz", email="ana@home.example")
    guest("Bo", "Chen", email="ana@home.example")
    guest("Ana", "Ruiz", email="else@home.example")
    person("Ana", "Ruiz", email="ana@home.example", verified=False)  # has an account of her own
    assert [(o.person_id, o.is_same) for o in claims.offers(owner.id)] == [(same.id, True), (alike.id, False)]


def test_nothing_is_offered_before_the_address_is_proved() -> None:
    owner = person("Ana", "Ruiz", email="ana@home.example", verified=False)
    guest("Ana", "Ruiz", email="ana@home.example")
    assert claims.offers(owner.id) == []


def test_one_guest_of_the_same_name_is_claimed_at_once() -> None:
    owner, same = person("Ana", "Ruiz", email="ana@home.example"), guest("Ana", "Ruiz", email="ana@home.example")
    found = claims.claim_the_certain(owner.id, conflicts=merges.none)
    assert found is not None
    assert (found.person_id, people.root_id(same.id)) == (same.id, owner.id)


def test_two_guests_or_another_name_are_asked_about() -> None:
    owner = person("Ana", "Ruiz", email="ana@home.example")
    guest("Anita", "Ruiz", email="ana@home.example")
    assert claims.claim_the_certain(owner.id, conflicts=merges.none) is None
    guest("Ana", "Ruiz", email="ana@home.example")
    assert claims.claim_the_certain(owner.id, conflicts=merges.none) is None


def test_a_place_in_the_same_event_leaves_the_claim_to_her() -> None:
    owner, same = person("Ana", "Ruiz", email="ana@home.example"), guest("Ana", "Ruiz", email="ana@home.example")
    assert claims.claim_the_certain(owner.id, conflicts=lambda _ids: ["Sleep"]) is None
    assert people.root_id(same.id) == same.id


def test_what_was_not_offered_cannot_be_claimed() -> None:
    owner, stranger = person("Ana", "Ruiz"), guest("Ana", "Ruiz", email="else@home.example")
    with pytest.raises(NotFound):
        claims.claim(owner.id, stranger.id, conflicts=merges.none)
