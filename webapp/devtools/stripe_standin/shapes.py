"""Empty objects with the fields the library knows, so that answers have all of them and no other."""

from __future__ import annotations

from typing import Any

from webapp.devtools.stripe_standin.store import Body

# Fields Stripe leaves out unless they are asked for by `expand`, or that only deleted objects have.
LEFT_OUT = {"OBJECT_NAME", "line_items", "refunds", "deleted", "level3", "secret"}

ADDRESS: Body = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def _names(shape: type[Any]) -> frozenset[str]:
    return frozenset(shape.__annotations__) - LEFT_OUT


def make(shape: type[Any], **fields: Any) -> Body:
    """Return an object of the library's class with every field empty but those given.

    Raises KeyError for a field the library does not know: a mistake of ours, never of the caller's.
    """
    unknown = set(fields) - _names(shape)
    if unknown:
        raise KeyError(f"{shape.__name__} has no {sorted(unknown)}")
    body: Body = dict.fromkeys(sorted(_names(shape)))
    if "livemode" in body:
        body["livemode"] = False
    return body | {"object": shape.OBJECT_NAME} | fields


def listed(items: list[Body], url: str, has_more: bool = False) -> Body:
    """Return Stripe's list object."""
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def spoken_money(cents: int, currency: str) -> str:
    """Return cents as Stripe's messages write them: `$25.00`, or `25.00 EUR` for other currencies."""
    amount = f"{cents / 100:,.2f}"
    return f"${amount}" if currency == "usd" else f"{amount} {currency.upper()}"
