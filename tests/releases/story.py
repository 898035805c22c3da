"""A small season with one of everything that an upgrade could spoil, played through the product's own actions at fixed moments.

Money by card goes through Stripe's stand-in; the rest is what people, organizers and finance do on the pages.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask

from tests.factories import events, hours, people, registrations
from tests.support.till import Till, at_stripe
from webapp.accounts import merges
from webapp.accounts.models import Person
from webapp.attendance import awarding, certifying, presences
from webapp.calendars import keys
from webapp.catalog.models import Event
from webapp.core import clock, storage
from webapp.core.db import db, transaction
from webapp.devtools.stripe_standin.process import StandIn
from webapp.payments import invoices, receipts, refund_courier, refunds
from webapp.registration import programme
from webapp.registration import registrations as places

BEGINS = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # before the clocks change in March
ENDS = datetime(2026, 7, 15, 15, 0, tzinfo=UTC)  # after the workshop, before conference and second seminar


@dataclass
class Season:
    """Who and what there is, by id; `feeds` are the addresses whose bytes are kept."""

    staff: int = 0
    ids: dict[str, int] = field(default_factory=dict)
    feeds: list[str] = field(default_factory=list)


def play(app: Flask, standin: StandIn, uploads: Path) -> Season:
    """Fills an empty database. Afterwards the clock is the caller's again; ask for feeds at `ENDS`."""
    season = Season()
    with time_machine.travel(BEGINS, tick=False) as clock_hand, at_stripe(app, standin):
        till = Till(app.test_client(), standin)
        for step in (_offer, _register_by_invoice, _conference, _cohort):
            _one(step, season)
        _pay_by_card(season, till)
        clock_hand.move_to(BEGINS + timedelta(days=20))
        _one(_move_and_cancel, season)
        refund_courier.send_due(clock.now())
        till.deliver()
        clock_hand.move_to(datetime(2026, 6, 10, 15, 0, tzinfo=UTC))
        for step in (_attend, _correct, _merge):
            _one(step, season)
        clock_hand.move_to(ENDS)
        _one(_follow, season)
        _upload(uploads)
    return season


def _one(step: Callable[[Season], None], season: Season) -> None:
    with transaction():
        step(season)


def _offer(season: Season) -> None:
    season.staff = people.person("Sade", "Okafor", email="sade@association.example", roles=["admin"]).id
    season.ids["workshop"] = events.workshop("Sleep and feeding", starts=events.at(85), days=2, capacity=6).id
    season.ids["lost"] = events.workshop("A day that falls out", starts=events.at(60), capacity=None).id
    season.ids["conference"] = events.conference(starts=events.at(200), rooms=(2, 20)).id
    season.ids["cohort"] = events.cohort(starts=events.at(70), days=6).id


def _register_by_invoice(season: Season) -> None:
    """Three on invoice: one pays by cheque in full, one in part, one does not yet."""
    for number, (given, family) in enumerate((("Maria", "Lopez"), ("Maren", "Kowalczyk"), ("Noor", "ברק"))):
        person = people.person(given, family, email=f"{given.lower()}@home.example", member=number == 0)
        place = registrations.registered(_event(season, "workshop"), person, "Member" if number == 0 else None)
        season.ids[given] = person.id
        invoices.issue(place.order_id)
        if number < 2:
            cents = 12_000 if number == 0 else 5_000
            receipts.record(place.order_id, receipts.Received("cheque", cents, date(2026, 3, 1), events.ZONE, number=f"10{number}"),
                            by_id=season.staff)
    receipts.record(None, receipts.Received("bank_transfer", 7_700, date(2026, 3, 1), events.ZONE, note="Whose?"), by_id=season.staff)


def _conference(season: Season) -> None:
    """Five with breakouts, one of them a guest, one cancels with a fee; one hold that never was paid."""
    event = _event(season, "conference")
    blocks = events.blocks(event)
    a, b = ([one for one in events.sessions(event) if one.block_id == blocks[name].id] for name in "AB")
    for number in range(5):
        person = people.guest("Ana", "Silva", email="ana@home.example") if number == 4 else people.person("Rosa", f"No. {number}")
        picked = {blocks["A"].id: a[0 if number < 2 else 1].id, blocks["B"].id: b[1].id if number else None}
        place = registrations.registered(event, person, breakouts=picked)
        season.ids[f"conference {number}"], season.ids[f"person {number}"] = place.id, person.id
    places.cancel(season.ids["conference 3"], by_id=season.staff, reason="Ill")
    registrations.held(event, people.person("Hold", "Er"))


def _cohort(season: Season) -> None:
    for number, group in enumerate(("Group A", "Group A", "Group B")):
        person = people.person("Capstone", f"Learner {number}")
        season.ids[f"learner {number}"] = person.id
        registrations.registered(_event(season, "cohort"), person, group=group)
    registrations.applied(_event(season, "cohort"), people.person("Not", "Decided"))


def _pay_by_card(season: Season, till: Till) -> None:
    """Two paid at Stripe; of one a part goes back."""
    for name in ("kept", "partly given back"):
        order_id = till.order(event=_event(season, "workshop"))
        till.pay(order_id)
        till.deliver()
        season.ids[f"card order {name}"] = order_id
    with transaction():
        refunds.request_by_staff(order_id, 2_500, reason="Came late", lowers=True, by_id=season.staff)


def _move_and_cancel(season: Season) -> None:
    """Day two of the workshop moves (SEQUENCE rises); a whole event is cancelled with its place."""
    day_two = events.sessions(_event(season, "workshop"))[1]
    later = datetime.fromisoformat(day_two.wall_start) + timedelta(hours=1)
    programme.move_session(day_two.id, later, later + timedelta(hours=3), actor_id=season.staff, reason="The hall is taken")
    registrations.registered(_event(season, "lost"), people.person("Lost", "Day"))
    programme.cancel_event(season.ids["lost"], actor_id=season.staff, reason="The presenter is ill")


def _attend(season: Season) -> None:
    """Maria in full, Maren in part, one learner in full; hours and certificates follow."""
    for session in events.sessions(_event(season, "workshop")):
        presences.mark_full(season.ids["Maria"], session.id, by_id=season.staff)
        hours.present(db.session.get_one(Person, season.ids["Maren"]), session, 0, 95)
    for session in events.sessions(_event(season, "cohort"))[:2]:
        presences.mark_full(season.ids["learner 0"], session.id, by_id=season.staff)
    for name in ("workshop", "cohort"):
        awarding.award_event(season.ids[name], by_id=season.staff)
    certifying.issue(season.ids["workshop"], season.ids["Maria"], by_id=season.staff)


def _correct(season: Season) -> None:
    """Maria left a little earlier on day two: awards are reversed and made anew, her certificate has a second version."""
    day_two = events.sessions(_event(season, "workshop"))[1]
    stay = (day_two.starts_at, day_two.ends_at - timedelta(minutes=10))
    presences.settle(season.ids["Maria"], day_two.id, [stay], by_id=season.staff, reason="The sheet says so")
    awarding.award_event(season.ids["workshop"], by_id=season.staff, reason="The sheet says so")


def _merge(season: Season) -> None:
    """The guest of the conference was a learner of the cohort: two rows for one human being."""
    merges.merge(season.ids["person 4"], season.ids["learner 1"], how="staff", decided_by_id=season.staff, conflicts=merges.none,
                 reason="The same person")


def _follow(season: Season) -> None:
    """Somebody subscribes: her own feed and one place's; the public ones are open to all."""
    own = keys.make(kind="person", name="Phone", person_id=season.ids["Maria"])
    one = keys.make(kind="registration", name="Google", registration_id=season.ids["conference 4"])
    slugs = [_event(season, name).slug for name in ("workshop", "lost", "conference", "cohort")]
    season.feeds = ["/calendar.ics", *(f"/events/{slug}.ics" for slug in slugs), f"/feeds/{own.token}.ics", f"/feeds/{one.token}.ics"]


def _upload(folder: Path) -> None:
    upload = storage.receive(io.BytesIO(b"%PDF-1.4 a reference letter"), "letter.pdf", folder)
    with transaction():
        storage.record("application:1", upload)


def _event(season: Season, name: str) -> Event:
    return db.session.get_one(Event, season.ids[name])
