"""The addresses that put a feed into a calendar program (design: calendars.md B.3, Links)."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Links:
    """One feed, in the forms programs want."""

    address: str
    webcal: str
    google: str
    outlook: str


def subscribe(address: str, name: str) -> Links:
    """`address` is the https feed. Google wants its webcal form; Outlook on the web takes address and name."""
    webcal = "webcal://" + address.split("://", 1)[1]
    return Links(
        address=address, webcal=webcal, google=f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb?url={quote(address, safe='')}&name={quote(name, safe='')}",
    )
