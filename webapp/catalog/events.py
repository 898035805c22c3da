"""Making and changing events. What spans types and prices too (publish, duplicate, delete) is `registration.publishing`.

SEQUENCE rule: `event.sequence` and every scheduled session's own rise exactly when what a calendar shows changes: title,
zone (through the sessions' times), venue, mode, platform, joining link, cancellation. `changed_at` moves with every change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import select

from webapp.catalog import attendance_rules, fields, organizations, policies, pools, sessions, slugs, summaries
from webapp.catalog.models import KINDS, MODES, Event, Session
from webapp.catalog.sessions import rooms
from webapp.core import audit, clock, states, times
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal, Stale, Unacceptable

EVENT_MOVES = states.table(
    draft="published", published="closed cancelled", closed="published cancelled", cancelled="")
SHOWN_IN_CALENDARS = frozenset({"title", "venue_id", "mode", "platform", "online_url"})
CAPACITIES = {"capacity": "pool_id", "room_capacity": "room_pool_id", "online_capacity": "online_pool_id"}


class EventFields(TypedDict, total=False):
    """The columns of an event that staff write. Instants are aware; lists and dicts are replaced whole."""

    kind: str
    format: str
    organization_id: int
    programme_id: int | None
    path_id: int | None
    course_id: int | None
    venue_id: int | None
    cancellation_policy_id: int
    title: str
    summary: str
    description: str
    objectives: list[Any]
    prerequisites: str
    audience: str
    access_contact: str
    accommodations: list[Any]
    zone: str
    mode: str
    platform: str
    online_url: str
    link_opens_minutes: int
    sign_up: str
    opens_at: datetime | None
    closes_at: datetime | None
    breakouts_change_until: datetime | None
    unpaid_at_start: str
    unpaid_release: bool
    attendance_rule: dict[str, Any]
    hour_regimes: list[Any]
    facts: dict[str, Any]
    is_demo: bool


class Capacities(TypedDict, total=False):
    """Places in all, in the room and online; None is unlimited. A mode without a limit of its own has no pool."""

    capacity: int | None
    room_capacity: int | None
    online_capacity: int | None


class EventChanges(EventFields, Capacities, total=False):
    """Everything `update` takes."""


def create(*, actor_id: int | None, slug: str = "", **values: Unpack[EventChanges]) -> Event:
    """A new draft. `title`, `kind`, `zone` and `mode` are needed; the rest has defaults (the association, its usual policy).

    The address is made from the title, or from `slug`; -2, -3 ... follow when it is taken.
    """
    columns, limits = _split(values)
    columns.setdefault("organization_id", columns.get("organization_id") or organizations.association().id)
    columns.setdefault("cancellation_policy_id", columns.get("cancellation_policy_id") or policies.current().id)
    _check(columns)
    now = clock.now()
    event = Event(slug=slugs.free(slug or columns["title"]), created_at=now, changed_at=now, **columns)
    for name, column in CAPACITIES.items():
        if name == "capacity" or limits.get(name) is not None:
            setattr(event, column, pools.make(limits.get(name), f"{event.title} {name}", field=name).id)
    db.session.add(event)
    db.session.flush()
    summaries.refresh(event.id)
    audit.record("event.created", f"event:{event.id}", actor_id=actor_id, after={"title": event.title, "kind": event.kind})
    return event


def update(event_id: int, *, version: int, actor_id: int | None, reason: str = "", **values: Unpack[EventChanges]) -> Event:
    """Changes the columns and capacities given. Refused (Stale) unless `version` is the one the form was opened with.

    A changed zone keeps every session's wall time; with another place the sessions lose the rooms of the old one. Messages to those
    registered are `registration.programme`'s.
    """
    event = get(event_id, lock=True)
    if event.version != version:
        raise Stale("Somebody else changed this event while you were editing it.", way_out="Open it again and repeat your changes.")
    columns, limits = _split(values)
    _check({"kind": event.kind, "mode": event.mode, "zone": event.zone, "title": event.title} | columns)
    differences = fields.changed(event, columns)
    moved = sessions.rezone(event, columns["zone"]) if "zone" in differences else 0
    fields.apply(event, differences)
    if "venue_id" in differences and (left := rooms.follow(event)):
        differences["rooms"] = (", ".join(left), "")
    for name in sorted(limits, key=lambda one: getattr(event, CAPACITIES[one]) or pools.NEW):  # pools by id, as who takes seats locks them
        differences.update(_limit(event, name, limits[name]))
    if differences:
        _touch(event, calendar=bool(moved or SHOWN_IN_CALENDARS & set(differences)))
        if SHOWN_IN_CALENDARS & set(differences):
            sessions.bump_all(event.id)
        before, after = fields.history(differences)
        audit.record("event.changed", f"event:{event.id}", actor_id=actor_id, reason=reason, before=before, after=after)
        summaries.refresh(event.id)
    return event


def mark_published(event_id: int, *, actor_id: int | None) -> Event:
    """Shows a draft to everybody (or opens a closed event again). The checks are `registration.publishing.publish`'s."""
    return _move(event_id, "published", actor_id=actor_id)


def close(event_id: int, *, actor_id: int | None, reason: str = "") -> Event:
    """Ends sign-up for good; the page, the registrations and the hours stay."""
    return _move(event_id, "closed", actor_id=actor_id, reason=reason)


def cancel(event_id: int, *, actor_id: int | None, reason: str) -> Event:
    """Marks the event and its sessions as cancelled. Places, money and messages: `registration.programme.cancel_event`."""
    if not reason.strip():
        raise Unacceptable("Say why it is cancelled; everybody registered will read it.", field="reason")
    event = _move(event_id, "cancelled", actor_id=actor_id, reason=reason)
    event.cancelled_at = event.changed_at
    event.cancel_reason = fields.cleaned(Event, {"cancel_reason": reason})["cancel_reason"]
    event.sequence += 1
    for session in db.session.scalars(select(Session).filter_by(event_id=event_id, status="scheduled")):
        session.status = "cancelled"
        sessions.bump(session)
    summaries.refresh(event.id)
    return event


def get(event_id: int, *, lock: bool = False) -> Event:
    """The event; NotFound when there is none. Its lock lets rows that name the event be written meanwhile (a charge, a place)."""
    event = db.session.get(Event, event_id, with_for_update={"key_share": True} if lock else None, populate_existing=lock)
    if event is None:
        raise NotFound("There is no such event.")
    return event


def _move(event_id: int, status: str, *, actor_id: int | None, reason: str = "") -> Event:
    event = get(event_id, lock=True)
    states.check(EVENT_MOVES, "event", event.status, status)
    before, event.status = event.status, status
    _touch(event, calendar=False)
    if status == "published":
        event.published_at = event.published_at or event.changed_at
    audit.record(f"event.{status}", f"event:{event.id}", actor_id=actor_id, reason=reason,
                 before={"status": before}, after={"status": status})
    db.session.flush()
    return event


def _touch(event: Event, *, calendar: bool) -> None:
    event.version += 1
    event.changed_at = clock.now()
    event.sequence += calendar


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, int | None]]:
    columns = {name: value for name, value in values.items() if name not in CAPACITIES}
    fields.refuse_unknown(columns, frozenset(EventFields.__annotations__))
    return fields.cleaned(Event, columns), {name: values[name] for name in CAPACITIES if name in values}


def _limit(event: Event, name: str, capacity: int | None) -> dict[str, tuple[Any, Any]]:
    column = CAPACITIES[name]
    pool_id = getattr(event, column)
    if pool_id is not None:
        before, after = pools.resize(pool_id, capacity, field=name)
        return {name: (before, after)} if before != after else {}
    if capacity is None:
        return {}
    if pools.taken(event.pool_id):
        raise Refusal("Places are taken or set aside already, so a limit for this way of taking part cannot be added now.",
                      way_out="Limit the event as a whole, or make a second event.", field=name)
    setattr(event, column, pools.make(capacity, f"{event.title} {name}", field=name).id)
    return {name: (None, capacity)}


def _check(columns: Mapping[str, Any]) -> None:
    if not columns.get("title"):
        raise Unacceptable("Give the event a title.", field="title")
    if columns.get("kind") not in KINDS:
        raise Unacceptable("Choose what kind of event it is.", field="kind")
    if columns.get("mode") not in MODES:
        raise Unacceptable("Say whether it is in person, online or both.", field="mode")
    if not times.known_zone(columns.get("zone", "")):
        raise Unacceptable("This time zone is not known; choose one like America/Chicago.", field="zone")
    opens, closes = columns.get("opens_at"), columns.get("closes_at")
    if opens and closes and closes <= opens:
        raise Unacceptable("Sign-up closes before it opens.", field="closes_at")
    attendance_rules.check(columns.get("attendance_rule", {}))
