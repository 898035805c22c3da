"""The lines of a Checkout Session, with inline prices."""

from __future__ import annotations

import stripe

from webapp.devtools.stripe_standin import shapes
from webapp.devtools.stripe_standin.params import missing_parameter
from webapp.devtools.stripe_standin.refusals import invalid, missing, not_imitated
from webapp.devtools.stripe_standin.store import Body, new_id

MOST_LINES = 100


def make(params: Body) -> list[Body]:
    """Return the session's lines. Refuses none, too many, unpriced ones and mixed currencies."""
    wanted = params.get("line_items", [])
    if not wanted:
        raise missing_parameter("line_items")
    if len(wanted) > MOST_LINES:
        raise invalid("You may only specify up to 100 line items.", param="line_items")
    lines = [_line(line, f"line_items[{index}]") for index, line in enumerate(wanted)]
    currencies = sorted({line["currency"] for line in lines})
    if len(currencies) > 1:
        raise invalid(
            f"All line items must have the same currency: {', '.join(currencies)}", param="line_items"
        )
    return lines


def _line(line: Body, path: str) -> Body:
    price = _price(line, path)
    quantity = line.get("quantity")
    if quantity is None:
        raise invalid(f"Quantity is required. Add `quantity` to `{path}`", param=path)
    if quantity < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            param=f"{path}[quantity]",
            code="parameter_invalid_integer",
        )
    total = quantity * price["unit_amount"]
    return shapes.make(
        stripe.LineItem,
        id=new_id("li"),
        amount_discount=0,
        amount_subtotal=total,
        amount_tax=0,
        amount_total=total,
        currency=price["currency"],
        description=line["price_data"]["product_data"]["name"],
        metadata=line.get("metadata", {}),
        price=price,
        quantity=quantity,
    )


def _price(line: Body, path: str) -> Body:
    if "price" in line:
        raise missing("price", line["price"], f"{path}[price]", 400)
    for name in ("tax_rates", "adjustable_quantity"):
        if name in line:
            raise not_imitated(f"{path}[{name}]")
    if "price_data" not in line:
        raise invalid(f"You must specify either `price` or `price_data` in {path}.", param=path)
    data, path = line["price_data"], f"{path}[price_data]"
    if "product" in data or "recurring" in data or "unit_amount_decimal" in data:
        raise not_imitated(f"{path}[product, recurring or unit_amount_decimal]")
    if "product_data" not in data:
        raise missing_parameter(f"{path}[product_data]")
    if "unit_amount" not in data:
        raise missing_parameter(f"{path}[unit_amount]")
    if data["unit_amount"] < 0:
        raise invalid(
            "Invalid non-negative integer", code="parameter_invalid_integer", param=f"{path}[unit_amount]"
        )
    return shapes.make(
        stripe.Price,
        id=new_id("price"),
        active=False,
        billing_scheme="per_unit",
        created=0,
        metadata={},
        currency=_currency(data["currency"], path),
        product=new_id("prod"),
        tax_behavior=data.get("tax_behavior", "unspecified"),
        type="one_time",
        unit_amount=data["unit_amount"],
        unit_amount_decimal=str(data["unit_amount"]),
    )


def _currency(code: str, path: str) -> str:
    if len(code) != 3 or not code.isalpha():
        raise invalid(f"Invalid currency: {code}.", param=f"{path}[currency]")
    return code.lower()
