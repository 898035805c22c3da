"""A fund as plain values for the rules. Two statements."""

from typing import Any

from sqlalchemy import ColumnElement, literal, select, union_all

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.codes.rules import WORD, word
from webapp.registration.funds import rules
from webapp.registration.funds.models import Fund, FundEvent, FundType
from webapp.registration.models import RegistrationType


def typed(text: str, organization_id: int) -> rules.Grant | None:
    """The fund whose word somebody typed; None when there is none."""
    wanted = word(text)
    return _read((Fund.word == wanted) & (Fund.organization_id == organization_id)) if WORD.fullmatch(wanted) else None


def by_id(fund_id: int) -> rules.Grant:
    """The fund with this id."""
    found = _read(Fund.id == fund_id)
    if found is None:
        raise NotFound
    return found


def _read(which: ColumnElement[bool]) -> rules.Grant | None:
    row = db.session.execute(select(*Fund.__table__.c).where(which)).one_or_none()
    if row is None:
        return None
    events: set[int] = set()
    types: set[int] = set()
    names: list[str] = []
    for one in db.session.execute(_offered_for(row.id)):
        (types if one.type else events).add(one.id)
        names += [f"{one.title} ({one.type})" if one.type else one.title] if one.status != "draft" else []
    return rules.Grant(
        row.id, row.name, row.kind, row.word, row.order_id, row.account_code, row.amount_cents, row.percent_basis_points,
        row.max_per_person_cents, row.with_add_ons, row.passes_on, row.valid_from, row.valid_until, row.budget_cents, row.used_cents,
        row.withdrawn_at is not None, frozenset(events), frozenset(types), tuple(names))


def _offered_for(fund_id: int) -> Any:
    """Events and types it is for; of a draft nobody hears the name."""
    return union_all(
        select(Event.id, Event.title, Event.status, literal("").label("type"))
        .join(FundEvent, FundEvent.event_id == Event.id).where(FundEvent.fund_id == fund_id),
        select(RegistrationType.id, Event.title, Event.status, RegistrationType.name.label("type"))
        .join(FundType, FundType.type_id == RegistrationType.id).join(Event, Event.id == RegistrationType.event_id)
        .where(FundType.fund_id == fund_id)).order_by("title", "type")
