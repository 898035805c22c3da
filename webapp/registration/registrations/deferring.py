"""A place is put off: given up now, its seat free at once, what was paid for it kept for another date of its course.

It ends as any cancellation does, so calendars, the waitlist and codes need to know nothing of it; what differs is where the money goes
(docs/decisions/deferral.md). Taking a later date is registering for it, paid with what was kept.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from webapp.catalog.policies import DeferralRule
from webapp.core import audit, clock, times
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Refusal, Unacceptable
from webapp.registration import cancellation, ledger, other_date
from webapp.registration.deferrals.models import Deferral
from webapp.registration.funds import returning
from webapp.registration.queries.people import place as place_of
from webapp.registration.registrations import cancelling
from webapp.registration.registrations.cancelling import Cancelled

REASON = "Put off to a later date"
BY_STAFF: DeferralRule = {"until_days": 0, "times": 1, "months": 12, "then_months": 12}  # where the policy says nothing


def deferral_refused(place: Any, now: datetime, *, by_staff: bool = False) -> Refusal | None:
    """Why this place (a row of `queries.orders.places_of`) cannot be put off now; None when it can. Reads nothing."""
    if place.state != "confirmed":
        return Closed("This place is not confirmed, so it cannot be put off.", way_out="Look at the page of the order again.",
                      code="not_active")
    if place.inclusion_of_id is not None:
        return Refusal("This place belongs to another one.", way_out="Put that one off, and this goes with it.", code="linked")
    if place.course_id is None:
        return Refusal("This event is not a date of a course, so there is no later date to wait for.", way_out="Cancel it instead.",
                       code="no_course")
    if by_staff:
        return None
    return other_date.refused_because(place.rules, starts_at=place.starts_at, zone=place.zone, now=now, what="deferral",
                                      by_name=place.on_request or place.sign_up in ("application", "roster"))


def foresee_deferral(place: Any, now: datetime) -> cancellation.Outcome:
    """What putting the place off now would keep and until when: shown before it is confirmed. Reads only."""
    charges = ledger.live(place.order_id, [place.id])
    shares = returning.of(place.order_id, [place.id])
    whole = _outcome(place, sum(one.amount_cents for one in charges) + shares.cents, now)
    return _worded(returning.parted(whole, shares).own)


def then_months(place: Any) -> int:
    """For how many months what is not used in time is an ordinary balance; 0: it stays with the association."""
    return _rule(place)["then_months"]


def defer(registration_id: int, *, number: int, by_id: int | None, by_staff: bool = False, reason: str = "",
          seen_group_cents: int | None = None) -> Cancelled:
    """Gives the place up and keeps what it cost for its course; `payments.deferring` brings the money there.

    By who pays until the policy's last day; `by_staff` whatever the policy and the date, with a reason, for 12 months where the policy
    says nothing. `number`: how often this money is put off, this time included. Refused as `deferral_refused` says, too often, and where
    the place costs who ordered nothing.
    """
    now = clock.now()
    if by_staff and not reason.strip():
        raise Unacceptable("Say why the place is put off; it stands in the history.", field="reason")
    giving = cancelling.begin(registration_id, reason=reason or REASON, by_id=by_id, now=now,
                              regroups=seen_group_cents is not None and not by_staff)
    place = place_of(registration_id)
    if place is None:
        raise NotFound
    refusal = deferral_refused(place, now, by_staff=by_staff) or (None if by_staff else other_date.too_often(place.rules, number))
    if refusal is not None:
        raise refusal
    outcome = _outcome(place, giving.price_cents, now)
    if returning.parted(outcome, giving.shares).own.balance_cents <= 0:
        raise Refusal("Nothing of the price of this place is yours, so there is nothing to keep.", way_out="Cancel it instead.",
                      code="nothing_to_keep")
    made = Deferral(registration_id=registration_id, course_id=place.course_id, number=number, expires_on=outcome.balance_until,
                    then_months=_rule(place)["then_months"], reason=reason[:255], made_by_id=by_id, created_at=now)
    db.session.add(made)
    done = giving.up(outcome, None if by_staff else seen_group_cents)
    audit.record("registration.put_off", f"registration:{registration_id}", actor_id=by_id, reason=reason, before={"event": place.title},
                 after={"kept_cents": done.outcome.balance_cents, "until": made.expires_on.isoformat()})
    return replace(done, outcome=_worded(done.outcome), deferral_id=made.id)


def _rule(place: Any) -> DeferralRule:
    found: DeferralRule = place.rules.get("deferral") or BY_STAFF
    return found


def _outcome(place: Any, price_cents: int, now: datetime) -> cancellation.Outcome:
    today = times.local(now, place.zone).date()
    return cancellation.put_off(price_cents, times.months_after(today, _rule(place)["months"]))


def _worded(own: cancellation.Outcome) -> cancellation.Outcome:
    return cancellation.put_off(own.balance_cents, own.balance_until) if own.balance_until else own
