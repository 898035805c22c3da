"""Feed keys: several named secrets per person or registration, hashed at rest, shown once, withdrawable at any time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from webapp.calendars.models import FeedKey, FetchLog
from webapp.core import clock, tokens
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal

MOST_KEYS = 20
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class NewKey:
    """A key just made; `token` is shown now and never again."""

    id: int
    token: str


def make(*, kind: str, name: str, person_id: int | None = None, registration_id: int | None = None,
         agency_id: int | None = None) -> NewKey:
    """A new key for a feed a person may read (her own, her events, her agency's staff), or for one registration (a guest's
    order page). At most 20 in use each."""
    in_use = len(of_person(person_id) if person_id is not None else of_registration(registration_id or 0))
    if in_use >= MOST_KEYS:
        raise Refusal(f"There are already {MOST_KEYS} calendar addresses.", way_out="Withdraw one you no longer use.", code="too_many")
    token = tokens.secret()
    key = FeedKey(token_hash=tokens.digest(token), kind=kind, name=name, person_id=person_id, registration_id=registration_id,
                  agency_id=agency_id, created_at=clock.now())
    db.session.add(key)
    db.session.flush()
    return NewKey(key.id, token)


def withdraw(key_id: int, *, person_id: int) -> None:
    """Makes the address answer 410 from now on. Somebody else's key is not found."""
    key = db.session.get(FeedKey, key_id)
    if key is None or key.person_id != person_id:
        raise NotFound
    key.withdrawn_at = key.withdrawn_at or clock.now()


def opened_by(token: str) -> FeedKey | None:
    """The key of a token as it came in the address, withdrawn or not; None when there is none."""
    return db.session.scalar(select(FeedKey).where(FeedKey.token_hash == tokens.digest(token)))


def of_person(person_id: int) -> list[FeedKey]:
    """Her keys in use, oldest first."""
    return list(db.session.scalars(
        select(FeedKey).where(FeedKey.person_id == person_id, FeedKey.withdrawn_at.is_(None)).order_by(FeedKey.id)))


def of_registration(registration_id: int) -> list[FeedKey]:
    """The keys in use that were made for one registration, oldest first."""
    return list(db.session.scalars(
        select(FeedKey).where(FeedKey.registration_id == registration_id, FeedKey.withdrawn_at.is_(None)).order_by(FeedKey.id)))


def wants_log(key: FeedKey, now: datetime) -> bool:
    """Whether a fetch now is worth a row: at most one a minute."""
    return key.last_used_at is None or now - key.last_used_at >= MINUTE


def log_fetch(key_id: int, family: str, now: datetime) -> None:
    """Notes that a program of this family read the feed."""
    key = db.session.get_one(FeedKey, key_id)
    if not wants_log(key, now):
        return
    key.last_used_at = now
    db.session.add(FetchLog(feed_key_id=key_id, family=family, minute=now.replace(second=0)))


def last_fetches(key_ids: list[int]) -> dict[int, tuple[str, datetime]]:
    """For each key the family that read it last, and when."""
    rows = db.session.execute(
        select(FetchLog.feed_key_id, FetchLog.family, FetchLog.minute).where(FetchLog.feed_key_id.in_(key_ids))
        .order_by(FetchLog.minute))
    return {key_id: (family, minute) for key_id, family, minute in rows}


def forget_fetches(before: datetime) -> int:
    """Drops what the log says of reads before the moment; when a key was last used stays with the key. Returns how many."""
    old = delete(FetchLog).where(FetchLog.minute < before)
    return len(db.session.execute(old.returning(FetchLog.id)).all())
