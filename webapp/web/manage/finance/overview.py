"""Finance's first page."""

from flask import render_template

from webapp.payments.queries import overview
from webapp.web import access
from webapp.web.manage.finance.blueprint import frame, midnight, pages, today


@pages.get("/manage/finance")
@access.staff("finance")
def home() -> str:
    """Six figures; each opens into its list."""
    figures = overview.figures(today(), midnight(today().replace(day=1)))
    return render_template("manage/finance.html", figures=figures, today=today(), **frame("overview", figures))
