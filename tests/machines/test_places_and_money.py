"""Places, money, calendars and messages of two dates of a course, by any order of acts, times and webhooks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.conftest import NOW
from tests.machines import walks, world
from tests.machines.acting import names_of
from tests.machines.acts.accounts import Accounts
from tests.machines.acts.clockwork import Clockwork
from tests.machines.acts.desk import Desk
from tests.machines.acts.kept_seats import KeptSeats
from tests.machines.acts.members import Members
from tests.machines.acts.prices import Prices
from tests.machines.acts.programme import Programme
from tests.machines.acts.waiting import Waiting
from tests.machines.kept import books, calendars, messages, money, prices, seats, waiting
from tests.machines.rewinding import Rewinding
from tests.machines.seen import COLUMNS, Reader
from tests.machines.stripe_at_hand import StripeAtHand
from tests.machines.tally import Tally
from tests.machines.walking import SEEDS, drive, walk
from webapp.core import clock
from webapp.core.db import db
from webapp.registration import seats as pools
from webapp.registration.codes import counting
from webapp.registration.funds import sharing

pytestmark = [pytest.mark.machine, pytest.mark.concurrency, pytest.mark.slow]
SECOND = timedelta(seconds=1)
RULES = (
    seats.never_sold_twice, seats.set_asides_hold_what_is_theirs, seats.who_is_active_holds_her_pools, seats.one_place_per_person_and_event,
    seats.seats_follow_their_registration, seats.orders_and_places_agree, waiting.numbers_have_no_gaps, waiting.offers_hold_their_seats,
    waiting.what_is_kept_is_for_who_waits, prices.codes_stay_within_their_limits, prices.funds_stay_within_their_budget,
    prices.the_bill_says_what_codes_and_others_take_off, prices.who_carries_a_part_owes_it,
    prices.a_membership_stands_while_it_is_paid, money.every_cent_has_its_place, money.bound_money_pays_its_course,
    money.events_apply_once, books.balances_never_fall_below_nothing, books.checks_are_the_sum_of_their_payments,
    books.one_question_for_an_order, messages.one_message_for_one_fact)


class PlacesAndMoney(Waiting, Prices, Members, KeptSeats, Desk, Accounts, Programme, Clockwork, RuleBasedStateMachine):
    """Each rule is one act of somebody; what is impossible just now must be refused and change nothing."""

    replay = "pytest -s tests/machines/test_places_and_money.py -k whatever"

    def __init__(self) -> None:
        super().__init__()
        self.memories = calendars.Calendars(), waiting.Lines(), money.Lists(), books.Months()
        self.seen_at = None

    @initialize(seed=SEEDS)
    def begin(self, seed: int | None) -> None:
        """Everything as it was when the world was made, and two people who hold places."""
        self.set_out(seed)
        self.rewinding.back()
        self.reader.forget()
        self.stripe.forget()
        self.look()
        if seed is not None:
            self.at_first(self.choosing.chance)
        for turn in range(2):
            self.hold(turn, 1, turn, "online" if turn else "in_person", turn)
        self.look()
        self.changed = set(COLUMNS)

    def teardown(self) -> None:
        """The clock runs again. The product's own recounts agree with ours, and nothing changed behind the reader's back."""
        assert (pools.recount(), counting.recount(), sharing.recount()) == ([], [], [])
        self.reader.check()
        db.session.remove()
        self.travel.stop()

    @rule()
    def somebody(self) -> None:
        """One act of people, Stripe, finance, organizers, the worker or the clock; no two happen at one instant."""
        self.clock.shift(SECOND)
        self.step()

    @invariant()
    def look_round(self) -> None:
        """Seats, money, calendars, messages: each rule is asked when rows it speaks of have changed."""
        self.look()
        for kept in RULES:
            if kept.about & self.changed:
                kept(self.now)
        for memory in self.memories if self.changed else ():
            memory.look(self.now)
        at = self.tally.tried["time"], self.stripe.heard, len(self.delivered)
        moved, self.seen_at = at != self.seen_at, at
        if money.owed_is_the_sum_of_charges.about & self.changed:
            money.owed_is_the_sum_of_charges(self.now, self.today)
        if moved or "payments" in self.changed:
            money.stripe_and_we_agree(self.now, self.stripe.books(), self.delivered, self.attached)
        if moved or messages.reminders_wait_for_the_true_day.about & self.changed:
            messages.reminders_wait_for_the_true_day(self.now, clock.now())


@pytest.fixture
def reader(rewinding: Rewinding) -> Iterator[Reader]:
    """Hears what is written to the machine's database."""
    with Reader().listening(db.engine) as listening:
        yield listening


@pytest.fixture
def machine(app: Flask, rewinding: Rewinding, reader: Reader, stripe_at_hand: StripeAtHand) -> type[PlacesAndMoney]:
    """The machine in a world of its own."""
    with time_machine.travel(NOW, tick=False):
        w = world.make()
    rewinding.mark()
    here = {"app": app, "rewinding": rewinding, "reader": reader, "stripe": stripe_at_hand, "w": w, "tally": Tally()}
    return type("PlacesAndMoney", (PlacesAndMoney,), here)


def test_every_act_once(machine: type[PlacesAndMoney]) -> None:
    """Orders of acts in which the product does each of them: none is a dead letter, on both databases."""
    for acts in walks.ALL:
        walk(machine, acts)
    machine.tally.check_done(names_of(machine))


def test_the_rules_hold_whatever_happens(machine: type[PlacesAndMoney]) -> None:
    drive(machine)
