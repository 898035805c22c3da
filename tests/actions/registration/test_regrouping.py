"""A group price when fewer are left."""

import pytest
from sqlalchemy import select, update

from tests.factories import events, people, registrations
from webapp.catalog import policies
from webapp.catalog.models import CancellationPolicy
from webapp.core.db import db
from webapp.core.errors import Stale, Unacceptable
from webapp.registration import ledger, orders
from webapp.registration import registrations as acts
from webapp.registration.models import Registration
from webapp.registration.offers import GroupRuleSpec
from webapp.registration.orders import Attendee, Buyer
from webapp.registration.substitution import Colleague

RULES = [GroupRuleSpec(3, 1_000), GroupRuleSpec(5, 2_000)]


@pytest.fixture
def group():
    """Places of one order at a price of $150 and its group price, in an event that re-prices: `group(5)`."""

    def order(count, below="reprice"):
        event = events.workshop(group_rules=RULES, policy="free-of-charge", member=0, non_member=15_000)
        rules = db.session.scalars(select(CancellationPolicy.rules).where(CancellationPolicy.id == event.cancellation_policy_id)).one()
        db.session.execute(update(CancellationPolicy).where(CancellationPolicy.id == event.cancellation_policy_id)
                           .values(rules=rules | {"group_below": below}))
        kind = registrations.type_of(event).id
        held = orders.hold(event.id, [registrations.attendee(event, people.person("P", str(one))) for one in range(count - 1)]
                           + [Attendee(kind, to_follow=True)], Buyer("Lakeshore", "sue@lakeshore.example"))
        orders.place(held.order_id, "invoice", bill_to=registrations.BILL_TO)
        made = select(Registration).where(Registration.order_id == held.order_id).order_by(Registration.id)
        return held.order_id, list(db.session.scalars(made))

    return order


def test_what_is_foreseen_is_what_is_owed(group):
    order, places = group(3)
    assert ledger.owed(order) == 3 * 13_500
    assert acts.foresee_regroup(places[0].id).cents == 2 * 1_500
    done = acts.cancel(places[0].id, by_id=None, seen_group_cents=3_000)
    assert (done.more.own_cents, done.owed_cents, ledger.owed(order)) == (3_000, 30_000, 30_000)


def test_a_smaller_group_price_takes_the_place_of_a_larger(group):
    order, places = group(5)
    assert ledger.owed(order) == 5 * 12_000
    assert acts.foresee_regroup(places[0].id).cents == 4 * 1_500
    acts.cancel(places[0].id, by_id=None, seen_group_cents=6_000)
    assert ledger.owed(order) == 4 * 13_500
    labels = {one.label for one in ledger.live(order) if one.kind == "discount"}
    assert labels == {"Group price from 3 people, 10 % less"}


def test_the_price_survives_where_the_policy_says_nothing(group):
    order, places = group(3, below="keep")
    assert acts.foresee_regroup(places[0].id).cents == 0
    acts.cancel(places[0].id, by_id=None, seen_group_cents=0)
    assert ledger.owed(order) == 2 * 13_500


def test_what_an_attendee_hands_back_costs_nobody_else(group):
    order, places = group(3)
    acts.cancel(places[0].id, by_id=None)
    assert ledger.owed(order) == 2 * 13_500


def test_another_amount_than_was_shown_is_looked_at_again(group):
    _, places = group(3)
    with pytest.raises(Stale):
        acts.cancel(places[0].id, by_id=None, seen_group_cents=0)
    db.session.rollback()


def test_the_group_price_survives_a_substitution_and_a_name(group):
    order, places = group(3)
    acts.substitute(places[0].id, Colleague("Eva", "Else", "eva@home.example"), by_id=None)
    acts.substitute(places[2].id, Colleague("Nora", "Neu", "nora@home.example"), by_id=None)
    assert ledger.owed(order) == 3 * 13_500
    assert acts.foresee_regroup(places[1].id).cents == 3_000


def test_a_policy_with_an_unknown_word_is_refused():
    policies.load()
    good = policies.current("free-of-charge").rules
    assert policies.check({**good, "group_below": "reprice", "naming_until_hours": 24})
    with pytest.raises(Unacceptable):
        policies.check({**good, "group_bellow": "reprice"})
