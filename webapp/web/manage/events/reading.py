"""What was typed into the form of an event, as the values the actions take; refused beside the field it belongs to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from webapp.catalog import attendance_rules, organizations, parts
from webapp.catalog.models import Event, Venue
from webapp.core import times
from webapp.core.db import db
from webapp.core.errors import Unacceptable
from webapp.hours import regimes
from webapp.web.events import words
from webapp.web.manage.events.choices import MODE_CODES, SIGN_UP_CODES, UNPAID_CODES
from webapp.web.manage.events.form import MOMENTS, PLAIN, VENUE, EventForm


def values(event: Event, form: EventForm) -> dict[str, Any]:
    """What was typed, as `programme.update_event` takes it. Makes a place or programme that is new. Inside a transaction."""
    found = {name: form[name].data for name in PLAIN} | moments(form)
    found |= {
        "objectives": lines(form.objectives.data), "accommodations": lines(form.accommodations.data),
        "attendance_rule": attendance_rule(event.attendance_rule, form), "link_opens_minutes": _number(form.link_opens.data, 1440),
        "cancellation_policy_id": _one_of(form.policy, event.cancellation_policy_id),
        "organization_id": _one_of(form.organization, event.organization_id), "venue_id": venue_id(event, form),
    }
    if event.published_at is None:
        found["kind"] = form.kind.data
    if form.online_url.data and not form.online_url.data.startswith(("https://", "http://")):
        raise Unacceptable("A joining link starts with https://", field="online_url")
    found["course_id"] = parts.course_named(form.course.data).id if form.course.data else None
    return _known_words(found) | _programme(form)


def moments(form: EventForm) -> dict[str, datetime | None]:
    """The wall-clock times typed, as instants; of an hour that comes twice the earlier is meant."""
    if not times.known_zone(form.zone.data or ""):
        raise Unacceptable("Choose the time zone.", field="zone")
    found = {name: times.instant(form[name].data, form.zone.data, fold=0, field=name) if form[name].data else None for name in MOMENTS}
    if found["opens_at"] and found["closes_at"] and found["closes_at"] <= found["opens_at"]:
        raise Unacceptable("Sign-up closes before it opens.", field="closes_at")
    return found


def venue_typed(form: EventForm) -> dict[str, str]:
    """The place as it was typed."""
    return {name: form[f"venue_{name}"].data or "" for name in VENUE}


def same_venue(event: Event, form: EventForm) -> bool:
    """Whether the place typed is the one the event has."""
    typed = venue_typed(form)
    row = db.session.get(Venue, event.venue_id) if event.venue_id else None
    return not typed["name"] if row is None else all(getattr(row, name) == typed[name] for name in VENUE)


def venue_id(event: Event, form: EventForm) -> int | None:
    """The id of the place typed, made when it is new; None where nothing is typed or it meets only online."""
    typed: Any = venue_typed(form)
    if form.mode.data == "online" and not typed["name"]:
        return None
    if same_venue(event, form):
        return event.venue_id
    if not typed["name"]:
        if any(typed.values()):
            raise Unacceptable("Give the place a name.", field="venue_name")
        return None
    return parts.venue(**typed).id


def attendance_rule(before: Mapping[str, Any], form: EventForm) -> dict[str, Any]:
    """The rule as data; empty where hours simply follow the minutes attended."""
    rule: dict[str, Any] = {}
    if form.awards.data == "all_or_nothing":
        rule["awards"] = "all_or_nothing"
    elif form.awards.data == "least":
        if not form.least_percent.data:
            raise Unacceptable("Write the least share, for example 90.", field="least_percent")
        rule |= {"awards": "by_session", "least_percent": form.least_percent.data}
    elif before.get("awards") == "by_session":
        rule["awards"] = "by_session"
    for name, field in (("certificate_needs_sessions", form.certificate_needs), ("may_miss_days", form.may_miss)):
        if field.data is not None:
            rule[name] = field.data
    if form.make_up.data:
        rule["make_up"] = "assignment"
    elif "make_up" in before:
        rule["make_up"] = "none"
    if form.rule_sentence.data:
        rule["sentence"] = form.rule_sentence.data
    return dict(attendance_rules.check(rule))


def lines(typed: str | None) -> list[str]:
    """One entry for each line that says something."""
    return [line.strip(" -\u2022\t") for line in (typed or "").splitlines() if line.strip(" -\u2022\t")]


def _known_words(found: dict[str, Any]) -> dict[str, Any]:
    for name, known, sentence in (("mode", MODE_CODES, "Say whether it is in person, online or both."),
                                  ("sign_up", SIGN_UP_CODES, "Say how people get a place."),
                                  ("unpaid_at_start", UNPAID_CODES, "Say what happens at the start when an invoice is open."),
                                  ("format", {"", *words.FORMAT}, "Choose what it is called.")):
        if found[name] not in known:
            raise Unacceptable(sentence, field=name)
    unknown = set(found["hour_regimes"] or ()) - set(regimes.all_regimes())
    if unknown:
        raise Unacceptable("Choose from the list.", field="hour_regimes")
    return found | {"hour_regimes": found["hour_regimes"] or []}


def _programme(form: EventForm) -> dict[str, int | None]:
    if not form.programme.data:
        if form.path.data:
            raise Unacceptable("Name the program the path belongs to.", field="programme")
        return {"programme_id": None, "path_id": None}
    owner = organizations.association()
    programme = parts.programme(form.programme.data, owner.name)
    return {"programme_id": programme.id, "path_id": parts.path(programme.id, form.path.data).id if form.path.data else None}


def _one_of(field: Any, before: int) -> int:
    allowed = {str(option[0]) for option in field.choices}
    if str(field.data) == str(before):
        return before
    if field.data not in allowed:
        raise Unacceptable("Choose from the list.", field=field.name)
    return int(field.data)


def _number(typed: str | None, otherwise: int) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 6 else otherwise
