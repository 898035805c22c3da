"""The table of an event's people: filters in the address, money in a word, access needs counted, a group for many at once."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, render_template, request

from webapp.catalog.models import Event
from webapp.core import clock, money, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments.queries.events import EventMoney, of_events, of_places
from webapp.payments.rules.standing import REFUNDED, Balance
from webapp.registration import registrations
from webapp.registration.badges import reading
from webapp.registration.badges.reading import Holder
from webapp.registration.queries import alike, participants, rosters
from webapp.registration.queries.participants import Filters
from webapp.web import access
from webapp.web.forms import see
from webapp.web.manage.events.blueprint import association_zone
from webapp.web.manage.events.overview import told_apart
from webapp.web.manage.people.blueprint import ROLES, STATES, pages, the_event
from webapp.web.manage.staff.people import page_number

PER_PAGE = 100
MONEY = {"owed": "Something open", "paid": "Paid", "refunded": "Refunded", "kept": "Kept for a later date", "free": "Nothing owed"}
PUT_OFF, KEPT = ("Put off", "plain"), ("Kept for a later date", "plain")
SHOWN_STATES = {"active": "Has a place", "confirmed": "Confirmed", "held": "Being paid", "cancelled": "Cancelled",
                "substituted": "Handed on"}


@pages.get("/manage/events/<slug>/people")
@access.staff(*ROLES)
def people(slug: str) -> str:
    """Who has a place, by name. A fixed number of statements, however many they are."""
    event, filters = the_event(slug), asked()
    found = rows(event, filters)
    groups, types = rosters.groups(event.id), participants.types(event.id)
    counts = rosters.states(event.id)
    needs, diets = participants.needing(event.id)
    badges, sums = reading.of_event(event.id), of_events([event.id])
    whole, first = told_apart(rosters.capacity(event.id)[0], counts), _first(len(found))
    shown = found[first:first + PER_PAGE]
    return render_template(
        "manage/event_people.html",
        event=event,
        rows=shown,
        found_by=_found_by([row["id"] for row in shown], filters.q),
        fitting=len(found),
        first=first + 1,
        earlier=query(filters, page=first // PER_PAGE) if first else "",
        later=query(filters, page=first // PER_PAGE + 2) if first + PER_PAGE < len(found) else "",
        filters=filters,
        groups=groups,
        type_options=[(one.id, one.name) for one in types],
        group_options=[*((str(one.id), one.name) for one in groups), ("none", "No group")],
        states=SHOWN_STATES,
        money_words=MONEY,
        chosen=_chosen(slug, filters, groups, types),
        total=sum(n for state, n in counts.items() if state != "expired"),
        counts=counts,
        whole=whole,
        needs=needs,
        diets=diets,
        owed=money.written(sums.get(event.id, EventMoney()).open_cents),
        query=query(filters),
        badges=badge_counts(badges),
        alike=alike.of_event(event.id),
        may_sell=event.status in ("published", "closed"),
    )


@pages.post("/manage/events/<slug>/people/group")
@access.staff(*ROLES)
def put_into_group(slug: str) -> Response:
    """Puts everybody who is ticked into a group (or out of any): all of them, or nobody when it does not fit."""
    event = the_event(slug)
    back = f"/manage/events/{slug}/people" + query(asked())
    chosen = [int(one) for one in request.form.getlist("selected")[:1000] if one.isascii() and one.isdigit() and len(one) < 10]
    group = request.form.get("to_group", "")
    if not chosen or not (group == "none" or (group.isascii() and group.isdigit() and len(group) < 10)):
        flash("Tick the people first, and choose the group.", "error")
        return see(back)
    try:
        with transaction():
            _assign(event.id, sorted(chosen), None if group == "none" else int(group))
        flash(
            f"{len(chosen)} {'person is' if len(chosen) == 1 else 'people are'} in the group now."
            if group != "none"
            else "They are in no group now.",
            "done",
        )
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
    return see(back)


def badge_counts(found: list[Holder]) -> dict[str, int]:
    """How many badges of tables there are, have a name, are to follow, and are for people who have a seat besides."""
    return {"all": len(found), "named": sum(bool(one.name) for one in found), "to_follow": sum(not one.name for one in found),
            "registered": sum(one.is_registered for one in found)}


def _found_by(registration_ids: list[int], typed: str) -> dict[int, str]:
    """Of places that were searched for, what stands on their badges of what was typed: `badge: Zoe Quill (Bright Books)`."""
    words, found = typed.lower().split(), dict[int, list[str]]()
    for one in reading.of_places(registration_ids) if words and registration_ids else ():
        if any(word in part.lower() for word in words for part in (one.name, one.organization, one.email)):
            found.setdefault(one.registration_id, []).append(one.name + (f" ({one.organization})" if one.organization else ""))
    return {place: f"{'badge' if len(names) == 1 else 'badges'}: {', '.join(names)}" for place, names in found.items()}


def _first(count: int) -> int:
    """How many rows stand before the page asked for; a page that is not there is the first."""
    before = (page_number() - 1) * PER_PAGE
    return before if before < count else 0


def asked() -> Filters:
    """The filters of the address; what makes no sense is left out."""
    q, type_id, state, group, owed = (request.args.get(name, "") for name in ("q", "type", "state", "group", "money"))
    number = group.isascii() and group.isdigit() and len(group) < 10
    return Filters(
        q="".join(letter for letter in q[:100] if letter.isprintable()).strip(),
        type_id=int(type_id) if type_id.isascii() and type_id.isdigit() and len(type_id) < 10 else None,
        state="" if state == "any" else state if state in STATES else "active",
        money=owed if owed in MONEY else "",
        group=group if number or group == "none" else "",
    )


def query(filters: Filters, **changes: Any) -> str:
    """The question mark and the filters, some of them changed; empty when there are none."""
    values = {
        "q": filters.q,
        "type": filters.type_id,
        "state": {"active": "", "": "any"}.get(filters.state, filters.state),
        "money": filters.money,
        "group": filters.group,
    } | changes
    kept = {name: str(value) for name, value in values.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def rows(event: Event, filters: Filters) -> list[dict[str, Any]]:
    """The rows the table and the export show. Four statements."""
    found = participants.listing(event.id, filters)
    standing = of_places(event.id, {one.order_id for one in found}, clock.today(association_zone()))
    shown = [_row(event, one, standing.get(one.id, Balance())) for one in found]
    return [row for row in shown if not filters.money or row["money_group"] == filters.money]


def _row(event: Event, one: Any, balance: Balance) -> dict[str, Any]:
    first, last = one.given_name or "", one.family_name or ""
    return {
        "id": one.id,
        "name": ", ".join(part for part in (last, first) if part) or "Not yet named",
        "given": first,
        "family": last,
        "href": f"/manage/events/{event.slug}/people/{one.id}",
        "agency": one.agency or one.employer or "",
        "type": one.type,
        "group": one.group or "",
        "state": PUT_OFF if one.is_put_off else STATES[one.state],
        "money": ("Not yet", "plain") if one.state == "held" else money_word(balance, one.is_put_off),
        "money_group": money_group(balance, one.is_put_off),
        "open": money.written(balance.open_cents) if balance.open_cents and one.state != "held" else "",
        "ref": one.ref,
        "payer": one.payer,
        "access": one.access,
        "diet": one.diet,
        "mode": "Online" if one.mode == "online" else "In person",
        "email": one.email,
        "since": times.date_words(times.local(one.confirmed_at or one.created_at, event.zone).date(), weekday=False, year=False),
        "profession": one.profession or "",
        "is_linked": one.inclusion_of_id is not None,
    }


def money_word(balance: Balance, is_put_off: bool) -> tuple[str, str]:
    """How a place stands; what was paid for one that was put off is kept, not refunded."""
    return KEPT if is_put_off and balance.word == REFUNDED else balance.word


def money_group(balance: Balance, is_put_off: bool = False) -> str:
    """The filter a balance belongs to."""
    if balance.open_cents:
        return "owed"
    if is_put_off and balance.word == REFUNDED:
        return "kept"
    if balance.refunded_cents or balance.in_flight_cents:
        return "refunded"
    return "paid" if balance.paid_cents > 0 else "free"


def _assign(event_id: int, ids: list[int], group_id: int | None) -> None:
    mine = {one.id for one in participants.listing(event_id, Filters(state=""))}
    if set(ids) - mine:
        raise NotFound
    registrations.assign_groups(ids, group_id, by_id=access.viewer().person_id)


def _chosen(slug: str, filters: Filters, groups: list[Any], types: list[Any]) -> list[dict[str, str]]:
    there = f"/manage/events/{slug}/people"
    labels = [
        ("q", f"\u201c{filters.q}\u201d" if filters.q else ""),
        ("type", {one.id: one.name for one in types}.get(filters.type_id or 0, "")),
        ("state", {"active": "", "": "Any state"}.get(filters.state, STATES.get(filters.state, ("", ""))[0])),
        ("money", MONEY.get(filters.money, "")),
        ("group", "No group" if filters.group == "none" else {str(one.id): one.name for one in groups}.get(filters.group, "")),
    ]
    return [{"label": label, "href": there + query(filters, **{name: ""})} for name, label in labels if label]
