"""What runs in the background and when: each drain looks into a table, takes what is due, and does it.

A drain may run at any time, any number of times and on several machines: the actions it calls are conditional. It is run every
minute its line names, and at once when `work.waits(<name>)` was said in a transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.accounts import links
from webapp.core.db import transaction
from webapp.jobs import heartbeat, post
from webapp.payments import reconcile, refund_courier
from webapp.registration import applications, offers


@dataclass(frozen=True)
class Drain:
    """One kind of work; `minute` and `hour` as in a crontab, of UTC."""

    name: str
    run: Callable[[datetime], object]
    minute: str = "*"
    hour: str = "*"


def _lapse_offers(now: datetime) -> None:
    with transaction():
        applications.lapse_due(now)


def _derive_prices(now: datetime) -> None:
    with transaction():
        offers.refresh_all_prices(now)


def _sweep_links(now: datetime) -> None:
    with transaction():
        links.sweep(before=now - timedelta(days=30))


DRAINS: tuple[Drain, ...] = (
    Drain("mail", post.deliver),
    Drain("money", reconcile.settle),
    Drain("refunds", refund_courier.send_due),
    Drain("reconcile", reconcile.sweep, minute="*/10"),
    Drain("offers", _lapse_offers),
    Drain("prices", _derive_prices, minute="1"),  # an early price ended: lists must not show it for longer than an hour
    Drain("links", _sweep_links, minute="17", hour="9"),
    Drain("heartbeat", heartbeat.beat),
)

