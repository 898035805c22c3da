"""An event as schema.org data (https://schema.org/Event), for search engines: plain values that JSON can hold."""

from typing import Any

from webapp.core import times
from webapp.web.events.page import EventPage

STATUS = {"cancelled": "https://schema.org/EventCancelled"}
MODE = {"in_person": "https://schema.org/OfflineEventAttendanceMode", "online": "https://schema.org/OnlineEventAttendanceMode",
        "hybrid": "https://schema.org/MixedEventAttendanceMode"}
AVAILABILITY = {"open": "https://schema.org/InStock", "full": "https://schema.org/SoldOut", "not_open_yet": "https://schema.org/PreOrder"}


def of(page: EventPage, base_url: str) -> dict[str, Any] | None:
    """The Event with place, organizer, performers and offer; None without a date, which the vocabulary needs."""
    event = page.facts.event
    if event.starts_at is None:
        return None
    address = f"{base_url}/events/{event.slug}"
    found: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "EducationEvent", "name": event.title, "url": address,
        "image": f"{address}/share.png", "description": summary(page),
        "startDate": times.local(event.starts_at, event.zone).isoformat(), "endDate": times.local(event.ends_at, event.zone).isoformat(),
        "eventStatus": STATUS.get(event.status, "https://schema.org/EventScheduled"), "eventAttendanceMode": MODE[event.mode],
        "location": _locations(page, address), "organizer": {"@type": "Organization", "name": event.organization, "url": base_url},
    }
    if page.facts.presenters:
        found["performer"] = [{"@type": "Person", "name": one["name"]} for one in page.facts.presenters]
    if page.prices.lowest is not None:
        found["offers"] = {
            "@type": "Offer", "url": address, "price": f"{page.prices.lowest[0] / 100:.2f}", "priceCurrency": "USD",
            "availability": AVAILABILITY.get(page.standing.code, "https://schema.org/LimitedAvailability"),
        }
    return found


def summary(page: EventPage) -> str:
    """One or two sentences about the event, at most 300 characters."""
    event = page.facts.event
    text = event.summary or event.description or f"{page.facts.kind}: {page.facts.lede}"
    plain = " ".join(text.replace("#", " ").replace("*", "").split())
    return plain if len(plain) <= 300 else plain[:299].rsplit(" ", 1)[0] + "\u2026"


def _locations(page: EventPage, address: str) -> Any:
    event = page.facts.event
    places: list[dict[str, Any]] = []
    if event.mode != "online":
        places.append({"@type": "Place", "name": event.venue or event.city or "To be told", "address": {
            "@type": "PostalAddress", "streetAddress": event.street or "", "addressLocality": event.city or "",
            "addressRegion": event.region or "", "postalCode": event.postcode or ""}})
    if event.mode != "in_person":
        places.append({"@type": "VirtualLocation", "url": address})
    return places[0] if len(places) == 1 else places
