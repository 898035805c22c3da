"""The blueprint of funds, and the one somebody may see and change."""

from typing import Any

from flask import Blueprint

from webapp.registration.funds.models import SCOPES
from webapp.registration.queries import funds as queries
from webapp.registration.scopes import Scope
from webapp.web.manage import reach

pages = Blueprint("manage_funds", __name__)
HERE = "/manage/funds"


def mine(fund_id: int) -> tuple[Any, Scope]:
    """The fund and what it is for; for those it is not theirs it does not exist."""
    return reach.one_of_hers(queries.listed(), SCOPES, fund_id)


def frame() -> dict[str, Any]:
    """What every page of funds has."""
    return reach.frame(HERE)
