"""A story in steps, told once undisturbed and then once for each point at which one of its processes can die.

After a death people do what they would: who saw no answer asks once more; Stripe's word is lost with the process; the timetable's
work runs as it does every minute. Then the story goes on to its end, and the end must be the undisturbed one. In a step that is `spared`
nobody dies: another story has the same one.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from tests.bench.people import Visitor
from tests.conftest import NOW
from tests.support.mortal import Ended, Moment, Mortal
from webapp.catalog.models import Pool
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.payments.gateway import HANDLED
from webapp.payments.models import (
    BalanceMovement,
    BankCheck,
    DepositSlip,
    Dispute,
    Invoice,
    Payment,
    PaymentApproval,
    Payout,
    PayoutLine,
    Refund,
)
from webapp.registration.models import Charge, Order, Registration

ROUND = ("reconcile", "refunds", "waitlist", "mail")  # what the timetable runs
LATER = timedelta(minutes=1)  # between two steps: a cookie of the one must not come from the future in the next
STUCK = timedelta(minutes=3)  # longer than every lease


@dataclass
class Known:
    """What the people of the story and Stripe remember by themselves."""

    now: datetime = NOW
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)  # by person
    paths: dict[str, Any] = field(default_factory=dict)
    told: frozenset[str] = frozenset()

    def copy(self) -> "Known":
        return Known(self.now, {who: dict(kept) for who, kept in self.cookies.items()}, dict(self.paths), self.told)


@dataclass(frozen=True)
class Begin:
    """Where stories begin: what is kept anywhere, and what their people know."""

    moment: Moment
    known: Known = field(default_factory=Known)


class Play:
    """One run of a story."""

    def __init__(self, site: Mortal, known: Known) -> None:
        self.site, self.known = site, known

    def visitor(self, who: str) -> Visitor:
        """The browser of one of the story's people."""
        made = Visitor(self.site.url)
        made.cookies = self.known.cookies.setdefault(who, {})
        return made

    def news(self) -> list[str]:
        """What Stripe has to tell and nobody was told yet."""
        return [event["id"] for event in self.site.told_by_stripe()
                if event["type"] in HANDLED and event["id"] not in self.known.told]

    def at_stripe(self, moment: datetime | None = None) -> None:
        """Stripe's clock shows the story's time."""
        self.site.stripe.control("clock", now=int((moment or self.known.now).timestamp()))

    def recover(self) -> None:
        """Minutes later the timetable's work has run."""
        self.known.now += STUCK
        self.at_stripe()
        ended = self.site.work(ROUND, self.known.now)
        assert ended.code == 0, ended


@dataclass(frozen=True)
class Asks:
    """A person does something in her browser."""

    name: str
    act: Callable[[Play, Visitor], None]
    spared: bool = False
    who: str = "buyer"

    def run(self, play: Play, die_at: int = 0) -> Ended:
        play.known.now += LATER
        play.at_stripe()
        answered = False
        play.site.web(play.known.now, die_at)
        try:
            self.act(play, play.visitor(self.who))
            answered = True
        except OSError:
            pass
        finally:
            ended = play.site.web_ended()
        assert answered or ended.died, ended
        if ended.died:
            assert self.run(play).code <= 0, f"{self.name}: once more"
        return ended


@dataclass(frozen=True)
class Hears:
    """Stripe's webhooks come, one after the other; what the process did not hear before it died is not told again."""

    name: str
    spared: bool = False

    def run(self, play: Play, die_at: int = 0) -> Ended:
        play.at_stripe()
        told = play.news()
        assert told, self.name
        play.known.told |= set(told)
        play.site.web(play.known.now, die_at)
        try:
            for event in told:
                if play.site.stripe.control("send", event=event)["statuses"] != [200]:
                    break
        finally:
            ended = play.site.web_ended()
        return ended


@dataclass(frozen=True)
class Works:
    """The worker runs some of its drains."""

    name: str
    drains: tuple[str, ...]
    spared: bool = False

    def run(self, play: Play, die_at: int = 0) -> Ended:
        return play.site.work(self.drains, play.known.now, die_at)


@dataclass(frozen=True)
class Elsewhere:
    """Something happens outside our processes: at Stripe, or time passes."""

    name: str
    act: Callable[[Play], None]
    spared: bool = True

    def run(self, play: Play, _die_at: int = 0) -> Ended:
        self.act(play)
        return Ended(0, ())


Step = Asks | Hears | Works | Elsewhere


@dataclass(frozen=True)
class Scene:
    """The moment before a step, and the points its process passes."""

    step: Step
    number: int
    before: Moment
    known: Known
    points: tuple[str, ...]


def rehearse(site: Mortal, steps: Sequence[Step], begin: Begin) -> None:
    """The whole story by the parent itself, so that its children find all statements composed and all templates read."""
    site.back_to(begin.moment)
    site.rehearses = True
    play = Play(site, begin.known.copy())
    for step in steps:
        step.run(play)
    play.recover()
    site.rehearses = False


def undisturbed(site: Mortal, steps: Sequence[Step], begin: Begin) -> tuple[list[Scene], dict[str, Any]]:
    """Tells the story once: its scenes, and how it ends."""
    site.back_to(begin.moment)
    play, scenes = Play(site, begin.known.copy()), []
    for number, step in enumerate(steps):
        before, known = site.keep(), play.known.copy()
        ended = step.run(play)
        scenes.append(Scene(step, number, before, known, () if step.spared else ended.points))
    return scenes, end(play)


def killed_at(site: Mortal, steps: Sequence[Step], scene: Scene, point: int) -> dict[str, Any]:
    """Tells the story from this scene on; its process dies at the point. How it ends."""
    site.back_to(scene.before)
    play = Play(site, scene.known.copy())
    ended = scene.step.run(play, point)
    assert ended.died, ended
    play.recover()
    for step in steps[scene.number + 1:]:
        if not (isinstance(step, Hears) and not play.news()):
            later = step.run(play)
            assert not later.died and later.code <= 0, later
    return end(play)


def end(play: Play) -> dict[str, Any]:
    """Hours later, with the timetable's work done, what is so."""
    play.known.now += timedelta(hours=3)
    play.recover()
    return state(play.site)


def state(site: Mortal) -> dict[str, Any]:
    """What people, finance, Stripe and the letter boxes see. Mails as often as they came."""
    db.session.rollback()
    books = site.stripe.control("books")

    def rows(*columns: Any) -> Counter[Any]:
        return Counter(tuple(row) for row in db.session.execute(select(*columns)))

    carried = select(Payout.state, PayoutLine.kind, PayoutLine.net_cents).outerjoin(PayoutLine, PayoutLine.payout_id == Payout.id)

    found = {
        "orders": rows(Order.state, Order.method), "places": rows(Registration.state, Registration.email),
        "charges": rows(Charge.kind, Charge.amount_cents), "invoices": rows(Invoice.number, Invoice.total_cents),
        "payments": rows(Payment.state, Payment.amount_cents, Payment.method), "refunds": rows(Refund.state, Refund.amount_cents),
        "pools": rows(Pool.id, Pool.taken), "approvals": rows(PaymentApproval.state),
        "checks": rows(BankCheck.number, BankCheck.state), "slips": rows(DepositSlip.number, DepositSlip.state, DepositSlip.bank_cents),
        "balances": rows(BalanceMovement.kind, BalanceMovement.cents),
        "disputes": rows(Dispute.state, Dispute.amount_cents), "payouts": Counter(map(tuple, db.session.execute(carried))),
        "history": rows(AuditEntry.action),
        "at Stripe": Counter((one["object"], one["status"], one["amount"])
                             for kind in ("payment_intents", "refunds") for one in books[kind]),
        "pages": Counter(one["status"] for one in books["sessions"]),
        "mail": Counter((str(one["To"]), str(one["Subject"])) for one in site.mail.messages),
    }
    db.session.rollback()
    return found
