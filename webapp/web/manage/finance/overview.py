"""Finance's first page."""

from flask import render_template

from webapp.core import money
from webapp.payments.queries import overview
from webapp.payments.queries.overview import Overview
from webapp.web import access, charts
from webapp.web.charts import BarChart
from webapp.web.manage.finance.bank import disputed
from webapp.web.manage.finance.blueprint import frame, midnight, pages, today


@pages.get("/manage/finance")
@access.staff("finance")
def home() -> str:
    """Six figures; each opens into its list."""
    figures = overview.figures(today(), midnight(today().replace(day=1)))
    return render_template("manage/finance.html", figures=figures, today=today(), chart=_chart(figures),
                           disputed=disputed(figures) if figures.disputes.count else "", **frame("overview", figures))


def _chart(figures: Overview) -> BarChart:
    """Owed and paid beside each other; what is nothing is left out."""
    stands = [("Received this month", figures.received.cents), ("Not yet due", figures.owed.cents - figures.overdue.cents),
              ("Overdue", figures.overdue.cents), ("A bank is confirming", figures.processing.cents),
              ("Unmatched", figures.unmatched.cents),
              ("Refunds on their way", figures.refunds.cents)]
    return charts.bars("In US dollars", [(label, cents, money.written(cents)) for label, cents in stands if cents])
