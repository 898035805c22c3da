"""From rows to the file. What `load` makes of the result is the same event again."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from webapp.catalog.models import (
    Block,
    Course,
    Event,
    EventInclusion,
    Group,
    Module,
    Organization,
    Path,
    Pool,
    Presenter,
    Programme,
    Session,
    SessionCredit,
    SessionPresenter,
    Track,
)
from webapp.catalog.sessions import content
from webapp.catalog.transfer import form as forms
from webapp.catalog.transfer.loading import MOMENTS, SAME
from webapp.catalog.transfer.moments import write_moment
from webapp.core.db import db
from webapp.forms import questions

CAPACITIES = {"capacity": "pool", "room_capacity": "room_pool", "online_capacity": "online_pool"}


@dataclass
class Names:
    """How the file calls what sessions refer to, by id."""

    blocks: dict[int, str]
    tracks: dict[int, str]
    groups: dict[int, str]
    presenters: dict[int, str]
    courses: dict[int, Course]
    modules: dict[int, Module]
    pools: dict[int, int | None]


def to_form(event_id: int) -> dict[str, Any]:
    """The catalog's part of the file, as keyword arguments of `CatalogForm`. A fixed number of statements."""
    event = db.session.scalars(
        select(Event).filter_by(id=event_id).execution_options(populate_existing=True)
        .options(joinedload(Event.venue), joinedload(Event.policy), joinedload(Event.organization), joinedload(Event.pool),
                 joinedload(Event.room_pool), joinedload(Event.online_pool))).one()
    sessions = ordered_sessions(event_id)
    groups = db.session.scalars(select(Group).filter_by(event_id=event_id).order_by(Group.position, Group.id)).all()
    people = _people(sessions, [group.leader_id for group in groups])
    names = _names(event, sessions, groups, people)
    own_courses = {one.course_id for one in sessions if one.course_id and not _implied(one, names)} | {event.course_id}
    values: dict[str, Any] = {name: getattr(event, name) for name in SAME if name not in CAPACITIES}
    values |= {name: pool.capacity for name, attribute in CAPACITIES.items() if (pool := getattr(event, attribute))}
    values |= {name: write_moment(getattr(event, name), event.zone) for name in MOMENTS}
    return values | {
        "form": forms.FORM, "slug": event.slug, "status": event.status, "cancel_reason": event.cancel_reason,
        "organization": event.organization.name if event.organization.kind == "partner" else "",
        "policy": event.policy.code, "policy_edition": event.policy.edition,
        "venue": _venue(event), "rooms": _rooms(sessions), "programme": _programme(event, names),
        "presenters": [_presenter(one, names) for one in people.values()],
        "courses": [forms.CourseForm(code=one.code, title=one.title) for one in names.courses.values() if one.id in own_courses],
        "course": names.courses[event.course_id].code if event.course_id else "",
        "blocks": _blocks(event_id), "tracks": list(names.tracks.values()),
        "groups": [forms.GroupForm(name=one.name, size=one.size, leader=names.presenters.get(one.leader_id or 0, "")) for one in groups],
        "includes": _inclusions(event_id), "sessions": [_session(one, event, names) for one in sessions],
        "questions": [forms.QuestionForm(
            key=one.key, label=one.label, kind=one.kind, hint=one.hint, choices=list(one.choices), required=one.is_required,  # type: ignore[arg-type]
            sensitivity=one.sensitivity, asked_in=one.asked_in) for one in questions.specs(event_id)],  # type: ignore[arg-type]
    }


def session_numbers(event_id: int) -> dict[int, int]:
    """Session id -> its number in the file, from 1."""
    return {one.id: number for number, one in enumerate(ordered_sessions(event_id), 1)}


def ordered_sessions(event_id: int) -> list[Session]:
    """The sessions with what hangs on them, in the order of the file."""
    return list(db.session.scalars(
        select(Session).filter_by(event_id=event_id).order_by(Session.starts_at, Session.position, Session.id)
        .execution_options(populate_existing=True).options(
            selectinload(Session.breaks), joinedload(Session.room),
            selectinload(Session.credits).options(selectinload(SessionCredit.areas), selectinload(SessionCredit.tags)),
            selectinload(Session.presenters).joinedload(SessionPresenter.presenter))))


def _names(event: Event, sessions: list[Session], groups: Any, people: dict[int, Presenter]) -> Names:
    repeated = {name for name, count in Counter(one.name for one in people.values()).items() if count > 1}
    return Names(
        blocks={one.id: one.name for one in db.session.scalars(select(Block).filter_by(event_id=event.id))},
        tracks={one.id: one.name for one in db.session.scalars(select(Track).filter_by(event_id=event.id).order_by(Track.id))},
        groups={one.id: one.name for one in groups},
        presenters={one.id: f"{one.name} ({one.id})" if one.name in repeated else one.name for one in people.values()},
        courses={one.id: one for one in db.session.scalars(
            select(Course).where(Course.id.in_({one.course_id for one in sessions} | {event.course_id})).order_by(Course.code))}
        | {one.id: one for one in db.session.scalars(
            select(Course).join(Module, Module.course_id == Course.id).where(Module.path_id == event.path_id))},
        modules={one.id: one for one in db.session.scalars(
            select(Module).filter_by(path_id=event.path_id).order_by(Module.position, Module.id))} if event.path_id else {},
        pools={one.id: one.capacity for one in db.session.scalars(
            select(Pool).where(Pool.id.in_([one.pool_id for one in sessions if one.pool_id])))},
    )


def _people(sessions: list[Session], leaders: list[int | None]) -> dict[int, Presenter]:
    found = {one.presenter_id: one.presenter for session in sessions for one in session.presenters}
    missing = [one for one in leaders if one and one not in found]
    return found | {one.id: one for one in db.session.scalars(select(Presenter).where(Presenter.id.in_(missing)).order_by(Presenter.id))}


def _session(row: Session, event: Event, names: Names) -> forms.SessionForm:
    module = names.modules.get(row.module_id or 0)
    twice = write_moment(row.starts_at, row.zone) != row.wall_start or write_moment(row.ends_at, row.zone) != row.wall_end
    return forms.SessionForm(
        title=row.title, start=row.wall_start, end=row.wall_end, fold=row.fold if twice else None,
        zone=row.zone if row.zone != event.zone else "", status=row.status,  # type: ignore[arg-type]
        block=names.blocks.get(row.block_id or 0, ""), track=names.tracks.get(row.track_id or 0, ""),
        room=row.room.name if row.room else "", group=names.groups.get(row.group_id or 0, ""),
        course=names.courses[row.course_id].code if row.course_id and not _implied(row, names) else "",
        module=module.code if module else "", mode=row.mode, online_url=row.online_url,  # type: ignore[arg-type]
        capacity=names.pools.get(row.pool_id) if row.pool_id else None, position=row.position, no_breaks=row.no_breaks,
        breaks=[forms.BreakForm(offset=one.offset, minutes=one.minutes) for one in content.breaks_of(row)],
        credits=[forms.CreditForm(kind=one.kind, minutes=one.minutes, areas=list(one.areas), tags=one.tags)  # type: ignore[arg-type]
                 for one in content.credits_of(row)],
        presenters=[names.presenters[one.presenter_id] for one in row.presenters], description=row.description)


def _implied(row: Session, names: Names) -> bool:
    module = names.modules.get(row.module_id or 0)
    return module is not None and module.course_id == row.course_id


def _venue(event: Event) -> forms.VenueForm | None:
    if event.venue is None:
        return None
    return forms.VenueForm(**{name: getattr(event.venue, name) for name in forms.VenueForm.model_fields})


def _rooms(sessions: list[Session]) -> list[forms.RoomForm]:
    rooms = {one.room.id: one.room for one in sessions if one.room}
    return [forms.RoomForm(name=one.name, size=one.size) for one in sorted(rooms.values(), key=lambda one: (one.position, one.id))]


def _presenter(row: Presenter, names: Names) -> forms.PresenterForm:
    key = names.presenters[row.id]
    return forms.PresenterForm(name=row.name, credentials=row.credentials, bio=row.bio, key="" if key == row.name else key)


def _programme(event: Event, names: Names) -> forms.ProgrammeForm | None:
    if event.programme_id is None:
        return None
    row = db.session.get_one(Programme, event.programme_id)
    owner = db.session.get_one(Organization, row.organization_id)
    path = db.session.get(Path, event.path_id) if event.path_id else None
    return forms.ProgrammeForm(
        name=row.name, slug=row.slug, organization=owner.name if owner.kind == "partner" else "", path=path.name if path else "",
        modules=[forms.ModuleForm(code=one.code, course=names.courses[one.course_id].code, title=names.courses[one.course_id].title)
                 for one in names.modules.values()])


def _blocks(event_id: int) -> list[forms.BlockForm]:
    rows = db.session.scalars(select(Block).filter_by(event_id=event_id).order_by(Block.position, Block.id))
    return [forms.BlockForm(name=one.name, add_on_only=one.add_on_only) for one in rows]


def _inclusions(event_id: int) -> list[forms.InclusionForm]:
    rows = db.session.execute(
        select(Event.slug, EventInclusion.dates, EventInclusion.seats, EventInclusion.note)
        .join(Event, Event.id == EventInclusion.included_id).where(EventInclusion.event_id == event_id).order_by(EventInclusion.id))
    return [forms.InclusionForm(event=row.slug, dates=list(row.dates), seats=row.seats, note=row.note) for row in rows]
