"""Discount codes and funds: typed, taken away, asked for and decided; a price split between payers; what staff change about them."""

from typing import Any

from tests.machines.acting import act, pick
from tests.machines.acts.places import HOLD, WORDS
from tests.machines.playing import NUMBER, Playing
from webapp.payments import sharing
from webapp.registration import orders
from webapp.registration.codes import keeping as codes
from webapp.registration.codes.keeping import Terms
from webapp.registration.funds import deciding, giving
from webapp.registration.funds import keeping as funds
from webapp.registration.funds.giving import OtherPayer

ASKING = "hold", {"kind": 0, "asks": "It is much for me.", "word": "", "fresh": True}
CENTS = (None, 1_000, 6_000, 50_000)
LIMITS = ({"max_uses": 1}, {"max_uses": 3}, {"budget_cents": 1_000}, {"budget_cents": 30_000}, {})


class Prices(Playing):
    """Who lowers a price, and who carries a part of it."""

    @act(when=lambda self: self.unpaid_holds(), after=HOLD, weight=3, which=NUMBER, word=tuple(filter(None, WORDS)))
    def apply_code(self, which: int, word: str) -> None:
        """A code is typed on the review page."""
        self.do("apply code", lambda: orders.apply_code(pick(self.unpaid_holds(), which).id, word) or True)

    @act(when=lambda self: self._with_codes(), turns=4.5, after=(("apply_code", {"word": "SPRING10"}), ("apply_code", {"word": "EACH"})),
         which=NUMBER)
    def remove_code(self, which: int) -> None:
        """The code is taken off the order."""
        self.do("remove code", lambda: orders.remove_code(pick(self._with_codes(), which)) or True)

    @act(when=lambda self: self._with_shares("held"), turns=4.5,
         after=(("apply_code", {"word": "HELP"}), ("apply_code", {"word": "GRANT"}), "decide_help"), which=NUMBER)
    def remove_fund(self, which: int) -> None:
        """The fund is taken off the order."""
        self.do("remove fund", lambda: orders.remove_fund(pick(self._with_shares("held"), which)) or True)

    @act(turns=2.5, which=NUMBER, how=("withdraw", "give out", "change"), terms=LIMITS)
    def change_code(self, which: int, how: str, terms: dict[str, int]) -> None:
        """Staff withdraw a code, give it out again, or set other limits; never below what was used."""
        code_id, by_id = pick(self.w.codes, which), self.w.finance
        does = {"withdraw": codes.withdraw, "give out": codes.give_out}.get(how)
        if does is not None:
            self.do("change code", lambda: does(code_id, by_id=by_id) or True)
        else:
            self.do("change code", lambda: codes.update(code_id, Terms(percent=2_000, **terms), by_id=by_id) or True)

    @act(turns=2.5, which=NUMBER, how=("withdraw", "give out", "give out", "change"), budget=(5_000, 20_000, 60_000))
    def change_fund(self, which: int, how: str, budget: int) -> None:
        """Staff withdraw a fund, let it give again, or change its budget."""
        fund_id, by_id = pick(self.w.funds, which), self.w.finance
        does = {"withdraw": funds.withdraw, "give out": funds.give_out}.get(how)
        if does is not None:
            self.do("change fund", lambda: does(fund_id, by_id=by_id) or True)
        else:
            terms = funds.Terms(budget, percent=5_000, word=("HELP", "GRANT")[self.w.funds.index(fund_id)])
            self.do("change fund", lambda: funds.update(fund_id, terms, by_id=by_id) or True)

    @act(when=lambda self: self._asked(), turns=9.5, after=(ASKING,), says=("grant help", "decline help"), which=NUMBER, fund=NUMBER,
         cents=CENTS,
         grants=(True, False))
    def decide_help(self, which: int, fund: int, cents: int | None, grants: bool) -> None:
        """Staff grant what was asked for, or decline it."""
        request = pick(self._asked(), which)

        def whole() -> bool:
            if not grants:
                deciding.decline(request.id, by_id=self.w.finance, answer="Not this time")
                return True
            given = deciding.grant(request.id, pick(self.w.funds, fund), by_id=self.w.finance, cents=cents, answer="Gladly")
            sharing.after(given, reason="Help with the price", by_id=self.w.finance, today=self.today)
            return True

        self.do("grant help" if grants else "decline help", whole)

    @act(when=lambda self: self.now.active, after=("hold", "hold_other", "enter"), weight=2, which=NUMBER, fund=NUMBER, cents=CENTS)
    def give_part(self, which: int, fund: int, cents: int | None) -> None:
        """Staff let a fund pay a part of a place."""
        self._share("give part", lambda: giving.give(pick(self.now.active, which).id, pick(self.w.funds, fund), by_id=self.w.finance,
                                                     cents=cents, reason="A student"))

    @act(when=lambda self: self.now.confirmed, turns=2, after=("place", "enter"), weight=2,
         which=NUMBER, cents=(1, 2_500, 4_000, 90_000), kind=("agency", "person"))
    def split(self, which: int, cents: int, kind: str) -> None:
        """Another payer carries a part, on an order of her own."""
        payer = OtherPayer(kind, f"Payer {self.next()}", "other@payer.example", po_number="PO-3",
                           agency_id=self.w.agency if kind == "agency" else None)
        self._share("split", lambda: giving.split(pick(self.now.confirmed, which).id, cents, payer, by_id=self.w.finance, reason="Agreed"))

    @act(when=lambda self: self._standing(), turns=3.5, after=("give_part", "split"), which=NUMBER)
    def part_back(self, which: int) -> None:
        """Staff take a part back."""
        self._share("part back", lambda: giving.take_back(pick(self._standing(), which).id, by_id=self.w.finance, reason="A mistake"))

    @act(when=lambda self: self._with_shares("placed", "cancelled"), turns=4.5, after=("give_part", "place"))
    def bill_grant(self) -> None:
        """Who pays for the grant is billed for what no invoice asks yet."""
        order_id = next(one.order_id for one in self.now.funds if one.order_id is not None)
        self.do("bill grant", lambda: sharing.bill(order_id) or True)

    def _share(self, name: str, act_: Any) -> None:
        def whole() -> bool:
            sharing.after(act_(), reason="Parts", by_id=self.w.finance, today=self.today)
            return True

        self.do(name, whole)

    def _asked(self) -> list[Any]:
        return [one for one in self.now.requests if one.state == "asked"]

    def _standing(self) -> list[Any]:
        return [one for one in self.now.shares if one.ended_at is None]

    def _with_shares(self, *states: str) -> list[int]:
        orders_ = {one.id for one in self.now.orders_in(*states)}
        of = {one.id: one.order_id for one in self.now.registrations}
        return sorted({of[one.registration_id] for one in self._standing()} & orders_)

    def _with_codes(self) -> list[int]:
        holds, of = {one.id for one in self.unpaid_holds()}, {one.id: one.order_id for one in self.now.registrations}
        return sorted({of[one.registration_id] for one in self.now.code_uses if one.ended_at is None} & holds)
