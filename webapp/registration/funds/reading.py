"""A fund as plain values for the rules. Two statements."""

from sqlalchemy import ColumnElement, select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.codes.rules import WORD, word
from webapp.registration.funds import rules
from webapp.registration.funds.models import SCOPES, Fund


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
    scope = SCOPES.read([row.id])[row.id]
    return rules.Grant(
        row.id, row.name, row.kind, row.word, row.order_id, row.account_code, row.amount_cents, row.percent_basis_points,
        row.max_per_person_cents, row.with_add_ons, row.passes_on, row.valid_from, row.valid_until, row.budget_cents, row.used_cents,
        row.withdrawn_at is not None, frozenset(scope.event_ids), frozenset(scope.type_ids), tuple(scope.told))
