"""A person's transcript: the sum of her awards, reversals among them, each with its rule and evidence."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.core.db import db
from webapp.hours import regimes, remarks, rules
from webapp.hours.models import Award

KIND_WORDS = {"training": "Training", "rsc": "Reflective supervision or consultation"}


@dataclass(frozen=True)
class Line:
    """One award or reversal. `stands`: it counts (neither a reversal nor reversed). `remark`: why it is less than the whole."""

    id: int
    event_id: int | None
    on: date
    kind: str
    minutes: int
    session: str
    event: str
    areas: tuple[str, ...]
    tags: dict[str, int]
    remark: str
    evidence: tuple[str, ...]
    rule: str
    reason: str
    version: int
    is_reversal: bool
    stands: bool
    awarded_at: datetime

    @property
    def title(self) -> str:
        """Event and session in one line."""
        return self.event if self.session == self.event else f"{self.event}: {self.session}"


@dataclass(frozen=True)
class Transcript:
    """All lines, the newest first. Totals add every line: a reversal is negative, so the sum is what stands."""

    lines: tuple[Line, ...]

    @property
    def standing(self) -> list[Line]:
        """The lines that count."""
        return [line for line in self.lines if line.stands]

    @property
    def years(self) -> list[int]:
        """Calendar years in which hours were earned, the newest first."""
        return sorted({line.on.year for line in self.lines}, reverse=True)

    def of_year(self, year: int) -> "Transcript":
        """The lines earned in a calendar year."""
        return Transcript(tuple(line for line in self.lines if line.on.year == year))

    def minutes(self, kind: str) -> int:
        """The total of a kind."""
        return sum(line.minutes for line in self.lines if line.kind == kind)

    def tagged(self, tag: str) -> int:
        """Minutes that carry a tag, of both kinds."""
        return sum(line.tags.get(tag, 0) for line in self.lines)


def of(person_ids: Collection[int]) -> Transcript:
    """The transcript of a person, given as all persons who are her. Three statements."""
    awards = db.session.scalars(
        select(Award).where(Award.person_id.in_(person_ids)).order_by(Award.earned_on.desc(), Award.id.desc())
        .options(selectinload(Award.areas), selectinload(Award.tags))).all()
    reversed_ids = {award.reverses_id for award in awards if award.reverses_id is not None}
    return Transcript(tuple(_line(award, award.id in reversed_ids) for award in awards))


def by_event(lines: Iterable[Line]) -> list[tuple[str, int, int]]:
    """How a total comes about: (event, number of sessions, minutes), events with the most minutes first."""
    minutes: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for line in lines:
        minutes[line.event] += line.minutes
        counted[line.event] += 1
    return [(event, counted[event], total) for event, total in minutes.most_common()]


def rows(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as plain values for CSV and JSON: minutes, clock hours, codes, reasons; the oldest first."""
    return [
        {"date": line.on.isoformat(), "event": line.event, "session": line.session, "kind": line.kind, "minutes": line.minutes,
         "clock_hours": str(_signed_hours(line.minutes)), "areas": list(line.areas), "tags": dict(line.tags), "remark": line.remark,
         "evidence": list(line.evidence), "rule": line.rule, "reason": line.reason, "version": line.version,
         "reversal": line.is_reversal, "counts": line.stands, "awarded_at": line.awarded_at.isoformat()}
        for line in reversed(lines)
    ]


def _signed_hours(minutes: int) -> Any:
    return regimes.hours(minutes) if minutes >= 0 else -regimes.hours(-minutes)


def _line(award: Award, is_reversed: bool) -> Line:
    rule = award.rule or {}
    edition = f" Edition {rule['edition']} of the rules." if "edition" in rule else ""
    return Line(
        award.id, award.event_id, award.earned_on, award.kind, award.minutes, award.evidence.get("session", award.title),
        award.evidence.get("event", award.title), tuple(sorted(one.area for one in award.areas)),
        {one.tag: one.minutes for one in sorted(award.tags, key=lambda one: one.tag)}, remarks.short(award.evidence),
        tuple(remarks.in_full(award.evidence)), f"{rules.words(rule.get('attendance') or {})}{edition}", award.reason, award.version,
        award.reverses_id is not None, award.reverses_id is None and not is_reversed, award.awarded_at)

