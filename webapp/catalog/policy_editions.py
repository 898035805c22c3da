"""New cancellation policies and new editions of one. An edition is never changed: events keep the one they were sold under."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from webapp.catalog import policies, policy_words
from webapp.catalog.models import CancellationPolicy
from webapp.catalog.policies import Rules
from webapp.core import audit, text
from webapp.core.db import db, insert_new
from webapp.core.errors import NotFound, Stale, Unacceptable

RESERVED = {"new"}  # an address of its own on the staff's pages


def create(name: str, sentence: str, rules: Rules, *, today: date, by_id: int | None, reason: str) -> str:
    """A new policy, its first edition; returns its code (from its name, unique). Refuses rules no policy can have, and no reason."""
    values = _values(name, sentence, rules, today, reason)
    base = text.slug(name)[:36].strip("-")
    for number in range(1, 100):
        code = base if number == 1 else f"{base}-{number}"
        if code not in RESERVED and insert_new(CancellationPolicy, on=("code", "edition"), values=values | {"code": code, "edition": 1}):
            _record("policy.created", code, 1, name, sentence, by_id, reason)
            return code
    raise Unacceptable("There are too many policies of this name.", field="name", way_out="Give it another name.")


def add_edition(code: str, name: str, sentence: str, rules: Rules, *, after: int, today: date, by_id: int | None, reason: str) -> int:
    """The next edition of a policy, for events that choose it from now on; returns its number. What stands is left as it is.

    `after` is the edition the person looked at: Stale when there is a newer one by now. Refuses an edition that changes nothing.
    """
    before = db.session.scalar(select(CancellationPolicy).filter_by(code=code, edition=after))
    if before is None:
        raise NotFound
    values = _values(name, sentence, rules, today, reason)
    refuse_old_words(before.sentence, before.rules, sentence, rules)
    if all(getattr(before, key) == values[key] for key in ("name", "sentence", "rules")):
        raise Unacceptable("Nothing is changed, so there is no new edition.")
    if insert_new(CancellationPolicy, on=("code", "edition"), values=values | {"code": code, "edition": after + 1}) is None:
        raise Stale("Somebody made a newer edition since you opened this page.", way_out="Look at it before you go on.")
    _record("policy.edition_made", code, after + 1, name, sentence, by_id, reason)
    return after + 1


def refuse_old_words(before_sentence: str, before_rules: Mapping[str, object], sentence: str, rules: Rules) -> None:
    """Refuses somebody's own words that stay as they were while the rules change: people would read what is no longer so."""
    if sentence == before_sentence and rules != before_rules and sentence != policy_words.sentence(rules):
        raise Unacceptable("The rules changed, and these words are as before.", field="own_words",
                           way_out="Change them too, or empty the field: then people read the sentence made from the rules.")


def _values(name: str, sentence: str, rules: Rules, today: date, reason: str) -> dict[str, object]:
    if not name:
        raise Unacceptable("Give the policy a name.", field="name")
    if not sentence:
        raise Unacceptable("Say the policy in a sentence.", field="own_words")
    if not reason:
        raise Unacceptable("Say why; it stands in the history.", field="reason")
    return {"name": name, "sentence": sentence, "rules": dict(policies.check(rules)), "valid_from": today}


def _record(action: str, code: str, edition: int, name: str, sentence: str, by_id: int | None, reason: str) -> None:
    audit.record(action, f"policy:{code}", actor_id=by_id, reason=reason, after={"edition": edition, "name": name, "sentence": sentence})
