"""Help with the price, asked for with a place: kept until staff decide (`deciding`)."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, insert, select

from webapp.core import text
from webapp.core.db import db
from webapp.registration.funds.models import FundRequest
from webapp.registration.models import Order, Registration


@cache
def asked_column() -> ColumnElement[bool]:
    """`asks_help`: whether a request of one of the order's places waits for its answer; beside an order's columns, no statement more."""
    waiting = (select(FundRequest.id).join(Registration, Registration.id == FundRequest.registration_id)
               .where(Registration.order_id == Order.id, FundRequest.state == "asked"))
    return waiting.correlate(Order).exists().label("asks_help")


def ask(wishes: Sequence[tuple[int, str]], at: datetime) -> None:
    """Writes down who asks, by registration, and her words (they may be empty)."""
    db.session.execute(insert(FundRequest), [
        {"registration_id": registration_id, "words": text.clean(words, field="fund_words", limit=1000, lines=True), "created_at": at}
        for registration_id, words in wishes])
