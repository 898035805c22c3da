"""What each fund granted, what became of it, and how its grantor stands: as the places, the budgets and the ledger say it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Subquery, case, func, or_, select

from webapp.core.db import db
from webapp.payments import balances
from webapp.payments.rules.standing import Balance
from webapp.registration.funds.models import PlaceShare
from webapp.registration.models import Registration
from webapp.registration.queries import funds as registered


@dataclass(frozen=True)
class FundMoney:
    """A fund in cents: granted = seated + held + back, and of the budget what is neither seated nor held is left.

    `seated_cents` stands with places that were confirmed (a fee kept of one that was given back too), `held_cents` with places on
    hold. `grantor` is how the order of a grant stands; a scholarship has none, it costs what is seated.
    """

    fund: Any
    places: int
    granted_cents: int
    seated_cents: int
    held_cents: int
    grantor: Balance | None

    @property
    def back_cents(self) -> int:
        """What came back to the fund with places that were given back, handed on or made cheaper."""
        return self.granted_cents - self.seated_cents - self.held_cents

    @property
    def left_cents(self) -> int:
        """What can still be given."""
        return int(self.fund.budget_cents - self.fund.used_cents)


def listing(today: date) -> list[FundMoney]:
    """Every fund, those that give first. Three statements."""
    rows = registered.listed()
    orders = balances.of_orders([row.order_id for row in rows if row.order_id is not None], today)
    given = _by_place()
    seated = case((given.c.confirmed_at.is_not(None), given.c.standing), else_=0)
    sums: dict[int, Any] = {row.fund_id: row for row in db.session.execute(
        select(given.c.fund_id, func.count(case((given.c.standing > 0, 1))).label("places"), func.sum(given.c.most).label("granted"),
               func.sum(given.c.standing).label("used"), func.sum(seated).label("seated")).group_by(given.c.fund_id))}
    return [_money(row, sums.get(row.id), orders.get(row.order_id)) for row in rows]


def _money(fund: Any, sums: Any, grantor: Balance | None) -> FundMoney:
    if sums is None:
        return FundMoney(fund, 0, 0, 0, 0, grantor)
    return FundMoney(fund, sums.places, int(sums.granted), int(sums.seated), int(sums.used) - int(sums.seated), grantor)


def _by_place() -> Subquery:
    """The most a fund carried of each place, and what it carries now. A hold that came to nothing was never granted anything."""
    standing = func.sum(case((PlaceShare.ended_at.is_(None), PlaceShare.cents), else_=0))
    return (
        select(PlaceShare.fund_id, Registration.confirmed_at, func.max(PlaceShare.cents).label("most"), standing.label("standing"))
        .join(Registration, Registration.id == PlaceShare.registration_id)
        .where(PlaceShare.fund_id.is_not(None), or_(Registration.confirmed_at.is_not(None), Registration.state == "held"))
        .group_by(PlaceShare.fund_id, PlaceShare.registration_id, Registration.confirmed_at).subquery())
