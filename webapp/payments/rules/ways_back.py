"""How money goes back, in sentences: it depends on how it came."""

from collections.abc import Collection

BOUND = "bound"  # a balance that pays for one course only
BALANCE = ("balance", BOUND)
ALONE = {
    "card": "It goes back to the card within some days.",
    "bank_debit": "It goes back to the bank account within some days.",
    "cheque": "It was paid by check, so we send a check to who paid.",
    "bank_transfer": "It came by bank transfer, so we send it to a bank account.",
    "cash": "It was paid in cash, so we give it back by hand.",
    "card_terminal": "It was paid by card at the door, so we give it back by hand.",
    "balance": "It was paid from a balance, so it is a balance again, for at least 30 days. No money is sent.",
    BOUND: "It was kept from a place that was put off, so it waits for another date of the same course again, for at least 30 days. "
           "No money is sent.",
}
PARTS = {
    "card": "by card to the card within some days",
    "bank_debit": "by bank debit to the bank account within some days",
    "cheque": "by check with a check",
    "bank_transfer": "by bank transfer to a bank account",
    "cash": "in cash by hand",
    "card_terminal": "by card at the door by hand",
    "balance": "from a balance becomes a balance again",
    BOUND: "with what was kept from a place put off waits for another date of the same course again",
}


def sentence(ways: Collection[str]) -> str:
    """What happens to money that came in these ways (payment methods, and `bound`); '' where none came."""
    known = [way for way in ALONE if way in ways]
    if len(known) < 2:
        return "".join(ALONE[way] for way in known)
    sent = [PARTS[way] for way in known if way not in BALANCE]
    kept = [f"what was paid {PARTS[way]}" for way in known if way in BALANCE]
    parts = ([f"what was paid {', what was paid '.join(sent)}"] if sent else []) + kept
    return f"Each part goes the way it came: {', '.join(parts)}."
