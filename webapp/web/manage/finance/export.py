"""The books as a file: every movement between two days, for the bookkeeper's program."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

from flask import Response, render_template, request, stream_with_context
from wtforms import DateField
from wtforms.validators import InputRequired

from webapp.core import times
from webapp.core.errors import Unacceptable
from webapp.payments.queries import movements
from webapp.payments.queries.movements import Movement
from webapp.web import access, forms
from webapp.web.forms import Form
from webapp.web.manage.finance.blueprint import frame, midnight, pages, today, zone

COLUMNS = (
    "Day",
    "Moment (UTC)",
    "Kind",
    "Order",
    "Payer",
    "Event",
    "Account",
    "Text",
    "Method",
    "Number",
    "Owed",
    "Received",
    "Currency",
)


class Between(Form):
    """The days of an export, both included."""

    class Meta:
        """A GET form."""

        csrf = False  # reads only

    from_on = DateField("From", [InputRequired("Write the day as 2026-12-04.")])
    to_on = DateField("To, this day included", [InputRequired("Write the day as 2026-12-04.")])


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
    form = Between(request.args)
    if form.validate() and form.to_on.data < form.from_on.data:
        form.refuse(Unacceptable("The last day is before the first.", field="to_on"))
    if form.errors:
        answer = forms.again("manage/finance_export.html", form=form, **frame("export"))
        answer.headers["Content-Type"] = "text/html; charset=utf-8"
        return answer
    start, end = midnight(form.from_on.data), midnight(form.to_on.data + timedelta(days=1))
    name = f"movements-{form.from_on.data}-to-{form.to_on.data}.csv"
    return Response(
        stream_with_context(_lines(movements.between(start, end), zone())),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins with = + - @ (or a tab) gets an apostrophe in front."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _lines(found: Iterator[Movement], zone_name: str) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    for one in found:
        writer.writerow(
            [
                times.local(one.at, zone_name).date().isoformat(),
                one.at.isoformat(),
                one.kind,
                one.order_ref or "",
                safe(one.payer or ""),
                safe(one.event or ""),
                safe(one.account_code or ""),
                safe(one.text or ""),
                one.method,
                safe(one.number or ""),
                _amount(one.owed_cents),
                _amount(one.received_cents),
                one.currency,
            ]
        )
        if buffer.tell() > 32_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _amount(cents: int | None) -> str:
    if cents is None:
        return ""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{part:02d}"
