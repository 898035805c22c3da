"""Numbers without gaps: the counter's row stays locked until the transaction that uses the number ends, or gives it back."""

from functools import cache
from typing import Any

from sqlalchemy import select

from webapp.core.db import db, insert_into, run
from webapp.payments.models import NumberSeries


def next_in(series: str) -> int:
    """The next number of a series, from 1. Take it last in a transaction: everybody else waits for it.

    Who takes a credit note's has the invoices' counter first, so that it does not matter in which order an act takes both.
    """
    if series == "credit_note":
        db.session.execute(select(NumberSeries.next_number).where(NumberSeries.name == "invoice").with_for_update()).all()
    return int(run(_counted(db.session.get_bind().dialect.name), {"name": series, "next_number": 2}).scalar_one()) - 1


@cache  # built once: every invoice asks it
def _counted(_dialect: str) -> Any:
    return insert_into(NumberSeries).on_conflict_do_update(
        index_elements=["name"], set_={"next_number": NumberSeries.next_number + 1}).returning(NumberSeries.next_number)
