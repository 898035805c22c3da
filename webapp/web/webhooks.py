"""Where Stripe tells what happened: verified, stored, answered; then applied."""

from flask import Blueprint, Response, request

from webapp.core import logs
from webapp.core.db import transaction
from webapp.payments import gateway, inbox
from webapp.web import access
from webapp.web.security import csrf

pages = Blueprint("webhooks", __name__)
log = logs.logger(__name__)


@pages.post("/webhooks/stripe")
@csrf.exempt  # type: ignore[untyped-decorator]  # flask-wtf has no types
@access.machine
def stripe() -> Response:
    """Answers 200 once the event is stored, whatever comes of applying it; 400 to what does not prove that Stripe sent it."""
    payload, signature = request.get_data(), request.headers.get("Stripe-Signature")
    try:
        with transaction():
            event_id = inbox.receive(payload, signature)
    except gateway.BadSignature as doubt:
        log.warning("webhook_refused", why=str(doubt), size=len(payload))
        return Response("not proven to come from Stripe\n", 400, mimetype="text/plain")
    if event_id is not None:
        inbox.work(event_id)
    return Response("ok\n", mimetype="text/plain")
