"""Numbers without gaps: the counter's row stays locked until the transaction that uses the number ends, or gives it back."""

from webapp.core.db import db, insert_into
from webapp.payments.models import NumberSeries


def next_in(series: str) -> int:
    """The next number of a series, from 1. Take it last in a transaction: everybody else waits for it."""
    statement = insert_into(NumberSeries).values(name=series, next_number=2).on_conflict_do_update(
        index_elements=["name"], set_={"next_number": NumberSeries.next_number + 1})
    return int(db.session.execute(statement.returning(NumberSeries.next_number)).scalar_one()) - 1
