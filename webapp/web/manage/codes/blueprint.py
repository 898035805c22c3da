"""The blueprint of discount codes, and the one somebody may see and change."""

from typing import Any

from flask import Blueprint

from webapp.registration.codes.models import SCOPES
from webapp.registration.queries import codes as queries
from webapp.registration.scopes import Scope
from webapp.web.manage import reach

pages = Blueprint("manage_codes", __name__)
HERE = "/manage/codes"


def mine(code_id: int) -> tuple[Any, Scope]:
    """The code and what it is for; for those it is not hers it does not exist."""
    return reach.one_of_hers(queries.listed(), SCOPES, code_id)
