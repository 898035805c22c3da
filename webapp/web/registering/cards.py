"""Registration types as cards to choose from: price now, for whom, places left; one that cannot be had says why."""

from datetime import datetime
from typing import Any

from webapp.core import money
from webapp.registration import pricing, rules
from webapp.registration.sale import AddOnOffer, Sale, TypeOffer

FEW = 10
AUDIENCE = {"member": "For members of the association.", "student": "For students; bring proof of enrollment."}


def of(sale: Sale, now: datetime, *, member_until: str = "") -> list[dict[str, Any]]:
    """The cards of the types somebody may choose by herself. `member_until`: the day her membership ends, in words."""
    return [_card(sale, one, now, member_until) for one in sale.types.values() if not one.retired and not one.on_request]


def shown_prices(sale: Sale, now: datetime) -> str:
    """`12:11000,13:14000`: what the page showed, so that a price that changed meanwhile can be told."""
    return ",".join(f"{one.id}:{cents}" for one in sale.types.values() if (cents := price_now(one, now)) is not None)


def changed_price(shown: str, type_id: int, cents: int) -> int | None:
    """The cents the page showed for the type when it was another amount; None when it was the same or is not known."""
    for part in shown.split(","):
        key, _, value = part.partition(":")
        if key == str(type_id) and value.isascii() and value.isdigit() and len(value) < 12 and int(value) != cents:
            return int(value)
    return None


def price_now(offer: TypeOffer, now: datetime) -> int | None:
    """The price in force in cents; None when it is not sold at this moment."""
    price = pricing.best(offer.item.prices, offer.audience, now)
    return None if price is None else price.amount_cents


def without_seat(sale: Sale, now: datetime) -> bool:
    """Whether something is sold that takes no seat (an exhibitor's table), so that a full event is no reason to wait."""
    return any(not sale.types[card["value"]].takes_seat and not card.get("disabled") for card in of(sale, now))


def _card(sale: Sale, offer: TypeOffer, now: datetime, member_until: str) -> dict[str, Any]:
    cents = price_now(offer, now)
    refusal = rules.type_because(offer.name, on_request=False, retired=False, opens_at=offer.opens_at, closes_at=offer.closes_at,
                                 zone=sale.event.zone, now=now)
    left = _left(sale, offer)
    card: dict[str, Any] = {"value": offer.id, "label": offer.name}
    if refusal is not None or cents is None:
        return card | {"disabled": True, "tag": ("Not now", "plain"), "hint": refusal.sentence if refusal else "Not sold on this day."}
    card["price"] = money.written(cents) if cents else "Free"
    if left == 0:
        return card | {"disabled": True, "tag": ("Full", "bad"), "hint": "All places of this kind are taken."}
    if left is not None and left <= FEW:
        card["tag"] = (f"{left} left", "warn")
    if hint := _hint(sale, offer, now, member_until):
        card["hint"] = hint
    return card


def _left(sale: Sale, offer: TypeOffer) -> int | None:
    event, mode = sale.pools["event"], sale.pools.get(offer.mode) if offer.mode else None
    pools = [offer.pool, mode, event if event.left == 0 else None] if offer.takes_seat else [offer.pool]
    known = [pool.left for pool in pools if pool is not None and pool.left is not None]
    return min(known, default=None)


def _hint(sale: Sale, offer: TypeOffer, now: datetime, member_until: str) -> str:
    if offer.audience == "member" and member_until:
        who = f"Your membership runs to {member_until}."
    else:
        who = offer.hint or AUDIENCE.get(offer.audience, "")
    parts = [who, pricing.hint(offer.item.prices, offer.audience, now, sale.event.zone)]
    if offer.badges:
        parts.append(f"With {_badges(offer.badges)}{', without a seat' if not offer.takes_seat else ''}.")
    if len(offer.item.parts) > 1:
        parts.append(f"Paid in {len(offer.item.parts)} parts.")
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def add_on_price(offer: AddOnOffer, now: datetime) -> str:
    """`$40.00`, or by audience where it differs: `$75.00 for members, $95.00 for others`; with the badges that come with it."""
    words = _add_on_amounts(offer, now)
    return f"{words}, with {_badges(offer.badges)}" if offer.badges else words


def _badges(count: int) -> str:
    return "one badge" if count == 1 else f"{count} badges"


def _add_on_amounts(offer: AddOnOffer, now: datetime) -> str:
    by_audience = {who: price.amount_cents for who in ("member", "non_member") if (price := pricing.best(offer.item.prices, who, now))}
    if len(set(by_audience.values())) == 2:
        return f"{money.written(by_audience['member'])} for members, {money.written(by_audience['non_member'])} for others"
    return money.written(next(iter(by_audience.values()))) if by_audience else "Not sold now"
