"""The books as a file: every movement between two days, for the bookkeeper's program."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Response, render_template, request
from wtforms.validators import InputRequired

from webapp.core.errors import Unacceptable
from webapp.payments.queries import movements
from webapp.payments.rules import books
from webapp.web import access, downloads, forms
from webapp.web.forms import Day, Form
from webapp.web.manage.finance.blueprint import frame, midnight, pages, today, zone


class Between(Form):
    """The days of an export, both included."""

    class Meta:
        """A GET form."""

        csrf = False  # reads only

    from_on = Day("From", [InputRequired("Write the day as 2026-12-04.")])
    to_on = Day("To, this day included", [InputRequired("Write the day as 2026-12-04.")])


@pages.get("/manage/finance/export")
@access.staff("finance")
def export() -> str:
    """Asks for the days; this year at first."""
    form = Between(formdata=None, from_on=today().replace(month=1, day=1), to_on=today())
    return render_template("manage/finance_export.html", form=form, **frame("export"))


@pages.get("/manage/finance/movements.csv")
@access.staff("finance")
def movements_csv() -> Response:
    """The file. Days that make no sense bring the form back."""
    return _answer(downloads.csv)


@pages.get("/manage/finance/movements.xlsx")
@access.staff("finance")
def movements_xlsx() -> Response:
    """The same as an Excel workbook."""
    return _answer(downloads.excel)


def _answer(make: Callable[[downloads.Table], Response]) -> Response:
    form = Between(request.args)
    if form.validate() and form.to_on.data < form.from_on.data:
        form.refuse(Unacceptable("The last day is before the first.", field="to_on"))
    if form.errors:
        return forms.again("manage/finance_export.html", form=form, **frame("export"))
    return make(_table(form.from_on.data, form.to_on.data))


def _table(first: date, last: date) -> downloads.Table:
    found = movements.between(midnight(first), midnight(last + timedelta(days=1)))
    return downloads.Table(f"movements-{first}-to-{last}", "Movements", books.COLUMNS, books.rows(found, zone()))
