"""The feeds there are: which rows, under which stamp and name. Reading only; `feeds.assemble` makes them."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.sql import ColumnElement

from webapp.accounts import people
from webapp.calendars import queries, stamps
from webapp.calendars.feeds import Recipe
from webapp.catalog.models import Event, Programme, Session
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.models import Registration, Seat


def _public(name: str, where: ColumnElement[bool], now: datetime, **words: str) -> Recipe:
    off = (Session.status == "cancelled") | (Event.status == "cancelled")
    statement = queries.public_rows(where, queries.still_shown(now, off, Session.changed_at))
    return Recipe(name=name, statement=statement, stamp=stamps.of_catalog(), **words)


def public(event_ids: Select[int], *, name: str, title: str, description: str, zone: str, url: str, now: datetime) -> Recipe:
    """All public sessions of the events selected. `name` keeps the body ('' for filters that are asked once)."""
    return _public(name, Event.id.in_(event_ids), now, title=title, description=description, zone=zone, url=url)


def event(slug: str, *, base_url: str) -> Recipe:
    """One public event with all its sessions, past and cancelled ones too."""
    row = db.session.execute(
        select(Event.id, Event.title, Event.zone).where(Event.slug == slug, Event.published_at.is_not(None))).first()
    if row is None:
        raise NotFound
    return Recipe(name=f"event:{row.id}", statement=queries.public_rows(Event.id == row.id), stamp=stamps.of_catalog(), title=row.title,
                  description=f"All sessions of {row.title}", zone=row.zone, url=f"{base_url}/events/{slug}")


def session(session_id: int, *, base_url: str) -> Recipe:
    """One public session."""
    row = db.session.execute(
        select(Event.slug, Event.title, Session.zone).join(Event, Event.id == Session.event_id)
        .where(Session.id == session_id, Event.published_at.is_not(None))).first()
    if row is None:
        raise NotFound
    return Recipe(name=f"session:{session_id}", statement=queries.public_rows(Session.id == session_id), stamp=stamps.of_catalog(),
                  title=row.title, description=f"One session of {row.title}", zone=row.zone, url=f"{base_url}/events/{row.slug}")


def programme(slug: str, *, base_url: str, now: datetime) -> Recipe:
    """All public sessions of a programme's cohorts."""
    row = db.session.execute(select(Programme.id, Programme.name).where(Programme.slug == slug)).first()
    if row is None:
        raise NotFound
    return _public(f"programme:{row.id}", Event.programme_id == row.id, now, title=row.name, description=f"All cohorts of {row.name}",
                   zone="UTC", url=f"{base_url}/events?q={slug}")


def person(person_id: int, *, name: str, zone: str, base_url: str, now: datetime) -> Recipe:
    """Her own places: booked, and cancelled ones kept visible. Of all the persons merged into her."""
    family = people.family_ids(person_id)
    mine = select(Registration.id).where(Registration.person_id.in_(family))
    return _seats(f"person:{person_id}", mine, Registration.person_id.in_(family), now,
                  title=f"{name}: my trainings", description="Places I booked, with changes and cancellations", zone=zone,
                  url=f"{base_url}/me/registrations")


def registration(registration_id: int, *, title: str, zone: str, ref: str, base_url: str, now: datetime) -> Recipe:
    """The sessions of one registration, for a guest without an account."""
    mine = select(Registration.id).where(Registration.id == registration_id)
    return _seats(f"registration:{registration_id}", mine, Registration.id == registration_id, now, title=title,
                  description=f"My place: {title}", zone=zone, url=f"{base_url}/orders/{ref}")


def _seats(name: str, ids: Select[int], where: ColumnElement[bool], now: datetime, **words: str) -> Recipe:
    off = (Seat.state == "released") | (Session.status == "cancelled") | (Event.status == "cancelled")
    statement = queries.seat_rows(where, queries.still_shown(now, off, Seat.changed_at))
    return Recipe(name=name, statement=statement, stamp=stamps.of_registrations(ids), **words)
