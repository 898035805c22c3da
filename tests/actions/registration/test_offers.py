"""What is sold for an event: replaced whole, kept by name or id, retired once somebody has it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import events as made
from tests.factories import people, registrations, waitlists
from webapp.catalog import sessions
from webapp.catalog.models import Pool
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.registration import offers, seats
from webapp.registration.models import PoolUse
from webapp.registration.offers import AddOnSpec, GroupRuleSpec, InstalmentSpec, Offers, PriceSpec, TypeSpec


def sell(event, *types, add_ons=(), rules=()):
    offers.replace(event.id, Offers(types, add_ons, rules), actor_id=None)


def test_a_type_keeps_its_row_by_its_name():
    event = made.workshop()
    before = made.types(event)["Member"].id
    sell(event, TypeSpec("member", [PriceSpec(11_000)], audience="member"))
    assert {name: row.id for name, row in made.types(event).items()} == {"member": before}


def test_a_type_somebody_has_is_retired_and_an_unused_one_deleted():
    event = made.workshop()
    registrations.registered(event, people.person(), "Non-member")
    sell(event, TypeSpec("All", [PriceSpec(0)]))
    assert {name: row.retired_at is None for name, row in made.types(event).items()} == {"Non-member": False, "All": True}


def test_a_type_somebody_waits_for_is_retired():
    event = made.workshop(types=[TypeSpec("Scholarship", [PriceSpec(0)], capacity=0), TypeSpec("All", [PriceSpec(100)])])
    waitlists.waits(event, key=f"type-{made.types(event)['Scholarship'].id}")
    sell(event, TypeSpec("All", [PriceSpec(100)]))
    assert {name: row.retired_at is None for name, row in made.types(event).items()} == {"Scholarship": False, "All": True}


def test_what_was_sold_comes_back_as_it_was_given():
    event = made.workshop()
    soon = clock.now() + timedelta(days=3)
    given = Offers(
        [TypeSpec("Member", [PriceSpec(9_000, "early", valid_until=soon), PriceSpec(11_000)], audience="member", capacity=5,
                  instalments=[InstalmentSpec(made.day(1), 5_000), InstalmentSpec(made.day(30), 5_000)]),
         TypeSpec("One day", [PriceSpec(5_000)], session_ids=[made.sessions(event)[0].id], mode=None, on_request=True)],
        [AddOnSpec("Materials", [PriceSpec(4_000)], is_required=True, capacity=9)], [GroupRuleSpec(4, 1_000)])
    offers.replace(event.id, given, actor_id=None)
    found = offers.of_event(event.id)
    assert [(one.name, one.prices, one.instalments, one.session_ids, one.capacity, one.on_request) for one in found.types] == [
        (one.name, one.prices, list(one.instalments), list(one.session_ids), one.capacity, one.on_request) for one in given.types]
    assert (found.add_ons[0].capacity, found.add_ons[0].is_required, found.group_rules) == (9, True, list(given.group_rules))


def test_types_that_share_a_limit_have_one_pool():
    event = made.workshop()
    sell(event, TypeSpec("A", [PriceSpec(0)], capacity=4, shares="Seats at the front"),
         TypeSpec("B", [PriceSpec(0)], shares="Seats at the front"))
    first, second = made.types(event).values()
    assert first.pool_id == second.pool_id is not None
    assert [one.shares for one in offers.of_event(event.id).types] == ["Seats at the front"] * 2


def test_the_price_span_is_what_the_public_pays_with_required_add_ons():
    event = made.workshop()
    over = PriceSpec(1_000, valid_until=clock.now() - timedelta(days=1))
    sell(event, TypeSpec("A", [over, PriceSpec(5_000)]), TypeSpec("B", [PriceSpec(8_000)]),
         TypeSpec("Speaker", [PriceSpec(0)], audience="presenter"), TypeSpec("Fund", [PriceSpec(0)], on_request=True),
         add_ons=[AddOnSpec("Book", [PriceSpec(300)], is_required=True), AddOnSpec("Tea", [PriceSpec(9)])])
    assert (event.price_from_cents, event.price_to_cents) == (5_300, 8_300)


def test_the_span_of_prices_follows_the_day(frozen):
    event = made.workshop()
    sell(event, TypeSpec("A", [PriceSpec(5_000, "early", valid_until=clock.now() + timedelta(days=2)), PriceSpec(7_000)]))
    assert event.price_from_cents == 5_000
    frozen.shift(timedelta(days=3))
    assert offers.refresh_all_prices(clock.now()) == 1
    assert event.price_from_cents == 7_000


@pytest.mark.parametrize(("spec", "field"), [
    (TypeSpec("", [PriceSpec(1)]), "types-0-name"), (TypeSpec("A", [PriceSpec(-1)]), "types-0-prices"),
    (TypeSpec("A", [PriceSpec(1)], audience="friends"), "types-0-audience"),
    (TypeSpec("A", [PriceSpec(1)], instalments=[InstalmentSpec(made.date(2027, 2, 1), 1), InstalmentSpec(made.date(2027, 1, 1), 1)]),
     "types-0-instalments")])
def test_what_cannot_be_sold_is_refused_beside_its_field(spec, field):
    with pytest.raises(Unacceptable) as refused:
        sell(made.workshop(), spec)
    assert refused.value.field == field


def test_two_types_of_one_name_are_refused():
    with pytest.raises(Unacceptable, match="same name"):
        sell(made.workshop(), TypeSpec("A", [PriceSpec(1)]), TypeSpec(" a ", [PriceSpec(1)]))


def test_a_session_of_another_event_cannot_be_sold():
    with pytest.raises(NotFound):
        sell(made.workshop(), TypeSpec("A", [PriceSpec(1)], session_ids=[made.sessions(made.workshop())[0].id]))


def test_a_first_limit_of_a_session_counts_in_who_is_registered():
    event = made.workshop()
    for _ in range(3):
        registrations.registered(event, people.person(), "Non-member")
    session = made.sessions(event)[0]
    with pytest.raises(Refusal, match="3 places are taken"):
        offers.limit_session(session.id, 2, actor_id=None)
    offers.limit_session(session.id, 4, actor_id=None)
    pool = db.session.get_one(Pool, session.pool_id)
    assert (pool.taken, db.session.scalar(select(func.sum(PoolUse.count)).filter_by(pool_id=pool.id)), seats.recount()) == (3, 3, [])


def test_the_catalog_alone_does_not_set_a_first_limit_while_people_are_registered():
    event = made.workshop()
    registrations.registered(event, people.person(), "Non-member")
    with pytest.raises(Refusal) as refused:
        sessions.update(made.sessions(event)[0].id, actor_id=None, capacity=5)
    assert refused.value.code == "count_in"


def test_a_first_limit_of_a_type_and_an_add_on_counts_in_who_has_them():
    event = made.workshop(add_ons=[AddOnSpec("Lunch", [PriceSpec(0)])])
    lunch = offers.of_event(event.id).add_ons[0].id
    registrations.registered(event, people.person(), "Non-member", add_ons={lunch: 2})
    sell(event, TypeSpec("Member", [PriceSpec(1)], audience="member"), TypeSpec("Non-member", [PriceSpec(1)], capacity=1),
         add_ons=[AddOnSpec("Lunch", [PriceSpec(0)], capacity=2)])
    pools = db.session.scalars(select(Pool).where(Pool.label.in_(["Non-member places", "Lunch"])).order_by(Pool.id)).all()
    assert ([pool.left for pool in pools], seats.recount()) == ([0, 0], [])
