"""What must be the same after an upgrade, read from a database: totals, codes, identities, feeds. Plain values that JSON keeps."""

import hashlib
import json
from collections import defaultdict
from typing import Any

from flask import Flask
from sqlalchemy import func, select, table

from webapp.accounts.models import Person
from webapp.catalog.models import Event, Pool, Session
from webapp.cli import schema
from webapp.core.db import db
from webapp.core.storage import StoredFile
from webapp.hours.models import Award, Certificate
from webapp.payments.models import Allocation, CreditNote, Invoice, Payment, Refund
from webapp.registration.models import Charge, Order, Registration, Seat

MADE_ANEW = {"calendar_entry", "feed_body", "catalog_stamp", "fetch_log"}  # caches, counters of changes, and who looked
Values = dict[str, Any]


def everything(app: Flask, feed_paths: list[str]) -> Values:
    """All of it. The clock must stand where it stood when the release was made; feeds are asked for over HTTP."""
    rows = {"rows": counts(), **people_and_places(), **money(), **hours(), **identities()}
    db.session.rollback()
    return rows | {"feeds": feeds(app, feed_paths)}


def counts() -> dict[str, int]:
    """Rows in each table, without those that are made anew at any time."""
    found = {name: db.session.scalar(select(func.count()).select_from(table(name))) or 0 for name in sorted(schema.tables() - MADE_ANEW)}
    return {name: number for name, number in found.items() if number}


def people_and_places() -> Values:
    """Events and places by state, what pools say is taken, uploaded files."""
    places = select(Order.ref, Event.slug, Registration.state).join(Order, Order.id == Registration.order_id)
    return {
        "events": _pairs(select(Event.slug, Event.status)),
        "registrations": _rows(places.join(Event, Event.id == Registration.event_id).order_by(Registration.id)),
        "pools": _rows(select(Pool.id, Pool.capacity, Pool.taken).order_by(Pool.id)),
        "files": _pairs(select(StoredFile.sha256, StoredFile.name)),
    }


def money() -> Values:
    """Owed and paid by order, in cents, and the numbers on paper."""
    by_order = select(Order.ref, func.sum(Charge.amount_cents)).join(Charge, Charge.order_id == Order.id).group_by(Order.ref)
    paid = select(Order.ref, func.sum(Payment.amount_cents)).join(Payment, Payment.order_id == Order.id)
    return {
        "owed": _pairs(by_order),
        "paid": _pairs(paid.where(Payment.state == "succeeded").group_by(Order.ref)),
        "payments": _rows(select(Payment.method, Payment.state, Payment.amount_cents, Payment.provider_intent_id).order_by(Payment.id)),
        "refunds": _rows(select(Refund.idempotency_key, Refund.state, Refund.amount_cents).order_by(Refund.id)),
        "allocated": _rows(select(Allocation.payment_id, Allocation.charge_id, Allocation.amount_cents).order_by(Allocation.id)),
        "invoices": _pairs(select(Invoice.number, Invoice.total_cents)),
        "credit_notes": _pairs(select(CreditNote.number, CreditNote.total_cents)),
    }


def hours() -> Values:
    """Minutes of each kind by person, and certificates: code, version, whether it stands, and a digest of what it says."""
    minutes: dict[str, dict[str, int]] = defaultdict(dict)
    awards = select(Person.public_id, Award.kind, func.sum(Award.minutes)).join(Award, Award.person_id == Person.id)
    for person, kind, total in db.session.execute(awards.group_by(Person.public_id, Award.kind)):
        minutes[person][kind] = int(total)
    papers = db.session.scalars(select(Certificate).order_by(Certificate.id))
    return {"minutes": dict(minutes), "certificates": {
        row.code: [row.version, row.withdrawn_at is None and row.superseded_by_id is None, digest(json.dumps(row.content, sort_keys=True))]
        for row in papers}}


def identities() -> Values:
    """Every calendar identity with its SEQUENCE."""
    return {"uids": _pairs(select(Session.ical_uid, Session.sequence)) | _pairs(select(Seat.ical_uid, Seat.sequence))}


def feeds(app: Flask, paths: list[str]) -> dict[str, str]:
    """SHA-256 of what each address answers, as a program without gzip reads it."""
    client = app.test_client()
    found = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        found[path] = digest(answer.data)
    return found


def digest(content: bytes | str) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _rows(statement: Any) -> list[list[Any]]:
    return [list(row) for row in db.session.execute(statement)]


def _pairs(statement: Any) -> dict[str, Any]:
    return {str(name): int(value) if isinstance(value, int) else value for name, value in db.session.execute(statement)}
