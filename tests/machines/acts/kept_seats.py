"""Places set aside, agencies that book for their staff by name or with names to follow, and places given by staff."""

from datetime import timedelta
from typing import Any

from tests.machines.acting import act, pick
from tests.machines.acts.places import MODES, Places
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
         typed=(False, True), days=(None, 1, 20))
    def set_aside(self, kind: str, seats: int, mode: str | None, typed: bool, days: int | None) -> None:
        """Places are set aside for somebody, until a day; refused beyond what is open to everybody."""
        wish = Wish(kind, seats, agency_id=self.w.agency if kind == "agency" else None, mode=mode,
                    type_id=self.w.types[0] if typed else None, returns_at=clock.now() + timedelta(days=days) if days else None)
        self.do("set aside", lambda: keeping.create(self.w.event_id, wish, by_id=self.w.finance, reason="For them"))

    @act(when=lambda self: self.standing(), turns=3, which=NUMBER, seats=(1, 2, 3), days=(None, 1, 20))
    def change_aside(self, which: int, seats: int, days: int | None) -> None:
        """It is made larger or smaller, or returns on another day."""
        one = pick(self.standing(), which)
        returns_at = clock.now() + timedelta(days=days) if days else None
        self.do("change aside", lambda: keeping.change(one.id, one.event_id, seats=seats, returns_at=returns_at, by_id=self.w.finance,
                                                       reason="They are more") or True)

    @act(when=lambda self: self.standing(), turns=2, which=NUMBER)
    def return_aside(self, which: int) -> None:
        """What is unused returns to sale."""
        one = pick(self.standing(), which)
        self.do("return aside", lambda: (keeping.give_back(one.id, one.event_id, by_id=self.w.finance, reason="Not needed"), True)[1])

    @act(weight=4, first=NUMBER, many=(1, 2, 3), kind=(0, 0, 1), mode=MODES, to_follow=(False, True), invoiced=(False, True, True))
    def agency_books(self, first: int, many: int, kind: int, mode: str, to_follow: bool, invoiced: bool) -> None:
        """A supervisor books for her staff, from the agency's own seats first; names may follow."""
        wishes = [Attendee(self.w.types[kind], mode=mode, to_follow=True) if to_follow else self.wish(first + step, kind, mode)
                  for step in range(many)]
        buyer = Buyer(OFFICE, "office@lakeshore.example", None, self.w.agency)

        def whole() -> int:
            held = orders.hold(self.w.event_id, wishes, buyer, submit_key=f"form:{self.next()}", agency_id=self.w.agency)
            if invoiced:
                orders.place(held.order_id, "invoice", po_number="PO-1")
            return held.order_id

        self.do("agency books", whole)

    @act(who=NUMBER, kind=(0, 0, 1), mode=MODES, aside=(None, 0, 1))
    def enter(self, who: int, kind: int, mode: str, aside: int | None) -> None:
        """Staff give a place, from open sale or from what was set aside."""
        _, given, family, address = self.name(who)
        found = self.standing()
        aside_id = pick(found, aside).id if found and aside is not None else None
        self.do("enter", lambda: entering.enter(self.w.event_id, self.w.types[kind], given=given, family=family, email=address, mode=mode,
                                                by_id=self.w.finance, reason="She called", set_aside_id=aside_id))

    def standing(self) -> list[Any]:
        """Set-asides that have not been returned."""
        return [one for one in self.now.asides if one.returned_at is None]
