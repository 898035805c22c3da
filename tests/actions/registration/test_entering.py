"""Places given by staff."""

from typing import Any

import pytest

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core.errors import Unacceptable
from webapp.registration import entering, ledger


def enter(event: Any, of: str, email: str) -> int:
    joan = people.person("Joan", "Tate", roles=["organizer"])
    return entering.enter(event.id, places.type_of(event, of).id, given="Maria", family="Lopez", email=email, by_id=joan.id)


def test_staff_give_the_member_price_to_a_member() -> None:
    people.person("Maria", "Lopez", email="maria@home.example", member=True)
    assert ledger.owed(enter(events.workshop(), "Member", "maria@home.example")) == 12_000


def test_the_member_price_is_not_given_without_a_membership() -> None:
    people.person("Maria", "Lopez", email="maria@home.example")
    with pytest.raises(Unacceptable) as caught:
        enter(events.workshop(), "Member", "maria@home.example")
    assert (caught.value.code, caught.value.field) == ("not_a_member", "type")
