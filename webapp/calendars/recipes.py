"""The feeds there are: which rows, under which stamp and name. Reading only; `feeds.assemble` makes them.

A cohort of a programme is an event, so its feed is the event's; `programme` holds all cohorts.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, literal, or_, select, true, union_all
from sqlalchemy.sql import ColumnElement

from webapp.accounts import agencies, consents, people, roles
from webapp.calendars import queries, stamps
from webapp.calendars.feeds import Recipe, Statements
from webapp.catalog.models import Event, Presenter, Programme, Room, Session, SessionPresenter, Venue
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration import lineage
from webapp.registration.models import Application, Order, Registration, Seat
from webapp.registration.waitlist.models import WaitlistEntry

LOOKS_AFTER = ("organizer", "coordinator", "admin")


def _public(name: str, where: Callable[[], ColumnElement[bool]], now: datetime, **words: str) -> Recipe:
    def rows() -> Statements:
        off = (Session.status == "cancelled") | (Event.status == "cancelled")
        return (queries.public_rows(where(), queries.still_shown(now, off, Session.changed_at)),)

    return Recipe(name=name, statements=rows, **words)


def public(event_ids: Callable[[], Select[int]], *, name: str, title: str, description: str, zone: str, url: str, now: datetime) -> Recipe:
    """All public sessions of the events selected. `name` keeps the body ('' for filters that are asked once)."""
    return _public(name, lambda: Event.id.in_(event_ids()), now, title=title, description=description, zone=zone, url=url)


def event(slug: str, *, base_url: str) -> Recipe:
    """One public event with all its sessions, past and cancelled ones too."""
    row = db.session.execute(
        select(Event.id, Event.title, Event.zone).where(Event.slug == slug, Event.published_at.is_not(None))).first()
    if row is None:
        raise NotFound
    return Recipe(name=f"event:{row.id}", statements=lambda: (queries.public_rows(Event.id == row.id),), title=row.title,
                  description=f"All sessions of {row.title}", zone=row.zone, url=f"{base_url}/events/{slug}")


def session(session_id: int, *, base_url: str) -> Recipe:
    """One public session."""
    row = db.session.execute(
        select(Event.slug, Event.title, Session.zone).join(Event, Event.id == Session.event_id)
        .where(Session.id == session_id, Event.published_at.is_not(None))).first()
    if row is None:
        raise NotFound
    return Recipe(name=f"session:{session_id}", statements=lambda: (queries.public_rows(Session.id == session_id),),
                  title=row.title, description=f"One session of {row.title}", zone=row.zone, url=f"{base_url}/events/{row.slug}")


def programme(slug: str, *, base_url: str, now: datetime) -> Recipe:
    """All public sessions of a programme's cohorts."""
    row = db.session.execute(select(Programme.id, Programme.name).where(Programme.slug == slug)).first()
    if row is None:
        raise NotFound
    return _public(f"programme:{row.id}", lambda: Event.programme_id == row.id, now, title=row.name,
                   description=f"All cohorts of {row.name}", zone="UTC", url=f"{base_url}/programmes/{slug}")


def presenter(presenter_id: int, *, base_url: str, now: datetime) -> Recipe:
    """The public sessions somebody presents or leads. Who has none is not found: her name is nobody's business then."""
    presents = Session.id.in_(select(SessionPresenter.session_id).where(SessionPresenter.presenter_id == presenter_id))
    name = db.session.scalar(select(Presenter.name).where(Presenter.id == presenter_id))
    if name is None or db.session.execute(queries.public_rows(presents).limit(1)).first() is None:
        raise NotFound
    return _public(f"presenter:{presenter_id}", lambda: presents, now, title=name, description=f"What {name} presents", zone="UTC",
                   url=f"{base_url}/presenters/{presenter_id}")


def venue(venue_id: int, *, base_url: str, now: datetime) -> Recipe:
    """The public sessions at a venue, in any of its rooms."""
    name = db.session.scalar(select(Venue.name).where(Venue.id == venue_id))
    if name is None:
        raise NotFound
    return _public(f"venue:{venue_id}", lambda: Event.venue_id == venue_id, now, title=name, description=f"What takes place at {name}",
                   zone="UTC", url=f"{base_url}/events")


def room(room_id: int, *, base_url: str, now: datetime) -> Recipe:
    """The public sessions in one room."""
    row = db.session.execute(select(Room.name, Venue.name.label("venue")).join(Venue, Venue.id == Room.venue_id)
                             .where(Room.id == room_id)).first()
    if row is None:
        raise NotFound
    return _public(f"room:{room_id}", lambda: Session.room_id == room_id, now, title=f"{row.name}, {row.venue}",
                   description=f"What takes place in {row.name}", zone="UTC", url=f"{base_url}/events")


def organizer(person_id: int, *, zone: str, base_url: str, now: datetime) -> Recipe:
    """The events somebody looks after, drafts too. Who looks after none any more is not found."""
    grants = [one for one in roles.held_by(person_id) if one.role in LOOKS_AFTER]
    if not grants:
        raise NotFound
    scopes = sorted((one.event_id or 0, one.organization_id or 0) for one in grants)
    everywhere = (0, 0) in scopes
    mine = true() if everywhere else or_(Event.id.in_([one for one, _ in scopes if one]),
                                         Event.organization_id.in_([one for _, one in scopes if one]))

    def rows() -> Statements:
        off = (Session.status == "cancelled") | (Event.status == "cancelled")
        return (queries.staff_rows(mine, queries.still_shown(now, off, Session.changed_at)),)

    return Recipe(name=f"organizer:{person_id}", statements=rows, stamp=_digest(scopes), title="Events I look after",
                  description="Every session of my events; drafts are marked", zone=zone, url=f"{base_url}/manage")


def agency(agency_id: int, *, zone: str, base_url: str, now: datetime) -> Recipe:
    """Places of the agency's staff, of those only who let it see them; what they take back is gone at once."""
    agreed = consents.sharing(agency_id, "calendar", now.astimezone(ZoneInfo(zone)).date())
    of_staff = Registration.person_id.in_(sorted(agreed))

    def rows() -> Statements:
        return (queries.colleague_rows(of_staff, queries.still_shown(now, _off(), Seat.changed_at)),)

    name = agencies.get(agency_id).name
    stamp = f"{stamps.of_registrations(select(Registration.id).where(of_staff))}.{_digest(sorted(agreed.items()))}"
    return Recipe(name=f"agency:{agency_id}", statements=rows, stamp=stamp, title=f"{name}: staff",
                  description="Trainings of staff who agreed to show them", zone=zone, url=f"{base_url}/agency/{agency_id}")


def person(person_id: int, *, name: str, zone: str, base_url: str, now: datetime) -> Recipe:
    """Her own places: booked, and cancelled ones kept visible; what she applied for, waits for or asked her agency to pay, while it
    waits. Of all the persons merged into her."""
    family = people.family_ids(person_id)
    mine = select(Registration.id).where(Registration.person_id.in_(family))
    places = _seats(f"person:{person_id}", mine, Registration.person_id.in_(family), now,
                    title=f"{name}: my trainings", description="Places I booked, with changes and cancellations", zone=zone,
                    url=f"{base_url}/me/registrations")
    asked = _asked(family)
    if not asked:
        return places

    def rows() -> Statements:
        return (*places.statements(), queries.application_rows(Application.person_id.in_(family), now=now),
                queries.waiting_rows(WaitlistEntry.person_id.in_(family), now=now),
                queries.kept_rows(Registration.person_id.in_(family), now=now))

    return replace(places, stamp=f"{places.stamp}.{asked}", statements=rows)


def registration(registration_id: int, *, title: str, zone: str, path: str, base_url: str, now: datetime) -> Recipe:
    """The sessions of one registration, with those that came with it and of the date it moved to, for a guest without an account;
    `path` is the page that is hers."""
    whole = Registration.id.in_(lineage.shown_with(registration_id))
    return _seats(f"registration:{registration_id}", select(Registration.id).where(whole), whole, now, title=title,
                  description=f"My place: {title}", zone=zone, url=f"{base_url}{path}")


def _seats(name: str, ids: Select[int], where: ColumnElement[bool], now: datetime, **words: str) -> Recipe:
    """Without what stands in the attendee's calendar by mail: no session shows twice (docs/decisions/invitations.md)."""
    def rows() -> Statements:
        return (queries.seat_rows(where, queries.still_shown(now, _off(), Seat.changed_at), _off() | ~queries.stands_by_mail()),)

    return Recipe(name=name, statements=rows, stamp=stamps.of_registrations(ids), **words)


def _off() -> ColumnElement[bool]:
    """What shows as cancelled in somebody's places."""
    return (Seat.state == "released") | (Session.status == "cancelled") | (Event.status == "cancelled")


def _asked(person_ids: Iterable[int]) -> str:
    """The present stamp of everything these persons applied, wait or asked an agency for: a few rows, which no trigger counts."""
    ids = sorted(person_ids)
    applied = select(Application.id, Application.state, Application.group_id, Application.decided_at).where(Application.person_id.in_(ids))
    waits = select(-WaitlistEntry.id, WaitlistEntry.state, WaitlistEntry.seats, WaitlistEntry.offered_at).where(
        WaitlistEntry.person_id.in_(ids))
    kept = select(Registration.id, literal("kept"), Order.approvals, Order.approval_until).join(
        Order, Order.id == Registration.order_id).where(Registration.person_id.in_(ids), queries.is_kept())
    return _digest(sorted(map(str, db.session.execute(union_all(applied, waits, kept)))))


def _digest(rows: Iterable[object]) -> str:
    """A stamp of values; '' for none."""
    told = "\x1e".join(str(row) for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()[:16] if told else ""
