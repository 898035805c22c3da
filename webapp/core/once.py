"""A form that is sent twice does its work once: it carries a key, which is kept in the transaction of the work.

So a double click, a browser's reload and a server that died before it answered repeat nothing.
"""

from datetime import datetime

from sqlalchemy import Index, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock
from webapp.core.db import Base, db, insert_new


class SentForm(Base):
    """A form whose work is done: the digest of its key and of what was typed."""

    __tablename__ = "sent_form"
    __table_args__ = (Index("ix_sent_form_sent_at", "sent_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    sent_at: Mapped[datetime]


def first(digest: str) -> bool:
    """Whether this form comes for the first time; from then on, if the transaction commits, it does not.

    Of two at one moment the second waits for the first to end.
    """
    return insert_new(SentForm, on=("digest",), values={"digest": digest, "sent_at": clock.now()}) is not None


def known(digest: str) -> bool:
    """Whether the work of this form is done. Reads only."""
    return db.session.scalar(select(SentForm.digest).where(SentForm.digest == digest)) is not None


def forget(before: datetime) -> int:
    """Forgets forms sent before the moment, which nobody sends again; returns how many."""
    return len(db.session.execute(delete(SentForm).where(SentForm.sent_at < before).returning(SentForm.digest)).all())
