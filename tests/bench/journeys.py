"""Whole registrations as a visitor makes them: how many requests, and what they lead through."""

from collections.abc import Callable

from tests.bench.people import Visitor
from tests.support import html
from webapp.devtools.stripe_standin.process import StandIn


def register(visitor: Visitor, slug: str, number: int, *, method: str = "free", stripe: StandIn | None = None) -> None:
    """A guest takes a place: form, hold, (breakouts,) review, place, (card page, way back,) the order's page."""
    path = f"/events/{slug}/register"
    _, _, page = visitor.get(path)
    kinds = [box.attributes["value"] for box in html.parse(page.decode()).all("input", type="radio", name="type")]
    there = visitor.submit(page, "", path, type=kinds[-1], given_name="Bench", family_name=f"Visitor {number}",
                           email=f"visitor-{number}@bench.example")
    if there.endswith("/breakouts"):
        _, _, page = visitor.get(there)
        there = visitor.submit(page, "/breakouts", there, **_first_choices(page))
    _, _, page = visitor.get(there)
    typed = {"method": method}
    if method == "invoice":
        typed |= {"agency": "Bench agency", "billing_email": "office@bench.example", "address": "1 Main Street", "po_number": "PO 7"}
    after = visitor.submit(page, "/place", there, **typed)
    if method == "card" and stripe is not None:
        stripe.pay(after, card="success")
        visitor.get(there.replace("/review", "/paid"))
        after = there.replace("/review", "")
    status, _, _ = visitor.get(after)
    assert status == 200, f"{status} at {after}"


def _first_choices(page: bytes) -> dict[str, str]:
    boxes = html.parse(page.decode()).all("input", type="radio")
    chosen: dict[str, str] = {}
    for box in boxes:
        if "disabled" not in box.attributes and box.attributes.get("value") not in ("", "0", "none", "later"):
            chosen.setdefault(box.attributes["name"], box.attributes["value"])
    return chosen


Journey = Callable[[Visitor, int], None]
