"""The inbox: what Stripe tells is stored once under its id, then applied once, and can be applied again by hand.

`receive` and `apply` write in the caller's transaction. `work` is the courier of one event: it applies it in a transaction
of its own and, when that fails, notes the failure in another, so that the sweep tries again; `hear` keeps and works.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from webapp.core import clock, logs
from webapp.core.db import db, insert_new, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import effects, gateway
from webapp.payments.models import ProviderEvent

log = logs.logger(__name__)
MOST_ATTEMPTS = 12
STALE = timedelta(minutes=2)  # an event applied by nobody for so long is the sweep's


def receive(payload: bytes, signature: str | None) -> int | None:
    """Stores a webhook whose signature, age and form are proven; its id, or None when it is applied already.

    Raises gateway.BadSignature. Stripe sends again what it had no answer for, so a known one that still waits is given back.
    """
    return _to_apply(gateway.verified(payload, signature), "webhook")


def keep(event: dict[str, Any], source: str) -> int | None:
    """Stores an event under its id; None when it was known. `source`: webhook, return (the buyer came back), sweep."""
    row = insert_new(
        ProviderEvent,
        on=("provider_id",),
        values={
            "provider_id": str(event["id"])[:100],
            "type": str(event["type"])[:80],
            "payload": event,
            "source": source,
            "received_at": clock.now(),
        },
    )
    return row.id if row else None


def keep_session(session: gateway.SessionAtStripe, source: str) -> int | None:
    """Stores what Stripe answered about a payment page, as the event that should have told it; its id, None when it is applied already."""
    kind = {"complete": "checkout.session.completed", "expired": "checkout.session.expired"}[session.status]
    name = f"{source}:{session.id}:{session.payment_status}:{session.status}"
    return _to_apply(
        {"id": name, "type": kind, "livemode": session.body.get("livemode", False), "data": {"object": session.body}}, source
    )


def _to_apply(event: dict[str, Any], source: str) -> int | None:
    """Stores an event; its id, also of one that was stored and not applied (a crash in between). None when it is applied."""
    return keep(event, source) or db.session.scalar(
        select(ProviderEvent.id).where(ProviderEvent.provider_id == str(event["id"])[:100], ProviderEvent.applied_at.is_(None))
    )


def hear(session: gateway.SessionAtStripe, source: str) -> None:
    """A courier: stores and applies what Stripe answered about a page that is not open any more. Applied before, it does nothing."""
    with transaction():
        event_id = keep_session(session, source)
    if event_id is not None:
        work(event_id)


def apply(provider_event_id: int, *, again: bool = False) -> ProviderEvent:
    """Applies a stored event in the caller's transaction and notes what it came to; once, unless asked `again` by hand.

    Every effect looks at the state it finds, so applying twice moves no money twice.
    """
    event = db.session.scalar(
        select(ProviderEvent)
        .where(ProviderEvent.id == provider_event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if event is None:
        raise NotFound
    if event.applied_at is not None and not again:
        return event
    found = effects.of(event.payload)
    if not (again and found.outcome == "ignored" and event.outcome in ("applied", "for_finance")):
        event.outcome, event.note = found.outcome, found.note[:500]
    event.applied_at, event.attempts = clock.now(), event.attempts + 1
    return event


def work(provider_event_id: int, *, again: bool = False) -> str:
    """Applies an event in a transaction of its own; answers its outcome. A failure is noted, logged, and tried again later."""
    try:
        with transaction():
            return apply(provider_event_id, again=again).outcome
    except NotFound:
        raise
    except Exception as error:
        log.error("event_failed", provider_event=provider_event_id, exc_info=error)
        words = error.sentence if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"
        with transaction():
            db.session.execute(
                update(ProviderEvent)
                .where(ProviderEvent.id == provider_event_id)
                .values(outcome="failed", note=words.replace("\x00", "")[:500], attempts=ProviderEvent.attempts + 1)
            )
        return "failed"


def waiting(now: datetime) -> list[int]:
    """Ids of events nobody has applied: left behind by a crash, or failed and to be tried again; the oldest first."""
    statement = select(ProviderEvent.id).where(
        or_(ProviderEvent.outcome == "waiting", (ProviderEvent.outcome == "failed") & (ProviderEvent.attempts < MOST_ATTEMPTS)),
        or_(ProviderEvent.source != "webhook", ProviderEvent.received_at <= now - STALE, ProviderEvent.outcome == "failed"),
    )
    return list(db.session.scalars(statement.order_by(ProviderEvent.received_at, ProviderEvent.id).limit(500)))
