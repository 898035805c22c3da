"""Numbers without gaps: the counter's row stays locked until the transaction that uses the number ends, or gives it back."""

from sqlalchemy import update

from webapp.core.db import db, insert_new
from webapp.payments.models import NumberSeries


def next_in(series: str) -> int:
    """The next number of a series, from 1. Take it last in a transaction: everybody else waits for it."""
    insert_new(NumberSeries, on=("name",), values={"name": series, "next_number": 1})
    statement = (update(NumberSeries).where(NumberSeries.name == series).values(next_number=NumberSeries.next_number + 1)
                 .returning(NumberSeries.next_number))
    return db.session.execute(statement).scalar_one() - 1
