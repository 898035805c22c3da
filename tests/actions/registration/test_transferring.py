"""A place moves to another date of its course, in one act."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from tests.factories import codes, events, people
from tests.factories import registrations as places
from webapp.catalog import parts
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Closed, Full, NotFound, Refusal, Stale, Unacceptable
from webapp.notifications.models import Message
from webapp.registration import ledger, orders, programme, registrations, seats
from webapp.registration.codes import counting
from webapp.registration.codes.models import CodeUse
from webapp.registration.models import Charge, Registration, RegistrationAddOn, Seat
from webapp.registration.offers import AddOnSpec, PriceSpec
from webapp.registration.orders import Buyer
from webapp.registration.registrations import Transferred

BOSS = Buyer("Joan Tate", "joan@office.example")


def dates(*made: Event, **fields: Any) -> tuple[Event, Event]:
    """Two dates of one course."""
    one, other = made or (events.workshop("Sleep", **fields), events.workshop("Sleep again", starts=events.at(60), **fields))
    course = parts.course("SLEEP", "Sleep")
    one.course_id = other.course_id = course.id
    db.session.flush()
    return one, other


def moved(place: Registration, to: Event, **more: Any) -> Transferred:
    return registrations.transfer(place.id, to.id, by_id=None, **more)


def new_of(done: Transferred) -> Registration:
    return db.session.get_one(Registration, done.registration_id, populate_existing=True)


def taken(event: Event) -> int:
    return db.session.scalars(select(Pool.taken).where(Pool.id == event.pool_id)).one()


def owed(place: Registration) -> list[tuple[str, int, int | None, int | None]]:
    return [(one.kind, one.amount_cents, one.registration_id, one.event_id) for one in ledger.live(place.order_id)]


def test_the_place_is_at_the_other_date_and_the_old_one_ended() -> None:
    one, other = dates()
    place = places.registered(one, people.person())
    new = new_of(moved(place, other))
    assert (new.state, new.event_id, new.person_id, new.order_id, new.replaces_id, new.release_on) == (
        "confirmed", other.id, place.person_id, place.order_id, place.id, place.release_on)
    assert (place.state, place.ended_reason) == ("transferred", "Moved to another date")
    assert (taken(one), taken(other), seats.recount()) == (0, 1, [])


def test_old_seats_stay_as_tombstones_and_new_ones_are_booked() -> None:
    one, other = dates(days=2)
    place = places.registered(one, people.person())
    done = moved(place, other)
    rows = db.session.execute(select(Seat.registration_id, Seat.state, Seat.sequence).order_by(Seat.id)).all()
    assert [tuple(row) for row in rows] == [(place.id, "released", 1)] * 2 + [(done.registration_id, "booked", 0)] * 2


def test_lines_are_written_anew_for_the_new_place_in_the_same_order() -> None:
    one, other = dates()
    place = places.registered(one, people.person())
    done = moved(place, other)
    assert (done.change_cents, owed(place)) == (0, [("fee", 15_000, done.registration_id, other.id)])
    assert db.session.scalar(select(func.count()).where(Charge.order_id == place.order_id)) == 3


def test_the_price_difference_is_said_first_and_then_owed() -> None:
    one, other = dates(events.workshop(), events.workshop("Later", starts=events.at(60), non_member=18_000))
    place = places.registered(one, people.person())
    foreseen = registrations.foresee_transfer(place.id, other.id)
    assert (foreseen.sentence, foreseen.title, foreseen.type) == ("$30.00 more is owed.", "Later", "Non-member")
    assert (moved(place, other, seen_cents=3_000).change_cents, ledger.owed(place.order_id)) == (3_000, 18_000)


def test_another_price_than_the_page_showed_changes_nothing() -> None:
    one, other = dates()
    place = places.registered(one, people.person())
    with pytest.raises(Stale):
        moved(place, other, seen_cents=-500)


def test_a_member_keeps_the_member_price() -> None:
    one, other = dates()
    place = places.registered(one, people.person(member=True), "Member")
    assert new_of(moved(place, other)).type_id == places.type_of(other, "Member").id and ledger.owed(place.order_id) == 12_000


def test_a_full_date_takes_nobody_and_the_place_stays() -> None:
    one, other = dates(capacity=1)
    place = places.registered(one, people.person())
    places.registered(other, people.person("Bo", "Berg"))
    with pytest.raises(Full, match="Sleep again are full"), db.session.begin_nested():
        moved(place, other)
    db.session.refresh(place)
    assert (place.state, taken(one), taken(other), seats.recount()) == ("confirmed", 1, 1, [])


def test_it_goes_to_dates_of_the_same_course_only_but_staff_choose_freely() -> None:
    one, other = events.workshop(), events.workshop("Elsewhere", starts=events.at(60))
    place = places.registered(one, people.person())
    with pytest.raises(NotFound):
        moved(place, other)
    assert new_of(moved(place, other, by_staff=True, reason="Asked by phone")).event_id == other.id
    entry = db.session.scalars(select(AuditEntry).filter_by(action="registration.transferred")).one()
    assert (entry.reason, entry.before["event"], entry.after["event"]) == ("Asked by phone", one.title, "Elsewhere")


def test_staff_say_why() -> None:
    one, other = dates()
    with pytest.raises(Unacceptable, match="Say why"):
        moved(places.registered(one, people.person()), other, by_staff=True, reason=" ")


@pytest.mark.parametrize(("days", "code"), [(21, None), (22, "too_late"), (29, "started")])
def test_until_the_policys_last_day(days: int, code: str | None) -> None:
    one, other = dates()
    place = places.registered(one, people.person())
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
        refusal = registrations.transfer_refused(_row(place), clock.now())
        assert (refusal.code if refusal else None) == code
        if code:
            with pytest.raises(Closed):
                moved(place, other)
        assert registrations.transfer_refused(_row(place), clock.now(), by_staff=True) is None


def test_a_policy_without_transfer_leaves_it_to_staff() -> None:
    one, other = dates(policy="percent-by-days")
    place = places.registered(one, people.person())
    with pytest.raises(Closed, match="cannot move to another date"):
        moved(place, other)
    assert moved(place, other, by_staff=True, reason="Kindness").change_cents == 0


def test_when_the_organizer_moved_the_date_it_may_move_whatever_the_policy_and_costs_no_more() -> None:
    one, other = dates(events.workshop(policy="percent-by-days"), events.workshop("Later", starts=events.at(60), non_member=18_000))
    place = places.registered(one, people.person())
    programme.move_session(events.sessions(one)[0].id, events.at(30), events.at(30, 12), actor_id=None)
    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        assert registrations.foresee(place.id).refund_cents == 15_000
        done = moved(place, other)
    assert (done.change_cents, ledger.owed(place.order_id)) == (0, 15_000)
    assert [one.amount_cents for one in ledger.live(place.order_id)] == [18_000, -3_000]


def test_staff_may_keep_the_price() -> None:
    one, other = dates(events.workshop(), events.workshop("Later", starts=events.at(60), non_member=18_000))
    place = places.registered(one, people.person())
    assert moved(place, other, by_staff=True, reason="Our mistake", same_price=True).change_cents == 0


def test_who_has_a_place_there_is_told() -> None:
    one, other = dates()
    maria = people.person()
    place = places.registered(one, maria)
    places.registered(other, maria)
    with pytest.raises(Refusal, match="has a place in this event already"):
        moved(place, other)


def test_what_is_sold_there_too_goes_along_and_the_rest_ends() -> None:
    meal, book = AddOnSpec("Lunch", [PriceSpec(2_000)], capacity=1), AddOnSpec("Book", [PriceSpec(4_000)])
    one, other = dates(events.workshop(add_ons=[meal, book]), events.workshop("Later", starts=events.at(60), add_ons=[meal]))
    lunch, paper = (places_add_on(one, name) for name in ("Lunch", "Book"))
    place = places.registered(one, people.person(), add_ons={lunch: 1, paper: 1})
    foreseen = registrations.foresee_transfer(place.id, other.id)
    done = moved(place, other)
    assert (foreseen.along, foreseen.left, done.change_cents) == (("Lunch",), ("Book",), -4_000)
    bought = db.session.scalars(select(RegistrationAddOn.add_on_id).filter_by(registration_id=done.registration_id)).all()
    assert (bought, seats.recount()) == ([places_add_on(other, "Lunch")], [])


def test_a_code_goes_with_the_place_where_it_is_for_both_and_ends_where_it_is_not() -> None:
    one, other = dates()
    for_all = codes.code(one, max_uses=1)
    place = places.held(one, people.person())
    orders.apply_code(place.order_id, "SPRING10")
    places.place(place.order_id)
    done = moved(place, other)
    assert (done.change_cents, ledger.owed(place.order_id), counting.recount()) == (0, 13_500, [])
    standing = db.session.scalars(select(CodeUse).filter_by(code_id=for_all, ended_at=None)).one()
    assert standing.registration_id == done.registration_id


def test_a_code_for_this_date_only_ends() -> None:
    one, other = dates()
    codes.code(one, event_ids=[one.id])
    place = places.held(one, people.person())
    orders.apply_code(place.order_id, "SPRING10")
    places.place(place.order_id)
    assert registrations.foresee_transfer(place.id, other.id).code_ends
    assert (moved(place, other).change_cents, counting.recount()) == (1_500, [])
    assert db.session.scalars(select(CodeUse).filter_by(ended_at=None)).all() == []


def test_the_group_price_survives() -> None:
    one, other = dates(events.conference(), events.conference("Next year", starts=events.at(90)))
    wishes = [places.stranger(one, given=name, email=f"{name.lower()}@home.example") for name in ("Ana", "Bo", "Cy", "Di", "Ed")]
    held = orders.hold(one.id, wishes, BOSS)
    places.place(held.order_id)
    ana, *_ = db.session.scalars(select(Registration).filter_by(order_id=held.order_id).order_by(Registration.id))
    assert moved(ana, other).change_cents == 0


def test_there_and_back_again_adds_up() -> None:
    one, other = dates()
    place = places.registered(one, people.person())
    there = new_of(moved(place, other))
    back = new_of(moved(there, one))
    assert (back.event_id, taken(one), taken(other), seats.recount(), ledger.owed(place.order_id)) == (one.id, 1, 0, [], 15_000)


def test_one_mail_tells_her_and_one_who_pays() -> None:
    one, other = dates()
    held = orders.hold(one.id, [places.stranger(one)], BOSS)
    places.place(held.order_id)
    place = places.of_order(held.order_id)
    before = set(db.session.scalars(select(Message.id)))
    done = moved(place, other)
    written = {(row.kind, row.to_address) for row in db.session.scalars(select(Message).where(Message.id.not_in(before)))}
    assert written == {("registration_confirmed", "ana@home.example"), ("reminder", "ana@home.example"),
                       ("order_transfer", places.BILL_TO.email)}
    waiting = db.session.scalars(select(Message.subject_of).where(Message.kind == "reminder", Message.state == "waiting"))
    assert set(waiting) == {f"registration:{done.registration_id}"}


def _row(place: Registration) -> Any:
    from webapp.registration.queries import people as queries

    return queries.place(place.id)


def places_add_on(event: Event, name: str) -> int:
    from webapp.registration.models import AddOn

    return db.session.scalars(select(AddOn.id).filter_by(event_id=event.id, name=name)).one()
