"""Persons: made, found through merges, renamed."""

import pytest

from tests.factories.people import guest, person
from webapp.accounts import merges, people
from webapp.accounts.models import Person
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Unacceptable


def _join(source: Person, target: Person) -> None:
    merges.merge(source.id, target.id, how="staff", decided_by_id=None, conflicts=merges.none)


def test_a_guest_with_a_known_address_is_a_new_person() -> None:
    owner = person(email="ana@home.example")
    made = people.create("Ana", "Ruiz", address="ANA@home.example")
    assert made.id != owner.id
    assert [(a.address, a.is_primary, a.verified_at) for a in made.addresses] == [("ana@home.example", True, None)]


@pytest.mark.parametrize("given", ["محمد", "🌿 Ana", "A" * 100, "Zoë"])
def test_names_of_every_kind_are_kept(given: str) -> None:
    assert people.create(given, "Lopez").name == f"{given} Lopez"


@pytest.mark.parametrize(("given", "family"), [("", ""), ("A\x00", "B"), ("A" * 101, "B")])
def test_a_name_that_cannot_be_kept_is_refused(given: str, family: str) -> None:
    with pytest.raises(Unacceptable):
        people.create(given, family)


def test_only_a_proved_address_finds_its_person() -> None:
    owner = person(email="ana@home.example")
    guest(email="bo@home.example")
    assert people.find_verified("Ana@Home.example ") == owner.id
    assert people.find_verified("bo@home.example") is None


def test_root_and_family_follow_merges_of_merges() -> None:
    one, two, three, other = (guest(email=f"g{n}@home.example") for n in range(4))
    _join(one, two)
    _join(two, three)
    assert [people.root_id(p.id) for p in (one, two, three, other)] == [three.id, three.id, three.id, other.id]
    assert people.family_ids(one.id) == {one.id, two.id, three.id}
    assert people.families([two.id, other.id]) == {two.id: {one.id, two.id, three.id}, other.id: {other.id}}


def test_a_proved_address_of_a_merged_person_finds_the_root() -> None:
    old, root = person(email="old@home.example", account=False), person(email="new@home.example")
    _join(old, root)
    assert people.find_verified("old@home.example") == root.id


def test_a_change_of_name_leaves_who_and_what() -> None:
    admin, made = person("Ada", "Min"), person("Maria", "Lopez")
    people.rename(made.id, "Maria", "Keller", actor_id=admin.id, reason="Married")
    entry = db.session.query(AuditEntry).filter_by(action="person.changed").one()
    assert (entry.actor_id, entry.before, entry.after, entry.reason) == (
        admin.id, {"family_name": "Lopez"}, {"family_name": "Keller"}, "Married")


def test_search_finds_by_any_word_and_address_and_not_the_merged() -> None:
    root, old = person("Maria", "Lopez", email="m@home.example"), guest("Maria", "Lopez", email="m2@home.example")
    _join(old, root)
    assert [row.id for row in people.search("lop mar")] == [root.id]
    assert [row.id for row in people.search("m@home")] == [root.id]
    assert people.search("100%") == []


@pytest.mark.parametrize("profile", [{"zone": "Mars/Base"}, {"county": "x" * 81}])
def test_a_profile_that_cannot_be_kept_is_refused(profile: dict[str, str]) -> None:
    with pytest.raises(Unacceptable):
        people.create("Ana", "Ruiz", **profile)
