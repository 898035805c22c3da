"""A place that was put off: for which course its money is kept, and until when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Deferral(Base):
    """A place was given up for a later date of its course. Its money is lots of the payer's balance that pay for this course only.

    `number`: how often this money was put off, this time included. Since `opened_at` nothing of it waits: a date was taken, or it lapsed
    and the policy leaves it to the payer for `then_months` more (0: it is the association's). Empty again when that date is given up.
    """

    __tablename__ = "deferral"
    __table_args__ = (CheckConstraint("number >= 1", name="number"), CheckConstraint("then_months >= 0", name="then_months"))

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    number: Mapped[int]
    expires_on: Mapped[date]
    then_months: Mapped[int]
    reason: Mapped[str] = mapped_column(String(255), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
