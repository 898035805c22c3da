"""Waiting for a seat: what comes free is kept, offered in order, taken up by the ordinary way, and never given twice."""

from datetime import timedelta

import pytest
import time_machine
from flask import current_app
from sqlalchemy import select

from tests.factories import events, people, waitlists
from tests.factories import registrations as places
from webapp.catalog import events as catalog
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal
from webapp.jobs import letters, rendering
from webapp.notifications.contents import Withdrawn
from webapp.notifications.models import Message
from webapp.registration import orders, privacy, programme, registrations, seats
from webapp.registration.models import Order
from webapp.registration.orders import Buyer
from webapp.registration.queries import waitlist as queries
from webapp.registration.waitlist import joining, moving, offering, swapping
from webapp.registration.waitlist.models import WaitlistEntry


def code(act: object, *args: object, **more: object) -> str:
    with pytest.raises(Refusal) as refused, db.session.begin_nested():
        act(*args, **more)  # type: ignore[operator]
    return refused.value.code


def kinds(of: joining.Joined) -> list[str]:
    return list(db.session.scalars(select(Message.kind).where(Message.subject_of == f"waitlist:{of.entry_id}").order_by(Message.id)))


def cancel(registration: object) -> None:
    registrations.cancel(registration.id, by_id=None)  # type: ignore[attr-defined]


def test_numbers_follow_the_order_of_joining() -> None:
    event, _ = waitlists.full()
    assert [waitlists.waits(event, name).number for name in ("ana", "ben", "cleo")] == [1, 2, 3]


def test_who_joins_twice_keeps_her_number_and_is_written_to() -> None:
    event, _ = waitlists.full()
    first, _, again = (waitlists.waits(event, name) for name in ("ana", "ben", "ana"))
    assert (again.number, again.ref, again.repeated) == (1, first.ref, True)
    assert kinds(first) == ["waitlist_joined", "waitlist_joined"]


def test_another_address_of_the_same_person_is_the_same_party() -> None:
    event, maria = waitlists.full()[0], people.person()
    waitlists.waits(event, person=maria)
    assert waitlists.waits(event, "elsewhere", person=maria).repeated


def test_who_has_a_place_is_told_so() -> None:
    event, maria = events.workshop(capacity=1), people.person()
    places.registered(event, maria)
    assert code(waitlists.waits, event, person=maria) == "already_registered"


@pytest.mark.parametrize("key", ["online", "type-0", ""])
def test_what_has_no_limit_cannot_be_waited_for(key: str) -> None:
    event, _ = waitlists.full()
    assert code(waitlists.waits, event, key=key) == "unacceptable"


def test_nobody_waits_while_seats_are_open() -> None:
    assert code(waitlists.waits, events.workshop(capacity=1)) == "not_full"


def test_a_party_waits_where_there_are_too_few_seats_for_it() -> None:
    event = events.workshop(capacity=3)
    places.registered(event, people.person())
    assert waitlists.state(waitlists.waits(event, seats=3)) == ["waiting"] and waitlists.pool(event) == (1, 0, 1)


def test_a_party_larger_than_all_places_is_refused_for_nobody_behind_it_would_come_to_her_turn() -> None:
    event, _ = waitlists.full()
    assert code(waitlists.waits, event, seats=3) == "unacceptable"
    assert waitlists.state(waitlists.waits(event, seats=2)) == ["waiting"]


def test_seats_that_were_open_before_somebody_waited_stay_open() -> None:
    event = events.workshop(capacity=3)
    places.registered(event, people.person())
    waitlists.waits(event, seats=3)
    assert places.held(event, people.person()).state == "held"


def test_a_seat_that_comes_back_is_kept_from_those_who_pass_by() -> None:
    event, (one, _) = waitlists.full()
    waitlists.waits(event)
    cancel(one)
    assert waitlists.pool(event) == (1, 1, 1)
    assert code(places.held, event, people.person()) == "full"


def test_what_is_kept_is_offered_to_the_first_and_held_for_her() -> None:
    event, (one, _) = waitlists.full()
    ana, ben = waitlists.waits(event), waitlists.waits(event, "ben")
    cancel(one)
    assert waitlists.settle(event) == [ana.entry_id]
    assert (waitlists.state(ana, ben), waitlists.pool(event), seats.recount()) == (["offered", "waiting"], (2, 0, 1), [])
    assert kinds(ana) == ["waitlist_joined", "seat_offered"]


def test_settling_again_changes_nothing() -> None:
    event, (one, _) = waitlists.full()
    waitlists.waits(event)
    cancel(one)
    waitlists.settle(event)
    assert (waitlists.settle(event), waitlists.pool(event)) == ([], (2, 0, 0))


def test_without_a_line_a_freed_seat_is_open_to_all() -> None:
    event, (one, _) = waitlists.full()
    cancel(one)
    assert places.held(event, people.person()).state == "held"


def test_a_larger_event_offers_what_it_gained(frozen: time_machine.Traveller) -> None:
    event, _ = waitlists.full()
    ana = waitlists.waits(event)
    catalog.update(event.id, version=event.version, actor_id=None, capacity=4)
    assert waitlists.pool(event) == (2, 2, 1)
    waitlists.settle(event)
    assert (waitlists.state(ana), waitlists.pool(event)) == (["offered"], (3, 0, 0))


def test_a_smaller_event_keeps_what_is_left() -> None:
    event, (one, _) = waitlists.full()
    waitlists.waits(event, seats=2)
    cancel(one)
    catalog.update(event.id, version=event.version, actor_id=None, capacity=1)
    assert waitlists.pool(event) == (1, 0, 1)


def test_taking_an_offer_up_makes_an_order_that_holds_its_seat_as_long() -> None:
    event, (one, _) = waitlists.full()
    ana = waitlists.waits(event)
    cancel(one)
    waitlists.settle(event)
    held = waitlists.take(event, ana)
    assert (waitlists.state(ana), waitlists.pool(event), seats.recount()) == (["accepted"], (2, 0, 0), [])
    assert db.session.get_one(Order, held.order_id).hold_until == waitlists.entry(ana).offer_until
    assert held.total_cents == 15_000


def test_an_offer_is_taken_up_once() -> None:
    event, (one, _) = waitlists.full()
    ana = waitlists.waits(event)
    cancel(one)
    waitlists.settle(event)
    waitlists.take(event, ana)
    assert code(waitlists.take, event, ana, "ben") == "offer_over"


def test_the_same_form_sent_again_with_a_change_keeps_the_seat() -> None:
    event, (one, _) = waitlists.full()
    ana = waitlists.waits(event)
    cancel(one)
    waitlists.settle(event)
    until = waitlists.entry(ana).offer_until
    made = [orders.hold(event.id, [places.stranger(event, given=name)], Buyer(name, "ana@home.example"), submit_key=f"form:{name}",
                        form_key="form", offer=ana.ref) for name in ("Ana", "Anna")]
    assert [db.session.get_one(Order, each.order_id).state for each in made] == ["expired", "held"]
    assert db.session.get_one(Order, made[1].order_id).hold_until == until and seats.recount() == []


def test_an_offer_that_is_over_is_not_honoured_though_nobody_ended_it(frozen: time_machine.Traveller) -> None:
    event, (one, _) = waitlists.full()
    ana = waitlists.waits(event)
    cancel(one)
    waitlists.settle(event)
    frozen.shift(timedelta(hours=48))
    assert (code(waitlists.take, event, ana), waitlists.state(ana)) == ("offer_over", ["offered"])


def test_an_offer_that_lapses_goes_to_the_next(frozen: time_machine.Traveller) -> None:
    event, (one, _) = waitlists.full()
    ana, ben = waitlists.waits(event), waitlists.waits(event, "ben")
    cancel(one)
    waitlists.settle(event)
    frozen.shift(timedelta(hours=48))
    assert waitlists.settle(event) == [ben.entry_id]
    assert (waitlists.state(ana, ben), kinds(ana)[-1], seats.recount()) == (["lapsed", "offered"], "seat_offer_lapsed", [])


def test_after_the_last_offer_the_seat_is_open_again(frozen: time_machine.Traveller) -> None:
    event, (one, _) = waitlists.full()
    waitlists.waits(event)
    cancel(one)
    waitlists.settle(event)
    frozen.shift(timedelta(hours=48))
    waitlists.settle(event)
    assert (waitlists.pool(event), places.held(event, people.person()).state) == ((1, 0, 0), "held")


def test_a_party_waits_for_its_seats_together_and_is_not_overtaken() -> None:
    event, ours = waitlists.full(3)
    trio, ben = waitlists.waits(event, seats=3), waitlists.waits(event, "ben")
    for one in ours[:2]:
        cancel(one)
    waitlists.settle(event)
    assert (waitlists.state(trio, ben), waitlists.pool(event)) == (["waiting", "waiting"], (1, 2, 2))
    cancel(ours[2])
    waitlists.settle(event)
    assert (waitlists.state(trio, ben), waitlists.pool(event)) == (["offered", "waiting"], (3, 0, 1))


def test_a_party_becomes_smaller_and_keeps_its_number() -> None:
    event, ours = waitlists.full(3)
    trio = waitlists.waits(event, seats=3)
    cancel(ours[0])
    joining.make_smaller(trio.ref, 1)
    assert (waitlists.state(trio), waitlists.entry(trio).number, waitlists.pool(event)) == (["offered"], 1, (3, 0, 0))
    assert code(joining.make_smaller, trio.ref, 5) == "wrong_state"


def test_a_party_takes_its_seats_one_by_one_and_what_it_leaves_goes_back(frozen: time_machine.Traveller) -> None:
    event, ours = waitlists.full(3)
    trio = waitlists.waits(event, seats=3)
    for one in ours:
        cancel(one)
    waitlists.settle(event)
    waitlists.take(event, trio)
    waitlists.take(event, trio, "ben")
    assert (waitlists.state(trio), waitlists.pool(event), seats.recount()) == (["offered"], (3, 0, 0), [])
    joining.leave(trio.ref)
    assert (waitlists.state(trio), waitlists.pool(event), seats.recount()) == (["accepted"], (2, 0, 0), [])


def test_who_leaves_with_an_offer_gives_it_to_the_next() -> None:
    event, (one, _) = waitlists.full()
    ana, ben = waitlists.waits(event), waitlists.waits(event, "ben")
    cancel(one)
    waitlists.settle(event)
    joining.leave(ana.ref)
    assert (waitlists.state(ana, ben), seats.recount()) == (["left", "offered"], [])
    assert code(joining.leave, ana.ref) == "wrong_state"


def test_a_hold_that_ends_is_kept_for_the_line(frozen: time_machine.Traveller) -> None:
    event = events.workshop(capacity=1)
    mine = places.held(event, people.person())
    ana = waitlists.waits(event)
    frozen.shift(timedelta(minutes=21))
    assert orders.expire(mine.order_id) and waitlists.pool(event) == (0, 1, 1)
    waitlists.settle(event)
    assert waitlists.state(ana) == ["offered"]


def test_no_offers_are_made_in_the_last_day_and_everybody_is_told(frozen: time_machine.Traveller) -> None:
    event, (one, _) = waitlists.full()
    ana = waitlists.waits(event)
    frozen.move_to(events.sessions(event)[0].starts_at - timedelta(hours=23))
    cancel(one)
    assert event.id in offering.due(clock.now())
    waitlists.settle(event)
    assert (waitlists.state(ana), kinds(ana)[-1], waitlists.pool(event)) == (["closed"], "waitlist_closed", (1, 0, 0))
    assert code(waitlists.waits, event, "ben", seats=2) == "list_over"


def test_a_cancelled_event_ends_lists_and_offers() -> None:
    event, (one, _) = waitlists.full()
    ana, ben = waitlists.waits(event), waitlists.waits(event, "ben")
    cancel(one)
    waitlists.settle(event)
    programme.cancel_event(event.id, actor_id=None, reason="The hall burnt down.")
    assert (waitlists.state(ana, ben), waitlists.pool(event), seats.recount()) == (["closed", "closed"], (0, 0, 0), [])


def test_a_type_with_a_limit_has_a_line_of_its_own() -> None:
    event = events.workshop(capacity=9, types=[
        events.TypeSpec("Member", [events.PriceSpec(0)]), events.TypeSpec("Student", [events.PriceSpec(0)], capacity=1)])
    student = places.held(event, people.person(), "Student")
    key = f"type-{events.types(event)['Student'].id}"
    ana = waitlists.waits(event, key=key)
    cancel(student)
    assert code(places.held, event, people.person(), "Student") == "full"
    assert places.held(event, people.person(), "Member").state == "held"
    waitlists.settle(event)
    assert waitlists.state(ana) == ["offered"]
    waitlists.take(event, ana, type="Student")
    assert seats.recount() == []


def test_the_room_and_online_have_lines_of_their_own() -> None:
    event = events.workshop(mode="hybrid", capacity=None, room_capacity=1, online_capacity=1)
    room = places.held(event, people.person(), mode="in_person")
    ana = waitlists.waits(event, key="in_person")
    assert places.held(event, people.person(), mode="online").state == "held"
    cancel(room)
    waitlists.settle(event)
    waitlists.take(event, ana, mode="in_person")
    assert (waitlists.state(ana), seats.recount()) == (["accepted"], [])


def test_a_seat_of_the_offer_that_she_does_not_need_goes_back() -> None:
    event = events.workshop(mode="hybrid", capacity=3, room_capacity=1, online_capacity=2)
    room = places.held(event, people.person(), mode="in_person")
    ana, ben = waitlists.waits(event, key="in_person"), waitlists.waits(event, "ben", key="in_person")
    cancel(room)
    waitlists.settle(event)
    waitlists.take(event, ana, mode="online")
    assert seats.recount() == []
    assert (waitlists.settle(event), waitlists.state(ben)) == ([ben.entry_id], ["offered"])


def test_staff_move_a_party_with_a_reason() -> None:
    event, (one, _), olga = *waitlists.full(), people.person()
    ana, ben, cleo = (waitlists.waits(event, name) for name in ("ana", "ben", "cleo"))
    moving.move(cleo.entry_id, event.id, 1, by_id=olga.id, reason="Needed for her licence")
    cancel(one)
    waitlists.settle(event)
    assert waitlists.state(ana, ben, cleo) == ["waiting", "waiting", "offered"]
    noted = db.session.scalars(select(AuditEntry).filter_by(action="waitlist.moved")).one()
    assert (noted.reason, noted.before["position"], noted.after) == ("Needed for her licence", 3, {"number": 3, "position": 1})


def test_nobody_is_moved_without_a_reason_or_from_elsewhere() -> None:
    event, other, olga = waitlists.full()[0], waitlists.full()[0], people.person()
    ana = waitlists.waits(event)
    assert code(moving.move, ana.entry_id, event.id, 1, by_id=olga.id, reason=" ") == "unacceptable"
    assert code(moving.move, ana.entry_id, other.id, 1, by_id=olga.id, reason="x") == "not_found"


def test_offering_now_needs_a_free_seat() -> None:
    event, (one, _), olga = *waitlists.full(), people.person()
    trio, ben = waitlists.waits(event, seats=2), waitlists.waits(event, "ben")
    assert code(moving.offer_now, ben.entry_id, event.id, by_id=olga.id, reason="Speaks Hmong") == "full"
    cancel(one)
    moving.offer_now(ben.entry_id, event.id, by_id=olga.id, reason="Speaks Hmong")
    assert waitlists.state(trio, ben) == ["waiting", "offered"]


def test_a_closed_list_tells_everybody_and_lets_its_seats_go() -> None:
    event, (one, _), olga = *waitlists.full(), people.person()
    ana = waitlists.waits(event)
    moving.close(waitlists.list_of(event).id, event.id, by_id=olga.id, reason="A second date is open")
    cancel(one)
    assert (waitlists.state(ana), kinds(ana)[-1], waitlists.pool(event)) == (["closed"], "waitlist_closed", (1, 0, 0))
    assert places.held(event, people.person()).state == "held"
    assert code(waitlists.waits, event, "ben") == "list_closed"
    moving.reopen(waitlists.list_of(event).id, event.id, by_id=olga.id, reason="It was a mistake")
    assert waitlists.waits(event, "ben").number == 2


def breakouts() -> tuple[events.Event, int, int, int]:
    """A conference with a breakout of one seat, which is taken: event, block, the full one, the other one."""
    event = events.conference(rooms=(1, 5))
    block = events.blocks(event)["A"].id
    small, large = (next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
    return event, block, small, large


def test_a_breakout_is_waited_for_and_the_old_choice_kept_until_she_accepts() -> None:
    event, block, small, large = breakouts()
    first = places.registered(event, people.person(), breakouts={block: small})
    mine = places.registered(event, people.person(), breakouts={block: large})
    waits = joining.join_session(mine.id, small)
    cancel(first)
    assert code(registrations.choose_breakouts, places.registered(event, people.person()).id, {block: small}) == "full"
    waitlists.settle(event)
    assert (waitlists.state(waits), registrations.choose_breakouts(mine.id, {})) == (["offered"], [large])
    swapping.accept(waits.ref)
    assert (waitlists.state(waits), registrations.choose_breakouts(mine.id, {}), seats.recount()) == (["accepted"], [small], [])


def test_only_a_full_session_that_the_place_may_choose_is_waited_for() -> None:
    event, block, small, large = breakouts()
    places.registered(event, people.person(), breakouts={block: small})
    mine = places.registered(event, people.person())
    keynote = events.sessions(event)[1].id
    assert (code(joining.join_session, mine.id, large), code(joining.join_session, mine.id, keynote)) == ("not_full", "not_found")


def test_who_gives_her_place_back_waits_for_no_breakout_any_more() -> None:
    event, block, small, _ = breakouts()
    first = places.registered(event, people.person(), breakouts={block: small})
    mine, other = places.registered(event, people.person()), places.registered(event, people.person())
    gone, next_ = joining.join_session(mine.id, small), joining.join_session(other.id, small)
    cancel(first)
    waitlists.settle(event)
    cancel(mine)
    assert event.id in offering.due(clock.now())
    waitlists.settle(event)
    assert (waitlists.state(gone, next_), seats.recount()) == (["left", "offered"], [])


def test_nothing_is_due_where_nothing_can_happen() -> None:
    event, _ = waitlists.full()
    waitlists.waits(event)
    assert offering.due(clock.now()) == []


def test_an_unknown_address_is_not_found() -> None:
    with pytest.raises(NotFound):
        joining.leave("NOSUCHENTRY")


def test_the_line_of_two_levels_is_asked_in_the_order_of_joining() -> None:
    event = events.workshop(mode="hybrid", capacity=1, room_capacity=5, online_capacity=5)
    one = places.held(event, people.person(), mode="online")
    room, any_ = waitlists.waits(event, key="event"), waitlists.waits(event, "ben", key="event")
    cancel(one)
    waitlists.settle(event)
    assert waitlists.state(room, any_) == ["offered", "waiting"]
    assert db.session.scalars(select(WaitlistEntry.number).order_by(WaitlistEntry.number)).all() == [1, 2]


def letter(of: joining.Joined, kind: str) -> tuple[str, str, str]:
    """The mail of this kind as it would be sent now."""
    context = rendering.builder(rendering.KINDS[kind])({"entry_id": of.entry_id})
    assert not isinstance(context, Withdrawn), context
    return letters.write(current_app, kind, {"to_name": "", **context})


def withdrawn(of: joining.Joined, kind: str) -> bool:
    return isinstance(rendering.builder(rendering.KINDS[kind])({"entry_id": of.entry_id}), Withdrawn)


def test_the_mails_say_where_she_stands_what_is_kept_and_until_when() -> None:
    event, (one, _) = waitlists.full()
    ana, pair = waitlists.waits(event), waitlists.waits(event, "ben", seats=2)
    assert "Your number is 2, and 1 party is before you." in letter(pair, "waitlist_joined")[1]
    assert withdrawn(ana, "seat_offered")
    cancel(one)
    waitlists.settle(event)
    subject, text, html = letter(ana, "seat_offered")
    assert subject == f"A seat is kept for you until Fri 17 Jul 2026, 10:00 am CT: {event.title}"
    assert f"/waitlist/{ana.ref}" in text and f"/waitlist/{ana.ref}" in html and withdrawn(ana, "seat_offer_lapsed")


def test_the_mails_of_an_end_say_why(frozen: time_machine.Traveller) -> None:
    event, (one, _), olga = *waitlists.full(), people.person()
    ana, ben = waitlists.waits(event), waitlists.waits(event, "ben")
    cancel(one)
    waitlists.settle(event)
    moving.close(waitlists.list_of(event).id, event.id, by_id=olga.id, reason="A second date is open")
    assert "The organizer closed the list: A second date is open" in letter(ben, "waitlist_closed")[1]
    frozen.shift(timedelta(hours=48))
    assert withdrawn(ana, "seat_offered")
    waitlists.settle(event)
    assert "the time to take it is over" in letter(ana, "seat_offer_lapsed")[1] and withdrawn(ana, "waitlist_joined")


def test_who_is_erased_leaves_every_line_and_her_seat_goes_on() -> None:
    (event, (one, _)), maria = waitlists.full(), people.person()
    hers, ben = waitlists.waits(event, person=maria), waitlists.waits(event, "ben")
    cancel(one)
    waitlists.settle(event)
    family = frozenset({maria.id})
    assert [row["state"] for row in privacy.personal_data(family)["waitlists"]] == ["offered"]
    privacy.erase(family)
    assert (waitlists.state(hers, ben), waitlists.entry(hers).email) == (["left", "offered"], "")


def test_a_calendar_may_show_what_is_hoped_for() -> None:
    (event, _), maria = waitlists.full(), people.person()
    waits = waitlists.waits(event, person=maria)
    assert [(row.ref, row.title, row.state) for row in queries.tentative([maria.id])] == [(waits.ref, event.title, "waiting")]
    joining.leave(waits.ref)
    assert queries.tentative([maria.id]) == []
