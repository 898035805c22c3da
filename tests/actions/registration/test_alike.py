"""Two places that look like one person's, for the organizer's list."""

import pytest

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.counting import query_count
from webapp.accounts import privacy
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration import orders, registrations
from webapp.registration.models import Registration
from webapp.registration.orders import Buyer
from webapp.registration.queries import alike


def guest(event: Event, given: str, family: str, email: str) -> Registration:
    """A place of somebody who did not sign in, ordered by Joan."""
    wish = places.stranger(event, given=given, family=family, email=email)
    held = orders.hold(event.id, [wish], Buyer("Joan Tate", "joan@office.example"))
    orders.place(held.order_id, "invoice", bill_to=places.BILL_TO)
    return places.of_order(held.order_id)


def maria(event: Event) -> Registration:
    return places.registered(event, people.person("María", "López", email="maria@home.example"))


def seen(event: Event) -> dict[int, list[tuple[int, str]]]:
    return {one: [(other.registration_id, other.name) for other in others] for one, others in alike.of_event(event.id).items()}


@pytest.mark.parametrize(("given", "family", "email"), [
    ("maria", "lopez", "m.lopez@work.example"),  # her name, as names are compared
    ("Mary", "Lo", "maria@home.example")])  # her address, under another name
def test_who_has_her_name_or_her_address_is_named_on_both_sides(given: str, family: str, email: str) -> None:
    event = events.workshop()
    hers, other = maria(event), guest(event, given, family, email)
    assert seen(event) == {hers.id: [(other.id, f"{given} {family}")], other.id: [(hers.id, "María López")]}


def test_an_address_she_proved_counts_though_her_mails_go_to_another() -> None:
    event = events.workshop()
    hers = maria(event)
    hers.email = "maria@agency.example"
    other = guest(event, "Mary", "Lo", "maria@home.example")
    assert seen(event).keys() == {hers.id, other.id}


def test_three_alike_name_each_other() -> None:
    event = events.workshop()
    found = [maria(event), guest(event, "Maria", "Lopez", "a@home.example"), guest(event, "M", "L", "maria@home.example")]
    assert {one: [other for other, _ in others] for one, others in seen(event).items()} == {
        found[0].id: [found[1].id, found[2].id], found[1].id: [found[0].id], found[2].id: [found[0].id]}


def test_other_people_other_events_and_places_given_back_are_nobodys_double() -> None:
    event = events.workshop()
    maria(event)
    guest(event, "Ana", "Silva", "ana@home.example")
    guest(events.workshop("Another"), "Maria", "Lopez", "maria@home.example")
    registrations.cancel(guest(event, "Maria", "Lopez", "maria@home.example").id, by_id=None)
    places.unnamed(event)
    places.unnamed(event)
    assert seen(event) == {}


def test_two_who_were_erased_are_not_one() -> None:
    event = events.workshop()
    for number in range(2):
        person = people.person("P", str(number))
        places.registered(event, person)
        privacy.erase(person.id, actor_id=None)
    assert seen(event) == {}


def test_one_statement_whatever_the_number() -> None:
    event = events.workshop(capacity=60)
    for number in range(12):
        guest(event, "Maria", "Lopez", f"m{number}@home.example")
    db.session.flush()
    with query_count() as statements:
        assert len(seen(event)) == 12
    assert len(statements) == 1
