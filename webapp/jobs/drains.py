"""What runs in the background and when: each drain looks into a table, takes what is due, and does it.

A drain may run at any time, any number of times and on several machines: the actions it calls are conditional. It is run every
minute its line names, and at once when `work.waits(<name>)` was said in a transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from webapp.accounts import links, looks
from webapp.attendance import certifying
from webapp.calendars import feeds, keys, standing
from webapp.core import clock, once
from webapp.core.db import transaction
from webapp.jobs import heartbeat, post
from webapp.payments import approvals, balance, dunning, reconcile, refund_courier, unpaid
from webapp.payments.approvals import links as approval_links
from webapp.registration import applications, offers
from webapp.registration.setasides import keeping
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


def _end_approvals(now: datetime) -> None:
    zone = current_app.config["SETTINGS"].association_timezone
    for order_id in approvals.due(now):
        with transaction():
            approvals.end_due(order_id, zone)


def _issue_certificates(_now: datetime) -> None:
    """Certificates that waited for money, once nothing is open any more."""
    today = clock.today(current_app.config["SETTINGS"].association_timezone)
    waiting = certifying.held_back()
    for registration_id in set(waiting) - set(unpaid.open_by_place(waiting, today) if waiting else ()):
        with transaction():
            certifying.let_go(registration_id)


def _remind_of_invoices(now: datetime) -> None:
    """By day of the association; places that are not paid in time go where the event says so."""
    zone = current_app.config["SETTINGS"].association_timezone
    today = clock.today(zone)
    with transaction():
        dunning.remind(today, zone)
    for registration_id in unpaid.to_release(today, now):
        with transaction():
            unpaid.release(registration_id, today, now)


def _settle_waitlists(now: datetime) -> None:
    for event_id in offering.due(now):
        with transaction():
            offering.settle(event_id, now)


def _return_set_asides(now: datetime) -> None:
    for set_aside_id, event_id in keeping.due(now):
        with transaction():
            keeping.return_due(set_aside_id, event_id)


def _derive_prices(now: datetime) -> None:
    with transaction():
        offers.refresh_all_prices(now)


def _catch_up(now: datetime) -> None:
    with transaction():
        standing.catch_up(now)


def _sweep_links(now: datetime) -> None:
    with transaction():
        once.forget(now - timedelta(days=30))
        links.sweep(before=now - timedelta(days=30))
        approval_links.sweep(before=now - timedelta(days=365))


def _sweep_calendars(now: datetime) -> None:
    """Feeds age by themselves (`feed_body.valid_until`); this only keeps what is kept of them, and of looks, small."""
    with transaction():
        feeds.forget_unused(now - timedelta(days=90))
        feeds.forget_ended(now - timedelta(days=120))
        keys.forget_fetches(now - timedelta(days=365))
        looks.forget(now - timedelta(days=730))


def _end_balances(now: datetime) -> None:
    """Days are the association's. In the morning there: who is reminded reads it by day."""
    today = clock.today(current_app.config["SETTINGS"].association_timezone)
    with transaction():
        balance.expire_due(today)
    with transaction():
        balance.warn_due(today, now)


DRAINS: tuple[Drain, ...] = (
    Drain("mail", post.deliver),
    Drain("money", reconcile.settle),
    Drain("refunds", refund_courier.send_due),
    Drain("reconcile", reconcile.sweep, minute="*/10"),
    Drain("invitations", _catch_up, minute="*/10"),
    Drain("offers", _lapse_offers),
    Drain("approvals", _end_approvals),
    Drain("set-asides", _return_set_asides),
    Drain("waitlist", _settle_waitlists),
    Drain("prices", _derive_prices, minute="1"),  # an early price ended: lists must not show it for longer than an hour
    Drain("calendars", _sweep_calendars, minute="27", hour="9"),
    Drain("links", _sweep_links, minute="17", hour="9"),
    Drain("invoices", _remind_of_invoices, minute="37", hour="14-23"),  # more than once: a worker that was down has not missed the day
    Drain("balances", _end_balances, minute="7", hour="14"),
    Drain("certificates", _issue_certificates, minute="*/5"),
    Drain("heartbeat", heartbeat.beat),
)

