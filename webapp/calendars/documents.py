"""A whole VCALENDAR around finished entries: a feed (no METHOD) or a file."""

from datetime import timedelta

from icalendar import Calendar, vDuration, vText, vUri

PRODID = "-//Attune//Events and training hours//EN"
REFRESH = timedelta(hours=4)


def feed(entries: list[str], *, name: str, description: str, zone: str, url: str) -> bytes:
    """The calendar's octets: its properties, then the entries as they are. Same input, same octets."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", vText(name))  # the library does not escape these by itself: NAME, X-WR-...
    calendar.add("x-wr-calname", vText(name))
    calendar.add("description", description)
    calendar.add("x-wr-caldesc", vText(description))
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add("color", "teal")
    calendar.add("url", vUri(url))
    octets: bytes = calendar.to_ical()
    head, _, tail = octets.decode("utf-8").rpartition("END:VCALENDAR")
    return (head + "".join(entries) + "END:VCALENDAR" + tail).encode("utf-8")
