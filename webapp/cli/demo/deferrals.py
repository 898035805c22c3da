"""One coming workshop is given twice: a place in it can move to the later date or be put off, until three days before.

Maren has a place there that is paid, so that she can do it. Somebody else's was put off yesterday: she called.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from webapp.catalog import events as catalog
from webapp.catalog import parts
from webapp.catalog.models import CancellationPolicy, Event
from webapp.cli.demo import applications, events, money
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db
from webapp.payments import deferring, invoices
from webapp.registration import duplicating, orders, publishing
from webapp.registration.models import Charge, Registration
from webapp.registration.orders import Attendee, Buyer

GIVEN_TWICE, POLICY = "perinatal", "two-weeks-then-put-off"
LATER = 18  # weeks between the two dates
OFFERED = timedelta(hours=2)  # after the first date was announced
BOUGHT, PAID, PUT_OFF = timedelta(days=5), timedelta(days=2), timedelta(hours=20)  # before now
WHY = "Called: her child is ill that week, and she wants to come to the next one."


def tell(story: Story, cast: Cast, editions: Sequence[Edition]) -> None:
    """The later date is there from the beginning, Maren registers and pays; staff put another's place off yesterday."""
    for edition in editions:
        if edition.years_back == 0 and edition.origin.startswith(GIVEN_TWICE):
            story.at(events.announced(story, edition) + OFFERED, lambda edition=edition: _give_twice(cast, edition))  # type: ignore[misc]
            story.at(story.now - BOUGHT, lambda edition=edition: _buy(story, cast, edition))  # type: ignore[misc]
            story.at(story.now - PUT_OFF, lambda edition=edition: _put_off(cast, edition))  # type: ignore[misc]


def _give_twice(cast: Cast, edition: Edition) -> None:
    """The event becomes a date of its course, by the policy that puts off; then it is copied to the later date."""
    event, by_id = events.of(edition), cast.staff("joan")
    policies = select(CancellationPolicy.id).filter_by(code=POLICY).order_by(CancellationPolicy.edition.desc())
    policy_id = db.session.scalars(policies.limit(1)).one()
    catalog.update(event.id, version=event.version, actor_id=by_id, course_id=parts.course_named(event.title).id,
                   cancellation_policy_id=policy_id)
    publishing.publish(duplicating.duplicate(event.id, weeks=LATER, actor_id=by_id).id, actor_id=by_id)


def _buy(story: Story, cast: Cast, edition: Edition) -> None:
    """Maren pays by herself, so what comes of it is hers to decide."""
    event, maren = events.of(edition), cast.by_mailbox["maren"]
    kind = next(one for one in applications.public_types(event.id) if one.audience == "member")
    held = orders.hold(event.id, [Attendee(kind.id, maren.given, maren.family, maren.email, maren.id)],
                       Buyer(f"{maren.given} {maren.family}", maren.email, maren.id))
    orders.place(held.order_id, "invoice")
    invoices.issue(held.order_id)
    story.at(story.now - PAID, lambda: money.receive(cast, held.order_id, "bank_transfer", in_parts=False))


def _put_off(cast: Cast, edition: Edition) -> None:
    """The first other place that costs something; it is paid by then."""
    place = db.session.scalars(
        select(Registration).join(Charge, Charge.registration_id == Registration.id).join(Event, Event.id == Registration.event_id)
        .where(Registration.state == "confirmed", Event.slug == edition.slug, Charge.amount_cents > 0,
               Registration.person_id != cast.by_mailbox["maren"].id).order_by(Registration.id).limit(1)).first()
    if place is not None:
        money.receive(cast, place.order_id, "bank_transfer", in_parts=False)
        deferring.defer(place.id, by_id=cast.staff("joan"), today=clock.today(money.ZONE), by_staff=True, reason=WHY)
