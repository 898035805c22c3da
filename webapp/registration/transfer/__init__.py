"""Whole event files: the catalog's part and what is sold. `read(text)`, `load(document)`, `dump(event_id)`, `text(document)`.

A file is refused whole (ImportRefused), with every reason and its place in the file, before anything is written; the caller's
transaction takes back what was written before a later refusal.
"""

import json
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from webapp.catalog import events, transfer
from webapp.catalog.models import Block, Event
from webapp.catalog.readiness import NotReady
from webapp.catalog.transfer import ImportRefused
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import offers, publishing
from webapp.registration.transfer import sold
from webapp.registration.transfer.form import Document

__all__ = ["Document", "ImportRefused", "dump", "load", "of_values", "read", "text", "values"]


def read(content: str) -> Document:
    """The document in a text; refused with line and column, or with every field that does not fit."""
    try:
        raw = json.loads(content)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"line {error.lineno}, column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "file: too deep"
        raise ImportRefused([where]) from None
    return of_values(raw)


def of_values(raw: Any) -> Document:
    """The document of what JSON gave; refused with every field that does not fit."""
    try:
        return Document.model_validate(raw)
    except ValidationError as error:
        raise ImportRefused(transfer.reasons_of(error)) from None


def load(document: Document, *, actor_id: int | None, is_demo: bool = False) -> Event:
    """The event of the file as new rows, in the status the file states. Refused whole with all reasons."""
    reasons = [*transfer.unresolved(document), *sold.unresolved(document)]
    if reasons:
        raise ImportRefused(reasons)
    loaded = transfer.load(document, actor_id=actor_id, is_demo=is_demo)
    event = loaded.event
    try:
        offers.replace(event.id, sold.to_offers(document, [one.id for one in loaded.sessions], loaded.blocks), actor_id=actor_id)
        _set_status(event, document, actor_id)
    except NotReady as refusal:
        raise ImportRefused([f"status: {reason}" for reason in refusal.reasons]) from None
    except Refusal as refusal:
        raise ImportRefused([f"{refusal.field or 'types'}: {refusal.sentence}"]) from None
    return event


def dump(event_id: int) -> Document:
    """The event as a document; `load` makes the same event of it again."""
    event = events.get(event_id)
    blocks = {row.id: row.name for row in db.session.execute(select(Block.id, Block.name).filter_by(event_id=event_id))}
    types, add_ons, group_rules = sold.to_forms(offers.of_event(event_id), transfer.session_numbers(event_id), blocks, event.zone)
    return Document(**transfer.to_form(event_id), types=types, add_ons=add_ons, group_rules=group_rules)


def values(document: Document) -> dict[str, Any]:
    """The document as JSON has it; what has its default is left out."""
    return document.model_dump(mode="json", exclude_defaults=True)


def text(document: Document) -> str:
    """The document as a file people can read and compare: one line for each session, type, presenter and question."""
    content = values(document)
    lines = [f" {json.dumps(name)}: {_written(content[name])}" for name in Document.model_fields if name in content]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _written(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in value) + "\n ]"
    return json.dumps(value, ensure_ascii=False)


def _set_status(event: Event, document: Document, actor_id: int | None) -> None:
    if document.status == "draft":
        return
    publishing.publish(event.id, actor_id=actor_id)
    if document.status == "closed":
        events.close(event.id, actor_id=actor_id)
    if document.status == "cancelled":
        events.cancel(event.id, actor_id=actor_id, reason=document.cancel_reason)
