"""Places set aside, agencies that book for their staff by name or with names to follow, and places given by staff."""

from datetime import timedelta
from typing import Any

from tests.machines.acting import act, pick
from tests.machines.acts.places import FRESH, MODES, Places
from tests.machines.playing import NUMBER
from tests.machines.world import OFFICE
from webapp.core import clock
from webapp.registration import entering, orders
from webapp.registration.orders import Attendee, Buyer
from webapp.registration.setasides import keeping
from webapp.registration.setasides.keeping import Wish


class KeptSeats(Places):
    """What is kept out of open sale, and who takes from it."""

    @act(weight=3, kind=("presenters", "agency", "agency", "phone"), seats=(1, 1, 2, 3), mode=(None, None, *MODES),
         typed=(False, True), days=(None, 1, 20), there=(False, False, True),
         breakout=(None, 0, 1))
    def set_aside(self, kind: str, seats: int, mode: str | None, typed: bool, days: int | None, there: bool, breakout: int | None) -> None:
        """Places of one of the dates are set aside for somebody, until a day, with a seat of a breakout; refused beyond what is open."""
        event_id, types = (self.w.other_id, self.w.other_types) if there else (self.w.event_id, self.w.types)
        sessions = {self.w.breakouts[breakout]: 1} if breakout is not None and not there else {}
        wish = Wish(kind, seats, agency_id=self.w.agency if kind == "agency" else None, mode=mode,
                    type_id=types[0] if typed else None, returns_at=clock.now() + timedelta(days=days) if days else None,
                    sessions=sessions)
        self.do("set aside", lambda: keeping.create(event_id, wish, by_id=self.w.finance, reason="For them"))

    @act(when=lambda self: self.standing(), turns=3, after=lambda self: (self.room() if self.is_full() else "set_aside",), which=NUMBER,
         seats=(1, 2, 3), days=(None, 1, 20), breakout=(None, 0, 1), kept=(0, 1))
    def change_aside(self, which: int, seats: int, days: int | None, breakout: int | None, kept: int) -> None:
        """It is made larger or smaller, keeps another number of a breakout, or returns on another day."""
        one = pick(self.standing(), which)
        here = breakout is not None and one.event_id == self.w.event_id
        sessions = {self.w.breakouts[breakout or 0]: kept} if here else None
        returns_at = clock.now() + timedelta(days=days) if days else None
        self.do("change aside", lambda: keeping.change(one.id, one.event_id, seats=seats, returns_at=returns_at, by_id=self.w.finance,
                                                       reason="They are more", sessions=sessions) or True)

    @act(when=lambda self: self.standing(), turns=3, after=lambda self: (self.room() if self.is_full() else "set_aside",), which=NUMBER)
    def return_aside(self, which: int) -> None:
        """What is unused returns to sale."""
        one = pick(self.standing(), which)
        self.do("return aside", lambda: (keeping.give_back(one.id, one.event_id, by_id=self.w.finance, reason="Not needed"), True)[1])

    @act(weight=4, first=NUMBER, many=(1, 2, 3), kind=(0, 0, 1), mode=MODES, to_follow=(False, True), invoiced=(False, True, True),
         fresh=FRESH)
    def agency_books(self, first: int, many: int, kind: int, mode: str, to_follow: bool, invoiced: bool, fresh: bool = False) -> None:
        """A supervisor books for her staff, from the agency's own seats first; names may follow."""
        wishes = [Attendee(self.w.types[kind], mode=mode, to_follow=True) if to_follow else self.wish(one, kind, mode)
                  for one in self.row(first, fresh)[:many]]
        buyer = Buyer(OFFICE, "office@lakeshore.example", None, self.w.agency)

        def whole() -> int:
            held = orders.hold(self.w.event_id, wishes, buyer, submit_key=f"form:{self.next()}", agency_id=self.w.agency)
            if invoiced:
                orders.place(held.order_id, "invoice", po_number="PO-1")
            return held.order_id

        self.do("agency books", whole)

    @act(who=NUMBER, kind=(0, 0, 1), mode=MODES, aside=(None, 0, 1), fresh=FRESH)
    def enter(self, who: int, kind: int, mode: str, aside: int | None, fresh: bool = False) -> None:
        """Staff give a place, from open sale or from what was set aside."""
        _, given, family, address = self.name(self.row(who, fresh)[0])
        found = self.standing()
        aside_id = pick(found, aside).id if found and aside is not None else None
        self.do("enter", lambda: entering.enter(self.w.event_id, self.w.types[kind], given=given, family=family, email=address, mode=mode,
                                                by_id=self.w.finance, reason="She called", set_aside_id=aside_id))

    def standing(self) -> list[Any]:
        """Set-asides that have not been returned."""
        return [one for one in self.now.asides if one.returned_at is None and one.part_of_id is None]
