"""Stripe's published test cards and test bank accounts, and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass

DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
}
AUTHENTICATION_FAILED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)


@dataclass(frozen=True)
class Instrument:
    """What somebody pays with. `decline` is Stripe's decline code; `refund` is how a refund to it goes."""

    number: str
    name: str
    kind: str = "card"
    brand: str = "visa"
    decline: str | None = None
    authenticates: bool = False
    disputed: bool = False
    refund: str = "succeeded"

    @property
    def last4(self) -> str:
        """The digits that receipts and the dashboard show."""
        return self.number[-4:]


INSTRUMENTS = (
    Instrument("4242424242424242", "success"),
    Instrument("5555555555554444", "mastercard", brand="mastercard"),
    Instrument("378282246310005", "amex", brand="amex"),
    Instrument("4000000000000002", "declined", decline="generic_decline"),
    Instrument("4000000000009995", "insufficient_funds", decline="insufficient_funds"),
    Instrument("4000000000009987", "lost_card", decline="lost_card"),
    Instrument("4000000000009979", "stolen_card", decline="stolen_card"),
    Instrument("4000000000000069", "expired_card", decline="expired_card"),
    Instrument("4000000000000127", "incorrect_cvc", decline="incorrect_cvc"),
    Instrument("4000000000000119", "processing_error", decline="processing_error"),
    Instrument("4000002500003155", "3ds", authenticates=True),
    Instrument("4000002760003184", "3ds_always", authenticates=True),
    Instrument("4000008400001629", "3ds_declined", authenticates=True, decline="generic_decline"),
    Instrument(
        "4000008260003178", "3ds_insufficient_funds", authenticates=True, decline="insufficient_funds"
    ),
    Instrument("4000000000000259", "disputed", disputed=True),
    Instrument("4000000000005126", "refund_fails", refund="fails"),
    Instrument("4000000000007726", "refund_pending", refund="pending"),
    Instrument("000123456789", "bank", kind="us_bank_account", refund="pending"),
    Instrument(
        "000222222227", "bank_insufficient_funds", kind="us_bank_account", decline="insufficient_funds"
    ),
    Instrument("000111111113", "bank_account_closed", kind="us_bank_account", decline="account_closed"),
)
_BY_NUMBER = {instrument.number: instrument for instrument in INSTRUMENTS}
_BY_NAME = {instrument.name: instrument for instrument in INSTRUMENTS}


def find(number_or_name: str) -> Instrument | None:
    """Return the test instrument of that number (spaces and dashes allowed) or of our short name for it."""
    return _BY_NUMBER.get(number_or_name.replace(" ", "").replace("-", "")) or _BY_NAME.get(number_or_name)
