"""What follows when the bank gives a check or a transfer back, in words and dollars, before finance confirms it."""

from collections.abc import Sequence

from sqlalchemy import select

from webapp.core import money, times
from webapp.core.db import db
from webapp.payments import chains
from webapp.payments.chains import Chain, Fate
from webapp.registration.models import Order

WORDS = {
    "open": "{order} is open again",
    "left": "{order} was paid by a balance that it left, and is open again",
    "unmatched": "Pays nothing now, and leaves the unmatched list",
    "ends": "A balance ends, which could be used until {day}",
    "expired": "Expired on {day}, and is no income any more",
    "unsent": "Waits to be sent back, and is not sent",
    "sent": "Was sent back on {day}, and is owed on {order}",
}


def lines(found: Chain) -> list[tuple[str, str]]:
    """Words and dollars of every part; they add up to what the bank gave back."""
    fates = chains.fates(found)
    refs = _refs(fates)
    return [(_words(one, refs), money.written(one.cents)) for one in fates]


def _words(fate: Fate, refs: dict[int, str]) -> str:
    order = f"order {refs[fate.order_id]}" if fate.order_id else "an order of its payer, which you name below"
    words = WORDS[fate.what].format(order=order, day=times.date_words(fate.on) if fate.on else "a day nobody noted")
    return words[0].upper() + words[1:]


def _refs(fates: Sequence[Fate]) -> dict[int, str]:
    ids = [one.order_id for one in fates if one.order_id is not None]
    return {row.id: row.ref for row in db.session.execute(select(Order.id, Order.ref).where(Order.id.in_(ids)))}
