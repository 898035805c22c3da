"""The blueprint of discount codes, and which of them somebody may see and change."""

from typing import Any

from flask import Blueprint
from sqlalchemy import or_

from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.registration.queries import codes as queries
from webapp.web import access
from webapp.web.manage.home.blueprint import scope

pages = Blueprint("manage_codes", __name__)
ROLES = ("organizer", "coordinator", "finance")


def may(organization_id: int, event_ids: set[int]) -> bool:
    """Whether a code is hers: of her organization, or only for events of hers."""
    viewer = access.viewer()
    return viewer.may(ROLES, organization_id=organization_id) or (bool(event_ids) and all(
        viewer.may(ROLES, event_id=one) for one in event_ids))


def mine(code_id: int) -> tuple[Any, queries.Scope]:
    """The code and what it is for; for those it is not hers it does not exist."""
    row = next((one for one in queries.listed() if one.id == code_id), None)
    found = queries.scopes([code_id])[code_id]
    if row is None or not may(row.organization_id, found.event_ids):
        raise NotFound
    return row, found


def offered(chosen: set[int]) -> list[Any]:
    """Her events that are still ahead, with their types, and those a code is for already."""
    ahead = or_(Event.ends_at.is_(None), Event.ends_at >= clock.now()) & (Event.status != "cancelled")
    return queries.offered(scope(access.viewer(), ROLES) & (ahead | Event.id.in_(chosen)))
