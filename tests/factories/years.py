"""What a membership costs, made through its action. Call inside the test's session or inside `transaction()`."""

from webapp.registration.years import keeping
from webapp.registration.years.keeping import Terms


def plan(name: str = "Individual membership, one year", *, months: int = 12, amount_cents: int = 2_500, account_code: str = "4300") -> int:
    """A membership of a year for $25.00: less than the member price takes off the factories' workshop."""
    return keeping.create(Terms(name, months, amount_cents, account_code), by_id=None)
