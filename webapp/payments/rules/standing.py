"""How an order stands: owed against paid, in cents and in one word."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

REFUNDED = ("Refunded", "plain")


@dataclass(frozen=True)
class Balance:
    """Cents of one order. Owed is the sum of its charges, paid what was received and not given back.

    `due_cents` is what should have been paid by today, `processing_cents` what a bank has not confirmed yet,
    `in_flight_cents` refunds under way, `unplaced_cents` money that pays no charge.
    """

    owed_cents: int = 0
    due_cents: int = 0
    overdue_cents: int = 0
    received_cents: int = 0
    refunded_cents: int = 0
    in_flight_cents: int = 0
    processing_cents: int = 0
    allocated_cents: int = 0

    @property
    def paid_cents(self) -> int:
        """Received less given back."""
        return self.received_cents - self.refunded_cents

    @property
    def open_cents(self) -> int:
        """Still to be paid, now or later."""
        return max(self.owed_cents - self.paid_cents, 0)

    @property
    def due_now_cents(self) -> int:
        """To be paid now: due by today and not paid."""
        return max(min(self.due_cents, self.owed_cents) - self.paid_cents, 0)

    @property
    def overdue_now_cents(self) -> int:
        """Due before today and not paid."""
        return max(min(self.overdue_cents, self.owed_cents) - self.paid_cents, 0)

    @property
    def unplaced_cents(self) -> int:
        """Money of the order that pays no charge and is not on its way back."""
        return max(self.paid_cents - self.in_flight_cents - self.allocated_cents, 0)

    @property
    def refundable_cents(self) -> int:
        """What can still go back."""
        return max(self.paid_cents - self.in_flight_cents, 0)

    @property
    def word(self) -> tuple[str, str]:
        """The state in a word and the kind of its tag (docs/design-system.md: ok, warn, bad, plain)."""
        if self.in_flight_cents:
            return "Refund on its way", "warn"
        if self.overdue_now_cents:
            return "Overdue", "bad"
        if self.processing_cents and self.open_cents:
            return "Bank is confirming", "warn"
        if self.open_cents:
            return ("Part paid", "warn") if self.paid_cents > 0 else ("Owed", "warn")
        return self._settled_word()

    def _settled_word(self) -> tuple[str, str]:
        if self.unplaced_cents:
            return "Paid too much", "bad"
        if self.refunded_cents:
            return REFUNDED if not self.paid_cents else ("Paid, part refunded", "ok")
        return ("Paid", "ok") if self.paid_cents else ("Nothing owed", "plain")


def together(balances: Iterable[Balance]) -> Balance:
    """Several orders as one: each of the sums."""
    found = list(balances)
    return Balance(**{one.name: sum(getattr(balance, one.name) for balance in found) for one in fields(Balance)})
