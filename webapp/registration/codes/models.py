"""Discount codes, what they are for, and each use with the place it lowered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base
from webapp.registration.scopes import Tables


class DiscountCode(Base):
    """A word that takes an amount or a share (basis points) off a place.

    `uses` and `spent_cents` are counters: `codes.counting` alone moves them, by a conditional UPDATE, and the CHECKs refuse what
    it would forget. No event and no type named: it is for everything of the organization.
    """

    __tablename__ = "discount_code"
    __table_args__ = (
        UniqueConstraint("organization_id", "word"),
        CheckConstraint("(amount_cents IS NULL) <> (percent_basis_points IS NULL)", name="off"),
        CheckConstraint("amount_cents BETWEEN 1 AND 100000000", name="amount"),
        CheckConstraint("percent_basis_points BETWEEN 1 AND 10000", name="percent"),
        CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses"),
        CheckConstraint("spent_cents >= 0 AND (budget_cents IS NULL OR spent_cents <= budget_cents)", name="budget"),
        CheckConstraint("max_per_person > 0", name="per_person"),
        CheckConstraint("NOT (best_price AND with_add_ons)", name="best_price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    word: Mapped[str] = mapped_column(String(40))  # as `rules.word` writes it
    purpose: Mapped[str] = mapped_column(String(200), default="")  # for staff only
    amount_cents: Mapped[int | None]
    percent_basis_points: Mapped[int | None]
    with_add_ons: Mapped[bool] = mapped_column(default=False)  # else the price of the place alone is lowered
    best_price: Mapped[bool] = mapped_column(default=False)  # reckoned from the regular price; a better member price wins
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]  # exclusive
    max_uses: Mapped[int | None]
    max_per_person: Mapped[int | None]
    budget_cents: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)
    spent_cents: Mapped[int] = mapped_column(default=0)
    withdrawn_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class CodeEvent(Base):
    """An event whose places a code lowers."""

    __tablename__ = "discount_code_event"

    code_id: Mapped[int] = mapped_column(ForeignKey("discount_code.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, index=True)


class CodeType(Base):
    """A registration type whose places a code lowers."""

    __tablename__ = "discount_code_type"

    code_id: Mapped[int] = mapped_column(ForeignKey("discount_code.id", ondelete="CASCADE"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("registration_type.id", ondelete="CASCADE"), primary_key=True, index=True)


SCOPES = Tables(CodeEvent, CodeType, "code_id")


class CodeUse(Base):
    """A code on a place, and what it took off. Given back with the place; the row stays, as history."""

    __tablename__ = "code_use"
    __table_args__ = (
        CheckConstraint("cents >= 0", name="cents"),
        Index("uq_code_use_standing", "registration_id", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        Index("ix_code_use_code_id", "code_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("discount_code.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    cents: Mapped[int]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
