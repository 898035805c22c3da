"""What one calendar entry shows, as plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class EntryFacts:
    """One VEVENT: a public session, or a person's seat in it.

    `uid`, `sequence` and `stamped_at` (DTSTAMP and LAST-MODIFIED) come from the row and nowhere else. Instants are aware UTC.
    `status` is CONFIRMED, TENTATIVE or CANCELLED. `join_url` is given only to those entitled and once it is open.
    """

    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    status: str
    event_title: str
    session_title: str
    location: str
    address: str
    geo: tuple[float, float] | None
    url: str
    kind: str
    credits: tuple[tuple[str, int], ...]  # (training | rsc, minutes)
    areas: tuple[str, ...]  # names
    join_url: str = ""
    online: bool = False
    link_opens_at: datetime | None = None
    note: str = ""
    lead: str = ""  # before the title: whose it is, or that it is not certain

    @property
    def title(self) -> str:
        """The event's title, with the session's where it says more."""
        if not self.session_title or self.session_title == self.event_title:
            return self.event_title
        return f"{self.event_title}: {self.session_title}"
