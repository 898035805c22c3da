"""The line for what is full: joining, an offer taken up or left, the party that becomes smaller, staff who move and close."""

from typing import Any

from tests.machines.acting import After, act, pick
from tests.machines.acts.places import FRESH, MODES, Places
from tests.machines.playing import NUMBER
from webapp.registration import orders
from webapp.registration.waitlist import joining, moving, swapping


class Waiting(Places):
    """Whoever waits, and what staff do about the line."""

    @act(weight=4, who=NUMBER, level=("event", "event", "in_person", "online", "type"), seats=(1, 1, 2, 3),
         known=(False, True, True), fresh=FRESH)
    def wait(self, who: int, level: str, seats: int, known: bool, fresh: bool = False) -> None:
        """Somebody gets in line; refused while there are seats."""
        person_id, _, _, address = self.name(self.row(who, fresh)[0])
        key = f"type-{self.w.types[0]}" if level == "type" else level
        self.do("wait", lambda: joining.join(self.w.event_id, key, email=address, seats=seats, person_id=person_id if known else None))

    @act(when=lambda self: self.now.active, after=("hold", "enter"), which=NUMBER, breakout=NUMBER)
    def wait_for_session(self, which: int, breakout: int) -> None:
        """Who has a place waits for a breakout that is full."""
        place, session_id = pick(self._choosers(), which), pick(self._full() or self.w.breakouts, breakout)
        self.do("wait for session", lambda: joining.join_session(place.id, session_id))

    @act(when=lambda self: self.entries("offered", session=False), turns=5, after=lambda self: self._to_an_offer(), weight=6, which=NUMBER,
         kind=(0, 0, 1), mode=MODES, many=(0, 0, -1), word=("", "", "SPRING10"))
    def take_offer(self, which: int, kind: int, mode: str, many: int, word: str) -> None:
        """The offer is taken up by the ordinary way, whole or with a seat less; who waited comes first."""
        entry = pick(self.entries("offered", session=False), which)
        who = next((at for at, one in enumerate(self.w.people) if one[2] == entry.email), 0)
        wishes = [self.wish(who + step, kind, mode) for step in range(max(entry.seats - entry.claimed + many, 1))]
        self.do("take offer", lambda: orders.hold(self.w.event_id, wishes, self.buyer(who), submit_key=f"form:{self.next()}",
                                                  offer=entry.ref, code=word))

    @act(when=lambda self: self.entries("offered", session=True), turns=15, after=lambda self: self._to_a_session(), weight=3,
         which=NUMBER)
    def take_session(self, which: int) -> None:
        """She takes the breakout she waited for."""
        self.do("take session", lambda: swapping.accept(pick(self.entries("offered", session=True), which).ref) or True)

    @act(when=lambda self: self.entries("waiting", "offered"), turns=4, after=lambda self: self._to_the_line(), which=NUMBER,
         offered=(False, True))
    def leave_line(self, which: int, offered: bool) -> None:
        """Out of the line, or the offer is declined."""
        found = self.entries("offered") if offered else []
        self.do("leave line", lambda: joining.leave(pick(found or self.entries("waiting", "offered"), which).ref) or True)

    @act(when=lambda self: self.entries("waiting"), turns=3.5, after=lambda self: self._to_the_line(), which=NUMBER, seats=(1, 1, 2))
    def smaller_party(self, which: int, seats: int) -> None:
        """A party needs fewer seats."""
        found = [one for one in self.entries("waiting") if one.seats > seats] or self.entries("waiting")
        self.do("smaller party", lambda: joining.make_smaller(pick(found, which).ref, seats) or True)

    @act(when=lambda self: self.entries("waiting"), turns=3, after=lambda self: self._to_the_line(), which=NUMBER, position=(1, 2, 9))
    def move_party(self, which: int, position: int) -> None:
        """Staff put a party elsewhere in its line."""
        entry = pick(self.entries("waiting"), which)
        self.do("move party", lambda: moving.move(entry.id, self.w.event_id, position, by_id=self.w.finance, reason="A promise") or True)

    @act(when=lambda self: self.entries("waiting") and self._kept(), turns=1.5, after=lambda self: self._to_the_line(), which=NUMBER)
    def offer_now(self, which: int) -> None:
        """Staff ask a party next, while seats are kept for the line; refused when they are not for it, or not enough."""
        entry = pick(self.entries("waiting"), which)
        self.do("offer now", lambda: moving.offer_now(entry.id, self.w.event_id, by_id=self.w.finance, reason="A promise") or True)

    @act(when=lambda self: self.now.waitlists, turns=3.5, after=lambda self: self._to_the_line(), which=NUMBER)
    def close_line(self, which: int) -> None:
        """Staff close a line, or open it again."""
        one = pick(self.now.waitlists, which)
        does = moving.close if one.closed_at is None else moving.reopen
        self.do("close line", lambda: does(one.id, self.w.event_id, by_id=self.w.finance, reason="A larger hall") or True)

    def entries(self, *states: str, session: bool | None = None) -> list[Any]:
        """Parties in these states; of the lines of sessions only, or of all others."""
        of_session = {one.id for one in self.now.waitlists if one.session_id is not None}
        return [one for one in self.now.entries if one.state in states and session in (None, one.waitlist_id in of_session)]

    def _kept(self) -> bool:
        return any(one.kept for one in self.now.pools)

    def _to_the_line(self) -> After:
        if self.entries("waiting", session=False):
            return "let_go", "cancel", self.room()
        if self.is_full():
            return (("wait", {"level": "event"}),)
        taken = self.house().taken
        return (("capacity", {"which": "capacity", "size": taken}),) if taken else ("hold",)

    def _to_an_offer(self) -> After:
        return ("drain", "offer_now") if self._kept() else self._to_the_line()

    def _to_a_session(self) -> After:
        if not self.entries("waiting", session=True):
            return ("wait_for_session",) if self._full() else (("breakouts", {"choice": 0}), ("session_limit", {"which": 1, "size": 0}))
        return ("drain",) if self._kept() else (("breakouts", {"choice": None}), ("session_limit", {"size": 4}), "cancel")

    def _choosers(self) -> list[Any]:
        return [one for one in self.now.active if one.event_id == self.w.event_id] or self.now.active

    def _full(self) -> list[int]:
        pools = {one.id: one for one in self.now.pools}
        found = [pools[one.pool_id] for one in self.now.sessions if one.id in self.w.breakouts and one.pool_id is not None]
        full = {one.id for one in found if one.capacity is not None and one.taken + one.kept >= one.capacity}
        return [one.id for one in self.now.sessions if one.pool_id in full and one.id in self.w.breakouts]
