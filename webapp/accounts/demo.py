"""Demo accounts: their passwords are public, so a site with real people must not answer while one can sign in."""

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from webapp.accounts.models import Account, Person
from webapp.core.db import db


class DemoInProduction(SystemExit):
    """Ends the process at its start, with the reason."""


def names() -> list[str]:
    """The people behind demo accounts that can sign in, at most 50; none while the tables do not exist."""
    rows = (select(Person.given_name, Person.family_name).join(Account, Account.person_id == Person.id)
            .where(Account.is_demo, Account.disabled_at.is_(None)).order_by(Account.id).limit(50))
    try:
        return [f"{given} {family}" for given, family in db.session.execute(rows)]
    except DBAPIError:
        return []
    finally:
        db.session.rollback()


def refuse_to_serve() -> None:
    """Raises DemoInProduction when a demo account could sign in. For servers and workers of sites that are no demonstration."""
    if found := names():
        raise DemoInProduction(f"Attune does not start: {len(found)} demo accounts ({found[0]}, ...) could sign in. "
                               "Start from an empty database, disable them, or set DEMO=1 for a demonstration.")
