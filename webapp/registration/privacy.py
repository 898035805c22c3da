"""A person's own data in registration, and what of it is erased. Places, orders and charges stay: others' money hangs on them."""

from sqlalchemy import ColumnElement, Select, case, delete, or_, select, update
from sqlalchemy.orm import aliased

from webapp.accounts.models import EmailAddress
from webapp.catalog.models import Event
from webapp.core import records
from webapp.core.db import db
from webapp.core.records import Records
from webapp.forms.models import Answer, Question
from webapp.registration.badges.models import Badge
from webapp.registration.funds.models import FundRequest, PlaceShare
from webapp.registration.models import Application, Charge, Order, Payer, Registration, RegistrationType
from webapp.registration.waitlist import joining
from webapp.registration.waitlist.models import LIVE, Waitlist, WaitlistEntry
from webapp.registration.years.models import MemberClaim


def personal_data(person_ids: frozenset[int]) -> Records:
    """Her places, answers, applications, what she waits for, and what she owed as a payer."""
    own = select(Registration.id).where(Registration.person_id.in_(person_ids))
    return {
        "registrations": records.of(
            select(Event.title.label("event"), RegistrationType.name.label("type"), Registration.state, Registration.mode,
                   Registration.email, Order.ref.label("order"), Registration.created_at, Registration.confirmed_at, Registration.ended_at)
            .join(Event, Event.id == Registration.event_id).join(RegistrationType, RegistrationType.id == Registration.type_id)
            .join(Order, Order.id == Registration.order_id).where(Registration.id.in_(own)).order_by(Registration.id)),
        "answers": records.of(
            select(Event.title.label("event"), Question.label.label("question"), Answer.value.label("answer"))
            .join(Question, Question.id == Answer.question_id).join(Event, Event.id == Question.event_id)
            .where(_answers_of(person_ids)).order_by(Answer.id)),
        "applications": records.of(
            select(Event.title.label("event"), Application.state).join(Event, Event.id == Application.event_id)
            .where(Application.person_id.in_(person_ids)).order_by(Application.id)),
        "waitlists": records.of(
            select(Event.title.label("event"), WaitlistEntry.number, WaitlistEntry.seats, WaitlistEntry.state, WaitlistEntry.email,
                   WaitlistEntry.created_at, WaitlistEntry.ended_at)
            .join(Waitlist, Waitlist.id == WaitlistEntry.waitlist_id).join(Event, Event.id == Waitlist.event_id)
            .where(WaitlistEntry.person_id.in_(person_ids)).order_by(WaitlistEntry.id)),
        "help_with_the_price": records.of(
            select(Event.title.label("event"), FundRequest.words, FundRequest.state, FundRequest.answer, FundRequest.created_at,
                   FundRequest.decided_at).join(Registration, Registration.id == FundRequest.registration_id)
            .join(Event, Event.id == Registration.event_id).where(FundRequest.registration_id.in_(own)).order_by(FundRequest.id)),
        "parts_paid_by_others": records.of(
            select(Event.title.label("event"), PlaceShare.name.label("by"), PlaceShare.cents, PlaceShare.created_at, PlaceShare.ended_at)
            .join(Registration, Registration.id == PlaceShare.registration_id).join(Event, Event.id == Registration.event_id)
            .where(PlaceShare.registration_id.in_(own)).order_by(PlaceShare.id)),
        "claims_of_membership": records.of(
            select(Event.title.label("event"), MemberClaim.number, MemberClaim.state, MemberClaim.answer, MemberClaim.created_at)
            .join(Registration, Registration.id == MemberClaim.registration_id).join(Event, Event.id == Registration.event_id)
            .where(MemberClaim.registration_id.in_(own)).order_by(MemberClaim.id)),
        "badges": records.of(
            select(Event.title.label("event"), Badge.name, Badge.organization, Badge.email)
            .join(Registration, Registration.id == Badge.registration_id).join(Event, Event.id == Registration.event_id)
            .where(or_(_named_by(person_ids), Badge.email.in_(_proved(person_ids))), Badge.name != "").order_by(Badge.id)),
        "charges": records.of(
            select(Order.ref.label("order"), Charge.label.label("what"), Charge.amount_cents, Charge.currency, Charge.due_on)
            .join(Order, Order.id == Charge.order_id).join(Payer, Payer.id == Charge.payer_id)
            .where(Payer.person_id.in_(person_ids)).order_by(Charge.id)),
    }


def erase(person_ids: frozenset[int]) -> None:
    """Deletes her answers (access needs, diet, licence numbers and all others) and the addresses of her places; she leaves all lines."""
    hers = WaitlistEntry.person_id.in_(person_ids)
    for ref in db.session.scalars(select(WaitlistEntry.ref).where(hers, WaitlistEntry.state.in_(LIVE))).all():
        joining.leave(ref)
    db.session.execute(update(WaitlistEntry).where(hers).values(email=""))
    db.session.execute(delete(Answer).where(_answers_of(person_ids)).execution_options(synchronize_session=False))
    own = select(Registration.id).where(Registration.person_id.in_(person_ids))
    db.session.execute(update(FundRequest).where(FundRequest.registration_id.in_(own)).values(words="", answer="")
                       .execution_options(synchronize_session=False))
    db.session.execute(update(MemberClaim).where(MemberClaim.registration_id.in_(own)).values(number="", answer="")
                       .execution_options(synchronize_session=False))
    db.session.execute(update(Badge).where(_badges_of(person_ids)).values(name="", organization="", email="", named_at=None)
                       .execution_options(synchronize_session=False))
    db.session.execute(update(Registration).where(Registration.person_id.in_(person_ids)).values(email=""))


def _badges_of(person_ids: frozenset[int]) -> ColumnElement[bool]:
    """Those of her own places, and those that others named with an address she proved to be hers."""
    return (Badge.registration_id.in_(select(Registration.id).where(Registration.person_id.in_(person_ids)))
            | Badge.email.in_(_proved(person_ids)))


def _named_by(person_ids: frozenset[int]) -> ColumnElement[bool]:
    """Those of her own places that were named while these were hers: who had a place before her wrote on its badges too, and that is no
    data of hers. A place that moved to another date was hers all along."""
    before, moved = aliased(Registration), aliased(Registration)
    hers = (select(Registration.id, case((Registration.replaces_id.is_not(None), Registration.created_at)).label("since"))
            .outerjoin(before, before.id == Registration.replaces_id)
            .where(Registration.person_id.in_(person_ids), or_(before.person_id.is_(None), before.person_id.not_in(person_ids)))
            .cte("hers", recursive=True))
    hers = hers.union_all(select(moved.id, hers.c.since).join(hers, moved.replaces_id == hers.c.id).where(moved.person_id.in_(person_ids)))
    return select(hers.c.id).where(
        hers.c.id == Badge.registration_id, or_(hers.c.since.is_(None), Badge.named_at >= hers.c.since)).correlate(Badge).exists()


def _proved(person_ids: frozenset[int]) -> Select[str]:
    return select(EmailAddress.address).where(EmailAddress.person_id.in_(person_ids), EmailAddress.verified_at.is_not(None))


def _answers_of(person_ids: frozenset[int]) -> ColumnElement[bool]:
    return (Answer.registration_id.in_(select(Registration.id).where(Registration.person_id.in_(person_ids)))
            | Answer.application_id.in_(select(Application.id).where(Application.person_id.in_(person_ids))))
