"""What a file refers to and does not have: names of its own parts, and rows of this installation."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import select

from webapp.catalog import areas
from webapp.catalog.models import CancellationPolicy, Event
from webapp.catalog.transfer.form import CatalogForm, SessionForm
from webapp.catalog.transfer.moments import read_moment
from webapp.catalog.transfer.reasons import place
from webapp.core import times
from webapp.core.db import db
from webapp.core.errors import Unacceptable


def unresolved(form: CatalogForm) -> list[str]:
    """The reasons, each with its place; empty when everything the file names can be found."""
    if not times.known_zone(form.zone):
        return [f"zone: {form.zone} is not an IANA time zone name"]
    return [*_inside(form), *_moments(form), *_here(form)]


def _inside(form: CatalogForm) -> Iterator[str]:
    people = [one.key or one.name for one in form.presenters]
    known = {
        "block": [one.name for one in form.blocks], "track": form.tracks, "room": [one.name for one in form.rooms],
        "group": [one.name for one in form.groups], "module": [one.code for one in form.programme.modules] if form.programme else [],
        "course": [one.code for one in form.courses],
    }
    for name, values in (known | {"presenter": people, "question": [one.key for one in form.questions]}).items():
        yield from (f"{name}s: {value} is there twice" for value, count in Counter(values).items() if count > 1)
    for at, session in enumerate(form.sessions):
        for name, values in known.items():
            if (value := getattr(session, name)) and value not in values:
                yield f"{place('sessions', at, name)}: the file has no {name} called {value}"
        yield from (f"{place('sessions', at, 'presenters')}: the file has no presenter called {one}"
                    for one in session.presenters if one not in people)
        yield from _session(session, at)
    if form.course and form.course not in known["course"]:
        yield f"course: the file has no course called {form.course}"
    yield from (f"{place('groups', at, 'leader')}: the file has no presenter called {group.leader}"
                for at, group in enumerate(form.groups) if group.leader and group.leader not in people)


def _session(session: SessionForm, at: int) -> Iterator[str]:
    if session.zone and not times.known_zone(session.zone):
        yield f"{place('sessions', at, 'zone')}: {session.zone} is not an IANA time zone name"
    for name in ("start", "end"):
        if not _is_date(getattr(session, name), datetime):
            yield f"{place('sessions', at, name)}: {getattr(session, name)} is not a time"
    for number, credit in enumerate(session.credits):
        yield from (f"{place('sessions', at, 'credits', number, 'areas')}: there is no competency area {code}"
                    for code in credit.areas if code not in areas.by_code())
        yield from (f"{place('sessions', at, 'credits', number, 'tags')}: there is no tag {code}"
                    for code in credit.tags if code not in areas.tags())


def _moments(form: CatalogForm) -> Iterator[str]:
    for name in ("opens_at", "closes_at", "breakouts_change_until"):
        try:
            read_moment(getattr(form, name), form.zone)
        except (Unacceptable, ValueError) as error:
            yield f"{name}: {error}"
    for at, inclusion in enumerate(form.includes):
        yield from (f"{place('includes', at, 'dates')}: {day} is not a date" for day in inclusion.dates if not _is_date(day, date))


def _here(form: CatalogForm) -> Iterator[str]:
    if db.session.scalar(select(Event.id).filter_by(slug=form.slug)):
        yield f"slug: there is an event at /events/{form.slug} already"
    if not db.session.scalar(select(CancellationPolicy.id).filter_by(code=form.policy, edition=form.policy_edition)):
        yield f"policy: there is no cancellation policy {form.policy}, edition {form.policy_edition}"
    found = _slugs(one.event for one in form.includes)
    for at, inclusion in enumerate(form.includes):
        if inclusion.event not in found:
            yield f"{place('includes', at, 'event')}: there is no event at /events/{inclusion.event}; import it first"


def _slugs(wanted: Iterable[str]) -> set[str]:
    return set(db.session.scalars(select(Event.slug).where(Event.slug.in_(list(wanted)))))


def _is_date(text: str, kind: type[date]) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True
