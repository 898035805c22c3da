"""What payers have with us and what the books say: balances, an agency that is asked whether it pays, months, statements."""

from datetime import timedelta
from typing import Any

from tests.machines.acting import act, pick
from tests.machines.kept import books
from tests.machines.playing import NUMBER, ZONE, Playing
from tests.machines.world import OFFICE
from webapp.payments import approvals, balance, checkout, months, payers
from webapp.payments.pages import CameFrom
from webapp.payments.queries import months as open_months
from webapp.payments.rules import books as months_

CENTS = (None, 500, 5_000, 99_999)


class Accounts(Playing):
    """Balances, approvals, months."""

    @act(when=lambda self: self.now.payments, after=("cheque", "pay_at_door", "webhooks"),
         which=NUMBER, cents=(500, 5_000, 10_000, 99_999), left=(3, 30, 300))
    def keep_balance(self, which: int, cents: int, left: int) -> None:
        """What was paid for an order stays with us for its payer."""
        paid = [one.order_id for one in self.now.payments if one.order_id is not None]
        order_id = pick(paid or [one.id for one in self.now.orders], which)
        self.do("keep balance", lambda: balance.keep(order_id, cents, expires_on=self.today + timedelta(days=left), reason="Another time",
                                                     by_id=self.w.finance))

    @act(when=lambda self: self.now.payments, after=("cheque",), which=NUMBER, payer=NUMBER, cents=(500, 2_550, 10_000), left=(3, 30, 300))
    def keep_payment(self, which: int, payer: int, cents: int, left: int) -> None:
        """Money of finance's list is kept for a payer."""
        payment = pick(self.free() or self.now.payments, which)
        self.do("keep payment", lambda: balance.keep_payment(payment.id, cents, expires_on=self.today + timedelta(days=left), reason="Hers",
                                                             by_id=self.w.finance, payer_id=pick(self.now.payers, payer).id))

    @act(when=lambda self: self.lots(), turns=6, after=("keep_balance", "keep_payment", "defer"),
         weight=3, which=NUMBER, cents=CENTS, other=(False, False, True))
    def use_balance(self, which: int, cents: int | None, other: bool) -> None:
        """A balance pays an order, of the same payer or of whom staff name."""
        lot = pick(self.lots(), which)
        mine = [one for one in self.owing() if other or one.payer_id == lot.payer_id] or self.owing() or self.now.orders
        order = pick(mine, which)
        self.do("use balance", lambda: balance.use(order.id, cents, today=self.today, by_id=self.w.finance, payer_id=lot.payer_id))

    @act(when=lambda self: self.lots(), turns=5, after=("keep_balance", "keep_payment"), which=NUMBER, cents=(500, 2_000, 99_999))
    def return_balance(self, which: int, cents: int) -> None:
        """A part of a balance is given back by hand."""
        lot = pick(self.lots(), which)
        self.do("return balance", lambda: balance.give_back(lot.payer_id, cents, today=self.today, reason="She asked",
                                                            by_id=self.w.finance))

    @act(when=lambda self: self.now.lots, turns=4, after=("keep_balance", "keep_payment"), which=NUMBER)
    def take_back_balance(self, which: int) -> None:
        """The money stands with its payment again; refused when some of it was used."""
        whole = [one for one in self.lots() if one.left_cents == one.amount_cents] or self.now.lots
        self.do("take back balance", lambda: balance.take_back(pick(whole, which).id, reason="A mistake", by_id=self.w.finance) or True)

    @act(when=lambda self: self._askable(), after=(("hold", {"kind": 0, "word": "", "fresh": True}), ("hold_other", {"kind": 0})),
         weight=3, which=NUMBER, known=(True, True, False))
    def ask_agency(self, which: int, known: bool) -> None:
        """Who ordered names an agency that shall pay."""
        wish = approvals.Wish(OFFICE) if known else approvals.Wish("Prairie Nursery", "boss@prairie.example", "The boss")
        self.do("ask agency", lambda: approvals.ask(pick(self._askable(), which).id, wish, ZONE))

    @act(when=lambda self: self.asked(), turns=11, after=("ask_agency",), weight=3, says=("approve", "decline", "withdraw question"),
         which=NUMBER,
         how=("approve", "decline", "withdraw question"), po=("PO-7", "PO-7", ""))
    def answer_agency(self, which: int, how: str, po: str) -> None:
        """The approver says yes or no; or who ordered takes the question back."""
        one = pick(self.asked(), which)
        does: dict[str, Any] = {
            "approve": lambda: (approvals.approve(one.id, po_number=po), True)[1],
            "decline": lambda: (approvals.decline(one.id, reason="No money left", zone=ZONE), True)[1],
            "withdraw question": lambda: approvals.withdraw(one.order_id, ZONE)}
        self.do(how, does[how])

    @act(when=lambda self: self.asked(), turns=3.5, after=("ask_agency",), which=NUMBER, hours=(0, 5, 30))
    def remind_agency(self, which: int, hours: int = 0) -> None:
        """The question is sent once more some hours later; not at once again."""
        self.clock.shift(timedelta(hours=hours))
        self.do("remind agency", lambda: approvals.remind(pick(self.asked(), which).order_id))

    @act(when=lambda self: self.asked(), turns=4, after=("ask_agency",), which=NUMBER)
    def agency_pays(self, which: int) -> None:
        """The approver goes to the payment page herself."""
        one = pick(self.asked(), which)
        order_id = self.do("agency pays", lambda: approvals.to_card(one.id))
        here = CameFrom(approval_id=one.id)
        address = self.run("open page", lambda: checkout.open_page(order_id, self.today, came_from=here)) if order_id else None
        if address:
            self.pages.append(address)

    @act(turns=9, next_=(False, False, False, True), days=(0, 0, 2, 17))
    def close_month(self, next_: bool, days: int = 0) -> None:
        """Some days later finance closes the oldest open month, or tries the one after it; then all months add up to the books."""
        self.clock.shift(timedelta(days=days))
        first = open_months.oldest_open(ZONE, self.today)
        self.do("close month", lambda: months.close(months_.after(first) if next_ else first, zone=ZONE, by_id=self.w.finance))
        books.months_add_up()

    @act(when=lambda self: self.now.payers, turns=3, which=NUMBER, back=(0, 1, 40))
    def statement(self, which: int, back: int) -> None:
        """A payer's statement: what is open then is what was open, and moved since; by age it is the same."""
        ids = payers.same(pick(self.now.payers, which).id)
        self.tally.tried["statement"] += 1
        books.statement_adds_up(self.now, ids, self.today - timedelta(days=back), self.today)
        self.tally.done["statement"] += 1

    def lots(self) -> list[Any]:
        """Lots of which something is left."""
        return [one for one in self.now.lots if one.left_cents > 0]

    def asked(self) -> list[Any]:
        """Questions that wait for an answer."""
        return [one for one in self.now.approvals if one.state == "asked"]

    def _askable(self) -> list[Any]:
        owing = {one.id for one in self.owing()}
        held = [one for one in self.now.orders_in("held") if one.approval_until is None]
        return [one for one in held if one.id in owing] or held

