"""An exhibitor's table: a thing beside a place, or a type without a seat; its badges come, go along and end with what was bought."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from tests.actions.registration.test_transferring import dates
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import mail
from webapp.catalog.models import Event, Pool, Session
from webapp.core import clock, times
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Closed, Full, NotFound, Refusal, Stale, Unacceptable
from webapp.notifications.models import Message
from webapp.registration import (
    attending,
    duplicating,
    entering,
    messages,
    offers,
    orders,
    privacy,
    programme,
    registrations,
    sale,
    seats,
    transfer,
)
from webapp.registration.badges import naming, reading
from webapp.registration.badges.models import Badge
from webapp.registration.badges.rules import Written
from webapp.registration.models import AddOn, Registration, RegistrationType, Seat
from webapp.registration.offers import AddOnSpec, PriceSpec, TypeSpec
from webapp.registration.setasides import keeping
from webapp.registration.setasides.keeping import Wish
from webapp.registration.substitution import Colleague
from webapp.registration.waitlist import choices

TABLE = AddOnSpec("Exhibitor table", [PriceSpec(30_000)], capacity=3, badges=2)
STAND = TypeSpec("Exhibitor", [PriceSpec(35_000)], capacity=2, takes_seat=False, badges=2)
KIT, BO = Written("Kit Ray", "Bright Books", "kit@books.example"), Written("Bo Day", "Bright Books")


def fair(**fields: Any) -> Event:
    return events.workshop(types=[*events.member_prices(12_000, 15_000), STAND], add_ons=[TABLE], **fields)


def table(event: Event) -> int:
    return db.session.scalars(select(AddOn.id).filter_by(event_id=event.id, name="Exhibitor table")).one()


def with_table(event: Event, *names: Written, count: int = 1) -> Registration:
    return places.registered(event, people.person(), "Non-member", add_ons={table(event): count}, badges={table(event): names})


def stand(event: Event, *names: Written) -> Registration:
    return places.registered(event, people.person(), "Exhibitor", badges={None: names})


def on(place: Registration) -> list[tuple[int, int, str]]:
    return [(row.unit, row.number, row.name) for row in reading.of_places([place.id])]


def taken(event: Event) -> dict[str, int]:
    """What is taken of the event, of tables beside a place and of stands."""
    pools = {"event": event.pool_id, "table": db.session.get_one(AddOn, table(event)).pool_id,
             "stand": places.type_of(event, "Exhibitor").pool_id}
    return {name: db.session.scalars(select(Pool.taken).where(Pool.id == pool)).one() for name, pool in pools.items()}


def test_each_table_brings_its_badges_and_the_names_typed_stand_on_the_first() -> None:
    event = fair()
    place = with_table(event, KIT, count=2)
    assert on(place) == [(1, 1, "Kit Ray"), (1, 2, ""), (2, 1, ""), (2, 2, "")]
    assert taken(event) == {"event": 1, "table": 2, "stand": 0}
    registrations.buy(place.id, {table(event): 1}, by_id=None)
    assert on(place)[4:] == [(3, 1, ""), (3, 2, "")] and seats.recount() == []


def test_a_stand_takes_no_seat_and_no_session_and_counts_among_stands_alone() -> None:
    event = fair(capacity=1)
    place = stand(event, KIT, BO)
    assert on(place) == [(1, 1, "Kit Ray"), (1, 2, "Bo Day")]
    assert (taken(event), db.session.scalar(select(func.count()).select_from(Seat).where(Seat.registration_id == place.id))) == (
        {"event": 0, "table": 0, "stand": 1}, 0)
    places.registered(event, people.person(), "Non-member")
    stand(event)
    with pytest.raises(Full, match="Exhibitor places"):
        stand(event)
    registrations.cancel(place.id, by_id=None, by_organizer=True, reason="They fell ill")
    assert (taken(event), seats.recount()) == ({"event": 1, "table": 0, "stand": 1}, [])


def test_what_everybody_with_a_seat_buys_is_not_bought_with_a_stand() -> None:
    event = events.workshop(types=[*events.member_prices(12_000, 15_000), STAND],
                            add_ons=[TABLE, AddOnSpec("Lunch", [PriceSpec(2_000)], is_required=True)])
    held = orders.hold(event.id, [places.attendee(event, people.person(), "Exhibitor")], places.buyer(people.person()))
    assert held.total_cents == 35_000


def test_a_name_for_which_nothing_bought_brings_a_badge_is_refused_and_not_dropped() -> None:
    event = events.workshop(types=[*events.member_prices(12_000, 15_000), STAND],
                            add_ons=[AddOnSpec("Sponsor kit", [PriceSpec(2_000)], is_required=True, badges=2)])
    kit = db.session.scalars(select(AddOn.id).filter_by(event_id=event.id)).one()
    for type_, key, names in (("Exhibitor", kit, [KIT]), ("Non-member", None, [KIT]), ("Exhibitor", None, [KIT, Written(), BO])):
        with pytest.raises(Unacceptable, match="Nothing that you chose comes with this badge") as refused:
            places.registered(event, people.person(), type_, badges={key: names})
        assert refused.value.field == f"badge_{key or 'type'}_{len(names)}_name"
    assert on(places.registered(event, people.person(), "Non-member", badges={kit: [KIT]})) == [(1, 1, "Kit Ray"), (1, 2, "")]


def test_late_money_takes_a_stand_again_and_no_seat() -> None:
    event = fair()
    place = places.held(event, people.person(), "Exhibitor")
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        assert orders.expire(place.order_id) and taken(event)["stand"] == 0
        assert orders.confirm_late(place.order_id)
    assert taken(event) == {"event": 0, "table": 0, "stand": 1} and seats.recount() == []


def test_a_first_limit_of_stands_counts_in_those_that_were_sold_though_nobody_has_a_seat() -> None:
    event = events.workshop(types=[*events.member_prices(12_000, 15_000), replace(STAND, capacity=None)])
    stand(event)
    stand(event)
    sold = offers.of_event(event.id)
    limited = [replace(one, capacity=2) if one.name == STAND.name else one for one in sold.types]
    offers.replace(event.id, replace(sold, types=limited), actor_id=None)
    with pytest.raises(Full, match="Exhibitor places"):
        stand(event)
    assert seats.recount() == []


def test_a_stand_that_is_being_paid_is_no_seat_that_is_held() -> None:
    event = fair()
    places.held(event, people.person(), "Exhibitor")
    places.held(event, people.person(), "Non-member")
    assert attending.held(event.id) == {"in_person": 1}


def told(kind: str) -> list[int]:
    return [facts["registration_id"] for facts in db.session.scalars(select(Message.facts).filter_by(kind=kind).order_by(Message.id))]


def test_who_has_a_stand_reads_when_and_where_and_hears_when_the_event_moves(frozen: Any) -> None:
    event = fair()
    place = stand(event)
    [line] = messages.registration_confirmed({"registration_id": place.id})["lines"]
    assert line == "Wed 12 Aug 2026, 9:00 am to 12:00 pm CT, Lakeview Hall, Madison"
    meeting = db.session.scalars(select(Session).filter_by(event_id=event.id)).one()
    start, end = (times.local(one, meeting.zone).replace(tzinfo=None) + timedelta(days=3) for one in (meeting.starts_at, meeting.ends_at))
    assert programme.move_session(meeting.id, start, end, actor_id=None, reason="The hall is closed") == 1
    assert (told("programme_change"), db.session.get_one(Registration, place.id, populate_existing=True).moved_at) == (
        [place.id], clock.now())


def words(kind: str) -> str:
    """The newest mail of this kind to Kit, in words."""
    return mail.last("kit@books.example", kind).text


def kits(event: Event, *names: Written, mode: str | None = None) -> Registration:
    """A stand of Kit's, who ordered it herself."""
    kit = people.person("Kit", "Ray", email="kit@books.example")
    return places.registered(event, kit, "Exhibitor", method="card", badges={None: names}, mode=mode)


def test_the_confirmation_of_a_stand_speaks_of_the_table_and_its_badges() -> None:
    kits(fair(), KIT)
    found = mail.last("kit@books.example", "registration_confirmed")
    assert found.subject.startswith("Your table: ")
    for said in (found.text, found.html):
        assert "without a seat in the sessions" in said and "You have a place" not in said and "subscribe to your sessions" not in said
        assert "2 badges come with it; 1 has no name yet." in said
    assert "Your table is confirmed" in found.html


@pytest.mark.parametrize(("names", "said"), [
    ((), "2 badges come with it; none has a name yet. Write on your page who comes."),
    ((KIT, BO), "2 badges come with it, named on your page.")])
def test_the_mails_say_how_many_badges_have_no_name(names: tuple[Written, ...], said: str) -> None:
    assert reading.words(kits(fair(), *names).id) == said


def test_who_has_a_stand_is_reminded_of_the_table_as_everybody_of_her_place() -> None:
    event = fair(mode="hybrid", online_url="https://zoom.example/j/1")
    kits(event, KIT, BO, mode="online")
    starts_at = event.starts_at
    assert starts_at is not None
    rows = db.session.scalars(select(Message.not_before).filter_by(kind="reminder").order_by(Message.not_before)).all()
    assert rows == [starts_at - timedelta(days=7), starts_at - timedelta(days=1)]
    said = words("reminder")
    assert "Your table at" in said and "Wed 12 Aug 2026, 9:00 am to 12:00 pm CT" in said and "glad of the table" in said
    assert "Join" not in said and "zoom" not in said and "seat" not in said and "hours" not in said


def test_the_reminders_of_a_stand_follow_the_event_and_end_with_it() -> None:
    event = fair()
    place = kits(event)
    meeting = db.session.scalars(select(Session).filter_by(event_id=event.id)).one()
    start, end = (times.local(one, meeting.zone).replace(tzinfo=None) + timedelta(days=3) for one in (meeting.starts_at, meeting.ends_at))
    programme.move_session(meeting.id, start, end, actor_id=None)
    waiting = select(Message.not_before).filter_by(kind="reminder", state="waiting").order_by(Message.not_before)
    assert db.session.scalars(waiting).all() == [meeting.starts_at - timedelta(days=7), meeting.starts_at - timedelta(days=1)]
    registrations.cancel(place.id, by_id=None)
    assert db.session.scalars(waiting).all() == []


def test_who_has_a_stand_hears_of_another_place() -> None:
    event = fair()
    place = stand(event)
    programme.update_event(event.id, version=event.version, actor_id=None, venue_id=None)
    assert told("event_changed") == [place.id]


def test_cancelling_ends_the_badges_and_a_colleague_takes_them_over() -> None:
    event = fair()
    place = with_table(event, KIT)
    done = registrations.substitute(place.id, Colleague("Eva", "Holm", "eva@home.example"), by_id=None)
    assert [one.name for one in reading.of_event(event.id)] == ["Kit Ray", ""] and on(place) == []
    assert {one.registration_id for one in reading.of_event(event.id)} == {done.registration_id}
    registrations.cancel(done.registration_id, by_id=None, by_organizer=True, reason="They fell ill")
    assert reading.of_event(event.id) == []


def test_names_go_along_to_another_date() -> None:
    one, other = dates(fair(), fair(title="Another", starts=events.at(60)))
    place = with_table(one, KIT, BO)
    done = registrations.transfer(place.id, other.id, by_id=None)
    assert [(row.name, row.organization) for row in reading.of_places([done.registration_id])] == [
        ("Kit Ray", "Bright Books"), ("Bo Day", "Bright Books")]
    assert reading.of_event(one.id) == []


def test_who_has_a_seat_besides_needs_no_second_badge_and_a_stand_gives_none() -> None:
    event = fair()
    stand(event, Written("Maria Lopez"), BO)
    assert [(one.name, one.is_registered) for one in reading.of_event(event.id)] == [("Bo Day", False), ("Maria Lopez", False)]
    places.registered(event, people.person("Maria", "Lopez"), "Non-member")
    assert [(one.name, one.is_registered) for one in reading.of_event(event.id)] == [("Bo Day", False), ("Maria Lopez", True)]


def ids(place: Registration) -> list[int]:
    return [row.id for row in reading.of_places([place.id])]


def seen(place: Registration) -> str:
    return reading.digest(reading.of_places([place.id]))


def test_names_are_written_changed_and_taken_off_and_the_history_holds_none() -> None:
    place = stand(fair())
    first, second = ids(place)
    assert naming.write(place.id, {first: KIT, second: Written()}, seen=seen(place), by_id=None) == 1
    assert naming.write(place.id, {first: Written(), second: BO}, seen=seen(place), by_id=None) == 1
    assert on(place) == [(1, 1, ""), (1, 2, "Bo Day")]
    entries = db.session.execute(select(AuditEntry.after, AuditEntry.before).filter_by(action="badges.named")).all()
    assert [tuple(row) for row in entries] == [({"named": 1, "of": 2}, {}), ({"named": 1, "of": 2}, {})]


def test_nothing_is_written_over_what_somebody_else_wrote_meanwhile() -> None:
    place = stand(fair())
    before, (first, second) = seen(place), ids(place)
    naming.write(place.id, {first: KIT}, seen=before, by_id=None)
    with pytest.raises(Stale, match="Somebody wrote on these badges"):
        naming.write(place.id, {first: BO, second: Written()}, seen=before, by_id=None)
    assert on(place)[0] == (1, 1, "Kit Ray")


def test_after_the_last_moment_and_for_another_places_badge_nothing_is_written() -> None:
    event = fair()
    place, other = stand(event), stand(event)
    with pytest.raises(NotFound):
        naming.write(place.id, {ids(other)[0]: KIT}, seen=seen(place), by_id=None)
    with time_machine.travel(event.starts_at, tick=False):
        with pytest.raises(Closed, match="Badges could be named until"):
            naming.write(place.id, {ids(place)[0]: KIT}, seen=seen(place), by_id=None)
        assert naming.write(place.id, {ids(place)[0]: KIT}, seen=seen(place), by_id=None, by_staff=True) == 1


@pytest.mark.parametrize("wrong", [
    {"number": 3}, {"number": 0}, {"out_of": 11}, {"unit": 2}, {"number": 1}, {"name": "", "organization": "Books"}, {"add_on_id": 99_999},
    {"name": "K" * 101}])
def test_the_database_keeps_the_rules_of_badges(wrong: dict[str, Any]) -> None:
    place = stand(fair())
    values = {"registration_id": place.id, "add_on_id": None, "unit": 1, "number": 2, "out_of": 2,
              "name": "", "organization": "", "email": ""}
    db.session.execute(delete(Badge).where(Badge.number == 2))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(Badge).values(values | wrong))
    db.session.execute(insert(Badge).values(values))


@pytest.mark.parametrize("badges", [-1, 11])
def test_an_organizer_sets_up_to_ten_badges(badges: int) -> None:
    event = events.workshop()
    sold = offers.of_event(event.id)
    with pytest.raises(Unacceptable, match="Up to 10 badges"):
        offers.replace(event.id, offers.Offers(sold.types, [AddOnSpec("Table", [PriceSpec(1)], badges=badges)]), actor_id=None)


def test_what_was_sold_keeps_its_badges_and_stays_without_a_seat() -> None:
    event = fair()
    place = stand(event)
    sold = offers.of_event(event.id)
    changed = [offers.TypeSpec(**{**vars(one), "badges": 5}) if one.name == "Exhibitor" else one for one in sold.types]
    offers.replace(event.id, offers.Offers(changed, sold.add_ons), actor_id=None)
    assert len(on(place)) == 2 and len(on(stand(event))) == 5
    seated = [offers.TypeSpec(**{**vars(one), "takes_seat": True}) for one in changed]
    with pytest.raises(Refusal, match="Somebody has Exhibitor already") as refused:
        offers.replace(event.id, offers.Offers(seated, sold.add_ons), actor_id=None)
    assert refused.value.field == "types-2-takes_no_seat"


def test_a_stand_is_no_price_of_the_event_and_nobody_waits_or_has_seats_set_aside_for_it() -> None:
    event = fair(capacity=4)
    db.session.refresh(event)
    assert (event.price_from_cents, event.price_to_cents) == (12_000, 15_000)
    assert all(one.type_id is None for one in choices.full(sale.load_by_id(event.id)))
    stand_type = places.type_of(event, "Exhibitor")
    with pytest.raises(Unacceptable, match="takes no seat of the event"):
        keeping.create(event.id, Wish("presenters", 1, type_id=stand_type.id), by_id=None)
    with pytest.raises(Unacceptable, match="takes no seat"):
        entering.enter(event.id, stand_type.id, given="A", family="B", email="a@b.example", by_id=people.person().id, set_aside_id=1)


def test_a_copy_of_the_event_and_its_file_sell_the_same_tables() -> None:
    event = fair()
    copy = duplicating.duplicate(event.id, actor_id=None, weeks=4)
    for sold in (offers.of_event(copy.id), transfer.dump(event.id)):
        assert [(one.name, one.takes_seat, one.badges) for one in sold.types][2] == ("Exhibitor", False, 2)
        assert [(one.name, one.badges) for one in sold.add_ons] == [("Exhibitor table", 2)]
    assert db.session.scalars(select(RegistrationType.covers).filter_by(event_id=copy.id, name="Exhibitor")).one() == "none"


def test_the_form_sent_again_gives_up_the_badges_of_the_hold_before() -> None:
    event, person = fair(), people.person()
    wish = places.attendee(event, person, "Exhibitor", badges={None: [KIT]})
    orders.hold(event.id, [wish], places.buyer(person), form_key="form", submit_key="form:1")
    orders.hold(event.id, [places.attendee(event, person, "Exhibitor", badges={None: [BO]})], places.buyer(person), form_key="form",
                submit_key="form:2")
    assert taken(event)["stand"] == 1 and reading.of_event(event.id) == []


def test_her_copy_of_what_is_kept_has_the_badges_and_erasing_empties_them() -> None:
    event, hers = fair(), people.person("Kit", "Ray", email="kit@books.example")
    own = stand(event, BO)
    other = with_table(event, KIT, BO)
    assert [row["name"] for row in privacy.personal_data(frozenset({hers.id}))["badges"]] == ["Kit Ray"]
    buyer = db.session.get_one(Registration, own.id).person_id
    assert [row["name"] for row in privacy.personal_data(frozenset({buyer or 0}))["badges"]] == ["Bo Day"]
    privacy.erase(frozenset({hers.id}))
    assert on(other) == [(1, 1, ""), (1, 2, "Bo Day")] and on(own) == [(1, 1, "Bo Day"), (1, 2, "")]


def in_copy(place: Registration) -> set[str]:
    """The names on badges in the copy of who has the place: of one that moved they stand at both dates."""
    return {row["name"] for row in privacy.personal_data(frozenset({place.person_id or 0}))["badges"]}


def now_of(place: Registration) -> Registration:
    """What the place has become."""
    return db.session.scalars(select(Registration).filter_by(order_id=place.order_id, state="confirmed")).one()


def name_second(place: Registration, one: Written) -> None:
    rows = reading.of_places([place.id])
    naming.write(place.id, {rows[1].id: one}, seen=reading.digest(rows), by_id=None)


def test_the_copy_of_who_took_a_place_over_holds_the_names_she_wrote_and_none_of_before(frozen: time_machine.Traveller) -> None:
    one, other = dates(fair(), events.workshop("Again", starts=events.at(60), types=[*events.member_prices(12_000, 15_000), STAND]))
    first = stand(one, KIT)
    frozen.shift(timedelta(hours=1))
    registrations.substitute(first.id, Colleague("Sam", "Reed", "sam@office.example"), by_id=None)
    sams = now_of(first)
    assert (on(sams)[0], in_copy(sams)) == ((1, 1, "Kit Ray"), set())
    name_second(sams, BO)
    assert in_copy(sams) == {"Bo Day"}
    frozen.shift(timedelta(hours=1))
    registrations.transfer(sams.id, other.id, by_id=None, by_staff=True, reason="Ill")
    assert (len(on(now_of(first))), in_copy(now_of(first))) == (2, {"Bo Day"})


def test_a_place_that_moved_was_hers_all_along(frozen: time_machine.Traveller) -> None:
    one, other = dates(fair(), events.workshop("Again", starts=events.at(60), types=[*events.member_prices(12_000, 15_000), STAND]))
    place = stand(one, KIT)
    frozen.shift(timedelta(hours=1))
    registrations.transfer(place.id, other.id, by_id=None, by_staff=True, reason="Ill")
    assert in_copy(now_of(place)) == {"Kit Ray"}
