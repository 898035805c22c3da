"""Finance's desk: checks for one order or several, money at the door, what came without a name, refunds, corrections."""

from collections import Counter
from typing import Any

from tests.machines.acting import act, pick
from tests.machines.playing import NUMBER, ZONE, Playing
from webapp.payments import at_door, checks, corrections, receipts, refunds, unmatched
from webapp.payments.checks import Paper
from webapp.payments.queries import desk
from webapp.payments.receipts import Received

CHEQUES = (500, 2_550, 10_000, 12_550, 25_000)
REFUNDS = (1, 2_000, 5_000, 10_000, 99_999)


class Desk(Playing):
    """What finance does by hand."""

    @act(when=lambda self: self.now.orders, after=("hold",), which=NUMBER, cents=CHEQUES, alone=(False, False, True))
    def cheque(self, which: int, cents: int, alone: bool) -> None:
        """Finance records a cheque, for an order or nobody knows for which."""
        order_id = None if alone else pick(self.now.orders, which).id
        received = Received("cheque", cents, self.today, ZONE, number=f"{self.next()}")
        self.do("cheque", lambda: receipts.record(order_id, received, by_id=self.w.finance))

    @act(when=lambda self: self.open_by_order(), turns=2.5, after=("place",), weight=2, which=NUMBER, many=(1, 2, 3), short=(0, 0, 1, -1),
         rest=(0, 0, 1_500), kept=(False, True), again=(False, False, True))
    def check_for_several(self, which: int, many: int, short: int, rest: int, kept: bool, again: bool) -> None:
        """One check pays several orders, one of them a cent too little or too much; what is left over may become a balance."""
        owing = self.open_by_order()
        orders = [pick(sorted(owing), which + step) for step in range(min(many, len(owing)))]
        parts = {order_id: owing[order_id] for order_id in orders}
        parts[orders[0]] -= short
        number = self.next()
        paper = Paper(f"{number}", sum(parts.values()) + rest, self.today, ZONE, submit_key=f"check:{number}",
                      keep_until=self.today.replace(year=self.today.year + 1) if kept and rest else None)
        for _ in range(2 if again else 1):  # a double click is one check
            self.do("check for several", lambda: checks.record(paper, parts, by_id=self.w.finance))

    @act(when=lambda self: self.by_cheque("succeeded"), turns=3, after=("cheque",), which=NUMBER)
    def bounce(self, which: int) -> None:
        """The bank gives a cheque back."""
        payment = pick(self.by_cheque("succeeded"), which)
        self.do("bounce", lambda: receipts.bounce(payment.id, reason="No funds", by_id=self.w.finance))

    @act(when=lambda self: self.now.checks, turns=3.5, after=("check_for_several",), which=NUMBER, fee=(0, 1_500))
    def bounce_check(self, which: int, fee: int) -> None:
        """The bank gives a whole check back, with every order it paid, and there may be a fee."""
        found = [one for one in self.now.checks if one.state == "received"] or self.now.checks
        self.do("bounce check", lambda: checks.bounce(pick(found, which).id, reason="No funds", by_id=self.w.finance, fee_cents=fee))

    @act(when=lambda self: self.now.confirmed, turns=3, after=("place", "enter"), which=NUMBER, cents=(0, 0, 0, 500, 99_999),
         method=at_door.WAYS)
    def pay_at_door(self, which: int, cents: int, method: str) -> None:
        """A helper at the door takes what is open (0), or another amount."""
        open_ = self.open_by_order()
        place = pick([one for one in self.now.confirmed if one.order_id in open_] or self.now.confirmed, which)
        received = Received(method, cents or open_.get(place.order_id, 1_000), self.today, ZONE, number=f"{self.next()}")
        self.do("pay at door", lambda: at_door.take(place.event_id, place.id, received, by_id=self.w.finance))

    @act(when=lambda self: self.now.orders and self.now.payments, turns=3, after=("cheque",), which=NUMBER, order=NUMBER)
    def attach(self, which: int, order: int) -> None:
        """Finance gives unmatched money to an order."""
        payment, ref = pick(self.free() or self.now.payments, which), pick(self.now.orders, order).ref
        if self.do("attach", lambda: unmatched.attach(payment.id, ref, reason="By name", by_id=self.w.finance).id):
            self.attached.add(payment.id)

    @act(when=lambda self: self._of_orders(), turns=3, after=("cheque", "webhooks"), which=NUMBER, cents=REFUNDS, lowers=(False, True))
    def refund(self, which: int, cents: int, lowers: bool) -> None:
        """Finance gives money back."""
        order_id = pick(self._of_orders(), which).order_id
        self.do("refund", lambda: refunds.request_by_staff(order_id, cents, reason="Goodwill", lowers=lowers, by_id=self.w.finance))

    @act(when=lambda self: self.now.payments, turns=2, after=("cheque", "webhook_of_others"), which=NUMBER)
    def refund_unmatched(self, which: int) -> None:
        """Finance gives back what pays nothing."""
        payment = pick(self.free() or self.now.payments, which)
        row = desk.unmatched_one(payment.id)
        cents = row.free_cents if row else 100
        self.do("refund unmatched", lambda: refunds.request_of_payment(payment.id, cents, reason="Not ours", by_id=self.w.finance))

    @act(when=lambda self: self.refunds("failed"), turns=4, after=lambda self: self._to_a_failure(), which=NUMBER,
         failed=(True, True, False))
    def refund_again(self, which: int, failed: bool = True) -> None:
        """A refund that failed is sent once more; one that did not is not."""
        refund = pick(self.refunds("failed") if failed else self.now.refunds, which)
        self.do("refund again", lambda: refunds.try_again(refund.id, by_id=self.w.finance) or True)

    @act(when=lambda self: self.now.refunds, turns=4, after=("refund", "cancel"), which=NUMBER)
    def refund_by_hand(self, which: int) -> None:
        """Finance notes a refund by cheque."""
        hands = {one.id for one in self.now.payments if one.method in ("cheque", "cash", "balance")}
        refund = pick([one for one in self.now.refunds if one.payment_id in hands and one.state == "requested"] or self.now.refunds, which)
        self.do("refund by hand", lambda: refunds.note_returned(refund.id, cheque_number="77", on=self.today, by_id=self.w.finance) or True)

    @act(when=lambda self: self.now.orders, turns=2.5, after=("hold",), which=NUMBER, cents=(-12_550, -2_000, 1_500), void=(False, True))
    def correct(self, which: int, cents: int, void: bool) -> None:
        """Finance takes a line back, or adds one."""
        order = pick(self.now.orders, which)
        lines = [one for one in self.now.charges if one.order_id == order.id]
        if void and lines:
            self.do("correct", lambda: corrections.void(pick(lines, cents).id, reason="A mistake", by_id=self.w.finance))
        else:
            self.do("correct", lambda: corrections.correct(order.id, cents, reason="Agreed", by_id=self.w.finance))

    def open_by_order(self) -> dict[int, int]:
        """What placed orders still cost beyond what was paid for them, in cents."""
        left = Counter[int]()
        for line in self.now.charges:
            left[line.order_id] += line.amount_cents
        paid_for = {one.id: one.order_id for one in self.now.payments if one.state == "succeeded"}
        for one in self.now.payments:
            left[one.order_id] -= one.amount_cents if one.state in ("succeeded", "processing") else 0
        for one in self.now.refunds:
            left[paid_for.get(one.payment_id)] += one.amount_cents if one.state == "succeeded" else 0
        return {one.id: left[one.id] for one in self.now.orders_in("placed") if left[one.id] > 0}

    def _to_a_failure(self) -> tuple[str, ...]:
        """Stripe refuses to give back what it does not know; a card or a bank may not take it."""
        foreign = {one.id for one in self.now.payments if str(one.provider_intent_id).startswith("pi_foreign")}
        if any(one.payment_id in foreign for one in self.refunds("requested")):
            return ("worker",)
        if self.refunds("pending"):
            return ("settle",)
        return ("refund_unmatched",) if foreign & {one.id for one in self.free()} else ("webhook_of_others",)

    def _of_orders(self) -> list[Any]:
        return [one for one in self.now.payments if one.order_id is not None]
