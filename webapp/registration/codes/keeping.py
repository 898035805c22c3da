"""Codes made, changed and withdrawn by staff; each act is recorded with who did it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.core import audit, clock, money, text
from webapp.core.db import db, insert_new
from webapp.core.errors import NotFound, Unacceptable
from webapp.registration import scopes
from webapp.registration.codes import rules
from webapp.registration.codes.models import SCOPES, DiscountCode
from webapp.registration.funds.models import Fund


@dataclass(frozen=True)
class Terms:
    """What a code does, when, how often and for what. Without events and types: for everything of the organization."""

    amount_cents: int | None = None
    percent: int | None = None  # basis points
    with_add_ons: bool = False
    best_price: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    max_uses: int | None = None
    max_per_person: int | None = None
    budget_cents: int | None = None
    event_ids: tuple[int, ...] = ()
    type_ids: tuple[int, ...] = ()


def create(organization_id: int, word: str, terms: Terms, *, by_id: int | None, purpose: str = "") -> int:
    """A new code; returns its id. Refuses a word that is taken or cannot be typed, and terms no code can have."""
    written = rules.word(word)
    if not rules.WORD.fullmatch(written):
        raise Unacceptable("A code has 3 to 40 letters without accents, digits and hyphens, for example SPRING-10.", field="word")
    _check(terms, organization_id)
    if db.session.scalar(select(Fund.id).where(Fund.organization_id == organization_id, Fund.word == written)) is not None:
        raise Unacceptable(f"The code {written} is that of a fund.", field="word", way_out="Take another word.")
    made = insert_new(DiscountCode, on=("organization_id", "word"), values={
        "organization_id": organization_id, "word": written, "purpose": _purpose(purpose), "created_by_id": by_id,
        "created_at": clock.now(), **_columns(terms)})
    if made is None:
        raise Unacceptable(f"There is a code {written} already.", field="word", way_out="Change that one, or take another word.")
    SCOPES.write(made.id, terms.event_ids, terms.type_ids)
    audit.record("code.created", f"code:{made.id}", actor_id=by_id, after={"word": written, **_told(terms)})
    return made.id


def update(code_id: int, terms: Terms, *, by_id: int | None, purpose: str = "") -> None:
    """Changes a code; what it took off before stays. Refuses limits below what was used already."""
    code = locked(code_id)
    _check(terms, code.organization_id)
    if terms.max_uses is not None and terms.max_uses < code.uses:
        raise Unacceptable(f"It was used {code.uses} times already.", field="max_uses")
    if terms.budget_cents is not None and terms.budget_cents < code.spent_cents:
        raise Unacceptable(f"It took off {money.written(code.spent_cents)} already.", field="budget")
    code.purpose = _purpose(purpose)
    for name, value in _columns(terms).items():
        setattr(code, name, value)
    SCOPES.write(code_id, terms.event_ids, terms.type_ids)
    audit.record("code.changed", f"code:{code_id}", actor_id=by_id, after=_told(terms))


def withdraw(code_id: int, *, by_id: int | None) -> None:
    """Nobody can use it any more; places that have it keep what it took off."""
    locked(code_id).withdrawn_at = clock.now()
    audit.record("code.withdrawn", f"code:{code_id}", actor_id=by_id)


def give_out(code_id: int, *, by_id: int | None) -> None:
    """A withdrawn code is good again."""
    locked(code_id).withdrawn_at = None
    audit.record("code.given_out", f"code:{code_id}", actor_id=by_id)


def locked(code_id: int) -> DiscountCode:
    """The code, locked and read afresh: its counters stand still."""
    code = db.session.scalar(
        select(DiscountCode).where(DiscountCode.id == code_id).with_for_update().execution_options(populate_existing=True))
    if code is None:
        raise NotFound
    return code


def _check(terms: Terms, organization_id: int) -> None:
    values = asdict(terms)
    rules.check(**{name: value for name, value in values.items() if name not in ("event_ids", "type_ids")})
    scopes.refuse_foreign(organization_id, terms.event_ids, terms.type_ids)


def _columns(terms: Terms) -> dict[str, Any]:
    values = asdict(terms)
    return {"percent_basis_points": values.pop("percent")} | {
        name: value for name, value in values.items() if name not in ("event_ids", "type_ids")}


def _told(terms: Terms) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(terms).items() if value}


def _purpose(typed: str) -> str:
    return text.clean(typed, field="purpose", limit=200)
