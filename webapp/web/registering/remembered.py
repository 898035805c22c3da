"""What this browser did: the orders it made (by reference, in the signed cookie), and what was typed for a hold that ran out."""

from datetime import datetime
from typing import Any

from flask import session

from webapp.forms import answers, values
from webapp.registration.queries import orders as queries

MOST = 12
PAYING = {"method": 10, "agency": 200, "approver": 120, "approver_email": 254, "po_number": 60, "billing_email": 254, "address": 1000}


def refs() -> list[str]:
    """References of the orders made in this browser, the latest first."""
    return [str(ref) for ref in session.get("orders", [])]


def add(ref: str) -> None:
    """Remembers an order; the oldest are forgotten."""
    session["orders"] = [ref, *(one for one in refs() if one != ref)][:MOST]


def answers_of(ref: str, registration_id: int) -> dict[str, Any]:
    """The answers of a registration as form data. Sensitive ones only in the browser they were typed in, not by the link alone."""
    seeing = answers.ALL if ref in refs() else answers.PLAIN
    return {values.field_name(one.key): one.value for one in answers.of_registration(registration_id, seeing=seeing)}


def steps(has_blocks: bool, *, skipped: str = "") -> list[dict[str, str]]:
    """The steps of registering, for the stepper. `skipped`: what to say of breakouts nobody chose yet."""
    middle = [{"label": "Breakouts"} | ({"skipped": skipped} if skipped else {})] if has_blocks else []
    return [{"label": "Your place"}, *middle, {"label": "Review and pay"}, {"label": "Done"}]


def keep_paying(ref: str, form: Any) -> None:
    """Keeps what was typed about the payment of an order while its page is loaded anew."""
    typed = {name: str(form[name].data or "")[:most] for name, most in PAYING.items()}
    session["paying"] = {"ref": ref, "typed": typed}


def paying(ref: str) -> dict[str, str]:
    """What was typed about the payment of this order, told once."""
    kept = session.get("paying") or {}
    return session.pop("paying")["typed"] if kept.get("ref") == ref else {}


def begin_adding(ref: str) -> None:
    """What is registered for next in this browser goes on this order."""
    session["cart"] = ref


def put_off(ref: str) -> None:
    """The order whose place was put off: for the number a guest is asked for when she pays with what was kept."""
    session["put_off"] = ref


def last_put_off() -> str:
    """Its reference; '' when there is none."""
    return str(session.get("put_off", ""))


def stop_adding() -> None:
    """What is registered for next is an order of its own."""
    session.pop("cart", None)


def adding_to(now: datetime) -> Any:
    """The order that was begun in this browser and is added to (`queries.orders.begun`); None when there is none, or it is over."""
    ref = session.get("cart")
    found = queries.begun(ref, now) if ref in refs() else None
    if ref and found is None:
        stop_adding()
    return found
