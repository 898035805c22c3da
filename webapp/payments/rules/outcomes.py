"""What became of something Stripe told: a word for the inbox."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What an event came to, for the inbox: applied, ignored or for_finance, and why in words."""

    outcome: str
    note: str = ""
