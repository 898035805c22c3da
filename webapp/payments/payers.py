"""Which payers are one. A payer's row is how somebody was named on one order; the same person or agency has many of them."""

from sqlalchemy import ColumnElement, func, select

from webapp.accounts import people
from webapp.core.db import db
from webapp.registration.models import Order, Payer


def same(payer_id: int) -> list[int]:
    """Ids of all rows that are the same payer: one human being (merges count), one agency, one grant by its name.

    An agency nobody has registered is the same by name and address for mail. Nothing is guessed for people: a guest is a person
    of her own until she is merged. Three statements at most.
    """
    payer = db.session.get_one(Payer, payer_id)
    return list(db.session.scalars(select(Payer.id).where(_alike(payer)).order_by(Payer.id)))


def of_order(order_id: int) -> int:
    """The payer an order names."""
    return int(db.session.execute(select(Order.payer_id).where(Order.id == order_id)).scalar_one())


def of_agency(agency_id: int) -> list[int]:
    """The rows by which an agency has paid."""
    return list(db.session.scalars(select(Payer.id).where(Payer.kind == "agency", Payer.agency_id == agency_id).order_by(Payer.id)))


def _alike(payer: Payer) -> ColumnElement[bool]:
    if payer.kind == "agency" and payer.agency_id is not None:
        return (Payer.kind == "agency") & (Payer.agency_id == payer.agency_id)
    if payer.kind == "person" and payer.person_id is not None:
        return (Payer.kind == "person") & Payer.person_id.in_(people.family_ids(payer.person_id))
    if payer.kind == "person":
        return Payer.id == payer.id
    by_name = (Payer.kind == payer.kind) & Payer.agency_id.is_(None) & (func.lower(Payer.name) == payer.name.lower())
    return by_name & (func.lower(Payer.email) == payer.email.lower()) if payer.kind == "agency" else by_name
