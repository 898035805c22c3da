"""Addresses: proved once, one primary, and where mail goes."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from tests.factories.people import guest, person
from webapp.accounts import addresses, merges
from webapp.accounts.models import EmailAddress, Person
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Refusal


def _more(owner: Person, address: str, *, proved: bool = True) -> EmailAddress:
    row = addresses.add(owner.id, address)
    return addresses.verify(row.id) if proved else row


def test_several_persons_share_an_unproved_address_and_one_proves_it() -> None:
    five = [guest(f"P{n}", "Office", email="office@home.example") for n in range(5)]
    addresses.verify(five[2].addresses[0].id)
    with pytest.raises(Refusal, match="belongs to another account"):
        addresses.verify(five[3].addresses[0].id)


def test_the_database_itself_refuses_a_second_proof() -> None:
    one, two = person(email="ana@home.example"), guest(email="bo@home.example")
    assert one.id != two.id
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(EmailAddress).values(person_id=two.id, address="ana@home.example", verified_at=clock.now(),
                                                       created_at=clock.now(), is_primary=False, gets_mail=True))


def test_the_database_itself_refuses_a_second_primary() -> None:
    one = person(email="ana@home.example")
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(EmailAddress).values(person_id=one.id, address="b@home.example", is_primary=True, gets_mail=True,
                                                       created_at=clock.now()))


def test_the_same_address_is_not_added_twice() -> None:
    one = person(email="ana@home.example")
    with pytest.raises(AlreadyDone):
        addresses.add(one.id, "ANA@home.example")


def test_making_another_primary_leaves_exactly_one() -> None:
    one = person(email="ana@home.example")
    second = _more(one, "ana@work.example")
    addresses.make_primary(one.id, second.id)
    assert [(row.address, row.is_primary) for row in addresses.of(one.id)] == [("ana@work.example", True), ("ana@home.example", False)]


def test_an_unproved_address_becomes_neither_primary_nor_used() -> None:
    one = person(email="ana@home.example")
    second = _more(one, "ana@work.example", proved=False)
    with pytest.raises(Refusal, match="Open the link"):
        addresses.make_primary(one.id, second.id)
    assert addresses.for_mail(one.id) == ["ana@home.example"]


def test_mail_also_goes_to_a_second_address_as_long_as_wished() -> None:
    one = person(email="ana@home.example")
    second = _more(one, "ana@work.example")
    assert addresses.for_mail(one.id) == ["ana@home.example", "ana@work.example"]
    addresses.set_mail(one.id, second.id, wanted=False)
    assert addresses.for_mail(one.id) == ["ana@home.example"]
    with pytest.raises(Refusal, match="main address"):
        addresses.set_mail(one.id, addresses.of(one.id)[0].id, wanted=False)


def test_a_guest_is_written_to_where_she_said() -> None:
    assert addresses.for_mail(guest(email="ana@home.example").id) == ["ana@home.example"]


def test_the_primary_address_stays_and_others_go() -> None:
    one = person(email="ana@home.example")
    second = _more(one, "ana@work.example")
    with pytest.raises(Refusal):
        addresses.remove(one.id, addresses.of(one.id)[0].id)
    assert addresses.remove(one.id, second.id) == "ana@work.example"
    assert addresses.for_mail(one.id) == ["ana@home.example"]


def test_an_address_of_somebody_else_does_not_exist() -> None:
    one, other = person(), person()
    for act in (addresses.make_primary, addresses.remove):
        with pytest.raises(NotFound):
            act(one.id, other.addresses[0].id)


def test_a_proved_address_of_a_merged_person_becomes_primary_of_the_root() -> None:
    root, old = person(email="new@home.example"), person(email="old@home.example", account=False)
    merges.merge(old.id, root.id, how="staff", decided_by_id=None, conflicts=merges.none)
    addresses.make_primary(root.id, next(row.id for row in addresses.of(root.id) if row.address == "old@home.example"))
    first = addresses.of(root.id)[0]
    assert (first.address, first.person_id, first.is_primary) == ("old@home.example", root.id, True)
    assert addresses.for_mail(root.id)[0] == "old@home.example"
