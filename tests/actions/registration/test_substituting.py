"""A colleague takes an attendee's place, in one act."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from tests.factories import codes, events, people, waitlists
from tests.factories import registrations as places
from webapp.accounts import memberships
from webapp.catalog import parts
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Closed, Refusal, Stale, Unacceptable
from webapp.notifications.models import Message
from webapp.registration import ledger, orders, programme, registrations, sale, seats
from webapp.registration.codes import counting, keeping
from webapp.registration.codes.models import DiscountCode
from webapp.registration.models import Charge, Registration, RegistrationAddOn, Seat
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.orders import Buyer
from webapp.registration.registrations import Substituted
from webapp.registration.substitution import Colleague

SAM = Colleague("Sam", "Reed", "sam@office.example")
BOSS = Buyer("Joan Tate", "joan@office.example")
BILLED = places.BILL_TO.email


def ordered(event: Event, *given: str, **more: Any) -> list[Registration]:
    """Places that Joan ordered for her colleagues."""
    wishes = [places.stranger(event, given=one, email=f"{one.lower()}@home.example", **more) for one in given]
    held = orders.hold(event.id, wishes, BOSS)
    places.place(held.order_id)
    return list(db.session.scalars(select(Registration).filter_by(order_id=held.order_id).order_by(Registration.id)))


def taken(place: Registration, who: Colleague = SAM, **more: Any) -> Substituted:
    return registrations.substitute(place.id, who, by_id=None, **more)


def new_of(done: Substituted) -> Registration:
    return db.session.get_one(Registration, done.registration_id, populate_existing=True)


def uses(event: Event) -> int:
    return db.session.scalars(select(Pool.taken).where(Pool.id == event.pool_id)).one()


def owed(place: Registration) -> list[tuple[str, int, int | None]]:
    return [(one.kind, one.amount_cents, one.registration_id) for one in ledger.live(place.order_id)]


def member_number(address: str) -> str:
    memberships.add(None, "M-77", from_on=date(2020, 1, 1), until_on=date(2030, 1, 1), actor_id=None, email=address)
    return "M-77"


def test_the_colleague_has_a_place_of_her_own_and_the_old_one_ended() -> None:
    event = events.workshop(capacity=1)
    ana, = ordered(event, "Ana")
    sam = new_of(taken(ana))
    assert (sam.state, sam.email, sam.replaces_id, sam.order_id) == ("confirmed", "sam@office.example", ana.id, ana.order_id)
    assert (ana.state, ana.ended_reason) == ("substituted", "A colleague takes this place") and sam.person_id != ana.person_id


def test_the_pools_do_not_move() -> None:
    event = events.conference(rooms=(1, 20))
    maria = places.registered(event, people.person())
    before = (uses(event), seats.held_by([maria.id])[maria.id])
    sam = new_of(taken(maria))
    assert (uses(event), seats.held_by([sam.id])[sam.id], seats.recount()) == (*before, [])


def test_her_breakouts_pass_over_by_seats_of_her_own() -> None:
    event = events.conference(rooms=(1, 20))
    wanted = next(one.id for one in events.sessions(event) if one.title == "Breakout A1")
    maria = places.registered(event, people.person(), breakouts={events.blocks(event)["A"].id: wanted})
    sam = new_of(taken(maria))
    rows = {one.registration_id: one for one in db.session.scalars(select(Seat).filter_by(session_id=wanted))}
    assert (rows[maria.id].state, rows[sam.id].state, rows[sam.id].how) == ("released", "booked", "chosen")
    assert rows[maria.id].ical_uid != rows[sam.id].ical_uid and (rows[maria.id].sequence, rows[sam.id].sequence) == (1, 0)


def test_what_was_bought_beside_the_place_passes_over() -> None:
    event = events.conference()
    add_on = next(iter(sale.load_by_id(event.id).add_ons))
    maria = places.registered(event, people.person(), add_ons={add_on: 1})
    sam = new_of(taken(maria))
    assert db.session.scalars(select(RegistrationAddOn.add_on_id).filter_by(registration_id=sam.id)).all() == [add_on]


def test_the_same_is_owed_for_her_by_lines_of_her_own() -> None:
    ana, = ordered(events.workshop(), "Ana")
    done = taken(ana)
    assert (done.change_cents, owed(ana)) == (0, [("fee", 15_000, done.registration_id)])
    assert db.session.scalar(select(func.count()).where(Charge.order_id == ana.order_id)) == 3


def test_who_is_no_member_owes_the_difference() -> None:
    place = places.registered(events.workshop(), people.person(member=True), "Member")
    foreseen = registrations.foresee_substitution(place.id, SAM, by_id=None)
    done = taken(place, seen_cents=3_000)
    assert (foreseen.sentence, foreseen.type) == ("$30.00 more is owed.", "Non-member")
    assert (done.change_cents, ledger.owed(place.order_id), new_of(done).type_id) == (3_000, 15_000, places.type_of(
        db.session.get_one(Event, place.event_id), "Non-member").id)


def test_a_member_owes_less() -> None:
    ana, = ordered(events.workshop(), "Ana")
    number = member_number(SAM.email)
    assert taken(ana, Colleague("Sam", "Reed", SAM.email, number)).change_cents == -3_000


def test_a_code_goes_with_the_place() -> None:
    event = events.workshop()
    code_id = codes.code(event, max_uses=1)
    held = places.held(event, people.person())
    orders.apply_code(held.order_id, "SPRING10")
    places.place(held.order_id)
    keeping.withdraw(code_id, by_id=None)
    done = taken(held)
    assert (done.change_cents, ledger.owed(held.order_id), counting.recount()) == (0, 13_500, [])
    registrations.cancel(done.registration_id, by_id=None)
    assert (db.session.get_one(DiscountCode, code_id, populate_existing=True).uses, counting.recount()) == (0, [])


def test_a_code_stays_when_the_audience_changes_but_never_pays_anything_out() -> None:
    event = events.workshop()
    codes.code(event, amount_cents=14_000)
    held = places.held(event, people.person(), "Non-member")
    orders.apply_code(held.order_id, "SPRING10")
    places.place(held.order_id)
    done = taken(held, Colleague("Sam", "Reed", SAM.email, member_number(SAM.email)))
    assert (done.change_cents, ledger.owed(held.order_id)) == (-1_000, 0)


def test_a_number_that_is_somebody_elses_gives_no_member_price() -> None:
    ana, = ordered(events.workshop(), "Ana")
    number = member_number("other@home.example")
    assert taken(ana, Colleague("Sam", "Reed", SAM.email, number)).change_cents == 0


def test_the_group_price_survives() -> None:
    ana, *_ = ordered(events.conference(), "Ana", "Bo", "Cy", "Di", "Ed")
    done = taken(ana)
    assert done.change_cents == 0
    assert [line for line in owed(ana) if line[2] == done.registration_id] == [
        ("fee", 39_500, done.registration_id), ("discount", -3_950, done.registration_id)]


def test_the_group_price_survives_a_change_of_audience() -> None:
    ana, *_ = ordered(events.conference(), "Ana", "Bo", "Cy", "Di", "Ed")
    assert taken(ana, Colleague("Sam", "Reed", SAM.email, member_number(SAM.email))).change_cents == -7_000 + 700


def test_the_price_of_the_day_it_was_ordered_survives(frozen: time_machine.Traveller) -> None:
    early = [TypeSpec(name, [PriceSpec(low, valid_until=clock.now() + timedelta(days=5)), PriceSpec(low + 5_000)], audience=audience)
             for name, low, audience in (("Member", 10_000, "member"), ("Non-member", 13_000, "non_member"))]
    place = places.registered(events.workshop(types=early), people.person(member=True), "Member")
    frozen.shift(timedelta(days=10))
    assert taken(place).change_cents == 3_000


def test_a_price_that_changed_since_the_page_is_not_taken() -> None:
    ana, = ordered(events.workshop(), "Ana")
    with pytest.raises(Stale):
        taken(ana, seen_cents=3_000)


def test_a_type_with_its_own_pool_moves_only_that_pool() -> None:
    types = [TypeSpec("Member", [PriceSpec(100)], audience="member", capacity=3),
             TypeSpec("Non-member", [PriceSpec(200)], audience="non_member", capacity=3)]
    event = events.workshop(types=types)
    place = places.registered(event, people.person(member=True), "Member")
    taken(place)
    pools = [db.session.get_one(Pool, one.pool_id, populate_existing=True).taken for one in events.types(event).values()]
    assert (sorted(pools), uses(event), seats.recount()) == ([0, 1], 1, [])


def test_each_hears_of_it_and_old_reminders_are_withdrawn() -> None:
    ana, = ordered(events.workshop(), "Ana")
    taken(ana)
    rows = db.session.execute(select(Message.kind, Message.state, Message.to_address, Message.subject_of))
    told = sorted((row.kind, row.to_address) for row in rows if row.state == "waiting" and row.kind != "order_placed")
    assert told == [("order_substitution", BILLED), ("place_handed_on", "ana@home.example"), ("registration_confirmed", SAM.email),
                    ("reminder", SAM.email), ("reminder", SAM.email)]


def test_who_pays_and_goes_herself_hears_once() -> None:
    ana, = ordered(events.workshop(member=0, non_member=0), "Ana")
    taken(ana, Colleague("Joan", "Tate", BOSS.email))
    kinds = db.session.scalars(select(Message.kind).where(Message.to_address == BOSS.email, Message.state == "waiting")).all()
    assert sorted(kinds) == ["order_placed", "registration_confirmed", "reminder", "reminder"]


@pytest.mark.parametrize(("who", "code"), [
    (Colleague("Ana", "Silva", "ANA@home.example"), "same_person"), (Colleague("Bo", "Silva", "bo@home.example"), "already_registered"),
    (Colleague("", "", "x@home.example"), "name"), (Colleague("Sam", "Reed", "sam"), "address")])
def test_who_cannot_take_it_is_refused_beside_the_field(who: Colleague, code: str) -> None:
    ana, _ = ordered(events.workshop(), "Ana", "Bo")
    with pytest.raises(Refusal) as refused:
        taken(ana, who)
    assert refused.value.code == code and refused.value.field in ("given_name", "email") and ana.state == "confirmed"


def test_a_member_price_without_counterpart_is_refused() -> None:
    event = events.workshop(types=[TypeSpec("Member", [PriceSpec(100)], audience="member")])
    place = places.registered(event, people.person(member=True))
    with pytest.raises(Unacceptable) as refused:
        taken(place)
    assert refused.value.field == "member_number"


def test_a_place_that_ended_is_nobodys_to_take() -> None:
    ana, bo = ordered(events.workshop(), "Ana", "Bo")
    registrations.cancel(ana.id, by_id=None)
    taken(bo)
    for one in (ana, bo):
        with pytest.raises(Closed):
            taken(one, Colleague("Kim", "Lund", "kim@office.example"))


def test_a_held_place_is_not_handed_on() -> None:
    with pytest.raises(Closed):
        taken(places.held(events.workshop(), people.person()))


def test_a_cancelled_event_has_nothing_to_hand_on() -> None:
    event = events.workshop()
    ana, = ordered(event, "Ana")
    programme.cancel_event(event.id, actor_id=None, reason="Storm")
    with pytest.raises(Closed):
        taken(db.session.get_one(Registration, ana.id))


def test_until_the_start_and_no_later(frozen: time_machine.Traveller) -> None:
    event = events.workshop()
    ana, bo = ordered(event, "Ana", "Bo")
    frozen.move_to(event.starts_at - timedelta(seconds=1))
    taken(ana)
    frozen.move_to(event.starts_at)
    with pytest.raises(Closed):
        taken(bo, Colleague("Kim", "Lund", "kim@office.example"), by_staff=True, reason="Asked")


@pytest.mark.parametrize(("policy", "code"), [("percent-by-days", "no_substitution"), ("one-week-then-colleague", "too_late")])
def test_the_policy_binds_attendees_and_not_staff(frozen: time_machine.Traveller, policy: str, code: str) -> None:
    event = events.workshop(policy=policy)
    ana, = ordered(event, "Ana")
    frozen.move_to(event.starts_at - timedelta(hours=23))
    with pytest.raises(Closed) as refused:
        taken(ana)
    assert refused.value.code == code and taken(ana, by_staff=True, reason="She is ill.").change_cents == 0


def test_a_place_by_application_is_the_organizers_to_hand_on() -> None:
    place = places.accepted(events.cohort(), people.person(), group="Group A")
    with pytest.raises(Refusal) as refused:
        taken(place)
    sam = new_of(taken(place, by_staff=True, reason="Her agency asked."))
    assert refused.value.code == "by_name" and sam.group_id == place.group_id and ledger.owed(place.order_id) == 900_000


def test_staff_say_why_and_it_stands_in_the_history() -> None:
    ana, = ordered(events.workshop(), "Ana")
    with pytest.raises(Unacceptable):
        taken(ana, by_staff=True)
    taken(ana, by_staff=True, reason="Asked by telephone.")
    entry = db.session.scalars(select(AuditEntry).filter_by(action="registration.substituted")).one()
    assert (entry.subject, entry.reason, entry.before["name"], entry.after["name"]) == (
        f"registration:{ana.id}", "Asked by telephone.", "Ana Silva", "Sam Reed")


def test_staff_name_a_known_person_by_her_proved_address() -> None:
    known = people.person("Sam", "Reed", email=SAM.email)
    ana, bo = ordered(events.workshop(), "Ana", "Bo")
    assert new_of(taken(ana, by_staff=True, reason="Asked")).person_id == known.id
    with pytest.raises(Unacceptable, match="belongs to Sam Reed"):
        taken(bo, Colleague("Kim", "Lund", SAM.email), by_staff=True, reason="Asked")


def test_others_do_not_act_for_who_proved_the_address() -> None:
    known = people.person("Sam", "Reed", email=SAM.email, member=True)
    ana, = ordered(events.workshop(), "Ana")
    done = taken(ana)
    assert new_of(done).person_id != known.id and done.change_cents == 0


def test_a_place_it_contains_goes_along() -> None:
    inner = events.workshop("Inside", member=0, non_member=0)
    outer = events.workshop("Outside")
    parts.include(outer, inner, [])
    place = places.registered(outer, people.person())
    sam = new_of(taken(place))
    linked = db.session.scalars(select(Registration).filter_by(inclusion_of_id=sam.id)).one()
    assert (linked.state, linked.person_id, seats.recount()) == ("confirmed", sam.person_id, [])
    with pytest.raises(Refusal) as refused:
        taken(linked, Colleague("Kim", "Lund", "kim@office.example"))
    assert refused.value.code == "linked"


def test_a_later_cancellation_brings_back_what_was_paid_for_the_place() -> None:
    ana, = ordered(events.workshop(), "Ana")
    done = registrations.cancel(taken(ana).registration_id, by_id=None)
    assert (done.outcome.refund_cents, done.owed_cents, seats.recount()) == (13_000, 2_000, [])


def test_who_waits_is_neither_offered_the_place_nor_passed_over() -> None:
    event, (place,) = waitlists.full(1)
    waits = waitlists.waits(event)
    before = waitlists.pool(event)
    taken(place)
    assert (waitlists.settle(event), waitlists.pool(event), waitlists.state(waits)) == ([], before, ["waiting"])
