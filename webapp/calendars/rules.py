"""What a mail may tell a calendar about a seat: pure, from what it was told last and what is true now.

An act is `invite` or `update` (METHOD:REQUEST), or `off`, `removed`, `moved` (METHOD:CANCEL: the session does not take place; it
does, without her; it does, with her, and her subscribed calendar shows it).
"""

from dataclasses import dataclass

FEW = 3  # more sessions ahead than this come as one file instead of as many mails
REQUESTS = ("invite", "update")


@dataclass(frozen=True)
class Told:
    """How an invitation stands (`models.Invitation`), the SEQUENCE that was told last, and whether by the very mail that asks."""

    state: str
    sequence: int
    by_this_mail: bool = False


def off(*, session_takes_place: bool, seat_booked: bool) -> str:
    """'' while the session is in her calendar, else the act that takes it out."""
    if not session_takes_place:
        return "off"
    return "" if seat_booked else "removed"


def act(told: Told | None, sequence: int, gone: str, *, by_mail: bool) -> str:
    """What to tell now; '' for nothing. Every telling has a higher SEQUENCE than the one before; a mail sent again repeats itself."""
    if told is None:
        return "" if gone or not by_mail else "invite"
    due = _next(told.state, gone, by_mail=by_mail) if sequence > told.sequence else ""
    return due or (_again(told, gone) if told.by_this_mail else "")


def after(done: str) -> str:
    """How the invitation stands after an act."""
    return {"invite": "standing", "update": "standing", "off": "cancelled", "removed": "cancelled", "moved": "moved"}[done]


def _next(state: str, gone: str, *, by_mail: bool) -> str:
    if state == "standing":
        return gone or "update"
    if state == "cancelled":
        return "invite" if by_mail and not gone else ""
    return (gone or "moved") if state == "leaving" else ""


def _again(told: Told, gone: str) -> str:
    if told.state == "standing":
        return "update" if told.sequence else "invite"
    return (gone or "off") if told.state == "cancelled" else "moved"
