"""What a certificate states, copied on the day it is issued: who, what, when, where, by whom, hours by kind, areas, tags."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, select

from webapp.accounts import people
from webapp.catalog import areas
from webapp.catalog.models import Event, Organization, Presenter, Session, SessionPresenter, Venue
from webapp.core.db import db
from webapp.hours import remarks, rules, standing
from webapp.hours.models import Award

MODES = {"in_person": "In person", "online": "Live online", "hybrid": "In person and live online"}


def of(event_id: int, person_id: int, family: Collection[int]) -> dict[str, Any]:
    """The snapshot for one person (her root, and all who are her) from the awards that stand. Seven statements.

    Minutes by kind; `lines` one per award with its date and remark; `presenters` of the sessions she was awarded.
    """
    awards, event = standing.of_event(event_id, family), _event(event_id)
    return {
        "attendee": people.get(person_id).name, "title": event.title, "slug": event.slug, "format": _format(event),
        "sponsor": event.organization, "location": _location(event), "dates": sorted({award.earned_on.isoformat() for award in awards}),
        "training_minutes": _sum(awards, "training"), "rsc_minutes": _sum(awards, "rsc"),
        "regimes": list(event.hour_regimes or []), "rule": rules.words(event.attendance_rule or {}),
        "presenters": _presenters([award.session_id for award in awards if award.session_id]),
        "areas": [[code, areas.name(code)] for code in sorted({one.area for award in awards for one in award.areas})],
        "tags": [[tag, areas.tags().get(tag, tag), minutes] for tag, minutes in sorted(_tags(awards).items())],
        "lines": [_line(award) for award in awards],
    }


def _line(award: Award) -> dict[str, Any]:
    return {"award": award.id, "on": award.earned_on.isoformat(), "title": award.evidence.get("session", award.title), "kind": award.kind,
            "minutes": award.minutes, "remark": remarks.short(award.evidence)}


def _event(event_id: int) -> Row[Any]:
    return db.session.execute(
        select(Event.title, Event.slug, Event.mode, Event.format, Event.platform, Event.hour_regimes, Event.attendance_rule,
               Organization.name.label("organization"), Venue.name.label("venue"), Venue.city, Venue.region)
        .join(Organization, Organization.id == Event.organization_id).outerjoin(Venue, Venue.id == Event.venue_id)
        .where(Event.id == event_id)).one()


def _format(event: Row[Any]) -> str:
    kind = event.format.replace("_", " ")
    return f"{MODES[event.mode]}, {kind}" if kind else MODES[event.mode]


def _location(event: Row[Any]) -> str:
    if event.mode == "online":
        return f"Online ({event.platform})" if event.platform else "Online"
    return ", ".join(part for part in (event.venue, event.city, event.region) if part)


def _presenters(session_ids: Sequence[int]) -> list[str]:
    rows = db.session.execute(
        select(Presenter.name, Presenter.credentials).join(SessionPresenter, SessionPresenter.presenter_id == Presenter.id)
        .join(Session, Session.id == SessionPresenter.session_id).where(Session.id.in_(session_ids))
        .order_by(Session.starts_at, SessionPresenter.position))
    return list(dict.fromkeys(f"{name}, {credentials}" if credentials else name for name, credentials in rows))


def _sum(awards: Sequence[Award], kind: str) -> int:
    return sum(award.minutes for award in awards if award.kind == kind)


def _tags(awards: Sequence[Award]) -> Counter[str]:
    found: Counter[str] = Counter()
    for award in awards:
        for tag in award.tags:
            found[tag.tag] += tag.minutes
    return found
