"""What each payer owes, and her statement."""

from flask import Response, render_template, request

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.text import searchable
from webapp.payments import payers as identity
from webapp.payments.queries import payers as queries
from webapp.registration.models import Payer
from webapp.web import access, statements
from webapp.web.manage.finance.blueprint import frame, page_offset, pages, today


@pages.get("/manage/finance/payers")
@access.staff("finance")
def payers() -> str:
    """Payers with what they owe, have paid and is overdue; the most open first."""
    q = request.args.get("q", "")[:100]
    q = "".join(c for c in q if c.isprintable()).strip() if searchable(q) else ""
    page, offset = page_offset(queries.PAGE)
    return render_template("manage/finance_payers.html", rows=queries.listing(q, today(), offset), q=q, page=page, **frame("payers"))


@pages.get("/manage/finance/payers/<int:payer_id>")
@access.staff("finance")
def payer_statement(payer_id: int) -> str:
    """The payer's statement between two days, this year's at first."""
    payer = _payer(payer_id)
    at = f"/manage/finance/payers/{payer_id}"
    return render_template("manage/finance_statement.html", payer=payer, **(frame("payers") | statements.page(identity.same(payer_id), at)))


@pages.get("/manage/finance/payers/<int:payer_id>/statement.<any(pdf, csv):ending>")
@access.staff("finance")
def payer_file(payer_id: int, ending: str) -> Response:
    """The same as a file."""
    payer = _payer(payer_id)
    return statements.answer(ending)(identity.same(payer_id), payer.name)


def _payer(payer_id: int) -> Payer:
    found = db.session.get(Payer, payer_id)
    if found is None:
        raise NotFound
    return found
