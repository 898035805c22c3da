"""Feeds: which entries, put together from finished texts, kept finished as long as nothing changed.

`assemble` costs one read when nothing changed (the kept body, beside the stamp). Otherwise it reads the rows and renders only
entries whose fingerprint is new; the caller keeps the result with `keep`, in a transaction of its own.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, case, delete, insert, select

from webapp.calendars import documents, entries, queries, states
from webapp.calendars.models import CalendarEntry, CatalogStamp, FeedBody
from webapp.core.db import db

Statements = tuple[Select[*tuple[Any, ...]], ...]

# Built once, of bare tables: every fetch of every feed asks it. What the caller has already is not read again.
_C, _B = CatalogStamp.__table__.c, FeedBody.__table__.c
_KEPT = (
    select(_C.value.label("catalog"), _B.stamp, _B.valid_until, _B.etag, _B.changed_at, _B.entries,
           case((_B.etag == bindparam("have"), None), else_=_B.gzip).label("gzip"))
    .select_from(CatalogStamp.__table__.outerjoin(FeedBody.__table__, _B.name == bindparam("name"))).where(_C.id == 1)
)


@dataclass(frozen=True)
class Recipe:
    """What a feed is: a name to keep its body under ('' for: do not keep), its rows and its words.

    The rows are composed only when they are read. `stamp`: what the feed stands on besides the catalog.
    """

    name: str
    statements: Callable[[], Statements]
    title: str
    description: str
    zone: str
    url: str
    stamp: str = ""


@dataclass(frozen=True)
class Feed:
    """A finished feed: gzipped octets (None where the caller has them), a strong version, and when its content last changed.

    `to_keep` is what was made anew; the caller hands it to `keep` in a transaction of its own, after answering or before.
    """

    gzip: bytes | None
    etag: str
    changed_at: datetime
    entries: int
    to_keep: "Kept | None" = None


@dataclass(frozen=True)
class Kept:
    """New entry texts (uid -> fingerprint, text), and what the body was made from."""

    name: str
    stamp: str
    valid_until: datetime | None
    texts: dict[str, tuple[str, str]]


def assemble(recipe: Recipe, *, now: datetime, base_url: str, have: str = "") -> Feed:
    """The feed as it is now. Byte-identical, across processes and restarts, while nothing it shows changed.

    `have`: the version the caller holds. Where that is still the one, `gzip` is None: nobody needs it.
    """
    found = db.session.execute(_KEPT, {"name": recipe.name, "have": have}).one_or_none()
    stamp = f"{found.catalog if found else 0}.{recipe.stamp}|{_words(recipe)}"
    kept = found if found and found.etag else None
    if kept and kept.stamp == stamp and (kept.valid_until is None or kept.valid_until > now):
        return Feed(kept.gzip, kept.etag, kept.changed_at, kept.entries)
    return _make(recipe, stamp, kept, now, base_url)


def _make(recipe: Recipe, stamp: str, kept: Any, now: datetime, base_url: str) -> Feed:
    rows = [row for statement in recipe.statements() for row in queries.rows(statement)]
    known = queries.texts(row.uid for row in rows)
    prints = {row.uid: states.fingerprint(row, now) for row in rows}
    fresh = _render([row for row in rows if known.get(row.uid, ("",))[0] != prints[row.uid]], now, base_url)
    body = documents.feed([fresh.get(row.uid) or known[row.uid][1] for row in rows], name=recipe.title,
                          description=recipe.description, zone=recipe.zone, url=recipe.url)
    etag = hashlib.sha256(body).hexdigest()[:32]
    valid_until = min((moment for row in rows if (moment := states.next_change(row, now))), default=None)
    texts = {row.uid: (prints[row.uid], fresh[row.uid]) for row in rows if row.uid in fresh and _is_settled(row, now)}
    to_keep = Kept(recipe.name, stamp, valid_until, texts)
    return Feed(gzip.compress(body, 6, mtime=0), etag, _changed_at(kept, etag, now), len(rows), to_keep)


def _is_settled(row: Any, now: datetime) -> bool:
    """Whether a further change must show in the fingerprint, which counts seconds: one within the second of the last need not."""
    return bool(max(row.changed_at, row.session_changed_at) < now)


def _changed_at(kept: Any, etag: str, now: datetime) -> datetime:
    """When the content last changed, as far as is known: a program that asks by date alone must never miss a change.

    Two bodies within one second are a second apart, for the header counts seconds.
    """
    if kept is None:
        return now
    before: datetime = kept.changed_at
    return before if kept.etag == etag else max(now, before + timedelta(seconds=1))


def _words(recipe: Recipe) -> str:
    said = (str(entries.EDITION), recipe.title, recipe.description, recipe.zone, recipe.url)
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]


def _render(rows: list[Any], now: datetime, base_url: str) -> dict[str, str]:
    credit, areas = queries.credits_of(row.session_id for row in rows) if rows else ({}, {})
    return {
        row.uid: entries.render(states.facts(row, now, base_url, credit.get(row.session_id, []), areas.get(row.session_id, [])))
        for row in rows
    }


def keep(feed: Feed) -> None:
    """Keeps new texts and the body. Losing the race to another process raises IntegrityError and costs only the work."""
    made = feed.to_keep
    if made is None:
        return
    uids = list(made.texts)
    for start in range(0, len(uids), queries.CHUNK):
        db.session.execute(delete(CalendarEntry).where(CalendarEntry.uid.in_(uids[start:start + queries.CHUNK])))
    if uids:
        db.session.execute(insert(CalendarEntry), [{"uid": uid, "fingerprint": mark, "body": body}
                                                   for uid, (mark, body) in made.texts.items()])
    if made.name:
        db.session.execute(delete(FeedBody).where(FeedBody.name == made.name))
        db.session.add(FeedBody(name=made.name, stamp=made.stamp, valid_until=made.valid_until, etag=feed.etag,
                                changed_at=feed.changed_at, entries=feed.entries, gzip=feed.gzip))


def forget_unused(before: datetime) -> int:
    """Drops kept bodies whose content last changed before the moment; they are made again when asked for. Returns how many."""
    return len(db.session.execute(delete(FeedBody).where(FeedBody.changed_at < before).returning(FeedBody.name)).all())


def forget_ended(before: datetime) -> int:
    """Drops the texts of sessions that ended before the moment: no feed shows them any more. Returns how many."""
    old = delete(CalendarEntry).where(CalendarEntry.fingerprint < entries.ended(before))
    return len(db.session.execute(old.returning(CalendarEntry.uid)).all())
