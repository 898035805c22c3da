"""What those who wait are told: each fact once, in its transaction. What the messages say is in `messages`."""

from webapp.notifications import outbox
from webapp.registration.waitlist.models import WaitlistEntry


def joined(entry: WaitlistEntry) -> None:
    """She waits, with which number, and where to look."""
    _write(entry, "waitlist_joined")


def asked_again(entry: WaitlistEntry, version: int) -> None:
    """She joined once more: the number stands, and here is the link to it. Once a day."""
    _write(entry, "waitlist_joined", f":{version}")


def offered(entry: WaitlistEntry) -> None:
    """A seat is kept for her, until when."""
    _write(entry, "seat_offered")


def lapsed(entry: WaitlistEntry) -> None:
    """The time to take it was over."""
    _write(entry, "seat_offer_lapsed")


def closed(entry: WaitlistEntry) -> None:
    """No more offers will come; why, and what one can do."""
    _write(entry, "waitlist_closed")


def left(entry: WaitlistEntry) -> None:
    """Nothing more is written to who has left."""
    outbox.withdraw(subject_of=_subject(entry), note="She left the waitlist.")


def _write(entry: WaitlistEntry, kind: str, version: str = "") -> None:
    outbox.write(fact=f"{kind}:{_subject(entry)}{version}", kind=kind, to_address=entry.email, person_id=entry.person_id,
                 subject_of=_subject(entry), facts={"entry_id": entry.id})


def _subject(entry: WaitlistEntry) -> str:
    return f"waitlist:{entry.id}"
