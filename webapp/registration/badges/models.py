"""Badges: a row each from the moment their thing is bought, with a name or without."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base
from webapp.registration.badges.rules import MOST_EACH, NAME

OF_TYPE = text("add_on_id IS NULL")
OF_THING = text("add_on_id IS NOT NULL")


class Badge(Base):
    """A badge of a registration, by its type (`add_on_id` null) or by the `unit`-th thing bought of an add-on: `number` of `out_of`.

    `out_of` is what the organizer set when it was bought. It counts while its registration is active.
    """

    __tablename__ = "badge"
    __table_args__ = (
        ForeignKeyConstraint(("registration_id", "add_on_id"), ("registration_add_on.registration_id", "registration_add_on.add_on_id"),
                             name="fk_badge_thing"),
        CheckConstraint(f"out_of BETWEEN 1 AND {MOST_EACH}", name="out_of"),
        CheckConstraint("number BETWEEN 1 AND out_of", name="number"),
        CheckConstraint("unit >= 1 AND (unit = 1 OR add_on_id IS NOT NULL)", name="unit"),
        CheckConstraint(f"length(name) <= {NAME}", name="name_length"),
        CheckConstraint("name <> '' OR (organization = '' AND email = '')", name="named"),
        Index("uq_badge_of_type", "registration_id", "number", unique=True, sqlite_where=OF_TYPE, postgresql_where=OF_TYPE),
        Index("uq_badge_of_thing", "registration_id", "add_on_id", "unit", "number", unique=True,
              sqlite_where=OF_THING, postgresql_where=OF_THING),
        Index("ix_badge_registration_id", "registration_id"),
        Index("ix_badge_email", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    add_on_id: Mapped[int | None] = mapped_column(ForeignKey("add_on.id"))
    unit: Mapped[int] = mapped_column(default=1)
    number: Mapped[int]
    out_of: Mapped[int]
    name: Mapped[str] = mapped_column(String(200), default="")
    organization: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    named_at: Mapped[datetime | None]
