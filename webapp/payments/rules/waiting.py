"""How long to wait before Stripe is asked once more."""

from datetime import timedelta


def after(attempts: int, longest: timedelta) -> timedelta:
    """Two minutes after the first attempt, twice as long after each further one, and never longer than `longest`."""
    return min(timedelta(minutes=2 ** min(attempts, 12)), longest)
