"""Who may change a code or a fund, and the events and prices they may be for: the same for both."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_

from webapp.catalog import organizations
from webapp.catalog.models import Event
from webapp.core import clock, times
from webapp.core.errors import NotFound, Unacceptable
from webapp.registration import scopes
from webapp.registration.scopes import Scope, Tables
from webapp.web import access
from webapp.web.forms import Option
from webapp.web.manage.finance.blueprint import midnight, zone
from webapp.web.manage.home.blueprint import scope, side

ROLES = ("organizer", "coordinator", "finance")


def frame(here: str) -> dict[str, Any]:
    """What every page of these has; `here`: the address of their list."""
    viewer = access.viewer()
    return {"side": side(viewer, here), "zone": zone(), "finance": viewer.can_finance}


def hers(rows: list[Any], tables: Tables) -> list[tuple[Any, Scope]]:
    """Those she may change, each with what it is for."""
    found = tables.read([one.id for one in rows])
    return [(one, found[one.id]) for one in rows if _may(one.organization_id, found[one.id].within)]


def one_of_hers(rows: list[Any], tables: Tables, one_id: int) -> tuple[Any, Scope]:
    """One of them; for those it is not theirs it does not exist."""
    for found in hers([one for one in rows if one.id == one_id], tables):
        return found
    raise NotFound


def _may(organization_id: int, event_ids: set[int]) -> bool:
    viewer = access.viewer()
    return viewer.may(ROLES, organization_id=organization_id) or (bool(event_ids) and all(
        viewer.may(ROLES, event_id=one) for one in event_ids))


def choose(form: Any, chosen: Scope | None = None) -> Any:
    """Puts her events that are still ahead, with their prices, into the form; and those that were chosen already."""
    rows = _offered(chosen.within if chosen else set())
    form.events.choices = [Option(str(key), words) for key, words in {one.id: _event(one) for one in rows}.items()]
    form.types.choices = [Option(str(one.type_id), f"{one.title}: {one.type}") for one in rows if one.type_id]
    return form


def picked(field: Any) -> tuple[int, ...]:
    """Only what was offered: what somebody may not choose is as if it did not exist."""
    offered: Collection[str] = {one[0] for one in field.choices}
    if set(field.data or []) - set(offered):
        raise Unacceptable("Choose from the list.", field=field.name)
    return tuple(int(one) for one in field.data or [])


def owner(terms: Any) -> int:
    """Whose it is: of the organization whose events were chosen, else of the association. Refuses what is not hers to make."""
    found = {one.organization_id for one in _offered(set()) if one.id in terms.event_ids or one.type_id in terms.type_ids}
    organization_id = found.pop() if len(found) == 1 else organizations.association().id
    refuse_unless_hers(terms, organization_id)
    return organization_id


def refuse_unless_hers(terms: Any, organization_id: int) -> None:
    """Who organizes single events has codes and funds for those, not for the whole organization."""
    if not (terms.event_ids or terms.type_ids) and not access.viewer().may(ROLES, organization_id=organization_id):
        raise Unacceptable("Choose the events or prices it is for.", field="events")


def filled(row: Any, chosen: Scope) -> dict[str, Any]:
    """Its days, events and prices as the form shows them."""
    return {"first_on": times.local(row.valid_from, zone()).date() if row.valid_from else None,
            "last_on": (times.local(row.valid_until, zone()) - timedelta(days=1)).date() if row.valid_until else None,
            "events": [str(one) for one in chosen.event_ids], "types": [str(one) for one in chosen.type_ids]}


def typed(form: Any) -> dict[str, Any]:
    """The days, events and prices that were typed, for the action's terms."""
    return {"valid_from": midnight(form.first_on.data) if form.first_on.data else None,
            "valid_until": midnight(form.last_on.data + timedelta(days=1)) if form.last_on.data else None,
            "event_ids": picked(form.events), "type_ids": picked(form.types)}


def valid_words(row: Any) -> str:
    """`from Mon, May 4, 2026`, `always`: when it is good."""
    first = times.date_words(times.local(row.valid_from, zone()).date()) if row.valid_from else ""
    last = times.until_words(row.valid_until, zone()) if row.valid_until else ""
    if first and last:
        return f"{first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else "always"


def state(row: Any, now: datetime, good: str, *, used_up: bool) -> tuple[str, str]:
    """How it stands, with the tag's kind; `good`: what one is called that may be used."""
    if row.withdrawn_at is not None:
        return "Withdrawn", "plain"
    if row.valid_until is not None and row.valid_until <= now:
        return "Ended", "plain"
    if used_up:
        return "Used up", "warn"
    return ("Not yet", "plain") if row.valid_from is not None and row.valid_from > now else (good, "ok")


def use_state(one: Any) -> tuple[str, str]:
    """How one use of it stands."""
    return ("Given back", "plain") if one.ended_at else ("Held", "warn") if one.state == "held" else ("Used", "ok")


def _offered(chosen: set[int]) -> list[Any]:
    ahead = or_(Event.ends_at.is_(None), Event.ends_at >= clock.now()) & (Event.status != "cancelled")
    return scopes.offered(scope(access.viewer(), ROLES) & (ahead | Event.id.in_(chosen)))


def _event(row: Any) -> str:
    return f"{row.title}, {times.date_words(times.local(row.starts_at, row.zone).date())}" if row.starts_at else row.title
