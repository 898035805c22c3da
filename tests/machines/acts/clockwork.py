"""The clock, and what is done in the background: holds that end, lines that move on, mail."""

from datetime import timedelta
from typing import Any

from tests.machines.acting import act
from tests.machines.acts.card import Card
from tests.machines.playing import wall
from webapp.core import clock
from webapp.jobs import drains, rendering
from webapp.notifications import leases
from webapp.payments import reconcile

DAY = 24 * 60
MINUTES = (2, 5, 5, 12, 12, 21, 36, 130, DAY + 1, DAY + 1, 2 * DAY + 1, 9 * DAY, 17 * DAY)
WORK = ("approvals", "set-asides", "waitlist", "invoices", "balances")


class Clockwork(Card):
    """Nothing happens by itself: the clock goes on, and the worker looks."""

    @act(turns=2, weight=3, minutes=MINUTES)
    def time(self, minutes: int) -> None:
        """The clock goes on; nothing else happens by itself."""
        self.tally.tried["time"] += 1
        self.clock.shift(timedelta(minutes=minutes))
        self.tally.done["time"] += 1

    @act()
    def worker(self) -> None:
        """What is done every minute about money: holds end, refunds are sent."""
        self.run("worker", lambda: reconcile.settle(clock.now()))

    @act(names=(WORK, WORK, *((one,) for one in WORK)))
    def drain(self, names: tuple[str, ...]) -> None:
        """The other work, all of it or a part: the rest is late."""
        by_name = {one.name: one for one in drains.DRAINS}
        for name in names:
            self.run("drain", lambda name=name: by_name[name].run(clock.now()))

    @act(turns=2.5)
    def sweep(self) -> None:
        """The whole sweep: Stripe's list is read, so that nothing withheld is lost."""
        self.run("sweep", lambda: reconcile.sweep(clock.now()))
        self.unsaid += self.stripe.news()
        self.note_arrivals([*self.said, *self.unsaid])

    @act()
    def mail(self) -> None:
        """Everything that is due is written as it would be sent; a reminder states the true time of a true place."""
        for message_id, _ in leases.due(clock.now(), 50):
            claim = leases.claim(message_id, clock.now())
            assert claim is not None
            self._read(claim, self.run("mail", lambda claim=claim: rendering.render(claim)))
            leases.settle_sent(claim, clock.now(), "")

    def _read(self, claim: Any, mail: Any) -> None:
        if claim.kind != "reminder" or not hasattr(mail, "text"):
            return
        place = next(one for one in self.now.registrations if one.id == claim.facts["registration_id"])
        mine = {one.session_id for one in self.now.seats if one.registration_id == place.id and one.state != "released"}
        ahead = [one for one in self.now.sessions if one.id in mine and one.status == "scheduled" and one.ends_at >= clock.now()]
        first = min(ahead, key=lambda one: (one.starts_at, one.id))
        assert place.state == "confirmed"
        assert f"{wall(first.starts_at):%-d %b %Y, %-I:%M}" in mail.text, (first, mail.text)
