"""Card payments: Stripe lets us in, and tells us of everything we act on."""

from collections.abc import Iterator
from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select

from config import Settings
from webapp.cli.checks.finding import Finding, fault, ok, warning
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.payments import gateway
from webapp.payments.models import ProviderEvent

DASHBOARD = "in Stripe's dashboard (Developers, Webhooks)"
LATELY = timedelta(days=3)


def check() -> Iterator[Finding]:
    """Without a key cards are simply not offered."""
    settings: Settings = current_app.config["SETTINGS"]
    if not gateway.is_set_up():
        yield warning("card payments are off: STRIPE_SECRET_KEY is not set", "Set it to take cards; invoices work without.")
        return
    address = f"{settings.base_url}/webhooks/stripe"
    yield from _secret(settings.stripe_webhook_secret.get_secret_value(), address)
    try:
        found = gateway.endpoints()
    except gateway.KeyRefused as no:
        yield fault(f"Stripe refuses our key: {no.words}",
                    "Copy the secret key again (Developers, API keys) to STRIPE_SECRET_KEY; a restricted key must read webhook endpoints.")
    except Refusal as no:
        yield fault(f"Stripe does not answer us: {no.sentence}",
                    "Look whether this machine may open https connections to Stripe, and at STRIPE_API_BASE.")
    else:
        yield _endpoint(found, address)


def _secret(secret: str, address: str) -> Iterator[Finding]:
    """Stripe shows a signing secret once and compares none: what can be seen is its form, and whether any webhook proved it."""
    if not secret:
        yield fault("STRIPE_WEBHOOK_SECRET is not set: no payment would be noticed",
                    f"Copy the signing secret of the endpoint {address} {DASHBOARD}.")
    elif not secret.startswith("whsec_"):
        yield fault("STRIPE_WEBHOOK_SECRET is no signing secret: those begin with whsec_",
                    f"Copy the signing secret of the endpoint {address} {DASHBOARD}; it is not the API key.")
    elif lost := _only_by_the_sweep():
        yield warning(f"no webhook of Stripe was accepted for {LATELY.days} days, and {lost} events were found by asking",
                      f"Copy the signing secret of the endpoint {address} again, and look at its failed deliveries {DASHBOARD}.")


def _only_by_the_sweep() -> int:
    """How many events only the sweep found lately, when no webhook was accepted; else 0."""
    rows = db.session.execute(select(ProviderEvent.source, func.count()).where(ProviderEvent.received_at > clock.now() - LATELY)
                              .group_by(ProviderEvent.source)).all()
    told = {str(source): int(count) for source, count in rows}
    return 0 if told.get("webhook") else told.get("sweep", 0)


def _endpoint(found: list[gateway.Endpoint], address: str) -> Finding:
    """Whether an enabled endpoint with our address is told of all we act on."""
    there = [one for one in found if one.url == address]
    ours = [one for one in there if one.enabled]
    others = [one.url for one in found if one.enabled and one.url]
    if not ours and there:
        return fault(f"the webhook endpoint {address} is disabled: no payment would be noticed", f"Enable it {DASHBOARD}.")
    if not ours and others:
        return fault(f"Stripe tells {', '.join(others)} of payments, not {address}",
                     f"Change the endpoint's URL to {address} {DASHBOARD}, or BASE_URL if that is wrong.")
    if not ours:
        return fault("Stripe has no webhook endpoint: no payment would be noticed",
                     f"Add the endpoint {address} {DASHBOARD}, and copy its signing secret to STRIPE_WEBHOOK_SECRET.")
    subscribed = {name for one in ours for name in one.types}
    if missing := [] if "*" in subscribed else [name for name in gateway.HANDLED if name not in subscribed]:
        return fault(f"Stripe does not tell us of {', '.join(missing)}", f"Subscribe the endpoint {address} to these events {DASHBOARD}.")
    return ok("Stripe takes our key, and its endpoint tells us of every event we act on")
