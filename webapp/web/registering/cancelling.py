"""Giving a place back on a page: what is shown before, whether money is sent back or kept, and the act itself."""

from typing import Any

from webapp.core import clock
from webapp.payments import balances, giving_back
from webapp.payments.lots import bound
from webapp.payments.queries import ways_back
from webapp.payments.rules.standing import Balance
from webapp.payments.rules.ways_back import BOUND, sentence
from webapp.registration import registrations
from webapp.registration.cancellation import Outcome
from webapp.web.registering.reviewing import zone


def give_back(registration_id: int, *, by_id: int | None, reason: str = "Cancelled by the attendee", by_organizer: bool = False,
              seen_group_cents: int | None = None, as_balance: bool = False) -> None:
    """Cancels and asks for the refund, in the caller's transaction: registration decides what is owed, payments what goes back."""
    done = registrations.cancel(registration_id, by_id=by_id, reason=reason, by_organizer=by_organizer, seen_group_cents=seen_group_cents,
                                as_balance=as_balance)
    giving_back.after([done], reason=reason, by_id=by_id, today=clock.today(zone()))


def cancelling_shown(registration_id: int, order_id: int) -> dict[str, Any]:
    """What the page before cancelling says: what comes back and which way, what is kept, and `instead` where she may have it kept rather.

    `is_bound`: some of it waits for another date of its course, whatever she chooses.
    """
    outcome, group = registrations.foresee(registration_id), registrations.foresee_regroup(registration_id)
    balance = balances.of_order(order_id, clock.today(zone()))
    spare_cents = bound.spare_of(registration_id)
    back_cents = giving_back.foreseen(balance, outcome, group.own_cents, spare_cents)
    return {"outcome": outcome, "group_cents": group.cents, "balance": balance, "back_cents": back_cents,
            "way": _way(order_id, back_cents, spare_cents - group.own_cents - outcome.fee_cents),
            "is_bound": spare_cents > group.own_cents,
            "kept_cents": giving_back.foreseen_kept(balance, outcome, group.own_cents, spare_cents),
            "instead": (_instead(registration_id, balance, group.own_cents, spare_cents)
                        if outcome.refund_cents or outcome.fee_cents else None)}


def wants_balance(registration_id: int, order_id: int, sent: Any) -> bool:
    """Whether she chose the balance, and may: only what is paid in full is kept, or the fee would never be owed."""
    if sent.get("back") != "balance":
        return False
    balance = balances.of_order(order_id, clock.today(zone()))
    group_cents = registrations.foresee_regroup(registration_id).own_cents
    return _instead(registration_id, balance, group_cents, bound.spare_of(registration_id)) is not None


def seen_cents(sent: Any) -> int:
    """What the page said that the other places will cost more."""
    return cents(sent.get("group") or "0")


def cents(value: str | None) -> int:
    """What the page showed; an amount that cannot be read is one that changed."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 12 else -1


def _way(order_id: int, back_cents: int, bound_cents: int) -> str:
    """How what comes back goes, '' where nothing does: that waits for another date of its course first which is bound to it."""
    if not back_cents:
        return ""
    if bound_cents >= back_cents:
        return sentence({BOUND})
    ways = ways_back.of_order(order_id)
    return sentence(ways if bound_cents > 0 else ways - {BOUND})


def _instead(registration_id: int, balance: Balance, group_cents: int, spare_cents: int) -> Outcome | None:
    found = registrations.foresee(registration_id, as_balance=True)
    whole = found.balance_cents and giving_back.foreseen_kept(balance, found, group_cents, spare_cents) == found.balance_cents
    return found if whole else None
