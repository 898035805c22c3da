"""How money comes, in words: the one list for mails, pages and files."""

WORDS = {
    "card": "card",
    "bank_debit": "bank debit",
    "cheque": "check",
    "bank_transfer": "bank transfer",
    "cash": "cash",
    "card_terminal": "card terminal",
    "balance": "balance",
}
AT_STRIPE = ("card", "bank_debit")
BY_HAND = ("cheque", "bank_transfer", "cash", "card_terminal")  # a terminal that is not ours: its slip has the number
TO_THE_BANK = ("cheque", "cash")  # what somebody carries there, on a deposit slip
RETURNED = ("cheque", "bank_transfer")  # what a bank may give back after it was recorded
NUMBERED = ("cheque", "card_terminal")  # what has a number of its own, without which nobody finds it again
