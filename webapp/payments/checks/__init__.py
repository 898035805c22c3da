"""Checks: recorded once and spread over orders, deposited on a slip, given back by the bank all at once."""

from webapp.payments.checks.bouncing import bounce, foresee
from webapp.payments.checks.recording import Paper, record

__all__ = ["Paper", "bounce", "foresee", "record"]
