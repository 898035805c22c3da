"""The people of the demonstration: those who sign in, those who only come, their agencies, memberships and Endorsement."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from webapp.accounts import accounts, addresses, agencies, memberships, passwords, people, roles
from webapp.accounts.models import Agency, CategoryHolding, Consent, Person
from webapp.catalog import organizations
from webapp.catalog.models import Presenter, Session, SessionPresenter
from webapp.cli.demo import names
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db

OFFICE = ("joan", "finance", "admin", "coordinator")
HOLDINGS = ("IFS", "IFS", "ECFS", "IMHS", "IFA", "IMHM-C", "IFRS")


@dataclass
class Somebody:
    """A person as the story needs her; `member_until` None is no member."""

    id: int
    given: str
    family: str
    email: str
    work: str
    member_until: date | None
    agency_id: int | None

    def is_member(self, day: date) -> bool:
        """Whether the member price is hers on the day."""
        return self.member_until is not None and day <= self.member_until


@dataclass
class Cast:
    """Everybody: the crowd, and by mailbox those who sign in."""

    crowd: list[Somebody] = field(default_factory=list)
    by_mailbox: dict[str, Somebody] = field(default_factory=dict)
    agencies: list[Agency] = field(default_factory=list)

    def staff(self, mailbox: str) -> int:
        """The id of somebody who works for the association."""
        return self.by_mailbox[mailbox].id


def make(story: Story) -> Cast:
    """Everybody, three years before the story ends. The password is hashed once."""
    digest = passwords.digest(names.PASSWORD)
    cast = Cast()
    for name, county, wants_number in names.AGENCIES:
        mailbox = name.split()[0].lower()
        cast.agencies.append(agencies.create(
            name, actor_id=None, billing_email=f"accounts@{mailbox}.{names.DOMAIN}", county=county, po_required=wants_number,
            billing_address=f"{name}\nAccounts payable\n{county} County, Wisconsin"))
    for mailbox, given, family, work, county, granted in names.CAST:
        one = _person(story, cast, given, family, f"{mailbox}@{names.DOMAIN}", work, county, verified=True)
        accounts.open_for(one.id, password_hash=digest, is_demo=True)
        for role in granted:
            roles.grant(one.id, role, actor_id=None, reason="Demonstration")
        cast.by_mailbox[mailbox] = one
    for number, name in enumerate(names.PEOPLE):
        given, _, family = name.partition(" ")
        mailbox = f"{given}.{family}".lower().replace(" ", "").encode("ascii", "ignore").decode()
        cast.crowd.append(_person(story, cast, given, family, f"{mailbox}@{names.DOMAIN}", story.dice.choice(names.WORK),
                                  story.dice.choice(names.COUNTIES), verified=number % 3 == 0))
    _scoped_roles(cast)
    _holdings(story, cast)
    return cast


def introduce(cast: Cast) -> None:
    """After the events are there: the presenter who signs in is the one on the programme."""
    marisol = cast.staff("presenter")
    for row in db.session.scalars(select(Presenter).filter_by(name="Marisol Eriksen")):
        row.person_id = marisol
    events = db.session.scalars(
        select(Session.event_id).distinct().join(SessionPresenter, SessionPresenter.session_id == Session.id)
        .join(Presenter, Presenter.id == SessionPresenter.presenter_id).where(Presenter.person_id == marisol).order_by(Session.event_id))
    for event_id in events:
        roles.grant(marisol, "presenter", event_id=event_id, actor_id=cast.staff("joan"), reason="She is on the programme.")


def _person(story: Story, cast: Cast, given: str, family: str, email: str, work: str, county: str, *, verified: bool) -> Somebody:
    agency = story.dice.choice([*cast.agencies, None]) if email.partition("@")[0] not in OFFICE else None
    if email.startswith(("maren@", "supervisor@")):
        agency = cast.agencies[0]
    row: Person = people.create(given, family, address=email, profession=work, county=county, employer=agency.name if agency else "")
    if verified:
        addresses.verify(row.addresses[0].id)
    today = clock.now().date()
    if agency:
        agencies.add_member(agency.id, row.id, from_on=today, actor_id=cast.staff("admin"))
    return Somebody(row.id, given, family, email, work, _membership(story, row.id, email), agency.id if agency else None)


def _membership(story: Story, person_id: int, email: str) -> date | None:
    """Two of three are members; some of them let it lapse last year."""
    if story.dice.random() > 0.66 and not email.startswith(("maren@", "supervisor@")):
        return None
    today = clock.now().date()
    lapsed = story.dice.random() < 0.15 and not email.startswith(("maren@", "supervisor@"))
    until = date(story.now.year - 1, 6, 30) if lapsed else date(story.now.year + 1, 6, 30)
    memberships.add(person_id, f"LP-{person_id:04d}", from_on=today, until_on=until, actor_id=None)
    return until


def _scoped_roles(cast: Cast) -> None:
    roles.grant(cast.staff("supervisor"), "supervisor", agency_id=cast.agencies[0].id, actor_id=None, reason="Demonstration")
    roles.grant(cast.staff("coordinator"), "coordinator", actor_id=None, reason="Demonstration",
                organization_id=organizations.named("University of the Lakes").id)


def _holdings(story: Story, cast: Cast) -> None:
    begun = clock.now().date()
    held = [(cast.by_mailbox["maren"], "IFS", "endorsed")] + [
        (one, story.dice.choice(HOLDINGS), "endorsed") for one in story.dice.sample(cast.crowd, 18)]
    held += [(cast.by_mailbox["presenter"], "IMHM-C", "endorsed")]
    for one, category, status in held:
        db.session.add(CategoryHolding(person_id=one.id, category=category, association="WI", status=status,
                                       from_on=begun + timedelta(days=story.dice.randrange(400))))
    for one in [cast.by_mailbox["maren"], *story.dice.sample([p for p in cast.crowd if p.agency_id], 12)]:
        if one.agency_id:
            for scope in ("attendance", "hours"):
                db.session.add(Consent(person_id=one.id, agency_id=one.agency_id, scope=scope, given_at=clock.now(),
                                       until_on=date(story.now.year + 1, 12, 31)))
