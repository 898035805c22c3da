"""Calendars: a UID never changes and is never used again, SEQUENCE only rises."""

from typing import Any

from tests.machines.seen import Seen


class Calendars:
    """What calendars have been told so far: a UID never changes and is never used again, SEQUENCE only rises."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[tuple[Any, ...], int, tuple[Any, ...]]] = {}

    def look(self, seen: Seen) -> None:
        """Compares with what was known, and remembers."""
        sessions = {one.id: one for one in seen.sessions}
        public = {one.id: one.confirmed_at is not None for one in seen.registrations}
        now: dict[str, tuple[tuple[Any, ...], int, tuple[Any, ...]]] = {
            one.ical_uid: (("session", one.id), one.sequence, (one.starts_at, one.ends_at, one.zone, one.title, one.status))
            for one in seen.sessions}
        for seat in seen.seats:
            shown = now[sessions[seat.session_id].ical_uid][2]
            if public[seat.registration_id]:
                said = ("given back",) if seat.state == "released" else (*shown, seat.state)
                now[seat.ical_uid] = (("seat", seat.registration_id, seat.session_id), seat.sequence, said)
        for uid, (whose, sequence, shown) in self.known.items():
            assert uid in now, ("a calendar entry vanished", whose)
            assert now[uid][0] == whose, ("a UID was used again", whose, now[uid][0])
            assert now[uid][1] >= sequence, ("SEQUENCE fell", whose)
            assert now[uid][2] == shown or now[uid][1] > sequence, ("changed without SEQUENCE", whose, shown, now[uid][2])
        self.known = now
