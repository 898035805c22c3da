"""Making and changing sessions.

SEQUENCE rule (RFC 5546 2.1.4: it only rises): a session's `sequence` rises by one and its `changed_at` moves in the
transaction that changes what a calendar shows of it: start, end or zone; place (room, mode, joining link); title; status.
Breaks, credit, presenters, description, block, track, group and capacity change neither. Whoever is registered is told by
`registration.programme`, which calls these actions and raises the seats' own sequences.
"""

from webapp.catalog.sessions.actions import add, cancel, get, insert, remove, restore, update
from webapp.catalog.sessions.calendar import bump, bump_all, rezone
from webapp.catalog.sessions.values import Break, Credit, SessionFields, Timing

__all__ = [
    "Break", "Credit", "SessionFields", "Timing", "add", "bump", "bump_all", "cancel", "get", "insert", "remove", "restore",
    "rezone", "update",
]
