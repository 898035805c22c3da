"""The blueprint of funds, and which of them somebody may see and change."""

from typing import Any

from flask import Blueprint

from webapp.core.errors import NotFound
from webapp.registration.queries import funds as queries
from webapp.registration.queries.codes import Scope
from webapp.web import access
from webapp.web.manage.codes.blueprint import ROLES, may, offered
from webapp.web.manage.finance.blueprint import zone
from webapp.web.manage.home.blueprint import side

pages = Blueprint("manage_funds", __name__)
HERE = "/manage/funds"

__all__ = ["HERE", "ROLES", "frame", "may", "mine", "offered", "pages"]


def mine(fund_id: int) -> tuple[Any, Scope]:
    """The fund and what it is for; for those it is not theirs it does not exist."""
    row = next((one for one in queries.listed() if one.id == fund_id), None)
    found = queries.scopes([fund_id])[fund_id]
    if row is None or not may(row.organization_id, found.event_ids):
        raise NotFound
    return row, found


def frame() -> dict[str, Any]:
    """What every page of funds has."""
    viewer = access.viewer()
    return {"side": side(viewer, HERE), "zone": zone(), "finance": viewer.can_finance}
