"""What awarding would do, before it does it: each credit of each attendance beside what the ledger says already."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.accounts import people
from webapp.core.db import db
from webapp.hours import minutes, rules
from webapp.hours.minutes import Attended, Stay
from webapp.hours.models import Award
from webapp.hours.sessions import CreditFacts, SessionFacts

Action = Literal["award", "correct", "reverse", "same", "nothing", "missing", "taken_back"]
CHANGES = ("award", "correct", "reverse")


@dataclass(frozen=True)
class Entry:
    """A person's stays in a session, as attendance hands them in; `person_id` as she is registered.

    `others_full`: whether she attended every other session of the event in full; only all-or-nothing rules ask.
    """

    person_id: int
    session: SessionFacts
    stays: Sequence[Stay] = ()
    others_full: bool = True

    @property
    def present(self) -> Attended:
        """How long she was there."""
        return minutes.attended(self.session.meeting, self.stays)


@dataclass(frozen=True)
class Step:
    """One credit of one entry. `standing` is the award that counts now.

    `action`: `award`, `correct` (reverse and award anew), `reverse`, `same`, `nothing` (not there), `missing` (an in or out is
    not known, so nothing is decided), `taken_back` (staff reversed it on the same attendance; it stays so).
    """

    entry: Entry
    credit: CreditFacts
    present: Attended
    minutes: int
    tags: dict[str, int]
    standing: Award | None
    version: int
    action: Action


@dataclass
class History:
    """The awards of one person for one credit: the one that stands, the last that was reversed, the number of the next."""

    standing: Award | None = None
    last: Award | None = None
    version: int = 1
    reversed_ids: set[int] = field(default_factory=set)


def of(entries: Iterable[Entry]) -> list[Step]:
    """The steps of all entries; entries of cancelled sessions and sessions without credit have none. Four statements."""
    listed = [entry for entry in entries if entry.session.credits and entry.session.status == "scheduled"]
    if not listed:
        return []
    known = histories({entry.person_id for entry in listed}, {entry.session.id for entry in listed})
    return [_step(entry, credit, known[entry.person_id, credit.id]) for entry in listed for credit in entry.session.credits]


def histories(person_ids: Collection[int], session_ids: Collection[int]) -> dict[tuple[int, int], History]:
    """By person (as asked for) and credit; awards of persons merged into one are hers."""
    families = people.families(person_ids)
    asked_of = {member: asked for asked, members in families.items() for member in members}
    awards = db.session.scalars(
        select(Award).where(Award.person_id.in_(asked_of), Award.session_id.in_(session_ids)).order_by(Award.id)
        .options(selectinload(Award.areas), selectinload(Award.tags))).all()
    reversed_ids = {award.reverses_id for award in awards if award.reverses_id is not None}
    found: dict[tuple[int, int], History] = defaultdict(History)
    for award in awards:
        if award.reverses_id is not None or award.session_credit_id is None:
            continue
        history = found[asked_of[award.person_id], award.session_credit_id]
        history.version = max(history.version, award.version + 1)
        history.last = award
        if award.id not in reversed_ids:
            history.standing = award
    return found


def _step(entry: Entry, credit: CreditFacts, history: History) -> Step:
    present = entry.present
    counted = rules.session_counts(entry.session.rule, present, others_full=entry.others_full)
    earned = minutes.share(credit.minutes, counted)
    tags = minutes.tag_shares(credit.tags, earned, counted) if earned else {}
    action = _action(entry, credit, present, earned, tags, history)
    return Step(entry, credit, present, earned, tags, history.standing, history.version, action)


def _action(entry: Entry, credit: CreditFacts, present: Attended, earned: int, tags: dict[str, int], history: History) -> Action:
    standing = history.standing
    if present.missing:
        return "missing"
    if standing is None:
        if history.last is not None and evidence_ids(history.last) == {stay.id for stay in entry.stays}:
            return "taken_back"
        return "award" if earned else "nothing"
    if not earned:
        return "reverse"
    same = (standing.minutes == earned and {tag.tag: tag.minutes for tag in standing.tags} == tags
            and {area.area for area in standing.areas} == set(credit.areas))
    return "same" if same else "correct"


def evidence_ids(award: Award) -> set[int]:
    """The presences an award rests on."""
    return {one["id"] for one in award.evidence.get("presences", [])}
