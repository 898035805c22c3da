"""A payer's statement for whoever may see it: asked for two days, as a page, PDF or CSV. Used by finance's desk and by agencies."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request

from webapp.core import clock, sheets, text, times
from webapp.core.db import snapshot
from webapp.core.errors import Unacceptable
from webapp.core.money import written
from webapp.payments import statement_pdf
from webapp.payments.queries import statements
from webapp.payments.rules import books
from webapp.web import downloads
from webapp.web.forms import Day, Form
from webapp.web.public.invoices import remit_to

COLUMNS = ("Day", "What", "Order", "Text", "Owed", "Paid", "Open")


class Period(Form):
    """The days of a statement, both included; a GET form."""

    class Meta:
        """It reads only."""

        csrf = False

    from_on = Day("From")
    to_on = Day("To, this day included")


def page(payer_ids: Collection[int], base: str) -> dict[str, Any]:
    """What the page shows; days that make no sense bring the form back with this year's statement."""
    form, shown = _asked()
    found = _statement(payer_ids, shown)
    days = f"?from_on={shown.from_on.data}&to_on={shown.to_on.data}"
    period = f"{times.date_words(shown.from_on.data)} to {times.date_words(shown.to_on.data)}"
    return {"form": form, "shown": _words(found) | {"period": period}, "base": base, "days": days}


def _words(found: statements.Statement) -> dict[str, Any]:
    """The statement as the page prints it; money that is with us lowers what is open."""
    ages = [(label, name, getattr(found.ages, name)) for label, name in statement_pdf.AGES]
    return {
        "totals": [("Open before", written(found.opening_cents)), ("Owed in these days", written(found.owed_cents)),
                   ("Paid in these days", written(found.paid_cents))],
        "closing": written(found.closing_cents),
        "lines": [_line(one) for one in found.lines],
        "ages": [("Paid and not needed yet", written(-cents)) if name == "with_us_cents" else (label, written(cents))
                 for label, name, cents in ages if cents],
    }


def _line(one: statements.Line) -> dict[str, Any]:
    """A line in words; what money was for, by the invoices; of several orders each with its part."""
    is_bill, several = bool(one.owed_cents), len(one.parts) > 1
    about = (one.text,) if is_bill or several else (one.parts[0].papers, one.text)
    return {"what": one.what, "order": one.order_ref, "note": " · ".join(part for part in about if part),
            "parts": [(part.papers or part.order_ref, part.order_ref, written(part.cents)) for part in one.parts] if several else [],
            "day": times.date_words(times.local(one.at, _zone()).date()), "owed": written(one.owed_cents) if one.owed_cents else "",
            "paid": written(one.paid_cents) if one.paid_cents else "", "open": written(one.open_cents)}


def pdf(payer_ids: Collection[int], payer: str) -> Response:
    """The same on paper."""
    _, shown = _asked()
    found = _statement(payer_ids, shown)
    body = statement_pdf.make(found, payer=payer, first=shown.from_on.data, last=shown.to_on.data, zone=_zone(),
                              site=current_app.config["SETTINGS"].association_name, remit=remit_to())
    name = f"statement-{text.slug(payer)}-{shown.to_on.data}.pdf"
    return Response(body, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"',
                                                               "Cache-Control": "private, no-store"})


def csv(payer_ids: Collection[int], payer: str) -> Response:
    """The same for a spreadsheet, each order of a line a row, with the opening and the closing line."""
    _, shown = _asked()
    found, zone = _statement(payer_ids, shown), _zone()
    cells: list[list[Any]] = [[shown.from_on.data, "Open before", "", "", "", "", sheets.amount(found.opening_cents)]]
    cells += [[times.local(one.at, zone).date(), one.what, part.order_ref, part.text, sheets.amount(part.owed_cents),
               sheets.amount(part.paid_cents), sheets.amount(one.open_cents) if part is one.parts[-1] else ""]
              for one in found.lines for part in one.parts]
    cells.append([shown.to_on.data, "Open at the end", "", "", sheets.amount(found.owed_cents), sheets.amount(found.paid_cents),
                  sheets.amount(found.closing_cents)])
    return downloads.csv(downloads.Table(f"statement-{text.slug(payer)}-{shown.to_on.data}", "Statement", COLUMNS, cells))


def answer(name: str) -> Callable[[Collection[int], str], Response]:
    """The maker of a file by its ending."""
    return {"pdf": pdf, "csv": csv}[name]


def _asked() -> tuple[Period, Period]:
    """The form as it was typed, and one whose days hold: this year's where they do not."""
    today = clock.today(_zone())
    usual = Period(formdata=None, from_on=today.replace(month=1, day=1), to_on=today)
    if not request.args.get("from_on") and not request.args.get("to_on"):
        return usual, usual
    form = Period(request.args)
    form.validate()
    for field in (form.from_on, form.to_on):
        if field.data is None and not field.errors:
            field.errors = ["Write the day as 2026-12-04."]
    if not form.from_on.errors and not form.to_on.errors and form.to_on.data < form.from_on.data:
        form.refuse(Unacceptable("The last day is before the first.", field="to_on"))
    return form, usual if any(field.errors for field in (form.from_on, form.to_on)) else form


def _statement(payer_ids: Collection[int], shown: Period) -> statements.Statement:
    """Its lines and its sums are of one moment."""
    start, end = books.midnight(shown.from_on.data, _zone()), books.midnight(shown.to_on.data + timedelta(days=1), _zone())
    with snapshot():
        return statements.of(payer_ids, start, end, shown.to_on.data)


def _zone() -> str:
    return str(current_app.config["SETTINGS"].association_timezone)
