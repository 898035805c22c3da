"""How money comes, in words: the one list for mails, pages and files."""

WORDS = {
    "card": "card",
    "bank_debit": "bank debit",
    "cheque": "check",
    "bank_transfer": "bank transfer",
    "cash": "cash",
    "balance": "balance",
}
AT_STRIPE = ("card", "bank_debit")
BY_HAND = ("cheque", "bank_transfer", "cash")
