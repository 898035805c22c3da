"""The lots a balance is made of: made, moved, bound to a course. What is done with a balance is one level up (payments.balance)."""

from webapp.payments.lots.rows import locked, move, note, of, of_payment, prolong, stand_still

__all__ = ["locked", "move", "note", "of", "of_payment", "prolong", "stand_still"]
