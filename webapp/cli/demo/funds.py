"""Two funds of the coming conference: a scholarship that three people were given, and a grant that pays a part of three places, two of
them with a check by now; one person asks for help."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from webapp.cli.demo import events, money
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db
from webapp.payments import sharing
from webapp.registration.funds import asking, giving, keeping
from webapp.registration.funds.keeping import Grantor, Terms
from webapp.registration.funds.models import Fund
from webapp.registration.models import Charge, Registration

MADE = timedelta(hours=3)  # after the conference was announced
GIVEN = timedelta(hours=30)  # before now
GRANT = "Lakeshore Foundation grant"
GRANTED, PAID_FOR = ("Works with families on the lake.",) * 3, 2  # places, and for how many of them the foundation sent a check
WHY = ("Travels from the far north of the state.", "A small program with no budget for training.", "Her first year in the field.")


def tell(story: Story, cast: Cast, editions: Sequence[Edition]) -> None:
    """The funds are there from the beginning; what is given from them was given yesterday."""
    for edition in editions:
        if edition.years_back == 0 and edition.values["kind"] == "conference":
            story.at(events.announced(story, edition) + MADE, lambda edition=edition: _make(cast, edition))  # type: ignore[misc]
            story.at(story.now - GIVEN, lambda edition=edition: _give(cast, edition))  # type: ignore[misc]


def _make(cast: Cast, edition: Edition) -> None:
    event, by_id = events.of(edition), cast.staff("joan")
    keeping.create(event.organization_id, "Rural Access Fund", Terms(
        200_000, percent=5_000, max_per_person_cents=15_000, account_code="5200", on_request=True, event_ids=(event.id,)),
        by_id=by_id, note="From the spring gala.")
    keeping.create(event.organization_id, GRANT, Terms(
        500_000, amount_cents=10_000, account_code="4800", word="LAKESHORE-26", passes_on=True, event_ids=(event.id,)), by_id=by_id,
        grantor=Grantor("Lakeshore Foundation", "grants@lakeshore-foundation.example", "12 Harbor Road\nGreen Bay, WI 54301"))


def _give(cast: Cast, edition: Edition) -> None:
    paying = _paying(events.of(edition).id, len(WHY) + len(GRANTED) + 1)
    for registration_id, reason in zip(paying, WHY, strict=False):
        _carry(cast, registration_id, "Rural Access Fund", reason)
    for at, (registration_id, reason) in enumerate(zip(paying[len(WHY):], GRANTED, strict=False)):
        if at == PAID_FOR:
            order_id = db.session.scalars(select(Fund.order_id).where(Fund.name == GRANT)).one()
            money.receive(cast, order_id or 0, "cheque", in_parts=False)
        _carry(cast, registration_id, GRANT, reason)
    if len(paying) > len(WHY) + len(GRANTED):
        asking.ask([(paying[-1], "Our program pays for one of us only, and two would like to come.")], clock.now())


def _carry(cast: Cast, registration_id: int, fund: str, reason: str) -> None:
    by_id, fund_id = cast.staff("joan"), db.session.scalars(select(Fund.id).where(Fund.name == fund)).one()
    done = giving.give(registration_id, fund_id, by_id=by_id, reason=reason)
    sharing.after(done, reason=reason, by_id=by_id, today=clock.today(money.ZONE))


def _paying(event_id: int, limit: int) -> list[int]:
    """Confirmed places that cost something, the first first."""
    return list(db.session.scalars(
        select(Registration.id).join(Charge, Charge.registration_id == Registration.id)
        .where(Registration.event_id == event_id, Registration.state == "confirmed", Registration.inclusion_of_id.is_(None))
        .group_by(Registration.id).having(func.sum(Charge.amount_cents) > 0).order_by(Registration.id).limit(limit)))
