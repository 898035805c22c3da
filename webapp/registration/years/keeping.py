"""What a membership costs, as staff with roles finance or admin keep it; each act is recorded with who did it."""

from dataclasses import asdict, dataclass

from sqlalchemy import select

from webapp.core import audit, clock, money, text
from webapp.core.db import db, insert_new
from webapp.core.errors import NotFound, Unacceptable
from webapp.registration.years.models import MembershipPlan

MOST_MONTHS = 60


@dataclass(frozen=True)
class Terms:
    """How it is called on bills, for how many months, cents, and the account its income stands on."""

    name: str
    months: int
    amount_cents: int
    account_code: str = "4300"


def create(terms: Terms, *, by_id: int | None) -> int:
    """A membership that is sold from now on; returns its id. Refuses terms no membership can have, and a name that is taken."""
    made = insert_new(MembershipPlan, on=("name",), values={**asdict(_checked(terms)), "created_at": clock.now()})
    if made is None:
        raise _taken(terms.name)
    audit.record("membership_plan.created", f"membership_plan:{made.id}", actor_id=by_id, after=asdict(terms))
    return made.id


def update(plan_id: int, terms: Terms, *, by_id: int | None) -> None:
    """Changes it for those who come; orders keep what they have. Refuses as `create` does."""
    plan, terms = _locked(plan_id), _checked(terms)
    if db.session.scalar(select(MembershipPlan.id).where(MembershipPlan.name == terms.name, MembershipPlan.id != plan_id)) is not None:
        raise _taken(terms.name)
    before = asdict(Terms(plan.name, plan.months, plan.amount_cents, plan.account_code))
    for name, value in asdict(terms).items():
        setattr(plan, name, value)
    audit.record("membership_plan.changed", f"membership_plan:{plan_id}", actor_id=by_id, before=before, after=asdict(terms))


def withdraw(plan_id: int, *, by_id: int | None) -> None:
    """It is not sold any more; orders that have it keep it."""
    _locked(plan_id).withdrawn_at = clock.now()
    audit.record("membership_plan.withdrawn", f"membership_plan:{plan_id}", actor_id=by_id)


def offer(plan_id: int, *, by_id: int | None) -> None:
    """It is sold again."""
    _locked(plan_id).withdrawn_at = None
    audit.record("membership_plan.offered", f"membership_plan:{plan_id}", actor_id=by_id)


def _locked(plan_id: int) -> MembershipPlan:
    plan = db.session.get(MembershipPlan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None:
        raise NotFound
    return plan


def _checked(terms: Terms) -> Terms:
    name = text.clean(terms.name, field="name", limit=100)
    if not name:
        raise Unacceptable("Give it a name, for example Individual membership, one year.", field="name")
    if not 1 <= terms.months <= MOST_MONTHS:
        raise Unacceptable(f"Between one month and {MOST_MONTHS}.", field="months")
    if not 1 <= terms.amount_cents <= money.MAX_CENTS:
        raise Unacceptable("A membership that is sold costs something. One for nothing is added on the member list.", field="price")
    return Terms(name, terms.months, terms.amount_cents, text.clean(terms.account_code, field="account_code", limit=20))


def _taken(name: str) -> Unacceptable:
    return Unacceptable(f"There is one called {name} already.", field="name", way_out="Change that one, or take another name.")
