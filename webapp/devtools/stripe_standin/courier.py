"""The courier: a thread that posts waiting webhooks, signed by the library, until they are accepted.

It also does what happens at Stripe by the passing of time: sessions expire, bank debits and refunds settle.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import groupby
from urllib.parse import urlsplit

from stripe import WebhookSignature

from webapp.devtools.stripe_standin import events, payments, refunds, sessions
from webapp.devtools.stripe_standin.store import Body, Store, Transaction

FIRST_WAIT, LONGEST_WAIT, TIMEOUT, TICK = 0.5, 60.0, 20.0, 1.0
# What can be posted: waiting, for an endpoint that is switched on.
OPEN = """deliveries d JOIN objects e ON e.id = d.endpoint
  WHERE d.state = 'waiting' AND json_extract(e.body, '$.status') = 'enabled'"""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parcel:
    """One signed event on its way."""

    delivery: int
    event: str
    url: str
    payload: str
    signature: str


def pack(tx: Transaction, delivery: int, event: Body, endpoint_id: str) -> Parcel:
    """Return the event as it is posted to an endpoint, signed now with the endpoint's secret."""
    endpoint = tx.get(endpoint_id, "webhook_endpoint")
    payload = json.dumps(events.shown(tx, event), indent=2)
    secret = tx.private(endpoint_id)["secret"]
    signature = WebhookSignature.generate_signature_header(payload, secret, tx.now())
    return Parcel(delivery, event["id"], endpoint["url"], payload, signature)


def post(parcel: Parcel) -> tuple[int | None, str | None]:
    """Post it; return the status answered, or nothing and the trouble. Redirects are not followed."""
    address = urlsplit(parcel.url)
    make = HTTPSConnection if address.scheme == "https" else HTTPConnection
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": parcel.signature,
        "User-Agent": "Stripe/1.0 (local stand-in)",
        "Accept": "*/*",
    }
    try:
        connection = make(address.hostname or "", address.port, timeout=TIMEOUT)
        try:
            connection.request(
                "POST",
                address._replace(scheme="", netloc="").geturl() or "/",
                parcel.payload.encode(),
                headers,
            )
            return connection.getresponse().status, None
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as trouble:
        return None, f"{type(trouble).__name__}: {trouble}"


class Courier(threading.Thread):
    """Delivers in the order things fell due, one event at a time; its copies leave at the same instant."""

    def __init__(self, store: Store, settle_after: float | None) -> None:
        super().__init__(name="courier", daemon=True)
        self.store, self.settle_after = store, settle_after
        self.pool = ThreadPoolExecutor(max_workers=4)

    def run(self) -> None:
        """Delivers until the process ends: at each ring of the store's bell, and as the stand-in's time passes."""
        passed = 0.0
        while True:
            self.store.wake.wait(self._wait())
            self.store.wake.clear()
            try:
                if time.monotonic() - passed > TICK:
                    passed = time.monotonic()
                    self._pass_time()
                self._deliver()
            except Exception:
                log.exception("The courier stumbled and goes on")
                time.sleep(TICK)

    def _wait(self) -> float:
        with self.store.transaction(write=False) as tx:
            found = tx.rows(f"SELECT min(d.due_at) AS due FROM {OPEN}")
        return TICK if found[0]["due"] is None else max(0.0, min(TICK, found[0]["due"] - time.time()))

    def _pass_time(self) -> None:
        with self.store.transaction(write=False) as tx:
            due = tx.objects(
                "checkout.session",
                "json_extract(body, '$.status') = 'open' AND json_extract(body, '$.expires_at') <= ?",
                tx.now(),
            )
        if not due and self.settle_after is None:
            return
        with self.store.transaction() as tx:
            sessions.expire_due(tx, tx.now())
            if self.settle_after is not None:
                settle_older(tx, tx.now() - self.settle_after)

    def _deliver(self) -> None:
        for _, copies in groupby(self._due(), key=lambda parcel: (parcel.event, parcel.url)):
            parcels = list(copies)
            for parcel, (status, trouble) in zip(parcels, self.pool.map(post, parcels), strict=True):
                self._note(parcel, status, trouble)

    def _due(self) -> list[Parcel]:
        with self.store.transaction(write=False) as tx:
            found = tx.rows(
                f"SELECT d.id, d.event, d.endpoint FROM {OPEN} AND d.due_at <= ? "
                "ORDER BY d.due_at, d.id LIMIT 50",
                time.time(),
            )
            return [pack(tx, row["id"], tx.get(row["event"], "event"), row["endpoint"]) for row in found]

    def _note(self, parcel: Parcel, status: int | None, trouble: str | None) -> None:
        accepted = status is not None and 200 <= status < 300
        with self.store.transaction() as tx:
            attempts = tx.rows("SELECT attempts FROM deliveries WHERE id = ?", parcel.delivery)
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts[0]["attempts"] if attempts else 0))
            tx.run(
                "UPDATE deliveries SET state = ?, attempts = attempts + 1, last_status = ?, last_error = ?, "
                "due_at = ? WHERE id = ?",
                "delivered" if accepted else "waiting",
                status,
                trouble,
                time.time() + wait,
                parcel.delivery,
            )


def settle_older(tx: Transaction, than: float, succeeds: bool | None = None) -> list[str]:
    """Settle pending bank debits and refunds made at or before `than`; return their ids."""
    pending = tx.objects("charge", "json_extract(body, '$.status') = 'pending'")
    debits = [
        payments.settle_bank_debit(tx, charge, succeeds) for charge in pending if charge["created"] <= than
    ]
    late = [refund for refund in refunds.unsettled(tx) if refund["created"] <= than]
    done = [refunds.settle(tx, refund, _later(tx, refund, succeeds)) for refund in late]
    return [thing["id"] for thing in [*debits, *done]]


def _later(tx: Transaction, refund: Body, succeeds: bool | None) -> str:
    if succeeds is None:
        return str(tx.private(refund["id"])["later"])
    return "succeeded" if succeeds else "failed"
