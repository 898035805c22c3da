"""The outbox: messages to people."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import states
from webapp.core.db import Base

MOVES = states.table(
    waiting="sending withdrawn", sending="sent waiting failed withdrawn", failed="waiting withdrawn", sent="", withdrawn="")


class Message(Base):
    """One fact told to one recipient, written in the transaction of what it announces; `fact` is unique.

    It is rendered from the facts at sending (`kind` names the template folder templates/email/<kind>/, `facts` the
    ids), or withdrawn when they no longer hold. `subject` and the SMTP Message-ID are kept once sent.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'withdrawn')", name="state"),
        Index("ix_message_state_not_before", "state", "not_before"),
        Index("ix_message_subject_of", "subject_of"),
        Index("ix_message_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fact: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(200), default="")
    subject_of: Mapped[str] = mapped_column(String(60), default="")  # `event:12`, `order:7`: for logs and withdrawals
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str] = mapped_column(String(120), unique=True)  # of the mail: the same on every attempt
    subject: Mapped[str] = mapped_column(String(255), default="")
    last_error: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(String(255), default="")  # why withdrawn
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
