"""What a mail carries that the feature which words it does not know: added here, at the moment of sending.

What a mail about a place does to the attendee's calendar: an invitation, a file of all sessions, or words only. Where a mail about
money leads whoever reads it.
"""

from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any

from flask import current_app

from config import Settings
from webapp.calendars import invitations, telling, words
from webapp.calendars.invitations import Party
from webapp.calendars.telling import Carried, Letter
from webapp.core import clock
from webapp.notifications.contents import Attachment, Withdrawn
from webapp.notifications.leases import Claim
from webapp.payments import payers_page

MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Enclosed:
    """Files, and what the words say about them."""

    attachments: tuple[Attachment, ...]
    context: dict[str, Any] = field(default_factory=dict)


def calendar(message: Claim, context: dict[str, Any]) -> Enclosed | Withdrawn:
    """For a mail about `facts["registration_id"]`, or one session or seat of it. Runs inside the transaction that keeps what was told.

    Templates learn `calendar`, a sentence or '', and `act` (`calendars.rules`). A mail that is nothing but an invitation is withdrawn
    when there is nothing to tell any more.
    """
    settings, facts, now = current_app.config["SETTINGS"], message.facts, clock.now()
    carried = telling.carry(_letter(message, settings), facts["registration_id"], now, session_id=facts.get("session_id"),
                            seat_id=facts.get("seat_id"))
    if context.get("moved_from_id"):  # what mail put into her calendar for the date before is taken out by mails of their own
        telling.take_out(context["moved_from_id"], now)
    if message.kind == "invitation" and not carried.act:
        return Withdrawn("Another mail told it, the session is in a subscribed calendar, or she asked for no invitations.")
    return Enclosed(_parts(carried, facts["registration_id"], context, settings),
                    {"calendar": words.sentence(carried, now), "act": carried.act})


def page(message: Claim, context: dict[str, Any]) -> Enclosed:
    """For a mail to who pays: templates learn `page`, hers for the order with the context's `order_id`."""
    return Enclosed((), {"page": payers_page.of(context["order_id"], message.to_address)})


def pages(message: Claim, context: dict[str, Any]) -> Enclosed:
    """The same for a mail about several `orders`: each has its `page`."""
    return Enclosed((), {"orders": [one | {"page": payers_page.of(one["order_id"], message.to_address)} for one in context["orders"]]})


def _letter(message: Claim, settings: Settings) -> Letter:
    organizer = Party(settings.association_name, parseaddr(settings.mail_from)[1])
    return Letter(message.id, organizer, Party(message.to_name, message.to_address), settings.base_url)


def _parts(carried: Carried, registration_id: int, context: dict[str, Any], settings: Settings) -> tuple[Attachment, ...]:
    if carried.part:
        return (Attachment("invite.ics", f"{MEDIA_TYPE}; method={carried.part.method}", carried.part.body),)
    if carried.file:
        body = invitations.file_of(registration_id, now=clock.now(), base_url=settings.base_url, zone=context["zone"])
        return (Attachment(f"{context['event_path'].rsplit('/', 1)[1]}.ics", MEDIA_TYPE, body),)
    return ()
