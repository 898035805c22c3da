"""A code as plain values for the rules. Three statements at most, and none where nobody typed one."""

from typing import Any

from sqlalchemy import ColumnElement, literal, select, union_all

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.codes import rules
from webapp.registration.codes.models import CodeEvent, CodeType, CodeUse, DiscountCode
from webapp.registration.models import RegistrationType


def typed(text: str, organization_id: int) -> rules.Discount:
    """The code somebody typed for an event of the organization; refused when there is none."""
    word = rules.word(text)
    found = _read((DiscountCode.word == word) & (DiscountCode.organization_id == organization_id)) if rules.WORD.fullmatch(word) else None
    if found is None:
        raise rules.unknown(" ".join(text.split()))
    return found


def by_id(code_id: int) -> rules.Discount:
    """The code with this id."""
    found = _read(DiscountCode.id == code_id)
    if found is None:
        raise NotFound
    return found


def typed_with(registration_id: int) -> str:
    """The code a place was last held with; empty without one."""
    return db.session.scalar(select(DiscountCode.word).join(CodeUse, CodeUse.code_id == DiscountCode.id).where(
        CodeUse.registration_id == registration_id).order_by(CodeUse.id.desc()).limit(1)) or ""


def _read(which: ColumnElement[bool]) -> rules.Discount | None:
    row = db.session.execute(select(*DiscountCode.__table__.c).where(which)).one_or_none()
    if row is None:
        return None
    events: set[int] = set()
    types: set[int] = set()
    names: list[str] = []
    for one in db.session.execute(_offered_for(row.id)):
        (types if one.type else events).add(one.id)
        names += [f"{one.title} ({one.type})" if one.type else one.title] if one.status != "draft" else []
    return rules.Discount(
        row.id, row.word, row.amount_cents, row.percent_basis_points, row.with_add_ons, row.best_price, row.valid_from, row.valid_until,
        row.max_uses, row.max_per_person, row.budget_cents, row.uses, row.spent_cents, row.withdrawn_at is not None,
        frozenset(events), frozenset(types), tuple(names))


def _offered_for(code_id: int) -> Any:
    """Events and types it is for, in the order they were made; of a draft nobody hears the name."""
    return union_all(
        select(Event.id, Event.title, Event.status, literal("").label("type"))
        .join(CodeEvent, CodeEvent.event_id == Event.id).where(CodeEvent.code_id == code_id),
        select(RegistrationType.id, Event.title, Event.status, RegistrationType.name.label("type"))
        .join(CodeType, CodeType.type_id == RegistrationType.id).join(Event, Event.id == RegistrationType.event_id)
        .where(CodeType.code_id == code_id)).order_by("title", "type")
