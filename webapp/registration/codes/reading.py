"""A code as plain values for the rules. Three statements at most, and none where nobody typed one."""

from sqlalchemy import ColumnElement, select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.codes import rules
from webapp.registration.codes.models import SCOPES, CodeUse, DiscountCode


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
    scope = SCOPES.read([row.id])[row.id]
    return rules.Discount(
        row.id, row.word, row.amount_cents, row.percent_basis_points, row.with_add_ons, row.best_price, row.valid_from, row.valid_until,
        row.max_uses, row.max_per_person, row.budget_cents, row.uses, row.spent_cents, row.withdrawn_at is not None,
        frozenset(scope.event_ids), frozenset(scope.type_ids), tuple(scope.told))
