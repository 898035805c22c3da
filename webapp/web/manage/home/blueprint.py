"""The blueprint of the first page, whose events somebody may manage, and the navigation at its side."""

from typing import Any

from flask import Blueprint
from sqlalchemy import ColumnElement, false, or_, true

from webapp.catalog.models import Event
from webapp.web.viewer import Viewer

pages = Blueprint("manage", __name__)
MANAGERS = ("organizer", "coordinator")
ROLES = (*MANAGERS, "presenter", "reviewer", "finance")


def scope(viewer: Viewer, roles: tuple[str, ...] = MANAGERS) -> ColumnElement[bool]:
    """The events for which she holds one of the roles: all, those named in her grants, or those of her organization."""
    if viewer.everywhere(*roles):
        return true()
    mine = [one for one in viewer.grants if one.role in roles]
    events = [one.event_id for one in mine if one.event_id is not None]
    organizations = [one.organization_id for one in mine if one.organization_id is not None]
    found = [Event.id.in_(events)] if events else []
    found += [Event.organization_id.in_(organizations)] if organizations else []
    return or_(*found) if found else false()


def side(viewer: Viewer, current: str = "/manage") -> list[dict[str, Any]]:
    """Where staff go from here: the season, and the desks their roles open."""
    manages = viewer.has_any(MANAGERS)
    desks = [("Events", "/manage", viewer.has_any((*MANAGERS, "presenter", "finance"))),
             ("Calendars", "/manage/calendars", manages), ("On your site", "/manage/widget", manages),
             ("Discounts", "/manage/codes", viewer.has_any((*MANAGERS, "finance"))),
             ("Funds", "/manage/funds", viewer.has_any((*MANAGERS, "finance"))),
             ("Policies", "/manage/policies", viewer.everywhere("organizer")),
             ("People", "/manage/people", viewer.has_any(("admin",))),
             ("Agencies", "/manage/agencies", viewer.has_any(("admin",))),
             ("Memberships", "/manage/memberships", viewer.has_any(("finance",))), ("Finance", "/manage/finance", viewer.can_finance),
             ("Transcripts", "/manage/transcripts", viewer.has_any(("reviewer",)))]
    return [{"label": label, "href": href, "current": href == current} for label, href, shown in desks if shown]
