"""A membership year on the order: the rest of it costs the member price at once, and it stands while it is paid."""

from typing import Any

from tests.machines.acting import act, pick
from tests.machines.playing import NUMBER, Playing
from webapp.registration import orders


class Members(Playing):
    """Who becomes a member with her order."""

    @act(when=lambda self: self.named_holds(), after=("hold", "hold_other"), weight=2, which=NUMBER)
    def add_year(self, which: int) -> None:
        """A membership goes on an order that is held."""
        place = pick(self.named_holds(), which)
        self.do("add year", lambda: orders.add_year(place.order_id, place.id, self.w.plan) or True)

    @act(when=lambda self: self._on_hold(), turns=3.5, after=("add_year",), which=NUMBER)
    def remove_year(self, which: int) -> None:
        """It is taken off again."""
        year = pick(self._on_hold(), which)
        self.do("remove year", lambda: orders.remove_year(year.order_id, year.id) or True)

    def named_holds(self) -> list[Any]:
        """Places with a name on orders that nobody went to pay."""
        holds = {one.id for one in self.unpaid_holds()}
        return [one for one in self.now.active if one.order_id in holds and one.person_id is not None]

    def _on_hold(self) -> list[Any]:
        holds = {one.id for one in self.unpaid_holds()}
        return [one for one in self.now.years if one.ended_at is None and one.order_id in holds]
