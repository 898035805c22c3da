"""What organizers change: limits, times, titles, sessions and events that are off."""

from datetime import timedelta
from random import Random

from tests.machines.acting import act, pick
from tests.machines.playing import NUMBER, Playing, wall
from tests.machines.world import offered
from webapp.catalog import events
from webapp.payments import giving_back
from webapp.registration import offers, programme

ROOMY = 0.75
LATE = 70  # turns, before an event may be cancelled: afterwards little can happen


class Programme(Playing):
    """The event as it is planned, and planned anew."""

    def at_first(self, chance: Random) -> None:
        """Not every walk begins alike: some in the last days of a month, most in a house with room for everybody."""
        self.clock.shift(timedelta(days=chance.choice((0, 0, 16))))
        if chance.random() < ROOMY:
            self.session_limit(0, None)
            self.change_offers(None, None)
            for which in ("capacity", "room_capacity", "online_capacity"):
                self.capacity(which, len(self.w.people))

    @act(which=("capacity", "room_capacity", "online_capacity"), size=(0, 1, 2, 3, 4, 5, None))
    def capacity(self, which: str, size: int | None) -> None:
        """A limit is raised, lowered or lifted."""
        self.do("capacity", lambda: events.update(self.w.event_id, version=events.get(self.w.event_id).version, actor_id=None,
                                                  **{which: size}))

    @act(which=NUMBER, size=(0, 1, 2, 4, None))
    def session_limit(self, which: int, size: int | None) -> None:
        """A session gets a limit, another one, or none."""
        self.do("session limit", lambda: offers.limits.limit_session(pick(self.w.sessions, which), size, actor_id=None) or True)

    @act(whole_=(0, 1, 2, 4, None), dinners=(0, 1, 2, 5, None))
    def change_offers(self, whole_: int | None, dinners: int | None) -> None:
        """What is sold gets other limits; refused below what is taken."""
        sold = offered(dinners=dinners, whole=whole_)
        self.do("change offers", lambda: offers.replace(self.w.event_id, sold, actor_id=self.w.finance, reason="More of them") or True)

    @act(turns=1.5, which=NUMBER, hours=(-30, -2, 3, 240))
    def move(self, which: int, hours: int) -> None:
        """A session moves."""
        one = next(row for row in self.now.sessions if row.id == pick(self.w.sessions, which))
        start, end = (wall(moment) + timedelta(hours=hours) for moment in (one.starts_at, one.ends_at))
        self.do("move", lambda: programme.move_session(one.id, start, end, actor_id=self.w.finance, reason="The speaker asked") or True)

    @act(turns=2, which=NUMBER, title=("Opening", "A new name", "Care; and, rhythm"))
    def rename(self, which: int, title: str) -> None:
        """A session has another title."""
        self.do("rename", lambda: programme.update_session(pick(self.w.sessions, which), actor_id=None, title=title) or True)

    @act(turns=1.5, which=NUMBER)
    def cancel_session(self, which: int) -> None:
        """A session is off."""
        self.do("cancel session", lambda: programme.cancel_session(pick(self.w.sessions, which), actor_id=None, reason="Ill") or True)

    @act(when=lambda self: any(one.status == "cancelled" for one in self.now.sessions), turns=2, after=("cancel_session",), weight=3,
         which=NUMBER)
    def restore_session(self, which: int) -> None:
        """A session is on again."""
        off = [one.id for one in self.now.sessions if one.status == "cancelled"]
        self.do("restore session", lambda: programme.restore_session(pick(off, which), actor_id=None, reason="Well again") or True)

    @act(when=lambda self: self.turns.total() > LATE, turns=5, other=(False, True))
    def cancel_event(self, other: bool = False) -> None:
        """One of the two dates is off; all its money goes back."""
        event_id = self.w.other_id if other else self.w.event_id

        def whole() -> bool:
            done = programme.cancel_event(event_id, actor_id=self.w.finance, reason="A flood")
            giving_back.after(done, reason="A flood", by_id=self.w.finance, today=self.today)
            return True

        self.do("cancel event", whole)
