"""From a row of the outbox to a finished mail, by what is true at this moment.

KINDS is the whole list of what Attune writes to people; how to add one: docs/messages.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import current_app

from webapp.core.db import db, transaction
from webapp.jobs import enclosures, letters
from webapp.jobs.enclosures import Enclosed
from webapp.notifications.contents import Mail, Withdrawn
from webapp.notifications.leases import Claim

Builder = Callable[[dict[str, Any]], dict[str, Any] | Withdrawn]


@dataclass(frozen=True)
class Kind:
    """Who says what a message holds: `feature.messages:function`. `writes` runs it inside a transaction of its own;
    `encloses` adds what needs another feature, from the message and what the builder said, in a transaction of its own."""

    builder: str
    writes: bool = False
    encloses: Callable[[Claim, dict[str, Any]], Enclosed | Withdrawn] | None = None


KINDS: dict[str, Kind] = {
    # A link that signs in or resets is made while the mail is rendered: the outbox never holds a secret.
    "verify_address": Kind("accounts.messages:verify_address", writes=True),
    "reset_password": Kind("accounts.messages:reset_password", writes=True),
    "magic_link": Kind("accounts.messages:magic_link", writes=True),
    "already_registered": Kind("accounts.messages:already_registered"),
    "no_account_yet": Kind("accounts.messages:no_account_yet"),
    "password_changed": Kind("accounts.messages:password_changed"),
    "consent_asked": Kind("accounts.messages:consent_asked"),
    "account_deleted": Kind("accounts.messages:account_deleted"),
    "registration_confirmed": Kind("registration.messages:registration_confirmed", encloses=enclosures.calendar),
    "order_placed": Kind("registration.messages:order_placed"),
    "staff_left": Kind("registration.booking.messages:staff_left", encloses=enclosures.page),
    "seats_unnamed": Kind("registration.booking.messages:seats_unnamed"),
    "fund_decided": Kind("registration.funds.messages:fund_decided"),
    "membership_begun": Kind("registration.years.messages:membership_begun"),
    "member_claim_decided": Kind("registration.years.messages:member_claim_decided"),
    "place_cancelled": Kind("registration.messages:place_cancelled", encloses=enclosures.page),
    "place_handed_on": Kind("registration.messages:place_handed_on", encloses=enclosures.calendar),
    "order_substitution": Kind("registration.messages:order_substitution", encloses=enclosures.page),
    "order_transfer": Kind("registration.messages:order_transfer", encloses=enclosures.page),
    "reminder": Kind("registration.messages:reminder"),
    "programme_change": Kind("registration.messages:programme_change", encloses=enclosures.calendar),
    "event_changed": Kind("registration.messages:event_changed", encloses=enclosures.calendar),
    "registration_cancelled": Kind("registration.messages:registration_cancelled", encloses=enclosures.calendar),
    "event_cancelled": Kind("payments.messages:build_event_cancelled", encloses=enclosures.calendar),
    "invitation": Kind("calendars.messages:invitation", encloses=enclosures.calendar),
    "hold_expired": Kind("registration.messages:hold_expired"),
    "application_received": Kind("registration.messages:application_received"),
    "application_offered": Kind("registration.messages:application_offered"),
    "application_declined": Kind("registration.messages:application_declined"),
    "waitlist_joined": Kind("registration.waitlist.messages:waitlist_joined"),
    "seat_offered": Kind("registration.waitlist.messages:seat_offered"),
    "seat_offer_lapsed": Kind("registration.waitlist.messages:seat_offer_lapsed"),
    "waitlist_closed": Kind("registration.waitlist.messages:waitlist_closed"),
    "receipt": Kind("payments.messages:build_payment", encloses=enclosures.page),
    "late_payment": Kind("payments.messages:build_payment", encloses=enclosures.page),
    "payment_failed": Kind("payments.messages:build_payment", encloses=enclosures.page),
    "refund": Kind("payments.messages:build_refund", encloses=enclosures.page),
    "invoice": Kind("payments.messages:build_invoice", encloses=enclosures.page),
    "credit_note": Kind("payments.messages:build_credit_note", encloses=enclosures.page),
    "check_bounced": Kind("payments.checks.messages:build", encloses=enclosures.pages),
    "balance_kept": Kind("payments.lots.messages:build", encloses=enclosures.page),
    "balance_expires": Kind("payments.lots.messages:build", encloses=enclosures.page),
    "invoice_reminder": Kind("payments.dunning:build", encloses=enclosures.page),
    "approval_asked": Kind("payments.approvals.messages:asked", writes=True),
    "approval_withdrawn": Kind("payments.approvals.messages:withdrawn"),
    "approval_ended": Kind("payments.approvals.messages:ended"),
    "hours_awarded": Kind("hours.messages:hours_awarded"),
    "certificate_held": Kind("attendance.messages:certificate_held"),
    "certificate": Kind("hours.messages:certificate"),
}


def render(message: Claim) -> Mail | Withdrawn:
    """The mail of a message, or why it must not be sent. A kind that is not in KINDS raises KeyError: a fault of ours."""
    kind, facts = KINDS[message.kind], dict(message.facts)
    context = _context(kind, facts)
    if isinstance(context, Withdrawn):
        return context
    enclosed = _enclosed(kind, message, context)
    if isinstance(enclosed, Withdrawn):
        return enclosed
    attachments = (*context.pop("attachments", ()), *enclosed.attachments)
    subject, text, html = letters.write(current_app, message.kind, {"to_name": message.to_name, **context, **enclosed.context})
    return Mail(reference=message.message_id, to_address=message.to_address, to_name=message.to_name,
                subject=subject, text=text, html=html, attachments=attachments)


def builder(kind: Kind) -> Builder:
    """The function a kind names."""
    module, _, function = kind.builder.partition(":")
    found: Builder = getattr(import_module(f"webapp.{module}"), function)
    return found


def _context(kind: Kind, facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    build = builder(kind)
    if kind.writes:
        with transaction():
            return build(facts)
    db.session.rollback()  # a fresh snapshot: the facts as they are now
    return build(facts)


def _enclosed(kind: Kind, message: Claim, context: dict[str, Any]) -> Enclosed | Withdrawn:
    if kind.encloses is None:
        return Enclosed(())
    with transaction():
        return kind.encloses(message, context)
