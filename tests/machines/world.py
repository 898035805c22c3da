"""The small world a machine plays in: two dates of one course with every kind of limit, nine people, an office, codes and funds."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from tests.factories import codes, events, funds, people, years
from tests.factories import registrations as places
from webapp.accounts import agencies
from webapp.catalog import organizations, parts, policies, policy_editions
from webapp.catalog import sessions as session_actions
from webapp.catalog.models import Event
from webapp.core.db import db, transaction
from webapp.registration import offers
from webapp.registration.models import AddOn
from webapp.registration.offers import AddOnSpec, GroupRuleSpec, Offers, PriceSpec, TypeSpec

HOUR = timedelta(hours=1)
PEOPLE = 9
OFFICE = "Lakeshore Home Visiting"
RULES: policies.Rules = {
    "refunds": [{"until_days": 7, "fee": {"kind": "flat", "cents": 2_000}}], "after": "substitution", "substitution_until_hours": 0,
    "balance": {"until_days": 7, "months": 1}, "transfer": {"until_days": 7},
    "deferral": {"until_days": 3, "times": 1, "months": 1, "then_months": 1}, "no_show": "none", "organizer_cancels": "full"}


@dataclass(frozen=True)
class World:
    """Ids of what the machine acts on."""

    event_id: int
    other_id: int  # another date of the course
    types: tuple[int, ...]  # paid with a limit of its own, free
    other_types: tuple[int, ...]
    dinner: int
    block: int
    breakouts: tuple[int, ...]
    sessions: tuple[int, ...]
    people: tuple[tuple[int, str, str], ...]  # id, name, address
    finance: int
    agency: int
    codes: tuple[int, ...]
    funds: tuple[int, ...]  # a scholarship of our own, a grant
    plan: int  # a membership year


def make() -> World:
    """A hybrid day with a workshop day after it, forty days ahead, and a smaller date of the course sixty days ahead; committed."""
    with transaction():
        policy, course = _policy(), parts.course("RHYTHMS", "Rhythms of care").id
        event, other = _event(policy, course), _other(policy, course)
        block = parts.block(event.id, "A")
        first = events.at(40)
        opening = session_actions.add(event.id, actor_id=None, title="Opening", start=first, end=first + HOUR, no_breaks=True, capacity=4)
        choices = [events.breakout(event, f"Breakout {n}", block, first + 2 * HOUR, size) for n, size in ((1, 1), (2, 2))]
        second = session_actions.add(event.id, actor_id=None, title="Second day", start=first + 24 * HOUR, end=first + 27 * HOUR,
                                     no_breaks=True)
        for one, dinners in ((event, 2), (other, 3)):
            offers.replace(one.id, offered(dinners=dinners), actor_id=None)
            events.publish(one)
        who = [people.person(f"Person {n}", "Machine", email=f"machine{n}@home.example") for n in range(PEOPLE)]
        finance = people.person("Fay", "Nance", roles=["finance"]).id
        kinds, others = events.types(event), events.types(other)
        return World(
            event.id, other.id, (kinds["Whole"].id, kinds["Supported"].id), (others["Whole"].id, others["Supported"].id),
            _add_on(event.id), block.id, tuple(one.id for one in choices), (opening.id, *(one.id for one in choices), second.id),
            tuple((one.id, one.name, places.address(one)) for one in who), finance, _office(finance), _codes(event), _funds(event),
            years.plan())


def _policy() -> str:
    """Everything a policy can allow, and a balance that is over soon enough to see it end."""
    organizations.load_reference_data("Lakes & Prairies IECMH Association")
    return policy_editions.create("Everything", "What comes back depends on the day.", RULES, today=date(2026, 1, 1), by_id=None,
                                  reason="For the machine")


def _event(policy: str, course_id: int) -> Event:
    return events.draft("Rhythms of care", kind="conference", mode="hybrid", capacity=4, room_capacity=3, online_capacity=3,
                        online_url="https://meet.example/rhythms", policy=policy, course_id=course_id)


def _other(policy: str, course_id: int) -> Event:
    made = events.draft("Rhythms of care, again", kind="conference", capacity=3, policy=policy, course_id=course_id)
    first = events.at(60)
    session_actions.add(made.id, actor_id=None, title="The day", start=first, end=first + 3 * HOUR, no_breaks=True)
    return made


def offered(*, dinners: int | None, whole: int | None = 3) -> Offers:
    """What a date sells: a paid type and a dinner with limits, a free type, one for members, less for three."""
    return Offers([TypeSpec("Whole", [PriceSpec(10_000)], audience="non_member", capacity=whole), TypeSpec("Supported", [PriceSpec(0)]),
                   TypeSpec("Member", [PriceSpec(7_000)], audience="member")],
                  [AddOnSpec("Dinner", [PriceSpec(2_550)], capacity=dinners)], [GroupRuleSpec(3, 1_000)])


def _office(by_id: int) -> int:
    return agencies.create(OFFICE, actor_id=by_id, billing_email="office@lakeshore.example", po_required=True).id


def _codes(event: Event) -> tuple[int, ...]:
    """A share of everything, an amount with a budget, one good twice, one good once for each person."""
    return (codes.code(event, "SPRING10", with_add_ons=True), codes.code(event, "THIRTY", amount_cents=3_000, budget_cents=9_000),
            codes.code(event, "TWICE", percent=5_000, max_uses=2), codes.code(event, "EACH", amount_cents=500, max_per_person=1))


def _funds(event: Event) -> tuple[int, ...]:
    """A scholarship that pays up to $60 of a place, a grant that pays the rest of it and goes with it to a colleague."""
    return (funds.fund(event, "Scholarship", amount_cents=6_000, budget_cents=15_000, word="HELP"),
            funds.fund(event, grantor=funds.GRANTOR, budget_cents=40_000, word="GRANT", passes_on=True, with_add_ons=True))


def _add_on(event_id: int) -> int:
    return int(db.session.scalars(select(AddOn.id).filter_by(event_id=event_id)).one())
