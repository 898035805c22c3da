"""The blueprint that the modules of this folder put their routes on, and their navigation at the side."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, flash, url_for

from webapp.core.errors import Refusal
from webapp.web import access

pages = Blueprint("manage_staff", __name__)

_ADMIN = (("People", "manage_staff.people_list"), ("Roles", "manage_staff.roles_list"), ("Agencies", "manage_staff.agencies_list"))
_MEMBERS = (("Memberships", "manage_staff.memberships_list"), ("Claims", "manage_staff.claims_list"),
            ("What it costs", "manage_staff.plans_list"))


def side(endpoint: str) -> list[dict[str, Any]]:
    """The navigation at the side, with this list current. Finance keeps memberships only."""
    shown = (*_ADMIN, *_MEMBERS) if access.viewer().has_any(("admin",)) else _MEMBERS
    return [{"label": label, "href": url_for(name), "current": name == endpoint} for label, name in shown]


@contextmanager
def told(done: str) -> Iterator[None]:
    """For buttons that come back to their page: says `done`, or why a rule refused. What does not exist stays a 404."""
    try:
        yield
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
    else:
        flash(done, "done")
