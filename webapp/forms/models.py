"""Questions and answers: what an event asks of those who register or apply."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.db import Base


class Question(Base):
    """A question of an event. `sensitivity` other than `plain` is seen by few and never by a payer."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("kind IN ('text', 'long_text', 'choice', 'choices', 'yes_no', 'number', 'date')", name="kind"),
        CheckConstraint("sensitivity IN ('plain', 'access', 'diet', 'licence')", name="sensitivity"),
        CheckConstraint("asked_in IN ('registration', 'application', 'evaluation')", name="asked_in"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    key: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200))
    hint: Mapped[str] = mapped_column(String(400), default="")
    kind: Mapped[str] = mapped_column(String(20))
    choices: Mapped[list[Any]] = mapped_column(default=list)
    is_required: Mapped[bool] = mapped_column(default=False)
    sensitivity: Mapped[str] = mapped_column(String(10), default="plain")
    asked_in: Mapped[str] = mapped_column(String(20), default="registration")
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


class Answer(Base):
    """One answer, of a registration or of an application. A list for `choices`, else a text."""

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint("(registration_id IS NULL) <> (application_id IS NULL)", name="of_one"),
        UniqueConstraint("question_id", "registration_id"),
        UniqueConstraint("question_id", "application_id"),
        Index("ix_answer_registration_id", "registration_id"),
        Index("ix_answer_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    value: Mapped[str] = mapped_column(Text)

    question: Mapped[Question] = relationship(lazy="raise_on_sql")
