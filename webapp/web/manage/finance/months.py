"""The months of the books: the open one with what it would be closed with, the closed ones with their frozen files."""

from datetime import date, timedelta

from flask import Response, flash, render_template

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import months as actions
from webapp.payments.queries import months as queries
from webapp.payments.rules import books
from webapp.web import access, downloads
from webapp.web.forms import see
from webapp.web.manage.finance.blueprint import frame, midnight, pages, today, zone


@pages.get("/manage/finance/months")
@access.staff("finance")
def months() -> str:
    """The oldest open month, which may be closed once it is over, and the closed ones."""
    first = queries.oldest_open(zone(), today())
    end = midnight(books.after(first))
    return render_template(
        "manage/finance_months.html", first=first, month=actions.written(first), last=books.after(first) - timedelta(days=1),
        is_over=end <= clock.now(), sums=queries.open_sums(end), closed=queries.closed(), written=actions.written,
        **frame("months"))


@pages.get("/manage/finance/months/<month>.csv")
@access.staff("finance")
def month_csv(month: str) -> Response:
    """A closed month's file, the same byte for byte for ever; of an open one what it would be closed with now."""
    first = _month(month)
    if (content := queries.content(first)) is not None:
        return downloads.kept(content, f"month-{month}.csv")
    return downloads.csv(_open(first))


@pages.get("/manage/finance/months/<month>.xlsx")
@access.staff("finance")
def month_xlsx(month: str) -> Response:
    """An open month's movements as an Excel workbook; a closed month has its one frozen file."""
    first = _month(month)
    if queries.content(first) is not None:
        return see(f"/manage/finance/months/{month}.csv")
    return downloads.excel(_open(first))


@pages.post("/manage/finance/months/<month>/close")
@access.staff("finance")
def close(month: str) -> Response:
    """Closes the month: its file is frozen, later corrections are of the next one."""
    first, by_id = _month(month), access.viewer().person_id
    try:
        with transaction():
            actions.close(first, zone=zone(), by_id=by_id)
        flash(f"{actions.written(first)} is closed.", "done")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see("/manage/finance/months")


def _open(first: date) -> downloads.Table:
    """The oldest open month has what no closed one holds; a later one does not exist yet."""
    if first != queries.oldest_open(zone(), today()):
        raise NotFound("This month is not the open one.", way_out="The movements of any days are under Export.")
    found = queries.open_movements(midnight(books.after(first)))
    return downloads.Table(f"month-{first:%Y-%m}-open", "Movements", books.COLUMNS, books.rows(found, zone()))


def _month(typed: str) -> date:
    try:
        return date.fromisoformat(f"{typed}-01") if len(typed) == 7 else _nothing()
    except ValueError:
        return _nothing()


def _nothing() -> date:
    raise NotFound
