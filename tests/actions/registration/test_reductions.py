"""What staff lowered an order by stays as far as there is something to lower: an order that becomes smaller never owes more."""

import pytest

from tests.actions.registration.test_transferring import dates
from tests.factories import events, funds, people
from tests.factories import registrations as places
from webapp.payments import corrections
from webapp.registration import ledger, orders, registrations
from webapp.registration.funds import giving
from webapp.registration.orders import Buyer

pytestmark = pytest.mark.usefixtures("frozen", "db_session")


def lowered(order_id: int, *cents: int) -> int:
    """Takes so many cents off, one after the other; the order."""
    by_id = people.person(roles=["finance"]).id
    for each in cents:
        corrections.correct(order_id, -each, reason="Agreed", by_id=by_id)
    return order_id


def reductions(order_id: int) -> list[int]:
    return [one.amount_cents for one in ledger.live(order_id) if one.kind == "correction"]


def test_a_place_taken_out_of_a_held_order_makes_it_no_dearer() -> None:
    event = events.workshop()
    wishes = [places.stranger(event, given=name, email=f"{name}@home.example") for name in ("ann", "bo")]
    held = orders.hold(event.id, wishes, Buyer("Ann", "ann@home.example"))
    lowered(held.order_id, 5_000, 20_000)
    orders.take_out(held.order_id, places.of_order(held.order_id).id)
    assert (ledger.owed(held.order_id), reductions(held.order_id)) == (0, [-5_000, -10_000])


def test_a_place_that_moves_to_a_cheaper_date_owes_no_more_than_before() -> None:
    one, other = dates(events.workshop(types=events.member_prices(12_000, 15_000)),
                       events.workshop(title="Another", starts=events.at(60), types=events.member_prices(8_000, 10_000)))
    place = places.registered(one, people.person(), "Non-member")
    lowered(place.order_id, 12_000)
    registrations.transfer(place.id, other.id, by_id=None)
    assert (ledger.owed(place.order_id), reductions(place.order_id)) == (0, [-10_000])


def test_a_place_of_several_that_is_cancelled_makes_the_order_no_dearer() -> None:
    event = events.workshop()
    wishes = [places.stranger(event, given=name, email=f"{name}@home.example") for name in ("ann", "bo")]
    held = orders.hold(event.id, wishes, Buyer("Ann", "ann@home.example"))
    orders.place(held.order_id, "invoice")
    lowered(held.order_id, 25_000)
    registrations.cancel(places.of_order(held.order_id).id, by_id=None, by_organizer=True, reason="Ill")
    assert (ledger.owed(held.order_id), reductions(held.order_id)) == (0, [-15_000])


def test_a_fund_pays_beside_what_was_lowered_and_nothing_is_owed() -> None:
    event = events.workshop()
    place = places.registered(event, people.person())
    lowered(place.order_id, 3_000)
    giving.give(place.id, funds.fund(event), by_id=people.person(roles=["finance"]).id, reason="She asked", cents=14_000)
    assert (ledger.owed(place.order_id), reductions(place.order_id)) == (0, [-1_000])
