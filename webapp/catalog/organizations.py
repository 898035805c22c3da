"""The association and its partners, and the reference data every installation starts with."""

from sqlalchemy import select

from webapp.catalog import policies
from webapp.catalog.models import Organization
from webapp.core.db import db
from webapp.core.errors import Refusal


def association() -> Organization:
    """The association this installation belongs to; refused until the reference data is loaded."""
    found = db.session.scalar(select(Organization).filter_by(kind="association").order_by(Organization.id).limit(1))
    if found is None:
        raise Refusal("The association is not set up yet.", way_out="Run `flask --app wsgi db upgrade` once.", code="not_set_up")
    return found


def named(name: str, kind: str = "partner") -> Organization:
    """The organization of this name, made when there is none."""
    found = db.session.scalar(select(Organization).filter_by(name=name))
    if found is None:
        found = Organization(name=name, kind=kind)
        db.session.add(found)
        db.session.flush()
    return found


def load_reference_data(association_name: str) -> None:
    """The association and the cancellation policies. Safe to repeat: on first start, after an upgrade, before the demo."""
    if db.session.scalar(select(Organization.id).filter_by(kind="association").limit(1)) is None:
        db.session.add(Organization(name=association_name, kind="association"))
    policies.load()
