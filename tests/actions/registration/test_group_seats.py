"""A place that takes no seat, an exhibitor's table, is not one of the group: it neither counts nor gets the group price."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import update

from tests.factories import events
from tests.factories import registrations as places
from webapp.catalog.models import CancellationPolicy, Event
from webapp.core import clock
from webapp.core.db import db
from webapp.registration import ledger, orders, registrations, sale
from webapp.registration.booking import pasting, wanted
from webapp.registration.models import Registration
from webapp.registration.offers import AddOnSpec, GroupRuleSpec, PriceSpec, TypeSpec
from webapp.registration.orders import Buyer, Held, additions
from webapp.registration.registrations import rewriting

JOAN = Buyer("Joan Tate", "joan@home.example")
SEAT, TABLE = 15_000, 35_000


@pytest.fixture
def fair() -> Event:
    """Seats at $150, tables at $350; from three on 10 % less."""
    table = TypeSpec("Exhibitor", [PriceSpec(TABLE)], takes_seat=False, badges=2)
    return events.workshop(types=[*events.member_prices(12_000, SEAT), table], group_rules=[GroupRuleSpec(3, 1_000)])


def wishes(event: Event, people: int, tables: int, of: str = "p") -> list[Any]:
    return ([places.stranger(event, "Non-member", given=f"{of}{one}", email=f"{of}{one}@home.example") for one in range(people)]
            + [places.stranger(event, "Exhibitor", given=f"{of}t{one}", email=f"{of}t{one}@home.example") for one in range(tables)])


def held(event: Event, people: int, tables: int, of: str = "p", **more: Any) -> Held:
    return orders.hold(event.id, wishes(event, people, tables, of), JOAN, **more)


def cost(people: int, tables: int) -> int:
    """By hand: the seats, from three on less, and the tables whole."""
    return people * (SEAT - 1_500 if people >= 3 else SEAT) + tables * TABLE


COUNTS = [(people, tables) for people, tables in product(range(5), range(4)) if people + tables]


@pytest.mark.parametrize(("people", "tables"), COUNTS)
def test_an_order_costs_what_its_seats_say(fair: Event, people: int, tables: int) -> None:
    made = held(fair, people, tables)
    assert (made.total_cents, rewriting.together(made.order_id, fair.id)) == (cost(people, tables), people)


@pytest.mark.parametrize(("people", "tables"), [(2, 1), (3, 1), (2, 2), (3, 0)])
def test_what_comes_to_an_order_later_costs_the_same_as_together(fair: Event, people: int, tables: int) -> None:
    made = held(fair, 1, 1, "q")
    held(fair, people - 1, tables, into=made.order_id)
    assert ledger.owed(made.order_id) == cost(people, tables + 1)


def test_a_table_that_is_taken_off_the_order_changes_no_other_price(fair: Event) -> None:
    made = held(fair, 3, 1)
    table = next(one.id for one in places_of(made) if one.type_id == places.type_of(fair, "Exhibitor").id)
    orders.take_out(made.order_id, table)
    assert ledger.owed(made.order_id) == cost(3, 0)


def places_of(made: Held) -> list[Registration]:
    return db.session.query(Registration).filter_by(order_id=made.order_id, state="held").order_by(Registration.id).all()


def test_a_table_added_to_an_order_that_is_placed_makes_nobody_cheaper_and_a_person_no_table(fair: Event) -> None:
    whole = held(fair, 2, 1)
    places.place(whole.order_id)
    table = held(fair, 0, 1, "q", part_of=whole.order_id)
    assert (table.total_cents, additions.foresee(table.order_id)) == (TABLE, [])
    places.place(table.order_id)
    person = held(fair, 1, 0, "r", part_of=whole.order_id)
    assert person.total_cents == SEAT - 1_500
    assert sorted(one.cents for one in additions.foresee(person.order_id)) == [1_500, 1_500]


def test_somebody_is_added_to_an_order_of_a_table_alone(fair: Event) -> None:
    whole = held(fair, 0, 1)
    places.place(whole.order_id)
    assert held(fair, 1, 0, "q", part_of=whole.order_id).total_cents == SEAT


def test_a_table_does_not_keep_the_group_price_of_who_stays(fair: Event) -> None:
    policy = db.session.get_one(CancellationPolicy, fair.cancellation_policy_id)
    db.session.execute(update(CancellationPolicy).values(rules=policy.rules | {"group_below": "reprice"}))
    made = held(fair, 3, 2)
    places.place(made.order_id)
    assert registrations.foresee_regroup(places.of_order(made.order_id).id).cents == 3_000


def test_the_agencys_list_says_the_same_before_anything_is_kept(fair: Event) -> None:
    of, now = sale.load_by_id(fair.id), clock.now()
    lines = [pasting.Line(one, "", "A", f"No{one}", f"a{one}@home.example") for one in (1, 2, 3)]
    rows = wanted.rows(of, lines, [], now, chosen={3: places.type_of(fair, "Exhibitor").id})
    assert [one.cents for one in wanted.priced(of, rows, sale.group_rules(of), now)] == [SEAT, SEAT, TABLE]


def test_the_agencys_list_adds_nothing_to_a_table_that_is_for_seats_only() -> None:
    lunch = AddOnSpec("Lunch", [PriceSpec(1_000)], is_required=True)
    table = TypeSpec("Exhibitor", [PriceSpec(TABLE)], takes_seat=False)
    of, now = sale.load_by_id(events.workshop(types=[table], add_ons=[lunch]).id), clock.now()
    rows = wanted.rows(of, [pasting.Line(1, "", "A", "B", "a@home.example")], [], now)
    assert [one.cents for one in wanted.priced(of, rows, [], now)] == [TABLE]
