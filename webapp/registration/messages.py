"""What messages about places say, from what is true when they are sent (docs/messages.md). Read only."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.catalog.models import Event, Room, Session, Venue
from webapp.core import clock, money, times
from webapp.core.db import db
from webapp.notifications.contents import Withdrawn
from webapp.registration import ledger, own_page
from webapp.registration.badges import reading as badges
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Application, Charge, Order, Payer, Registration, RegistrationType, Seat

Context = dict[str, Any]
MOST_LINES = 12


def registration_confirmed(facts: Context) -> Context | Withdrawn:
    """To the attendee: her place and what comes with it, when and where, how to join, change and cancel. Who takes somebody's place
    learns whose, and what the organizer asks her."""
    registration_id = facts["registration_id"]
    place = _place(registration_id)
    if place["state"] != "confirmed":
        return Withdrawn("The registration is not confirmed any more.")
    before = _before(registration_id)
    return place | {"linked": _linked(registration_id), "instead_of": "" if before else _predecessor(registration_id),
                    "moved_from": before["what"] if before else "", "moved_from_id": before["id"] if before else None,
                    "questions_path": own_page.questions_path(registration_id)}


def reminder(facts: Context) -> Context | Withdrawn:
    """Some days before the first session: when, where, the joining link when it is time for it."""
    place = _place(facts["registration_id"])
    if place["state"] != "confirmed" or not place["lines"]:
        return Withdrawn("The registration is not confirmed any more, or nothing is ahead.")
    return place | {"days": facts["days"]}


def programme_change(facts: Context) -> Context | Withdrawn:
    """A session moved, changed rooms or was cancelled; told once for each change, with what is true now."""
    place = _place(facts["registration_id"])
    session = db.session.execute(_sessions().where(Session.id == facts["session_id"])).one_or_none()
    if place["state"] != "confirmed" or session is None:
        return Withdrawn("The registration is not confirmed any more.")
    if session.sequence != facts["sequence"]:
        return Withdrawn("The session changed again; a later message says how.")
    return place | {"what": facts["what"], "session": _line(session, place["mode"]), "session_title": session.title,
                    "before": facts.get("before", ""), "reason": facts.get("reason", "")}


def event_changed(facts: Context) -> Context | Withdrawn:
    """The event as a whole has another place, zone or link; told with what is true now."""
    place = _place(facts["registration_id"])
    return place if place["state"] == "confirmed" else Withdrawn("The registration is not confirmed any more.")


def registration_cancelled(facts: Context) -> Context | Withdrawn:
    """The place is given back, by the attendee or for her, or put off to a later date."""
    until = db.session.scalar(select(Deferral.expires_on).where(Deferral.registration_id == facts["registration_id"]))
    return _place(facts["registration_id"]) | {"put_off_until": until}


def event_cancelled(facts: Context) -> Context | Withdrawn:
    """The event does not take place. Whether money comes back: `payments.messages.build_event_cancelled`."""
    return _place(facts["registration_id"])


def order_placed(facts: Context) -> Context | Withdrawn:
    """To who pays, when that is not the attendee: what was ordered for whom, and how it is paid."""
    order = _order(facts["order_id"])
    return order if order["state"] == "placed" else Withdrawn("The order is not placed any more.")


def place_cancelled(facts: Context) -> Context | Withdrawn:
    """To who pays, when that is not the attendee: whose places were given back, or that the event does not take place.

    The page it leads to, here and in the other mails to who pays for somebody: `payments.payers_page`.
    """
    place = _place(facts["registration_id"])
    found = db.session.execute(
        select(Registration.id, Registration.order_id, Registration.event_id, Event.status).join(Event, Event.id == Registration.event_id)
        .where(Registration.id == facts["registration_id"])).one()
    order = _order(found.order_id)
    whose = Registration.order_id == found.order_id if found.status == "cancelled" else Registration.id == found.id
    rows = db.session.execute(
        select(Person.given_name, Person.family_name).join(Registration, Registration.person_id == Person.id)
        .where(whose, Registration.event_id == found.event_id, Registration.state == "cancelled").order_by(Registration.id))
    return {"name": order["name"], "title": place["title"], "people": [f"{row.given_name} {row.family_name}".strip() for row in rows],
            "off": found.status == "cancelled", "cancel_reason": place["cancel_reason"], "reason": place["reason"],
            "order_id": found.order_id}


def place_handed_on(facts: Context) -> Context | Withdrawn:
    """To who had the place: a colleague comes instead; who pays herself learns what is owed now."""
    place = _place(facts["registration_id"])
    return place | {"colleague": _successor(facts["registration_id"])}


def order_substitution(facts: Context) -> Context | Withdrawn:
    """To who pays, when she is neither of the two: who comes instead of whom, and what is owed now."""
    place, order = _place(facts["registration_id"]), _order(facts["order_id"])
    return {"name": order["name"], "title": place["title"], "colleague": _name_of(facts["registration_id"]),
            "instead_of": _predecessor(facts["registration_id"]), "owed": place["owed"], "order_id": facts["order_id"]}


def order_transfer(facts: Context) -> Context | Withdrawn:
    """To who pays, when that is not the attendee: whose place moved from which date to which, and what is owed now."""
    place, order, before = _place(facts["registration_id"]), _order(facts["order_id"]), _before(facts["registration_id"])
    return {"name": order["name"], "title": place["title"], "attendee": _name_of(facts["registration_id"]), "line": place["lines"][:1],
            "moved_from": before["what"] if before else "", "owed": place["owed"], "order_id": facts["order_id"]}


def hold_expired(facts: Context) -> Context | Withdrawn:
    """To the buyer: the seat was let go; trying again keeps what was typed."""
    order = _order(facts["order_id"])
    return order if order["state"] == "expired" else Withdrawn("The order was paid or placed after all.")


def application_received(facts: Context) -> Context | Withdrawn:
    """The application is here; what happens next."""
    return _application(facts["application_id"], "submitted", "reviewing")


def application_offered(facts: Context) -> Context | Withdrawn:
    """A place is offered, until when, in which group, for how much."""
    return _application(facts["application_id"], "offered")


def application_declined(facts: Context) -> Context | Withdrawn:
    """No place this time."""
    return _application(facts["application_id"], "declined")


def _place(registration_id: int) -> Context:
    row = db.session.execute(
        select(Registration.state, Registration.mode, Registration.ended_reason, Registration.release_on, Order.ref, Order.method,
               Order.id.label("order_id"), Event.title, Event.slug, Event.zone, Event.cancel_reason, Event.link_opens_minutes,
               Event.access_contact, RegistrationType.name.label("type"), RegistrationType.covers, Event.starts_at, Event.ends_at,
               Venue.name.label("venue"), Venue.city, Person.given_name)
        .join(Order, Order.id == Registration.order_id).join(Event, Event.id == Registration.event_id)
        .join(RegistrationType, RegistrationType.id == Registration.type_id).outerjoin(Person, Person.id == Registration.person_id)
        .outerjoin(Venue, Venue.id == Event.venue_id).where(Registration.id == registration_id)).one()
    ahead, page = _ahead(registration_id, row.mode), own_page.of(registration_id)
    return {
        "name": row.given_name or "", "state": row.state, "mode": row.mode, "title": row.title, "type": row.type, "zone": row.zone,
        "is_table": row.covers == "none", "badges": badges.words(registration_id) if row.covers == "none" else "",
        "event_path": f"/events/{row.slug}", "place_path": page.path, "is_buyer": page.is_buyer, "reason": row.ended_reason,
        "cancel_reason": row.cancel_reason, "contact": row.access_contact, "owed": money.written(ledger.owed(row.order_id)),
        "method": row.method, "order_id": row.order_id, "release_on": row.release_on,
        "lines": [line for line, _ in ahead[:MOST_LINES]] or _days(row),
        "more": max(len(ahead) - MOST_LINES, 0), "calendar_path": f"/events/{row.slug}.ics",
        "join": _join(ahead[0][1] if ahead else None, row.mode, row.link_opens_minutes, row.zone),
    }


def _days(row: Any) -> list[str]:
    """When and where the whole event is, for a place without sessions: an exhibitor's table."""
    if row.covers != "none" or row.starts_at is None or row.ends_at < clock.now():
        return []
    return [", ".join([times.span_words(row.starts_at, row.ends_at, row.zone), *(part for part in (row.venue, row.city) if part)])]


def _before(registration_id: int) -> Context | None:
    """The date from which this place moved; None when it did not."""
    after = aliased(Registration)
    row = db.session.execute(
        select(Registration.id, Event.title, Event.starts_at, Event.zone).join(after, after.replaces_id == Registration.id)
        .join(Event, Event.id == Registration.event_id)
        .where(after.id == registration_id, Registration.state == "transferred")).one_or_none()
    if row is None:
        return None
    day = f", {times.date_words(times.local(row.starts_at, row.zone).date())}" if row.starts_at else ""
    return {"id": row.id, "what": f"{row.title}{day}"}


def _predecessor(registration_id: int) -> str:
    """Whose place she took; '' where it was hers from the beginning."""
    before = db.session.scalar(select(Registration.replaces_id).where(Registration.id == registration_id))
    return _name_of(before) if before is not None else ""


def _successor(registration_id: int) -> str:
    after = db.session.scalar(select(Registration.id).where(Registration.replaces_id == registration_id))
    return _name_of(after) if after is not None else ""


def _name_of(registration_id: int) -> str:
    row = db.session.execute(select(Person.given_name, Person.family_name).join(Registration, Registration.person_id == Person.id)
                             .where(Registration.id == registration_id)).one_or_none()
    return f"{row.given_name} {row.family_name}".strip() if row else "Not yet named"


def _ahead(registration_id: int, mode: str) -> list[tuple[str, Row[Any]]]:
    rows = db.session.execute(
        _sessions().join(Seat, Seat.session_id == Session.id)
        .where(Seat.registration_id == registration_id, Seat.state != "released", Session.status == "scheduled",
               Session.ends_at >= clock.now())
        .order_by(Session.starts_at, Session.id))
    return [(_line(row, mode), row) for row in rows]


def _linked(registration_id: int) -> list[Context]:
    """The places in other events that came with this one: the event's title and the days she has sessions there."""
    rows = db.session.execute(
        select(Event.title, Session.starts_at, Session.zone).select_from(Registration)
        .join(Event, Event.id == Registration.event_id).join(Seat, Seat.registration_id == Registration.id)
        .join(Session, Session.id == Seat.session_id)
        .where(Registration.inclusion_of_id == registration_id, Registration.state == "confirmed", Seat.state != "released",
               Session.status == "scheduled").order_by(Registration.id, Session.starts_at)).all()
    days: dict[str, dict[str, None]] = {}
    for row in rows:
        days.setdefault(row.title, {})[times.date_words(times.local(row.starts_at, row.zone).date())] = None
    return [{"title": title, "days": list(found)[:MOST_LINES], "more": max(len(found) - MOST_LINES, 0)} for title, found in days.items()]


def _sessions() -> Any:
    return (
        select(Session.id, Session.title, Session.status, Session.sequence, Session.starts_at, Session.ends_at, Session.zone, Session.mode,
               Session.online_url, Event.online_url.label("event_url"), Event.mode.label("event_mode"), Event.platform,
               Event.title.label("event_title"), Room.name.label("room"), Venue.name.label("venue"), Venue.city)
        .join(Event, Event.id == Session.event_id).outerjoin(Room, Room.id == Session.room_id)
        .outerjoin(Venue, Venue.id == Event.venue_id)
    )


def _line(row: Row[Any], mode: str) -> str:
    """`Fri 4 Dec 2026, 9:00 am to 4:00 pm CT, Lake A, Lakeshore Resort, Elkhart Lake`."""
    if row.status == "cancelled":
        return f"{times.span_words(row.starts_at, row.ends_at, row.zone)}: cancelled"
    where = [row.platform or "online"] if mode == "online" else [row.room, row.venue, row.city]
    return ", ".join([times.span_words(row.starts_at, row.ends_at, row.zone), *(part for part in where if part)])


def _join(session: Row[Any] | None, mode: str, minutes_before: int, zone: str) -> Context | None:
    """The joining link of the next online session, or from when it will be shown; None when there is nothing to join."""
    if session is None or mode != "online":
        return None
    opens_at = session.starts_at - timedelta(minutes=minutes_before)
    address = session.online_url or session.event_url
    shown = bool(address) and clock.now() >= opens_at
    return {"address": address if shown else "", "opens": times.moment_words(opens_at, zone)}


def _order(order_id: int) -> Context:
    row = db.session.execute(
        select(Order.state, Order.ref, Order.method, Order.po_number, Payer.name)
        .join(Payer, Payer.id == Order.payer_id).where(Order.id == order_id)).one()
    places = db.session.execute(
        select(Event.title, Event.slug, Person.given_name, Person.family_name).select_from(Registration)
        .join(Event, Event.id == Registration.event_id).outerjoin(Person, Person.id == Registration.person_id)
        .where(Registration.order_id == order_id, Registration.inclusion_of_id.is_(None)).order_by(Registration.id)).all()
    lines = db.session.execute(select(Charge.label, Charge.amount_cents).where(Charge.order_id == order_id).order_by(Charge.id)).all()
    return {
        "name": row.name, "state": row.state, "method": row.method, "po_number": row.po_number, "order_path": f"/orders/{row.ref}",
        "title": _titles(places), "event_path": f"/events/{places[0].slug}" if places else "/events",
        "again_path": f"/events/{places[0].slug}/register?again={row.ref}" if places else "/events",
        "people": [f"{p.given_name} {p.family_name}".strip() for p in places if p.given_name or p.family_name],
        "unnamed": sum(p.given_name is None for p in places),
        "lines": [(label, money.written(cents)) for label, cents in lines], "total": money.written(sum(line[1] for line in lines)),
    }


def _titles(places: Any) -> str:
    """What an order is for, in one line."""
    first, *others = dict.fromkeys(one.title for one in places) or [""]
    return f"{first} and {len(others)} more" if others else first


def _application(application_id: int, *states: str) -> Context | Withdrawn:
    row = db.session.execute(
        select(Application.state, Application.ref, Application.offer_until, Application.decision_note, Event.title, Event.slug, Event.zone,
               Person.given_name)
        .join(Event, Event.id == Application.event_id).join(Person, Person.id == Application.person_id)
        .where(Application.id == application_id)).one()
    if row.state not in states:
        return Withdrawn(f"The application is {row.state} by now.")
    return {
        "name": row.given_name, "title": row.title, "decision": row.decision_note, "path": f"/applications/{row.ref}",
        "event_path": f"/events/{row.slug}", "until": times.moment_words(row.offer_until, row.zone) if row.offer_until else "",
    }
