"""Help with the price, asked for with a place: kept until staff decide (`deciding`)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert

from webapp.core import text
from webapp.core.db import db
from webapp.registration.funds.models import FundRequest


def ask(wishes: Sequence[tuple[int, str]], at: datetime) -> None:
    """Writes down who asks, by registration, and her words (they may be empty)."""
    db.session.execute(insert(FundRequest), [
        {"registration_id": registration_id, "words": text.clean(words, field="fund_words", limit=1000, lines=True), "created_at": at}
        for registration_id, words in wishes])
