"""A person's own data in hours. Nothing is erased: awards are a ledger and certificates must stay checkable."""

from sqlalchemy import select

from webapp.core import records
from webapp.core.records import Records
from webapp.hours.models import Award, Certificate


def personal_data(person_ids: frozenset[int]) -> Records:
    """Her awards with their evidence, and her certificates."""
    return {
        "hours": records.of(
            select(Award.earned_on, Award.kind, Award.minutes, Award.title, Award.source, Award.evidence, Award.rule, Award.reason,
                   Award.awarded_at).where(Award.person_id.in_(person_ids)).order_by(Award.id)),
        "certificates": records.of(
            select(Certificate.code, Certificate.version, Certificate.content, Certificate.issued_at, Certificate.withdrawn_at)
            .where(Certificate.person_id.in_(person_ids)).order_by(Certificate.id)),
    }
