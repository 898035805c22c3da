"""What accounts answers about the installation as a whole."""

from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Account, Person
from webapp.core.audit import AuditEntry
from webapp.core.db import db


def demo_accounts_exist() -> bool:
    """Whether an account made for the demonstration is left: production refuses to start with one."""
    return db.session.scalar(select(Account.id).where(Account.is_demo).limit(1)) is not None


def history_of(subjects: list[str], *, limit: int = 50) -> list[Any]:
    """What staff changed about these subjects (`person:7`), the latest first: rows of entry and the actor's names."""
    return list(db.session.execute(
        select(AuditEntry, Person.given_name, Person.family_name).outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)).all())
