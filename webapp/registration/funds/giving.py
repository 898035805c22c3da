"""Staff let a fund or another payer carry a part of a place, and take that back. The order is locked; what it owes changes at once.

The caller brings payments in line afterwards (payments.sharing): what she paid too much goes back to her, never to the fund.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.accounts import names
from webapp.catalog.models import Event
from webapp.core import audit, clock, money, text
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Closed, NotFound, Refusal, Unacceptable
from webapp.registration import ledger
from webapp.registration.funds import keeping, reading, rules, sharing
from webapp.registration.funds.models import PlaceShare
from webapp.registration.models import Charge, Order, Payer, Registration
from webapp.registration.orders import locking
from webapp.registration.pricing import Line


@dataclass(frozen=True)
class Given:
    """What changed: the order of the place owes `change_cents` more (or less), another order so much less (None: a scholarship).

    `bills`: the other payer gets an invoice for it at once; who gives a grant gets one when finance says so.
    """

    order_id: int
    other_id: int | None
    share_id: int
    change_cents: int
    bills: bool = False


@dataclass(frozen=True)
class OtherPayer:
    """Who carries a part: an agency or a person, as staff name them."""

    kind: str
    name: str
    email: str
    address: str = ""
    agency_id: int | None = None
    po_number: str = ""


def give(registration_id: int, fund_id: int, *, by_id: int, reason: str, cents: int | None = None) -> Given:
    """The fund pays its part of a place that is held or confirmed, or so many cents; never more than is left of the place.

    Refuses without a reason, when the fund is over, for something else or used up, and when another fund pays for the place.
    """
    now, fund = clock.now(), reading.by_id(fund_id)
    order, one = _place(registration_id, reason, fund.order_id)
    _refuse_twice(fund.name, sharing.standing([one.id]))
    if cents is not None and cents <= 0:
        raise Unacceptable("Write an amount above zero, or leave it empty.", field="amount")
    zone = db.session.scalars(select(Event.zone).where(Event.id == one.event_id)).one()
    if (no := rules.because(fund, event_id=one.event_id, type_id=one.type_id, zone=zone, now=now)) is not None:
        raise rules.for_staff(no)
    lines = rules.part(fund, _bill(order.id, one.id), cents=cents)
    _refuse_nothing(lines)
    try:
        return _write(order, one, lines, sharing.of_fund(fund, one, rules.sum_of(lines), by_id=by_id, reason=reason), now)
    except Refusal as refusal:
        raise rules.for_staff(refusal) from None


def split(registration_id: int, cents: int, payer: OtherPayer, *, by_id: int, reason: str) -> Given:
    """Another payer carries so many cents of the price of a confirmed place, on an order and an invoice of her own.

    Refuses more than is left of the price, a place that is not confirmed, and a payer without a name or address.
    """
    now = clock.now()
    order, one = _place(registration_id, reason)
    if one.state != "confirmed":
        raise Closed("The place is not confirmed yet, so nobody else can be billed for it.", way_out="Wait until it is placed.")
    if payer.kind not in ("agency", "person") or not payer.name.strip():
        raise Unacceptable("Write who pays this part.", field="name")
    bill = _bill(order.id, one.id)
    most = sum(left for _, left in rules.left_of(bill))
    if not 0 < cents <= most:
        raise Unacceptable(f"Between $0.01 and {money.written(most)} can be paid by somebody else.", field="amount", code="beyond_price")
    name = text.clean(payer.name, field="name", limit=200)
    if name in {share.name for share in sharing.standing([one.id])}:
        raise AlreadyDone(f"{name} carries a part of this place already.", way_out="Take that back first.", field="name")
    other = keeping.payers_order(Payer(
        kind=payer.kind, agency_id=payer.agency_id, name=name, email=names.address(payer.email, field="email"),
        address=text.clean(payer.address, field="address", limit=1000, lines=True), created_at=now), now)
    db.session.get_one(Order, other).po_number = text.clean(payer.po_number, field="po_number", limit=60)
    lines = rules.carried(name, bill, cents)
    return _write(order, one, lines, sharing.Part(one.id, cents, name, None, other, lines[0].account_code, by_id=by_id, reason=reason), now)


def take_back(share_id: int, *, by_id: int, reason: str) -> Given:
    """The part is owed by the order of the place again; a fund has its money back."""
    found = db.session.get(PlaceShare, share_id)
    if found is None:
        raise NotFound
    order, one = _place(found.registration_id, reason)
    share = next((other for other in sharing.standing([one.id]) if other.id == share_id), None)
    if share is None:
        raise AlreadyDone("This part is taken back already.")
    now = clock.now()
    gone = [line for line in ledger.live(order.id, [one.id]) if rules.is_share(_line(line)) and line.explained.get("by") == share.name]
    change = -ledger.void(gone, reason=reason, by_id=by_id, at=now)
    sharing.end([share], now, reason=reason, by_id=by_id)
    audit.record("share.taken_back", f"registration:{one.id}", actor_id=by_id, reason=reason,
                 before={"by": share.name, "cents": share.cents})
    return Given(order.id, share.order_id, share.id, change, share.fund_id is None)


def _place(registration_id: int, reason: str, other_id: int | None = None) -> tuple[Order, Registration]:
    """The order and the place, locked with the orders that carry a part of it; refused when it is over, or comes with another."""
    if not reason.strip():
        raise Unacceptable("Say why; it stands in the history.", field="reason")
    order = locking.of_place(registration_id, other_id)
    one = db.session.scalars(select(Registration).where(Registration.id == registration_id).with_for_update()
                             .execution_options(populate_existing=True)).one()
    if one.state not in ("held", "confirmed") or order.state not in ("held", "placed"):
        raise Closed("This place is not held any more.", code="not_active")
    if order.state == "held" and order.method is not None:
        raise Closed("Somebody is asked to pay this order just now, so the amount stands.", code="paying",
                     way_out="Wait until it is paid or let go.")
    return order, one


def _write(order: Order, one: Registration, lines: list[Line], part: sharing.Part, now: datetime) -> Given:
    ledger.write([(ledger.Debtor(order.id, order.payer_id, one.event_id, one.id, part.by_id), line) for line in lines], now)
    order.is_split = True
    [share_id] = sharing.take([part], now)
    if one.state == "confirmed":
        sharing.charge([one.id], now)
    ledger.drop_reductions(order.id, by_id=part.by_id, at=now)
    audit.record("share.given", f"registration:{one.id}", actor_id=part.by_id, reason=part.reason,
                 after={"by": part.name, "cents": part.cents})
    return Given(order.id, part.order_id, share_id, -part.cents, part.fund_id is None)


def _bill(order_id: int, registration_id: int) -> list[Line]:
    return [_line(one) for one in ledger.live(order_id, [registration_id])]


def _line(one: Charge) -> Line:
    return Line(one.kind, one.label, one.amount_cents, one.due_on, one.account_code, one.explained)


def _refuse_twice(name: str, standing: list[PlaceShare]) -> None:
    """One fund on a place; and parts are told from each other by the name on their lines."""
    if any(share.fund_id is not None for share in standing):
        raise AlreadyDone("A fund pays for this place already.", way_out="Take that back first.", field="fund")
    if any(share.name == name for share in standing):
        raise AlreadyDone(f"{name} carries a part of this place already.", way_out="Take that back first.", field="fund")


def _refuse_nothing(lines: list[Line]) -> None:
    if not lines:
        raise Unacceptable("Nothing is left to pay for this place.", field="fund", code="nothing_left")
