"""The blueprint of cancellation policies, and who may see them: admins and organizers of all events."""

from typing import Any

from flask import Blueprint

from webapp.core.errors import NotFound
from webapp.web import access
from webapp.web.manage.home.blueprint import side

pages = Blueprint("manage_policies", __name__)
HERE = "/manage/policies"
ROLES = ("organizer",)


def frame() -> dict[str, Any]:
    """What every page of policies has; for who organizes only some events the pages do not exist."""
    viewer = access.viewer()
    if not viewer.everywhere(*ROLES):
        raise NotFound
    return {"side": side(viewer, HERE)}
