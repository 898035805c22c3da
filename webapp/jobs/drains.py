"""What runs in the background and when: each drain looks into a table, takes what is due, and does it.

A drain may run at any time, any number of times and on several machines: the actions it calls are conditional. It is run every
minute its line names, and at once when `work.waits(<name>)` was said in a transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.accounts import links
from webapp.calendars import feeds, keys, standing
from webapp.core.db import transaction
from webapp.jobs import heartbeat, post
from webapp.payments import reconcile, refund_courier
from webapp.registration import applications, offers
from webapp.registration.waitlist import offering


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


def _settle_waitlists(now: datetime) -> None:
    for event_id in offering.due(now):
        with transaction():
            offering.settle(event_id, now)


def _derive_prices(now: datetime) -> None:
    with transaction():
        offers.refresh_all_prices(now)


def _catch_up(now: datetime) -> None:
    with transaction():
        standing.catch_up(now)


def _sweep_links(now: datetime) -> None:
    with transaction():
        links.sweep(before=now - timedelta(days=30))


def _sweep_calendars(now: datetime) -> None:
    """Feeds age by themselves (`feed_body.valid_until`); this only keeps what is kept of them small."""
    with transaction():
        feeds.forget_unused(now - timedelta(days=90))
        feeds.forget_ended(now - timedelta(days=120))
        keys.forget_fetches(now - timedelta(days=365))


DRAINS: tuple[Drain, ...] = (
    Drain("mail", post.deliver),
    Drain("money", reconcile.settle),
    Drain("refunds", refund_courier.send_due),
    Drain("reconcile", reconcile.sweep, minute="*/10"),
    Drain("invitations", _catch_up, minute="*/10"),
    Drain("offers", _lapse_offers),
    Drain("waitlist", _settle_waitlists),
    Drain("prices", _derive_prices, minute="1"),  # an early price ended: lists must not show it for longer than an hour
    Drain("calendars", _sweep_calendars, minute="27", hour="9"),
    Drain("links", _sweep_links, minute="17", hour="9"),
    Drain("heartbeat", heartbeat.beat),
)

