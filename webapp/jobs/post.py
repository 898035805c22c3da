"""The courier of the outbox with this installation's settings."""

from collections import Counter
from datetime import datetime

from flask import current_app

from config import ROOT, Settings
from webapp.core import logs
from webapp.jobs import rendering
from webapp.notifications import courier, mailers
from webapp.notifications.mailers import Mailer
from webapp.notifications.receipts import Receipts

log = logs.logger(__name__)


def mailer(settings: Settings) -> Mailer | None:
    """The way out that MAIL_URL names; None when there is none."""
    return mailers.from_url(settings.mail_url.get_secret_value(), data_dir=settings.data_dir, root=ROOT, own_name=settings.domain)


def deliver(now: datetime) -> Counter[str]:
    """Sends what is due. Without MAIL_URL everything waits, and the log says so."""
    settings: Settings = current_app.config["SETTINGS"]
    way_out = mailer(settings)
    if way_out is None:
        log.error("mail_url_missing", way_out="Set MAIL_URL; what was written meanwhile is sent then.")
        return Counter()
    office = courier.Office(settings.mail_from, settings.domain, Receipts(settings.data_dir / "outbox"))
    outcome = courier.deliver(now, rendering.render, way_out, office)
    if outcome:
        log.info("mail_delivered", **outcome)
    return outcome
