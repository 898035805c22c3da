"""Sends what waits in the outbox: at least once, and not twice for one fact (docs/decisions/outbox.md).

For each message: lock its receipt, claim (commit), render and send (no transaction), receipt, settle (commit). A message that cannot be
rendered or sent waits longer and longer and stands in nobody's way.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core import logs
from webapp.notifications import envelopes, leases
from webapp.notifications.contents import Mail, Withdrawn
from webapp.notifications.envelopes import Unsendable
from webapp.notifications.leases import Claim
from webapp.notifications.mailers import Mailer, Refused, Send, ServerTrouble, TryLater
from webapp.notifications.receipts import Receipts

log = logs.logger(__name__)
Render = Callable[[Claim], Mail | Withdrawn]
BATCH = 100


@dataclass(frozen=True)
class Office:
    """What a courier works with: who signs the mails, and where receipts are kept."""

    sender: str
    domain: str
    receipts: Receipts


@dataclass(frozen=True)
class _Way:
    render: Render
    send: Send
    office: Office


def deliver(now: datetime, render: Render, mailer: Mailer, office: Office) -> Counter[str]:
    """Sends all that is due at `now`; counts what became of it (sent, withdrawn, later, failed). Any number may run at once.

    A mail server that cannot be reached costs no message an attempt: all of it waits for the next round.
    """
    outcome: Counter[str] = Counter()
    started = time.monotonic()
    _recover(now, office.receipts)
    try:
        while batch := leases.due(now, BATCH):
            with mailer.connect() as send:
                for message_id, reference in batch:
                    moment = now + timedelta(seconds=int(time.monotonic() - started))
                    outcome[_one(message_id, reference, moment, _Way(render, send, office))] += 1
    except ServerTrouble as trouble:
        log.error("mail_server_unusable", reason=str(trouble), sent=outcome["sent"])
    return outcome


def _recover(now: datetime, receipts: Receipts) -> None:
    for hand in leases.in_hand(now):
        owner = receipts.owner(hand.message_id)
        if owner == "alive" or (owner == "unknown" and not hand.is_late):
            continue
        if receipts.taken(hand.message_id):
            leases.settle_late(hand, now)
        else:
            leases.release(hand)
        receipts.drop(hand.message_id)
        log.warning("mail_recovered", message=hand.id)


def _one(message_id: int, reference: str, now: datetime, way: _Way) -> str:
    with way.office.receipts.hold(reference) as taken:
        claim = leases.claim(message_id, now) if taken else None
        if claim is None or taken is None:
            return "elsewhere"
        return _send(claim, now, way, taken)


def _send(claim: Claim, now: datetime, way: _Way, taken: Callable[[], None]) -> str:
    try:
        mail = way.render(claim)
        if isinstance(mail, Withdrawn):
            leases.settle_withdrawn(claim, mail.reason)
            return "withdrawn"
        way.send(envelopes.seal(mail, sender=way.office.sender, domain=way.office.domain, at=now))
    except ServerTrouble as trouble:
        _later(claim, now, str(trouble))
        raise
    except TryLater as reason:
        return _later(claim, now, str(reason))
    except (Refused, Unsendable) as reason:
        return _give_up(claim, str(reason))
    except Exception as fault:  # a fault in one kind of message must not hold back the others
        log.exception("mail_not_rendered", message=claim.id, kind=claim.kind)
        return _later(claim, now, f"{type(fault).__name__}: {fault}")
    taken()
    if not leases.settle_sent(claim, now, mail.subject):
        log.error("mail_lease_lost", message=claim.id, fact=claim.fact)
    return "sent"


def _later(claim: Claim, now: datetime, reason: str) -> str:
    if leases.put_off(claim, now, reason):
        return "later"
    log.error("mail_given_up", message=claim.id, kind=claim.kind, reason=reason)
    return "failed"


def _give_up(claim: Claim, reason: str) -> str:
    leases.settle_failed(claim, reason)
    log.error("mail_given_up", message=claim.id, kind=claim.kind, reason=reason)
    return "failed"
