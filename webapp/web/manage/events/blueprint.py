"""The blueprint of an event's pages, who may use them, and who may make new events."""

from typing import Any

from flask import Blueprint, current_app
from sqlalchemy import select

from webapp.catalog.models import Event, Organization
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.web import access
from webapp.web.viewer import Viewer

pages = Blueprint("manage_events", __name__)
ROLES = ("organizer", "coordinator")


def the_event(slug: str) -> Event:
    """The event, for those who organize it."""
    return access.event_of(slug, *ROLES)


def organizations(viewer: Viewer) -> list[Any]:
    """The organizations she may make events for: all, or those she coordinates. Rows of id and name."""
    statement = select(Organization.id, Organization.name).order_by(Organization.kind, Organization.name)
    if not viewer.everywhere(*ROLES):
        statement = statement.where(Organization.id.in_(
            [one.organization_id for one in viewer.grants if one.role in ROLES and one.organization_id is not None]))
    return list(db.session.execute(statement).all())


def refuse_unless_creator(viewer: Viewer, organization_id: int) -> None:
    """Who organizes only events named one by one makes none; for her the page does not exist."""
    if not viewer.may(ROLES, organization_id=organization_id):
        raise NotFound


def association_zone() -> str:
    """The association's zone: where new events begin, and whose day decides what is due."""
    return str(current_app.config["SETTINGS"].association_timezone)
