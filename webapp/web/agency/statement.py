"""/agency/<id>/statement: what the agency owes and has paid, for its supervisor."""

from flask import Blueprint, Response, render_template

from webapp.accounts import agencies
from webapp.accounts.models import Agency
from webapp.core.errors import NotFound
from webapp.payments import payers
from webapp.web import access, statements

pages = Blueprint("agency_statement", __name__)


@pages.get("/agency/<int:agency_id>/statement")
@access.staff("supervisor")
def statement(agency_id: int) -> str:
    """The agency's statement between two days. Another agency is not found"""
    agency = _agency(agency_id)
    at = f"/agency/{agency_id}/statement"
    return render_template("agency/statement.html", agency=agency, **statements.page(payers.of_agency(agency_id), at))


@pages.get("/agency/<int:agency_id>/statement/statement.<any(pdf, csv):ending>")
@access.staff("supervisor")
def statement_file(agency_id: int, ending: str) -> Response:
    """The same as a file"""
    agency = _agency(agency_id)
    return statements.answer(ending)(payers.of_agency(agency_id), agency.name)


def _agency(agency_id: int) -> Agency:
    if not access.viewer().may(("supervisor",), agency_id=agency_id):
        raise NotFound
    return agencies.get(agency_id)
