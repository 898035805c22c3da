"""Staff decide who gets help with the price; she is told by mail."""

from sqlalchemy import select

from webapp.accounts import people
from webapp.core import audit, clock, text
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.notifications import outbox
from webapp.notifications.outbox import Letter
from webapp.registration.funds import giving, reading
from webapp.registration.funds.giving import Given
from webapp.registration.funds.models import FundRequest
from webapp.registration.models import Registration
from webapp.registration.orders import locking


def grant(request_id: int, fund_id: int, *, by_id: int, cents: int | None = None, answer: str = "") -> Given:
    """The fund pays its part, or so many cents, and she is told. Refuses as `giving.give` does, and what is decided already."""
    request = _open(request_id, fund_id)
    done = giving.give(request.registration_id, fund_id, by_id=by_id, cents=cents, reason="She asked for it with her registration.")
    _decide(request, "granted", answer, by_id)
    request.share_id = done.share_id
    return done


def decline(request_id: int, *, by_id: int, answer: str) -> None:
    """Nothing is given, and she is told in words that staff write."""
    if not answer.strip():
        raise Unacceptable("Write what she shall read.", field="answer")
    _decide(_open(request_id), "declined", answer, by_id)


def _open(request_id: int, fund_id: int | None = None) -> FundRequest:
    """The request, locked after its order and that of the fund."""
    registration_id = db.session.scalar(select(FundRequest.registration_id).where(FundRequest.id == request_id))
    if registration_id is None:
        raise NotFound
    locking.of_place(registration_id, reading.by_id(fund_id).order_id if fund_id is not None else None)
    request = db.session.scalars(select(FundRequest).where(FundRequest.id == request_id).with_for_update()
                                 .execution_options(populate_existing=True)).one()
    if request.state != "asked":
        raise AlreadyDone(f"This was {request.state} already.")
    return request


def _decide(request: FundRequest, state: str, answer: str, by_id: int) -> None:
    request.state, request.decided_by_id, request.decided_at = state, by_id, clock.now()
    request.answer = text.clean(answer, field="answer", limit=1000, lines=True)
    db.session.flush()
    one = db.session.get_one(Registration, request.registration_id)
    audit.record(f"fund_request.{state}", f"registration:{one.id}", actor_id=by_id, reason=request.answer[:255])
    if one.email:
        outbox.write_all([Letter(
            f"fund:request:{request.id}:{state}", "fund_decided", one.email, _name(one), one.person_id, f"registration:{one.id}",
            {"registration_id": one.id, "request_id": request.id})])


def _name(one: Registration) -> str:
    return (people.get(one.person_id).name if one.person_id is not None else "") or ""
