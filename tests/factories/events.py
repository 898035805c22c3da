"""Published events with small, sensible defaults, made through the actions of catalog and registration.

`workshop()`, `conference()`, `cohort()` return the Event; `types(event)`, `sessions(event)`, `blocks(event)` read its parts by
name. Times are wall-clock times in Chicago; the first session is four weeks ahead unless `starts` says otherwise.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from webapp.catalog import events, organizations, parts, policies
from webapp.catalog import sessions as session_actions
from webapp.catalog.models import Block, Event, Group, Session
from webapp.catalog.sessions import Break, Credit
from webapp.core import clock
from webapp.core.db import db
from webapp.registration import offers, publishing
from webapp.registration.models import RegistrationType
from webapp.registration.offers import AddOnSpec, GroupRuleSpec, InstalmentSpec, Offers, PriceSpec, TypeSpec

ZONE = "America/Chicago"
TRAINING = Credit("training", 165, ("TF-ATT", "TF-REL"), {"AGE_0_3": 165, "DEI": 60})


def workshop(
    title: str = "Sleep and feeding in the first year", *, starts: datetime | None = None, days: int = 1, capacity: int | None = 20,
    member: int = 12_000, non_member: int = 15_000, types: Sequence[TypeSpec] | None = None, add_ons: Sequence[AddOnSpec] = (),
    group_rules: Sequence[GroupRuleSpec] = (), policy: str = policies.DEFAULT, published: bool = True, **fields: Any,
) -> Event:
    """A workshop of `days` meetings of three hours with a break of 15 minutes and 165 training minutes. Prices in cents."""
    event = draft(title, policy=policy, capacity=capacity, **fields)
    first = starts or at()
    for day in range(days):
        session_actions.add(
            event.id, actor_id=None, title=f"Day {day + 1}" if days > 1 else title, start=first + timedelta(days=day),
            end=first + timedelta(days=day, hours=3), breaks=[Break(80, 15)], credits=[TRAINING])
    sell(event, types if types is not None else member_prices(member, non_member), add_ons, group_rules)
    return publish(event) if published else event


def conference(
    title: str = "Annual conference", *, starts: datetime | None = None, capacity: int | None = 50, rooms: Sequence[int] = (2, 20),
    member: int = 32_500, non_member: int = 39_500, published: bool = True, **fields: Any,
) -> Event:
    """A conference day: a keynote for all, blocks A and B with one breakout per number in `rooms`, a paid pre-conference block."""
    event = draft(title, kind="conference", capacity=capacity, **fields)
    first = starts or at()
    session_actions.add(event.id, actor_id=None, title="Keynote", start=first, end=first + timedelta(minutes=90), no_breaks=True,
                        credits=[Credit("training", 90, ("TF-REL",), {"AGE_0_3": 90})])
    for name, hour in (("A", 2), ("B", 5)):
        block = parts.block(event.id, name)
        for number, size in enumerate(rooms, 1):
            breakout(event, f"Breakout {name}{number}", block, first + timedelta(hours=hour), size)
    extra = parts.block(event.id, "PRE", add_on_only=True)
    breakout(event, "Pre-conference", extra, first - timedelta(days=1), 10)
    dinner = AddOnSpec("Pre-conference", [PriceSpec(7_500, audience="member"), PriceSpec(9_500, audience="non_member")],
                       unlocks_block_id=extra.id)
    sell(event, member_prices(member, non_member), [dinner], [GroupRuleSpec(5, 1_000)])
    return publish(event) if published else event


def cohort(
    title: str = "Capstone cohort", *, starts: datetime | None = None, days: int = 3, groups: int = 2, size: int = 8,
    capacity: int | None = 16, tuition: int = 900_000, published: bool = True, **fields: Any,
) -> Event:
    """A cohort by application: `days` monthly seminars of 165 training minutes, each with a group meeting of 120 RSC minutes."""
    event = draft(title, kind="capstone", sign_up="application", capacity=capacity, **fields)
    first = starts or at()
    made = [parts.group(event.id, f"Group {letter}", size=size) for letter in "ABCDEFGH"[:groups]]
    for day in range(days):
        start = first + timedelta(weeks=4 * day)
        session_actions.add(event.id, actor_id=None, title=f"Seminar {day + 1}", start=start, end=start + timedelta(hours=3),
                            breaks=[Break(80, 15)], credits=[TRAINING])
        for group in made:
            session_actions.add(
                event.id, actor_id=None, title=f"Mentorship group {day + 1}", start=start + timedelta(hours=4), group_id=group.id,
                end=start + timedelta(hours=6), no_breaks=True, credits=[Credit("rsc", 120, ("REF-PAR",), {"AGE_0_3": 120})])
    due = clock.today(ZONE)
    instalments = [InstalmentSpec(due + timedelta(days=30 * part), share) for part, share in enumerate((3334, 3333, 3333))]
    sell(event, [TypeSpec("Tuition", [PriceSpec(tuition)], instalments=instalments)])
    return publish(event) if published else event


def draft(title: str, *, policy: str = policies.DEFAULT, **fields: Any) -> Event:
    """A draft without sessions or prices, in person at a hall in Madison unless `mode` says otherwise."""
    organizations.load_reference_data("Lakes & Prairies IECMH Association")
    values: dict[str, Any] = {"kind": "workshop", "zone": ZONE, "mode": "in_person", "capacity": 20} | fields
    if values["mode"] != "online" and "venue_id" not in values:
        values["venue_id"] = parts.venue(name="Lakeview Hall", street="1 Shore Drive", city="Madison", county="Dane").id
    if values["mode"] != "in_person":
        values.setdefault("platform", "Zoom")
    return events.create(actor_id=None, title=title, cancellation_policy_id=policies.current(policy).id, **values)


def sell(event: Event, types: Sequence[TypeSpec], add_ons: Sequence[AddOnSpec] = (), group_rules: Sequence[GroupRuleSpec] = ()) -> None:
    """Puts types, add-ons and group rules on an event."""
    offers.replace(event.id, Offers(types, add_ons, group_rules), actor_id=None)


def publish(event: Event) -> Event:
    """Publishes the event."""
    return publishing.publish(event.id, actor_id=None)


def member_prices(member: int, non_member: int) -> list[TypeSpec]:
    """Two types, for members and for others, in cents."""
    return [TypeSpec("Member", [PriceSpec(member)], audience="member"),
            TypeSpec("Non-member", [PriceSpec(non_member)], audience="non_member")]


def breakout(event: Event, title: str, block: Block, start: datetime, capacity: int | None) -> Session:
    """A breakout of 90 minutes in a block."""
    return session_actions.add(
        event.id, actor_id=None, title=title, start=start, end=start + timedelta(minutes=90), block_id=block.id, no_breaks=True,
        capacity=capacity, credits=[Credit("training", 90, ("TF-DEV",), {"AGE_0_3": 90})])


def at(days: int = 28, hour: int = 9, minute: int = 0) -> datetime:
    """A wall-clock time (naive) so many days ahead."""
    return datetime.combine(clock.today(ZONE) + timedelta(days=days), time(hour, minute))


def day(days: int) -> date:
    """The date so many days ahead, in Chicago."""
    return clock.today(ZONE) + timedelta(days=days)


def sessions(event: Event) -> list[Session]:
    """The sessions in time order."""
    return list(db.session.scalars(select(Session).filter_by(event_id=event.id).order_by(Session.starts_at, Session.id)))


def types(event: Event) -> dict[str, RegistrationType]:
    """The registration types by name."""
    return {row.name: row for row in db.session.scalars(select(RegistrationType).filter_by(event_id=event.id))}


def blocks(event: Event) -> dict[str, Block]:
    """The blocks by name."""
    return {row.name: row for row in db.session.scalars(select(Block).filter_by(event_id=event.id))}


def groups(event: Event) -> dict[str, Group]:
    """The groups by name."""
    return {row.name: row for row in db.session.scalars(select(Group).filter_by(event_id=event.id))}
