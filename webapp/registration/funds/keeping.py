"""Funds made, changed and withdrawn by staff; each act is recorded with who did it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.accounts import names
from webapp.core import audit, clock, money, text, tokens
from webapp.core.db import db, insert_new
from webapp.core.errors import NotFound, Unacceptable
from webapp.registration import scopes
from webapp.registration.codes.models import DiscountCode
from webapp.registration.codes.rules import WORD
from webapp.registration.codes.rules import word as written
from webapp.registration.funds import rules
from webapp.registration.funds.models import SCOPES, Fund
from webapp.registration.models import Order, Payer


@dataclass(frozen=True)
class Terms:
    """What a fund pays, of what, and how much in all. Neither amount nor percentage: the rest. Without events and types: everything."""

    budget_cents: int
    amount_cents: int | None = None
    percent: int | None = None  # basis points
    max_per_person_cents: int | None = None
    with_add_ons: bool = False
    passes_on: bool = False
    on_request: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    account_code: str = ""
    word: str = ""
    event_ids: tuple[int, ...] = ()
    type_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Grantor:
    """Who pays for a grant, and gets its bills."""

    name: str
    email: str
    address: str = ""


def create(organization_id: int, name: str, terms: Terms, *, by_id: int | None, grantor: Grantor | None = None, note: str = "") -> int:
    """A new fund; returns its id. With a grantor it is a grant: what it pays is owed on an order of the grantor's, else a scholarship.

    Refuses a name or word that is taken, and terms no fund can have.
    """
    cleaned = text.clean(name, field="name", limit=100)
    if not cleaned:
        raise Unacceptable("Name the fund as people shall read it on their bill.", field="name")
    _check(terms, organization_id)
    made = insert_new(Fund, on=("organization_id", "name"), values={
        "organization_id": organization_id, "name": cleaned, "kind": "grant" if grantor else "scholarship",
        "note": text.clean(note, field="note", limit=1000, lines=True), "order_id": _order_of(grantor) if grantor else None,
        "created_by_id": by_id, "created_at": clock.now(), **_columns(terms)})
    if made is None:
        raise Unacceptable(f"There is a fund named {cleaned} already.", field="name", way_out="Change that one, or take another name.")
    SCOPES.write(made.id, terms.event_ids, terms.type_ids)
    audit.record("fund.created", f"fund:{made.id}", actor_id=by_id, after={"name": cleaned, **_told(terms)})
    return made.id


def update(fund_id: int, terms: Terms, *, by_id: int | None, note: str = "") -> None:
    """Changes a fund; what it paid before stays. Refuses a budget below what was used already."""
    fund = locked(fund_id)
    _check(terms, fund.organization_id, fund_id)
    if terms.budget_cents < fund.used_cents:
        raise Unacceptable(f"It paid {money.written(fund.used_cents)} already.", field="budget")
    fund.note = text.clean(note, field="note", limit=1000, lines=True)
    for name, value in _columns(terms).items():
        setattr(fund, name, value)
    SCOPES.write(fund_id, terms.event_ids, terms.type_ids)
    audit.record("fund.changed", f"fund:{fund_id}", actor_id=by_id, after=_told(terms))


def withdraw(fund_id: int, *, by_id: int | None) -> None:
    """It gives nothing any more; places keep what it paid of them."""
    locked(fund_id).withdrawn_at = clock.now()
    audit.record("fund.withdrawn", f"fund:{fund_id}", actor_id=by_id)


def give_out(fund_id: int, *, by_id: int | None) -> None:
    """A withdrawn fund gives again."""
    locked(fund_id).withdrawn_at = None
    audit.record("fund.given_out", f"fund:{fund_id}", actor_id=by_id)


def locked(fund_id: int) -> Fund:
    """The fund, locked and read afresh: its counter stands still."""
    fund = db.session.scalar(select(Fund).where(Fund.id == fund_id).with_for_update().execution_options(populate_existing=True))
    if fund is None:
        raise NotFound
    return fund


def payers_order(payer: Payer, at: datetime) -> int:
    """An order of another payer without places of its own: parts of others' places are owed on it, and billed by invoice."""
    db.session.add(payer)
    db.session.flush()
    made = Order(ref=tokens.readable(16), state="placed", payer_id=payer.id, method="invoice", created_at=at, placed_at=at)
    db.session.add(made)
    db.session.flush()
    return made.id


def _order_of(grantor: Grantor) -> int:
    if not grantor.name.strip():
        raise Unacceptable("Write who pays for the grant.", field="grantor")
    at = clock.now()
    return payers_order(Payer(kind="grant", name=text.clean(grantor.name, field="grantor", limit=200),
                              email=names.address(grantor.email, field="grantor_email"),
                              address=text.clean(grantor.address, field="grantor_address", limit=1000, lines=True), created_at=at), at)


def _check(terms: Terms, organization_id: int, fund_id: int | None = None) -> None:
    rules.check(amount_cents=terms.amount_cents, percent=terms.percent, budget_cents=terms.budget_cents,
                max_per_person_cents=terms.max_per_person_cents, valid_from=terms.valid_from, valid_until=terms.valid_until)
    scopes.refuse_foreign(organization_id, terms.event_ids, terms.type_ids)
    if terms.on_request and not terms.event_ids:
        raise Unacceptable("Choose the events whose form offers it.", field="events")
    if terms.word:
        _refuse_word(written(terms.word), organization_id, fund_id)


def _refuse_word(word: str, organization_id: int, fund_id: int | None) -> None:
    if not WORD.fullmatch(word):
        raise Unacceptable("A code has 3 to 40 letters without accents, digits and hyphens, for example GRANT-26.", field="word")
    taken = select(Fund.id).where(Fund.organization_id == organization_id, Fund.word == word, Fund.id != (fund_id or 0)).union_all(
        select(DiscountCode.id).where(DiscountCode.organization_id == organization_id, DiscountCode.word == word))
    if db.session.scalar(taken.limit(1)) is not None:
        raise Unacceptable(f"The code {word} means something else already.", field="word", way_out="Take another word.")


def _columns(terms: Terms) -> dict[str, Any]:
    values = asdict(terms)
    return {"percent_basis_points": values.pop("percent"), "word": written(values.pop("word")) or None,
            "account_code": text.clean(values.pop("account_code"), field="account_code", limit=20)} | {
        name: value for name, value in values.items() if name not in ("event_ids", "type_ids")}


def _told(terms: Terms) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(terms).items() if value}
