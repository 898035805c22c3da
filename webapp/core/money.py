"""Money is integer cents plus an ISO 4217 currency. No float ever holds an amount."""

import re

from webapp.core.errors import Unacceptable

MAX_CENTS = 100_000_000  # a million dollars: no single line of this field comes near
_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?")
_AMOUNT = re.compile(r"^\$?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?$")


def written(cents: int, currency: str = "USD") -> str:
    """`240050` -> `$2,400.50`; a negative amount has a true minus sign in front."""
    sign = "\u2212" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    mark = "$" if currency == "USD" else f"{currency} "
    return f"{sign}{mark}{whole:,}.{part:02d}"


def plain(cents: int | None) -> str:
    """As a person types it into a field: `240050` -> `2400.50`; nothing for None."""
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


def typed(text: str, field: str | None = None) -> int:
    """Cents of what a person typed: `1,250.5`, `$40`. Anything else is refused with a reason."""
    match = _AMOUNT.match(text.strip())
    if not match:
        raise Unacceptable("Write the amount in dollars, for example 125.00.", field=field)
    cents = int(match[1].replace(",", "")) * 100 + int((match[2] or "0").ljust(2, "0"))
    if cents > MAX_CENTS:
        raise Unacceptable(f"The amount can be at most {written(MAX_CENTS)}.", field=field)
    return cents


def typed_percent(text: str, field: str | None = None) -> int:
    """Basis points of what a person typed: `12.5`, `10 %`; more than 100 too. Anything else is refused with a reason."""
    match = _PERCENT.fullmatch(text.strip())
    if not match:
        raise Unacceptable("Write the percentage, for example 10 or 12.5.", field=field)
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def percent_of(cents: int, percent_basis_points: int) -> int:
    """A share of a non-negative amount, rounded half up to a cent. 10 % is 1000 basis points."""
    return (cents * percent_basis_points + 5_000) // 10_000


def split(cents: int, parts: int) -> list[int]:
    """Equal parts that add up exactly; the remainder cents go to the first parts."""
    base, rest = divmod(cents, parts)
    return [base + (1 if i < rest else 0) for i in range(parts)]
