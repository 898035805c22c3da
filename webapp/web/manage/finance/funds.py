"""Scholarships and grants as money: what each granted, what became of it, and how its grantor stands."""

from collections.abc import Iterator

from flask import Response, render_template

from webapp.core import sheets
from webapp.core.sheets import Cell
from webapp.payments.queries import funds as queries
from webapp.web import access, downloads
from webapp.web.manage.finance.blueprint import frame, pages, today

COLUMNS = ("Fund", "Money of", "Account", "Budget", "Granted", "Came back", "Seated", "Held", "Left", "Owed", "Paid", "Open", "Overdue")


@pages.get("/manage/finance/funds")
@access.staff("finance")
def funds() -> str:
    """Every fund with its budget and what became of it, and what its grantor owes and has paid."""
    return render_template("manage/finance_funds.html", rows=queries.listing(today()), **frame("funds"))


@pages.get("/manage/finance/funds.<any(csv, xlsx):ending>")
@access.staff("finance")
def funds_file(ending: str) -> Response:
    """The same as a file."""
    make = downloads.csv if ending == "csv" else downloads.excel
    return make(downloads.Table(f"funds-{today()}", "Funds", COLUMNS, _cells()))


def _cells() -> Iterator[list[Cell]]:
    for one in queries.listing(today()):
        own = (one.fund.budget_cents, one.granted_cents, one.back_cents, one.seated_cents, one.held_cents, one.left_cents)
        of = one.grantor
        theirs = (of.owed_cents, of.paid_cents, of.open_cents, of.overdue_now_cents) if of else (None,) * 4
        yield [one.fund.name, one.fund.grantor or "Ours", one.fund.account_code, *(sheets.amount(cents) for cents in (*own, *theirs))]
