"""Funds, what they are for, the parts of places that others carry, and requests for help with the price."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base
from webapp.registration.scopes import Tables


class Fund(Base):
    """Money set aside for places: a scholarship of our own, or a grant that somebody else pays for (its lines stand on `order_id`).

    It pays an amount, a share (basis points), or with neither the rest of a place. `used_cents` is a counter: `funds.sharing` alone
    moves it, by a conditional UPDATE, and the CHECK refuses what it would forget. No event and no type named: for everything.
    """

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("organization_id", "name"),
        UniqueConstraint("organization_id", "word"),
        CheckConstraint("kind IN ('scholarship', 'grant')", name="kind"),
        CheckConstraint("(kind = 'grant') = (order_id IS NOT NULL)", name="grantor"),
        CheckConstraint("amount_cents IS NULL OR percent_basis_points IS NULL", name="pays"),
        CheckConstraint("amount_cents BETWEEN 1 AND 100000000", name="amount"),
        CheckConstraint("percent_basis_points BETWEEN 1 AND 10000", name="percent"),
        CheckConstraint("max_per_person_cents > 0", name="per_person"),
        CheckConstraint("budget_cents BETWEEN 1 AND 100000000", name="budget"),
        CheckConstraint("used_cents >= 0 AND used_cents <= budget_cents", name="used"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))  # as people read it on their bill
    note: Mapped[str] = mapped_column(Text, default="")  # for staff only
    word: Mapped[str | None] = mapped_column(String(40))  # typed in the field of codes; null: only staff give it
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), unique=True)
    account_code: Mapped[str] = mapped_column(String(20), default="")
    budget_cents: Mapped[int]
    used_cents: Mapped[int] = mapped_column(default=0)
    amount_cents: Mapped[int | None]
    percent_basis_points: Mapped[int | None]
    max_per_person_cents: Mapped[int | None]
    with_add_ons: Mapped[bool] = mapped_column(default=False)  # else the price of the place alone is paid
    passes_on: Mapped[bool] = mapped_column(default=False)  # stays with a place that a colleague takes over
    on_request: Mapped[bool] = mapped_column(default=False)  # who registers for one of its events may ask for it
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]  # exclusive
    withdrawn_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class FundEvent(Base):
    """An event whose places a fund pays for."""

    __tablename__ = "fund_event"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, index=True)


class FundType(Base):
    """A registration type whose places a fund pays for."""

    __tablename__ = "fund_type"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("registration_type.id", ondelete="CASCADE"), primary_key=True, index=True)


SCOPES = Tables(FundEvent, FundType, "fund_id")


class PlaceShare(Base):
    """A part of a place that its order does not owe: a fund's, or another payer's on an order of hers. History stays.

    `order_id`: where it is owed instead, by `charge_id` once the place is confirmed; null for a scholarship of our own.
    """

    __tablename__ = "place_share"
    __table_args__ = (
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("fund_id IS NOT NULL OR order_id IS NOT NULL", name="by"),
        Index("uq_place_share_fund", "registration_id", unique=True, sqlite_where=text("ended_at IS NULL AND fund_id IS NOT NULL"),
              postgresql_where=text("ended_at IS NULL AND fund_id IS NOT NULL")),
        Index("ix_place_share_registration_id", "registration_id"),
        Index("ix_place_share_fund_id", "fund_id"),
        Index("ix_place_share_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    cents: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))  # who carries it, as the bill says
    account_code: Mapped[str] = mapped_column(String(20), default="")
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # staff; null: she typed its code
    reason: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FundRequest(Base):
    """Somebody asks for help with the price of her place. Her words are for those who decide."""

    __tablename__ = "fund_request"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'granted', 'declined', 'withdrawn')", name="state"),
        Index("uq_fund_request_open", "registration_id", unique=True, sqlite_where=text("state = 'asked'"),
              postgresql_where=text("state = 'asked'")),
        Index("ix_fund_request_state", "state", "id"),
        Index("ix_fund_request_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="asked")
    share_id: Mapped[int | None] = mapped_column(ForeignKey("place_share.id"))
    answer: Mapped[str] = mapped_column(Text, default="")  # what is written to her
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
