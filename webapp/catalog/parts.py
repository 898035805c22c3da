"""The parts sessions refer to: venues and rooms, blocks, tracks, groups, presenters, programmes with their modules."""

from collections.abc import Sequence
from typing import TypedDict, TypeVar, Unpack

from sqlalchemy import func, select

from webapp.catalog import fields, organizations
from webapp.catalog.models import (
    Block,
    Course,
    Event,
    EventInclusion,
    Group,
    Module,
    Path,
    Presenter,
    Programme,
    Room,
    Session,
    Track,
    Venue,
)
from webapp.core import text
from webapp.core.db import Base, db
from webapp.core.errors import Refusal, Unacceptable

Named = TypeVar("Named", Block, Track, Group)


class VenueFields(TypedDict, total=False):
    """The columns of a venue. Latitude and longitude in degrees."""

    name: str
    street: str
    city: str
    county: str
    region: str
    postcode: str
    latitude: float | None
    longitude: float | None
    access_notes: str


def venue(**values: Unpack[VenueFields]) -> Venue:
    """The venue with exactly these facts, made when there is none. A venue that moved is another venue."""
    columns = fields.cleaned(Venue, values)
    if not columns.get("name"):
        raise Unacceptable("Give the place a name.", field="venue")
    found = db.session.scalar(select(Venue).filter_by(**columns).limit(1))
    return found or _stored(Venue(**columns))


def room(venue_id: int, name: str, size: int | None = None) -> Room:
    """A room of a venue by its name, made when there is none. A size that is given is kept."""
    found = db.session.scalar(select(Room).filter_by(venue_id=venue_id, name=name))
    if found is None:
        columns = fields.cleaned(Room, {"name": name})
        found = _stored(Room(venue_id=venue_id, size=size, position=_count(Room, venue_id=venue_id), **columns))
    elif size is not None:
        found.size = size
    return found


def presenter(name: str, credentials: str = "", bio: str = "", person_id: int | None = None) -> Presenter:
    """The presenter with exactly these facts, made when there is none."""
    facts = fields.cleaned(Presenter, {"name": name, "credentials": credentials, "bio": bio})
    if not facts["name"]:
        raise Unacceptable("Give the presenter a name.", field="presenter")
    found = db.session.scalar(select(Presenter).filter_by(**facts).limit(1))
    found = found or _stored(Presenter(**facts))
    if person_id is not None:
        found.person_id = person_id
    return found


def block(event_id: int, name: str, *, add_on_only: bool = False) -> Block:
    """A new block: of its sessions one registration picks at most one."""
    return _new(Block(event_id=event_id, add_on_only=add_on_only, position=_count(Block, event_id=event_id)), name)


def track(event_id: int, name: str) -> Track:
    """A new track of a conference."""
    return _new(Track(event_id=event_id), name)


def group(event_id: int, name: str, *, size: int | None = None, leader_id: int | None = None) -> Group:
    """A new group of a cohort; `size` limits its membership."""
    return _new(Group(event_id=event_id, size=size, leader_id=leader_id, position=_count(Group, event_id=event_id)), name)


def rename(part: Named, name: str) -> Named:
    """Another name for a block, track or group; refused when the event has one of that name."""
    return _new(part, name)


def discard(part: Block | Track | Group) -> None:
    """Takes away a block, track or group that no session refers to."""
    column = {Block: Session.block_id, Track: Session.track_id, Group: Session.group_id}[type(part)]
    if db.session.scalar(select(func.count()).select_from(Session).where(column == part.id)):
        raise Refusal(f"Sessions still belong to {part.name}.", way_out="Move or remove them first.")
    db.session.delete(part)
    db.session.flush()


def include(event: Event, included: Event, dates: Sequence[str], *, seats: int | None = None, note: str = "") -> EventInclusion:
    """Registering for `event` gives a place in `included` on these ISO dates. Included events include nothing themselves."""
    nested = db.session.scalar(select(EventInclusion.id).where(EventInclusion.event_id == included.id).limit(1))
    if included.id == event.id or nested:
        raise Refusal("An event that contains others cannot be contained itself.")
    return _stored(EventInclusion(event_id=event.id, included_id=included.id, dates=sorted(dates), seats=seats, note=note))


def programme(name: str, organization: str, slug: str = "") -> Programme:
    """The programme of this name, made when there is none."""
    found = db.session.scalar(select(Programme).filter_by(name=name))
    owner = organizations.named(organization).id if organization else organizations.association().id
    return found or _stored(Programme(name=name, slug=slug or text.slug(name), organization_id=owner))


def path(programme_id: int, name: str) -> Path:
    """A path of the programme by its name, made when there is none."""
    found = db.session.scalar(select(Path).filter_by(programme_id=programme_id, name=name))
    return found or _stored(Path(programme_id=programme_id, name=name))


def course(code: str, title: str) -> Course:
    """What is taught, by its code, made when there is none. Sessions of one course are equivalent for a make-up."""
    found = db.session.scalar(select(Course).filter_by(code=code))
    return found or _stored(Course(code=code, title=title))


def course_named(title: str) -> Course:
    """The course of this title, made when there is none."""
    found = db.session.scalar(select(Course).filter_by(title=title).order_by(Course.id).limit(1))
    return found or course(text.slug(title)[:60], title)


def module(path_id: int, code: str, course_id: int) -> Module:
    """A course's place in a path, made when there is none."""
    found = db.session.scalar(select(Module).filter_by(path_id=path_id, code=code))
    return found or _stored(Module(path_id=path_id, code=code, course_id=course_id, position=_count(Module, path_id=path_id)))


def _new(part: Named, name: str) -> Named:
    wanted = fields.cleaned(type(part), {"name": name})["name"]
    if not wanted:
        raise Unacceptable("Give it a name.", field="name")
    kind = type(part)
    same = select(kind.id).where(kind.event_id == part.event_id, kind.name == wanted)
    with db.session.no_autoflush:
        found = db.session.scalar(same)
    if found not in (None, part.id):
        raise Unacceptable(f"This event has a {kind.__name__.lower()} called {wanted} already.", field="name")
    part.name = wanted
    return _stored(part)


Row = TypeVar("Row", bound=Base)


def _stored(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def _count(model: type[Base], **owner: int) -> int:
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**owner)) or 0
