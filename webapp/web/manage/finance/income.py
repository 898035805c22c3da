"""Income by the day of the event: what its places brought, whenever they were paid."""

from collections.abc import Callable
from datetime import timedelta

from flask import Response, render_template, request

from webapp.core import sheets
from webapp.core.errors import Unacceptable
from webapp.payments.queries import events
from webapp.web import access, downloads, forms
from webapp.web.manage.finance.blueprint import frame, midnight, pages, today, zone
from webapp.web.manage.finance.export import Between

COLUMNS = ("Day", "Event", "Owed", "Paid", "Open")


@pages.get("/manage/finance/income")
@access.staff("finance")
def income() -> str | Response:
    """The events between two days, this year's at first, with their sums."""
    form = _asked()
    if form.errors:
        return forms.again("manage/finance_income.html", form=form, rows=[], **frame("income"))
    return render_template("manage/finance_income.html", form=form, rows=_rows(form), **frame("income"))


@pages.get("/manage/finance/income.csv")
@access.staff("finance")
def income_csv() -> Response:
    """The same as a file."""
    return _answer(downloads.csv)


@pages.get("/manage/finance/income.xlsx")
@access.staff("finance")
def income_xlsx() -> Response:
    """The same as an Excel workbook."""
    return _answer(downloads.excel)


def _answer(make: Callable[[downloads.Table], Response]) -> Response:
    form = _asked()
    if form.errors:
        return forms.again("manage/finance_income.html", form=form, rows=[], **frame("income"))
    cells = ([one.on, one.title, sheets.amount(one.money.owed_cents), sheets.amount(one.money.paid_cents),
              sheets.amount(one.money.open_cents)] for one in _rows(form))
    return make(downloads.Table(f"income-{form.from_on.data}-to-{form.to_on.data}", "Income by event", COLUMNS, cells))


def _asked() -> Between:
    """The days asked for, checked; without any this year's."""
    if not request.args:
        return Between(formdata=None, from_on=today().replace(month=1, day=1), to_on=today().replace(month=12, day=31))
    form = Between(request.args)
    if form.validate() and form.to_on.data < form.from_on.data:
        form.refuse(Unacceptable("The last day is before the first.", field="to_on"))
    return form


def _rows(form: Between) -> list[events.Income]:
    return events.income(midnight(form.from_on.data), midnight(form.to_on.data + timedelta(days=1)), zone())
