"""Every message about places can be written, and is withdrawn when it is not true any more."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import current_app
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.catalog import parts
from webapp.core import times
from webapp.core.db import db
from webapp.forms import questions
from webapp.jobs import letters, rendering
from webapp.notifications.contents import Withdrawn
from webapp.notifications.models import Message
from webapp.payments import payers_page
from webapp.registration import applications, orders, programme, registrations
from webapp.registration.models import Registration
from webapp.registration.orders import Buyer
from webapp.registration.substitution import Colleague


def letter(kind: str, index: int = 0) -> tuple[str, str, str]:
    """The message of this kind as it would be sent."""
    row = db.session.scalars(select(Message).filter_by(kind=kind).order_by(Message.id)).all()[index]
    context = built(row)
    assert not isinstance(context, Withdrawn), context
    page = payers_page.of(context.get("order_id"), row.to_address)
    return letters.write(current_app, kind, {"to_name": row.to_name, "calendar": "", "page": page, **context})  # as enclosures add them


def built(row: Message) -> Any:
    return rendering.builder(rendering.KINDS[row.kind])(dict(row.facts))


def test_the_confirmation_says_when_where_and_how_to_change() -> None:
    event = events.workshop()
    place = places.registered(event, people.person())
    subject, text, html = letter("registration_confirmed")
    assert subject == f"Your place: {event.title}"
    assert "Wed 12 Aug 2026, 9:00 am to 12:00 pm CT, Lakeview Hall, Madison" in text
    assert "http://attune.test/orders/" in text and "Fri 14 Aug 2026" in text and place.state == "confirmed"
    assert "http://attune.test/orders/" in html


def test_the_confirmation_names_the_event_that_comes_with_it_and_its_days() -> None:
    inner, outer = events.workshop("Annual conference", days=3), events.workshop("Collaborative")
    parts.include(outer, inner, [events.day(one).isoformat() for one in (28, 30)])
    places.registered(outer, people.person())
    said = "a place in Annual conference, on Wed 12 Aug 2026; Fri 14 Aug 2026. What can be chosen there,"
    assert said in letter("registration_confirmed")[1]


def test_the_joining_link_comes_with_the_last_reminder_and_not_before(frozen: time_machine.Traveller) -> None:
    event = events.workshop(mode="online", online_url="https://zoom.example/j/1")
    places.registered(event, people.person())
    assert "zoom.example" not in letter("registration_confirmed")[1]
    frozen.shift(timedelta(days=27))
    assert "https://zoom.example/j/1" in letter("reminder", 1)[1]


def test_a_reminder_tells_the_time_that_holds_when_it_is_sent() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    start = events.at(days=35)
    programme.move_session(events.sessions(event)[0].id, start, start + timedelta(hours=3), actor_id=None)
    assert "Wed 19 Aug 2026" in letter("reminder")[1] and "12 Aug" not in letter("reminder")[1]


def test_a_moved_session_is_told_with_the_time_before_and_the_reason() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    start, session = events.at(days=35), events.sessions(event)[0]
    before = times.span_words(session.starts_at, session.ends_at, session.zone)
    programme.move_session(session.id, start, start + timedelta(hours=3), actor_id=None, reason="The hall is taken.")
    _, text, html = letter("programme_change")
    assert f"Before:  {before}" in text and "Why:     The hall is taken." in text
    assert before in html and "The hall is taken." in html


def test_a_cancelled_session_is_told_with_the_reason() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    programme.cancel_session(events.sessions(event)[0].id, actor_id=None, reason="Snow.")
    assert "Why:     Snow." in letter("programme_change")[1]


def test_an_overtaken_change_is_withdrawn() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    for days in (35, 36):
        start = events.at(days=days)
        programme.move_session(events.sessions(event)[0].id, start, start + timedelta(hours=3), actor_id=None)
    first, second = db.session.scalars(select(Message).filter_by(kind="programme_change").order_by(Message.id))
    assert isinstance(built(first), Withdrawn) and not isinstance(built(second), Withdrawn)


@pytest.mark.parametrize("kind", ["programme_change", "event_changed", "registration_cancelled", "event_cancelled", "order_placed",
                                  "hold_expired", "application_received", "application_offered", "application_declined"])
def test_every_other_message_can_be_written(kind: str, frozen: time_machine.Traveller) -> None:
    _HAPPENS[kind](frozen)
    subject, text, html = letter(kind)
    assert subject and "http://attune.test/" in text and "http://attune.test/" in html


def test_who_paid_nothing_is_promised_no_money_when_the_event_is_off() -> None:
    _event_cancelled(None)
    _, text, html = letter("event_cancelled")
    assert "Nothing was paid, nothing is owed; you need not do anything." in text and "Nothing was paid" in html


def _moved(_: Any) -> None:
    event = events.workshop()
    places.registered(event, people.person())
    programme.cancel_session(events.sessions(event)[0].id, actor_id=None, reason="Ill")


def _changed(_: Any) -> None:
    event = events.workshop(mode="online")
    places.registered(event, people.person())
    programme.update_event(event.id, version=event.version, actor_id=None, online_url="https://zoom.example/2")


def _cancelled(_: Any) -> None:
    registrations.cancel(places.registered(events.workshop(), people.person()).id, by_id=None)


def _event_cancelled(_: Any) -> None:
    event = events.workshop()
    places.registered(event, people.person())
    programme.cancel_event(event.id, actor_id=None, reason="Flood.")


def _ordered(_: Any) -> None:
    event = events.workshop()
    held = orders.hold(event.id, [places.stranger(event)], Buyer("Bo", "bo@home.example"))
    places.place(held.order_id)


def _expired(frozen: Any) -> None:
    held = places.held(events.workshop(), people.person())
    frozen.shift(timedelta(minutes=20))
    orders.expire(held.order_id)


def _applied(_: Any) -> None:
    places.applied(events.cohort(), people.person())


def _decided(offer: bool) -> Any:
    return lambda _: applications.decide(places.applied(events.cohort(), people.person()).id, offer=offer, by_id=None, note="Words")


_HAPPENS: dict[str, Any] = {
    "programme_change": _moved, "event_changed": _changed, "registration_cancelled": _cancelled, "event_cancelled": _event_cancelled,
    "order_placed": _ordered, "hold_expired": _expired, "application_received": _applied, "application_offered": _decided(True),
    "application_declined": _decided(False)}


def test_an_attendee_whose_place_somebody_else_ordered_is_led_to_her_own_page() -> None:
    event = events.workshop()
    held = orders.hold(event.id, [places.stranger(event)], Buyer("Joan Tate", "joan@office.example"))
    orders.place(held.order_id, "invoice", bill_to=places.BILL_TO)
    text = letter("registration_confirmed")[1]
    assert f"http://attune.test/places/{places.of_order(held.order_id).id}-" in text and held.ref not in text


def test_who_pays_for_somebody_else_hears_of_a_cancellation() -> None:
    event = events.workshop(member=0, non_member=0)
    held = orders.hold(event.id, [places.stranger(event), places.stranger(event, given="Bo", email="bo@home.example")],
                       Buyer("Joan Tate", "joan@office.example"))
    orders.place(held.order_id, "free")
    registrations.cancel(places.of_order(held.order_id).id, by_id=None, reason="She is ill")
    row = db.session.scalars(select(Message).filter_by(kind="place_cancelled")).one()
    subject, text, _ = letter("place_cancelled")
    assert (row.to_address, subject) == ("joan@office.example", f"Cancelled: {event.title}, Ana Silva")
    assert "She is ill" in text and f"http://attune.test/orders/{held.ref}" in text and "Bo" not in text


def test_who_pays_hears_once_that_the_event_is_off() -> None:
    event = events.workshop()
    held = orders.hold(event.id, [places.stranger(event), places.stranger(event, given="Bo", email="bo@home.example")],
                       Buyer("Joan Tate", "joan@office.example"))
    orders.place(held.order_id, "card")
    orders.confirm(held.order_id)
    programme.cancel_event(event.id, actor_id=None, reason="The hall burnt down.")
    assert db.session.scalars(select(Message.to_address).filter_by(kind="place_cancelled")).all() == ["joan@office.example"]
    assert "Ana Silva, Bo Silva" in letter("place_cancelled")[1]


def test_who_pays_for_herself_is_told_once() -> None:
    event, maria = events.workshop(member=0, non_member=0), people.person()
    registrations.cancel(places.registered(event, maria, method="free").id, by_id=None)
    assert db.session.scalars(select(Message).filter_by(kind="place_cancelled")).all() == []


def handed_on() -> tuple[int, str]:
    """Ana's place, ordered by Joan and paid by an agency, is Sam's now: the order and its address."""
    event = events.workshop()
    questions.replace(event.id, questions.standard(), actor_id=None)
    held = orders.hold(event.id, [places.stranger(event)], Buyer("Joan Tate", "joan@office.example"))
    orders.place(held.order_id, "invoice", bill_to=places.BILL_TO)
    registrations.substitute(places.of_order(held.order_id).id, Colleague("Sam", "Reed", "sam@office.example"), by_id=None)
    return held.order_id, f"http://attune.test/orders/{held.ref}"


def test_who_takes_a_place_is_led_to_her_own_page_and_what_she_is_asked() -> None:
    _, order = handed_on()
    _, text, html = letter("registration_confirmed", 1)
    assert "You take the place of Ana Silva" in text and "/questions" in text and "/questions" in html and order not in text


def test_who_is_replaced_hears_of_it_kindly_and_nothing_of_the_order() -> None:
    _, order = handed_on()
    subject, text, html = letter("place_handed_on")
    assert subject.startswith("Sam Reed takes your place: ") and "You need not do anything." in text
    assert order not in text + html and "$" not in text + html and "sam@office.example" not in text + html


def test_who_pays_hears_who_comes_instead_of_whom_and_not_where_the_order_is() -> None:
    _, order = handed_on()
    subject, text, _ = letter("order_substitution")
    assert subject.startswith("Sam Reed instead of Ana Silva: ") and "$150.00" in text and order not in text


def test_who_hands_her_own_place_on_keeps_the_order() -> None:
    place = places.registered(events.workshop(), people.person())
    registrations.substitute(place.id, Colleague("Sam", "Reed", "sam@office.example"), by_id=None)
    assert "The order stays yours; in all $150.00 is owed" in letter("place_handed_on")[1]


def test_a_place_handed_on_twice_confirms_only_the_last() -> None:
    order_id, _ = handed_on()
    second = db.session.scalars(select(Registration.id).filter_by(order_id=order_id, state="confirmed")).one()
    registrations.substitute(second, Colleague("Kim", "Lund", "kim@office.example"), by_id=None)
    rows = db.session.scalars(select(Message).filter_by(kind="registration_confirmed", state="waiting")).all()
    assert [row.to_address for row in rows] == ["kim@office.example"]
