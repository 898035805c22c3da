"""What a membership costs, and the membership years that were bought with orders."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class MembershipPlan(Base):
    """A membership the association sells: for how many months, for how much. A change is for those who come: orders have a copy."""

    __tablename__ = "membership_plan"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("months BETWEEN 1 AND 60", name="months"),
        CheckConstraint("amount_cents BETWEEN 1 AND 100000000", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))  # as people read it on their bill
    months: Mapped[int]
    amount_cents: Mapped[int]
    account_code: Mapped[str] = mapped_column(String(20), default="4300")
    withdrawn_at: Mapped[datetime | None]  # not sold any more
    created_at: Mapped[datetime]


class MembershipYear(Base):
    """A plan that somebody bought with an order, beside her place; one for each person and order.

    It is on the member list (`membership_id`) exactly while its line is in force and paid (`years.standing`). `types_before`: the
    types her places on the order had before they cost the member price, by registration id: taking it off brings them back.
    """

    __tablename__ = "membership_year"
    __table_args__ = (
        Index("uq_membership_year_order_id", "order_id", "person_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        Index("ix_membership_year_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("membership_plan.id"))
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"), unique=True)
    months: Mapped[int]
    types_before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), unique=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # taken off the order, or its line was taken back


class MemberClaim(Base):
    """Somebody says that she is a member, whose membership was not found: staff look, and decide. One that waits for each place."""

    __tablename__ = "member_claim"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'confirmed', 'declined')", name="state"),
        Index("uq_member_claim_asked", "registration_id", unique=True,
              sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'")),
        Index("ix_member_claim_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    number: Mapped[str] = mapped_column(String(40), default="")  # as she typed it; she may not know it
    state: Mapped[str] = mapped_column(String(10), default="asked")
    answer: Mapped[str] = mapped_column(Text, default="")  # what staff wrote to her
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))  # by which it was confirmed
    off_cents: Mapped[int] = mapped_column(default=0)  # by how much her place costs less since
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
