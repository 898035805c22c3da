"""Addresses of the list: the filters in use as query words, with something added or taken away."""

from urllib.parse import quote, urlencode, urlsplit

from webapp.catalog.filters import Filters

Words = dict[str, str]


def query(wanted: Filters) -> Words:
    """The query words that say these filters (page left out)."""
    found = {
        "q": wanted.q, "kind": wanted.kind, "from": wanted.from_on.isoformat() if wanted.from_on else "",
        "to": wanted.to_on.isoformat() if wanted.to_on else "", "mode": wanted.mode, "near": wanted.near, "area": wanted.area,
        "tag": wanted.tag, "hours_min": str(wanted.hours_min or ""), "age": wanted.age, "open": "1" if wanted.open else "",
        "free": "1" if wanted.free else "",
    }
    return {name: value for name, value in found.items() if value}


def events(words: Words, **changes: str) -> str:
    """/events with the words, some changed; an empty one is taken away."""
    changed = words | {name.rstrip("_"): value for name, value in changes.items()}
    text = urlencode({name: value for name, value in changed.items() if value})
    return f"/events?{text}" if text else "/events"


def feed(words: Words, base_url: str) -> dict[str, str]:
    """The calendar of the same filters, as the arguments of `calendar_buttons`."""
    text = urlencode({name: value for name, value in words.items() if name not in ("open", "page")})
    address = f"{base_url}/calendar.ics" + (f"?{text}" if text else "")
    webcal = f"webcal://{urlsplit(address).netloc}{address.partition(urlsplit(address).netloc)[2]}"
    return {"address": address, "webcal": webcal, "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
            "outlook": f"https://outlook.live.com/calendar/0/addfromweb?url={quote(address, safe='')}", "ics": address}
