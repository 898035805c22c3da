"""Places asked for, paid on invoice, given back, handed on, named, moved to another date."""

from typing import Any

from tests.machines.acting import act, pick
from tests.machines.playing import NUMBER, Playing
from webapp.payments import deferring, giving_back, invoices
from webapp.registration import orders, registrations
from webapp.registration.orders import Attendee, BillTo, Buyer
from webapp.registration.substitution import Colleague

MODES = ("in_person", "online")
WORDS = ("", "", "", "SPRING10", "THIRTY", "TWICE", "EACH", "HELP", "spring10, grant", "NOBODY")
STAFF = (False, True)
HOLD = ("hold", "hold_other")
FRESH = (True, True, True, False)


class Places(Playing):
    """One attendee's place, from the form to its end."""

    @act(weight=8, first=NUMBER, many=(1, 1, 1, 2, 3), kind=(0, 0, 1), mode=MODES, breakout=(None, None, 0, 1, "none"),
         dinner=(0, 0, 0, 1, 2), word=WORDS, asks=(None, None, "It is much for me."), fresh=FRESH)
    def hold(self, first: int, many: int, kind: int, mode: str, breakout: Any = None, dinner: int = 0, word: str = "",
             asks: str | None = None, fresh: bool = False) -> None:
        """One to three people ask for places in one order, perhaps with a code, or for help with the price."""
        who = self.row(first, fresh)
        wishes = [self.wish(one, kind, mode, breakout, dinner, asks) for one in who[:many]]
        self.do("hold", lambda: orders.hold(self.w.event_id, wishes, self.buyer(who[0]), submit_key=f"form:{self.next()}", code=word))

    @act(weight=4, first=NUMBER, kind=(0, 0, 1))
    def hold_other(self, first: int, kind: int) -> None:
        """A place at the other date of the course."""
        person_id, given, family, address = self.name(first)
        wish = Attendee(self.w.other_types[kind], given, family, address, person_id)
        self.do("hold other", lambda: orders.hold(self.w.other_id, [wish], self.buyer(first), submit_key=f"form:{self.next()}"))

    @act(when=lambda self: self.now.orders_in("held"), after=HOLD, weight=5, which=NUMBER, method=("card", "invoice", "invoice"))
    def place(self, which: int, method: str) -> None:
        """The buyer says how it is paid; an invoice is issued."""
        order = pick(self.now.orders_in("held"), which)

        def whole() -> str:
            state = orders.place(order.id, method, bill_to=BillTo("Lakeshore Home Visiting"))
            if state == "placed" and method == "invoice":
                invoices.issue(order.id)
            return state

        self.do("place", whole)

    @act(when=lambda self: self.now.orders_in("held"), turns=3, after=HOLD, weight=2, which=NUMBER)
    def more_time(self, which: int) -> None:
        """Ten minutes more."""
        self.do("more time", lambda: orders.give_more_time(pick(self.now.orders_in("held"), which).id))

    @act(when=lambda self: self.now.orders_in("held"), turns=2, after=HOLD, which=NUMBER)
    def let_go(self, which: int) -> None:
        """The buyer gives the seat back."""
        self.do("let go", lambda: orders.let_go(pick(self.now.orders_in("held"), which).id))

    @act(when=lambda self: self.unpaid_holds(), turns=2.5, after=HOLD, weight=2,
         which=NUMBER, first=NUMBER, other=STAFF, kind=(0, 0, 1), word=WORDS, fresh=FRESH)
    def add_to_order(self, which: int, first: int, other: bool, kind: int, word: str, fresh: bool = False) -> None:
        """Somebody else, or another event, goes on an order that is held."""
        order, person = pick(self.unpaid_holds(), which), self.name(self.row(first, fresh)[0])
        types, event_id = (self.w.other_types, self.w.other_id) if other else (self.w.types, self.w.event_id)
        wish = Attendee(types[kind], person[1], person[2], person[3], person[0], "in_person")
        self.do("add to order", lambda: orders.hold(event_id, [wish], self.buyer(first), submit_key=f"form:{self.next()}", code=word,
                                                    into=order.id))

    @act(when=lambda self: self.several(), turns=3, after=HOLD, which=NUMBER, whose=NUMBER)
    def take_out(self, which: int, whose: int) -> None:
        """One place less on a held order, perhaps the last one."""
        order_id = pick(self.several(), which)
        places = [one for one in self.now.active if one.order_id == order_id]
        self.do("take out", lambda: orders.take_out(order_id, pick(places, whose).id) or True)

    @act(when=lambda self: self.now.active, turns=1.5, after=("hold", "hold_other", "enter"), says=("cancel", "cancel by staff"),
         which=NUMBER, by_staff=STAFF, as_balance=STAFF)
    def cancel(self, which: int, by_staff: bool, as_balance: bool = False) -> None:
        """A place is given back, by whoever has it or by staff; money follows."""
        place = pick(self.now.active, which)

        def whole() -> None:
            by_id = self.w.finance if by_staff else place.person_id
            done = registrations.cancel(place.id, by_id=by_id, reason="Ill", by_organizer=by_staff, as_balance=as_balance)
            giving_back.after([done], reason="Ill", by_id=by_id, today=self.today)

        self.do("cancel by staff" if by_staff else "cancel", whole)

    @act(when=lambda self: self.now.confirmed, turns=3, after=("place", "enter"), weight=2, which=NUMBER, who=NUMBER, by_staff=STAFF)
    def substitute(self, which: int, who: int, by_staff: bool) -> None:
        """A colleague takes a place: named by who pays, a person made for her; named by staff, who she is known as."""
        self._give("substitute", pick(self.now.confirmed, which).id, who, by_staff)

    @act(when=lambda self: self.unnamed(), turns=4.5,
         after=lambda self: (self.room() if self.is_full() else ("agency_books", {"to_follow": True}),), which=NUMBER, who=NUMBER,
         by_staff=STAFF)
    def name_seat(self, which: int, who: int, by_staff: bool) -> None:
        """A seat whose name was to follow gets it."""
        self._give("name seat", pick(self.unnamed(), which).id, who, by_staff, is_naming=True)

    @act(when=lambda self: self.now.confirmed, turns=2.5, after=("place", "enter"), weight=2,
         which=NUMBER, by_staff=(True, True, False), same_price=STAFF)
    def transfer(self, which: int, by_staff: bool, same_price: bool) -> None:
        """A place moves to the other date, or back."""
        place = pick(self.now.confirmed, which)
        to, by_id = self.w.event_id if place.event_id == self.w.other_id else self.w.other_id, self.w.finance if by_staff else None

        def whole() -> None:
            done = registrations.transfer(place.id, to, by_id=by_id, by_staff=by_staff, reason="Ill that day", same_price=same_price)
            giving_back.settle_change(done.order_id, done.change_cents, reason="Ill that day", by_id=by_id, today=self.today)
            giving_back.to_others(done.others, reason="Ill that day", by_id=by_id, today=self.today)

        self.do("transfer", whole)

    @act(when=lambda self: self.now.confirmed, after=("cheque", "place"), which=NUMBER, by_staff=STAFF)
    def defer(self, which: int, by_staff: bool) -> None:
        """A place that is paid is put off: its money waits for a later date of the course."""
        paid = {one.order_id for one in self.now.payments if one.state == "succeeded"}
        place = pick([one for one in self.now.confirmed if one.order_id in paid] or self.now.confirmed, which)
        self.do("defer", lambda: deferring.defer(place.id, by_id=self.w.finance if by_staff else None, today=self.today, by_staff=by_staff,
                                                 reason="A birth") or True)

    @act(when=lambda self: self.now.active, after=HOLD, which=NUMBER, choice=(0, 1, None))
    def breakouts(self, which: int, choice: int | None) -> None:
        """Another breakout, or none."""
        place = pick(self.now.active, which)
        picked = {self.w.block: None if choice is None else self.w.breakouts[choice]}
        self.do("breakouts", lambda: registrations.choose_breakouts(place.id, picked))

    def row(self, first: int, fresh: bool) -> list[int]:
        """Everybody from this one on; or who has no place in the event first (`fresh`), which is seldom refused."""
        everybody = [(first + step) % len(self.w.people) for step in range(len(self.w.people))]
        there = {one.person_id for one in self.now.active if one.event_id == self.w.event_id} if fresh else set()
        return sorted(everybody, key=lambda who: self.name(who)[0] in there)

    def wish(self, who: int, kind: int, mode: str, breakout: Any = None, dinner: int = 0, asks: str | None = None) -> Attendee:
        """What one of the people asks for in the event."""
        person_id, given, family, address = self.name(who)
        chosen = {} if breakout is None else {self.w.block: None if breakout == "none" else self.w.breakouts[breakout]}
        return Attendee(self.w.types[kind], given, family, address, person_id, mode, breakouts=chosen, fund_words=asks,
                        add_ons={self.w.dinner: dinner} if dinner else {})

    def buyer(self, who: int) -> Buyer:
        """One of the people as who orders."""
        person_id, given, family, address = self.name(who)
        return Buyer(f"{given} {family}", address, person_id)

    def house(self) -> Any:
        """The pool of the event itself."""
        pool_id = next(one.pool_id for one in self.now.events if one.id == self.w.event_id)
        return next(one for one in self.now.pools if one.id == pool_id)

    def is_full(self) -> bool:
        """Whether the event has no place for everybody."""
        house = self.house()
        return house.capacity is not None and house.taken + house.kept >= house.capacity

    def room(self) -> tuple[str, dict[str, Any]]:
        """The act that makes room for more."""
        return "capacity", {"which": "capacity", "size": len(self.w.people)}

    def several(self) -> list[int]:
        """Held orders nobody went to pay, with places on them."""
        ids = {one.id for one in self.unpaid_holds()}
        return sorted({one.order_id for one in self.now.active if one.order_id in ids})

    def unnamed(self) -> list[Any]:
        """Confirmed places whose name is to follow."""
        return [one for one in self.now.confirmed if one.person_id is None]

    def _give(self, name: str, registration_id: int, who: int, by_staff: bool, **more: Any) -> None:
        _, given, family, address = self.name(who)
        by_id = self.w.finance if by_staff else None

        def whole() -> None:
            done = registrations.substitute(registration_id, Colleague(given, family, address), by_id=by_id, by_staff=by_staff,
                                            reason="Ill", **more)
            giving_back.settle_change(done.order_id, done.change_cents, reason="Ill", by_id=by_id, today=self.today)
            giving_back.to_others(done.others, reason="Ill", by_id=by_id, today=self.today)

        self.do(name, whole)
