"""From the file to rows: the event with its parts and sessions, as a draft, through the catalog's actions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.catalog import events, organizations, parts, summaries
from webapp.catalog import sessions as session_actions
from webapp.catalog.models import CancellationPolicy, Event, Session
from webapp.catalog.sessions import Break, Credit, Timing
from webapp.catalog.transfer.form import CatalogForm, ProgrammeForm, SessionForm
from webapp.catalog.transfer.moments import read_moment
from webapp.catalog.transfer.reasons import ImportRefused, place
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.forms import questions
from webapp.forms.values import QuestionSpec

SAME = ("kind", "format", "title", "summary", "description", "objectives", "prerequisites", "audience", "access_contact",
        "accommodations", "zone", "mode", "platform", "online_url", "link_opens_minutes", "sign_up", "capacity", "room_capacity",
        "online_capacity", "unpaid_at_start", "unpaid_release", "attendance_rule", "hour_regimes", "facts")
MOMENTS = ("opens_at", "closes_at", "breakouts_change_until")


@dataclass
class Loaded:
    """The event and its parts by the names the file uses; `sessions` in the file's order."""

    event: Event
    blocks: dict[str, int] = field(default_factory=dict)
    tracks: dict[str, int] = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    presenters: dict[str, int] = field(default_factory=dict)
    courses: dict[str, int] = field(default_factory=dict)
    modules: dict[str, tuple[int, int]] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)


def load(form: CatalogForm, *, actor_id: int | None, is_demo: bool = False) -> Loaded:
    """A new draft from a form whose references were checked. Refused (ImportRefused) with every session that does not fit."""
    loaded = Loaded(_event(form, actor_id, is_demo))
    _parts(form, loaded)
    reasons = [reason for at, one in enumerate(form.sessions) for reason in _tried(at, lambda one=one: _session(one, loaded))]  # type: ignore[misc]
    if reasons:
        raise ImportRefused(reasons)
    for inclusion in form.includes:
        included = db.session.scalars(select(Event).filter_by(slug=inclusion.event)).one()
        parts.include(loaded.event, included, inclusion.dates, seats=inclusion.seats, note=inclusion.note)
    questions.replace(loaded.event.id, [
        QuestionSpec(one.key, one.label, one.kind, one.hint, tuple(one.choices), one.required, one.sensitivity, one.asked_in)
        for one in form.questions], actor_id=actor_id)
    summaries.refresh(loaded.event.id)
    return loaded


def _event(form: CatalogForm, actor_id: int | None, is_demo: bool) -> Event:
    policy = db.session.scalars(
        select(CancellationPolicy).filter_by(code=form.policy, edition=form.policy_edition)).one()
    plain: dict[str, Any] = {name: getattr(form, name) for name in SAME}
    moments: dict[str, Any] = {name: read_moment(getattr(form, name), form.zone, name) for name in MOMENTS}
    return events.create(
        actor_id=actor_id, slug=form.slug, cancellation_policy_id=policy.id, is_demo=is_demo, **plain, **moments,
        organization_id=(organizations.named(form.organization) if form.organization else organizations.association()).id)


def _parts(form: CatalogForm, loaded: Loaded) -> None:
    event = loaded.event
    if form.venue:
        event.venue_id = parts.venue(**form.venue.model_dump()).id
        loaded.rooms = {one.name: parts.room(event.venue_id, one.name, one.size).id for one in form.rooms}
    loaded.presenters = {
        one.key or one.name: parts.presenter(one.name, one.credentials, one.bio).id for one in form.presenters}
    loaded.blocks = {one.name: parts.block(event.id, one.name, add_on_only=one.add_on_only).id for one in form.blocks}
    loaded.tracks = {name: parts.track(event.id, name).id for name in form.tracks}
    loaded.groups = {
        one.name: parts.group(event.id, one.name, size=one.size, leader_id=loaded.presenters.get(one.leader)).id for one in form.groups}
    loaded.courses = {one.code: parts.course(one.code, one.title).id for one in form.courses}
    event.course_id = loaded.courses.get(form.course)
    if form.programme:
        _programme(form.programme, loaded)


def _programme(form: ProgrammeForm, loaded: Loaded) -> None:
    programme = parts.programme(form.name, form.organization, form.slug)
    loaded.event.programme_id = programme.id
    if not form.path:
        return
    path = parts.path(programme.id, form.path)
    loaded.event.path_id = path.id
    for one in form.modules:
        course = parts.course(one.course, one.title)
        loaded.modules[one.code] = parts.module(path.id, one.code, course.id).id, course.id


def _session(form: SessionForm, loaded: Loaded) -> None:
    module_id, course_id = loaded.modules.get(form.module, (None, None))
    session = session_actions.insert(
        loaded.event,
        Timing(datetime.fromisoformat(form.start), datetime.fromisoformat(form.end), form.zone or loaded.event.zone, form.fold),
        breaks=[Break(one.offset, one.minutes) for one in form.breaks], no_breaks=form.no_breaks, capacity=form.capacity,
        credits=[Credit(one.kind, one.minutes, tuple(one.areas), dict(one.tags)) for one in form.credits],
        presenter_ids=[loaded.presenters[one] for one in form.presenters], title=form.title, description=form.description,
        block_id=loaded.blocks.get(form.block), track_id=loaded.tracks.get(form.track), room_id=loaded.rooms.get(form.room),
        group_id=loaded.groups.get(form.group), module_id=module_id, course_id=loaded.courses.get(form.course, course_id),
        mode=form.mode, online_url=form.online_url, position=form.position)
    session.status, session.changed_at = form.status, clock.now()
    loaded.sessions.append(session)


def _tried(at: int, act: Callable[[], None]) -> list[str]:
    try:
        act()
    except Refusal as refusal:
        return [f"{place('sessions', at, refusal.field or 'title')}: {refusal.sentence}"]
    return []
