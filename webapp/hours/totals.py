"""Hours of many people at once, for lists."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.hours.models import Award, AwardArea


def of_year(person_ids: Collection[int], year: int) -> dict[int, dict[str, int]]:
    """Minutes by person and kind earned in a calendar year, reversals taken off. One statement."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for person_id, kind, minutes in db.session.execute(
            select(Award.person_id, Award.kind, func.sum(Award.minutes))
            .where(Award.person_id.in_(person_ids), Award.earned_on.between(date(year, 1, 1), date(year, 12, 31)))
            .group_by(Award.person_id, Award.kind)):
        found[person_id][kind] = int(minutes)
    return found


def areas(person_ids: Collection[int]) -> dict[int, set[str]]:
    """Person -> the competency areas her awards that stand touch. One statement."""
    reversal = aliased(Award)
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, area in db.session.execute(
            select(Award.person_id, AwardArea.area).join(Award, Award.id == AwardArea.award_id)
            .outerjoin(reversal, reversal.reverses_id == Award.id)
            .where(Award.person_id.in_(person_ids), Award.reverses_id.is_(None), reversal.id.is_(None)).distinct()):
        found[person_id].add(area)
    return found


def corrected(since: datetime, most: int = 8) -> list[Any]:
    """What was taken back or corrected since then, the latest first: rows of whose, minutes (negative), reason, when. One statement."""
    return list(db.session.execute(
        select(Award.person_id, Award.title, Award.minutes, Award.reason, Award.awarded_at, Person.given_name, Person.family_name)
        .join(Person, Person.id == Award.person_id).where(Award.reverses_id.is_not(None), Award.awarded_at >= since)
        .order_by(Award.awarded_at.desc(), Award.id.desc()).limit(most)).all())
