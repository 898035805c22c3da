"""Card payments: Stripe lets us in, and tells us of everything we act on."""

from collections.abc import Iterator

from flask import current_app

from config import Settings
from webapp.cli.checks.finding import Finding, fault, ok, warning
from webapp.core.errors import Refusal
from webapp.payments import gateway


def check() -> Iterator[Finding]:
    """Without a key cards are simply not offered."""
    settings: Settings = current_app.config["SETTINGS"]
    if not gateway.is_set_up():
        yield warning("card payments are off: STRIPE_SECRET_KEY is not set", "Set it to take cards; invoices work without.")
        return
    if not settings.stripe_webhook_secret.get_secret_value():
        yield fault("STRIPE_WEBHOOK_SECRET is not set: no payment would be noticed",
                    "Copy the signing secret of the endpoint from Stripe's dashboard.")
    address = f"{settings.base_url}/webhooks/stripe"
    try:
        missing = gateway.missing_types()
    except Refusal as no:
        yield fault(f"Stripe does not answer us: {no.sentence}",
                    "Check STRIPE_SECRET_KEY and that this machine may open https connections.")
        return
    if missing:
        yield fault(f"Stripe does not tell us of {', '.join(missing)}",
                    f"Subscribe the endpoint {address} to these events in Stripe's dashboard.")
    else:
        yield ok("Stripe answers, and its endpoint tells us of every event we act on")
