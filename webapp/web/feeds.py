"""Calendars over HTTP: files and feeds for machines. No cookie, no login page, 304 when nothing changed."""

import gzip
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from flask import Blueprint, Response, current_app, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from webapp.accounts import roles
from webapp.accounts.models import Person
from webapp.calendars import clients, feeds, keys, recipes
from webapp.calendars.feeds import Feed, Recipe
from webapp.calendars.models import FeedKey
from webapp.catalog import filters
from webapp.catalog.models import Event
from webapp.core import clock, logs
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound
from webapp.registration import own_page
from webapp.registration.models import Registration
from webapp.web import access
from webapp.web.security import limiter

pages = Blueprint("feeds", __name__)
log = logs.logger(__name__)
_PACKED = "-gz"  # ends the tag of a body that is sent packed


@pages.get("/calendar.ics")
@access.public
def calendar() -> Response:
    """All public events, narrowed by the catalog's filters."""
    settings = current_app.config["SETTINGS"]
    wanted = filters.parse(request.args.to_dict())
    words, facets = filters.words(wanted), filters.name(wanted)
    kept_as = f"public?{facets}" if facets else "" if words else "public"
    recipe = recipes.public(
        lambda: filters.event_ids(wanted, clock.now(), settings.association_timezone), name=kept_as,
        title=settings.association_name + (f": {words}" if words else ""), description="Trainings, groups and gatherings",
        zone=settings.association_timezone, url=f"{settings.base_url}/events", now=clock.now())
    return _answer(recipe)


@pages.get("/events/<slug>.ics")
@access.public
def event(slug: str) -> Response:
    """One event with all its sessions."""
    return _answer(recipes.event(slug, base_url=_base()), file_name=slug)


@pages.get("/sessions/<int:session_id>.ics")
@access.public
def session(session_id: int) -> Response:
    """One session."""
    return _answer(recipes.session(session_id, base_url=_base()), file_name=f"session-{session_id}")


@pages.get("/programmes/<slug>.ics")
@access.public
def programme(slug: str) -> Response:
    """All cohorts of a programme."""
    return _answer(recipes.programme(slug, base_url=_base(), now=clock.now()))


@pages.get("/presenters/<int:presenter_id>.ics")
@access.public
def presenter(presenter_id: int) -> Response:
    """The public sessions of a presenter."""
    return _answer(recipes.presenter(presenter_id, base_url=_base(), now=clock.now()))


@pages.get("/venues/<int:venue_id>.ics")
@access.public
def venue(venue_id: int) -> Response:
    """The public sessions at a venue."""
    return _answer(recipes.venue(venue_id, base_url=_base(), now=clock.now()))


@pages.get("/rooms/<int:room_id>.ics")
@access.public
def room(room_id: int) -> Response:
    """The public sessions in one room."""
    return _answer(recipes.room(room_id, base_url=_base(), now=clock.now()))


@pages.get("/feeds/<token>.ics")
@access.by_secret
@limiter.limit("120 per minute")
def personal(token: str) -> Response:
    """What a feed key opens: 404 when there is no such key, or its owner may not see it any more; 410 when it was withdrawn."""
    key = keys.opened_by(token)
    if key is None:
        raise NotFound
    if key.withdrawn_at is not None:
        log.info("feed_withdrawn", key=key.id, family=clients.family(request.user_agent.string))
        return Response("This calendar address was withdrawn.\n", 410, mimetype="text/plain")
    key_id, due = key.id, keys.wants_log(key, clock.now())
    answer = _answer(_recipe_of(key))
    if due:
        with transaction():
            keys.log_fetch(key_id, clients.family(request.user_agent.string), clock.now())
    return answer


def _recipe_of(key: FeedKey) -> Recipe:
    if key.registration_id is not None:
        return _of_registration(key.registration_id)
    person, now = db.session.get_one(Person, key.person_id), clock.now()
    if key.kind == "organizer":
        return recipes.organizer(person.id, zone=person.zone, base_url=_base(), now=now)
    if key.kind == "agency" and key.agency_id is not None:
        if not roles.supervises(person.id, key.agency_id):
            raise NotFound
        return recipes.agency(key.agency_id, zone=person.zone, base_url=_base(), now=now)
    return recipes.person(person.id, name=person.name, zone=person.zone, base_url=_base(), now=now)


def _of_registration(registration_id: int) -> Recipe:
    event = db.session.execute(
        select(Event.title, Event.zone).join(Registration, Registration.event_id == Event.id)
        .where(Registration.id == registration_id)).one()
    return recipes.registration(registration_id, title=event.title, zone=event.zone, path=own_page.of(registration_id).path,
                                base_url=_base(), now=clock.now())


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def _answer(recipe: Recipe, file_name: str = "") -> Response:
    packed = request.accept_encodings["gzip"] > 0
    feed = feeds.assemble(recipe, now=clock.now(), base_url=_base(), have=_held(packed))
    if feed.to_keep:
        _keep(feed)
    tag = f'"{feed.etag}{_PACKED if packed else ""}"'
    answer = Response(status=304) if feed.gzip is None or _unchanged(feed, tag) else Response(
        feed.gzip if packed else gzip.decompress(feed.gzip), mimetype="text/calendar")
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["ETag"] = tag
    answer.headers["Last-Modified"] = format_datetime(feed.changed_at, usegmt=True)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Encoding"
    if packed and answer.status_code == 200:
        answer.headers["Content-Encoding"] = "gzip"
    if file_name and answer.status_code == 200:
        answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}.ics"'
    return answer


def _held(packed: bool) -> str:
    """The version the program says it holds, in the packing it asks for now; '' where it holds none."""
    for part in request.headers.get("If-None-Match", "").split(","):
        name = part.strip().removeprefix("W/").strip('"')
        if name.endswith(_PACKED) == packed:
            return name.removesuffix(_PACKED)[:64]
    return ""


def _keep(feed: Feed) -> None:
    try:
        with transaction():
            feeds.keep(feed)
    except (IntegrityError, OperationalError) as error:
        log.info("feed_not_kept", error=type(error).__name__)


def _unchanged(feed: Feed, tag: str) -> bool:
    asked = request.headers.get("If-None-Match")
    if asked is not None:
        return any(part.strip().removeprefix("W/") in (tag, "*") for part in asked.split(","))
    since = _moment(request.headers.get("If-Modified-Since"))
    return since is not None and feed.changed_at <= since


def _moment(header: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(header) if header else None
    except (TypeError, ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found  # "-0000": in UTC, from nowhere
