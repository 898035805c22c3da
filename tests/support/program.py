"""A calendar program as RFC 5546 describes one: it takes invitations from mails and reads a subscribed feed, and shows both."""

from email.message import EmailMessage
from typing import Any

import icalendar

SAID = ("uid", "sequence", "dtstart", "dtend", "location", "summary")


def part_of(mail: EmailMessage) -> tuple[str, bytes] | None:
    """The METHOD of the mail's calendar part, as its header says, and the part's octets; None when the mail carries none."""
    found = [part for part in mail.walk() if part.get_content_type() == "text/calendar" and part.get_param("method")]
    assert len(found) <= 1, "one calendar part in a mail"
    return (str(found[0].get_param("method")), found[0].get_payload(decode=True)) if found else None  # type: ignore[return-value]


def entries(body: bytes) -> dict[str, Any]:
    """UID to VEVENT."""
    return {str(one["uid"]): one for one in icalendar.Calendar.from_ical(body).walk("VEVENT")}


def said(entry: Any) -> dict[str, bytes]:
    """What feed and invitation of a seat must both say, as octets."""
    return {name: entry[name].to_ical() for name in SAID}


class Program:
    """Keeps what mails put in; refuses what RFC 5546 lets no sender do."""

    def __init__(self) -> None:
        self.mailed: dict[str, Any] = {}
        self.sequences: dict[str, int] = {}
        self.methods: list[str] = []

    def take(self, mail: EmailMessage) -> None:
        """Reads a mail's invitation, if it carries one."""
        part = part_of(mail)
        if part is None:
            return
        method, body = part
        calendar: Any = icalendar.Calendar.from_ical(body)
        entry, = calendar.walk("VEVENT")
        assert str(calendar["method"]) == method, "the header's method is the calendar's"
        assert len(_all(entry, "attendee")) == 1 and str(entry["attendee"]) == f"mailto:{mail['To'].addresses[0].addr_spec}"
        self._follow(str(entry["uid"]), int(entry["sequence"]), method, entry)

    def _follow(self, uid: str, sequence: int, method: str, entry: Any) -> None:
        assert sequence > self.sequences.get(uid, -1), f"SEQUENCE rises strictly: {uid} had {self.sequences[uid]}, got {sequence}"
        self.sequences[uid] = sequence
        self.methods.append(method)
        if method == "REQUEST":
            self.mailed[uid] = entry
        else:
            self.mailed.pop(uid, None)

    def shows(self, feed: bytes) -> list[str]:
        """The UIDs of all that takes place, as often as each is shown, sorted."""
        read = [uid for uid, one in entries(feed).items() if str(one["status"]) != "CANCELLED"]
        return sorted([*read, *self.mailed])


def _all(entry: Any, name: str) -> list[Any]:
    found = entry.get(name, [])
    return found if isinstance(found, list) else [found]
