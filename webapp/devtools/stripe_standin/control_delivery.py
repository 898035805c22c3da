"""Control endpoints for webhooks: how they go, which go now, and forged ones."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from webapp.devtools.stripe_standin import courier, events, webhooks
from webapp.devtools.stripe_standin.control import blueprint, choice, store, wishes
from webapp.devtools.stripe_standin.store import Body

FORGERIES = ("bad_signature", "no_signature", "old_timestamp", "changed_body")


@blueprint.post("/delivery")
def delivery() -> Body:
    """Say how webhooks go from now on: mode, seconds (for delay), types (patterns the mode is for)."""
    asked = wishes()
    wanted = events.NORMAL | {name: asked[name] for name in events.NORMAL if name in asked}
    choice(wanted["mode"], events.MODES)
    with store().transaction() as tx:
        tx.set("delivery", wanted)
    return wanted


@blueprint.post("/deliver")
def deliver() -> Body:
    """Let withheld webhooks go: all or `types`, in `order` oldest, newest or shuffled."""
    asked = wishes()
    order, types = (
        choice(asked.get("order", "oldest"), ("oldest", "newest", "shuffled")),
        asked.get("types", ["*"]),
    )
    with store().transaction() as tx:
        rows = tx.rows(
            "SELECT d.id, json_extract(o.body, '$.type') AS type FROM deliveries d "
            "JOIN objects o ON o.id = d.event WHERE d.state = 'withheld' ORDER BY d.id"
        )
        ids = [row["id"] for row in rows if events.wanted(row["type"], types)]
        ids = ids[::-1] if order == "newest" else random.sample(ids, len(ids)) if order == "shuffled" else ids
        for place, row_id in enumerate(ids):
            tx.run(
                "UPDATE deliveries SET state = 'waiting', due_at = ? WHERE id = ?",
                time.time() + place / 1e4,
                row_id,
            )
    return {"released": len(ids)}


@blueprint.post("/send")
def send() -> Body:
    """Post one stored event again at once, `copies` at once, or forged; answer the statuses received."""
    asked = wishes()
    with store().transaction() as tx:
        event = tx.get(asked["event"], "event")
        parcel = courier.pack(tx, 0, event, asked.get("endpoint", webhooks.MAIN))
    if "forgery" in asked:
        parcel = _forge(parcel, choice(asked["forgery"], FORGERIES))
    copies = int(asked.get("copies", 1))
    with ThreadPoolExecutor(max_workers=copies) as pool:
        return {"statuses": [status for status, _ in pool.map(courier.post, [parcel] * copies)]}


def _forge(parcel: courier.Parcel, forgery: str) -> courier.Parcel:
    stamp, mac = parcel.signature.split(",v1=")
    if forgery == "changed_body":
        return replace(parcel, payload=parcel.payload.replace('"livemode": false', '"livemode": true'))
    if forgery == "old_timestamp":
        return replace(parcel, signature=f"t={int(stamp[2:]) - 86400},v1={mac}")
    return replace(parcel, signature="" if forgery == "no_signature" else f"{stamp},v1={mac[::-1]}")


@blueprint.route("/deliveries", methods=["GET", "POST"])
def deliveries() -> dict[str, Any]:
    """List every delivery with its event's type, state, attempts and last answer."""
    with store().transaction(write=False) as tx:
        rows = tx.rows(
            "SELECT d.*, json_extract(o.body, '$.type') AS type FROM deliveries d "
            "JOIN objects o ON o.id = d.event ORDER BY d.id"
        )
        return {"deliveries": [dict(row) for row in rows]}
