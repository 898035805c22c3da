"""An order and its places in the words of the pages: when, where, how to join, what it costs, what can be done."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from webapp.core import money, times
from webapp.registration import cancellation, own_page, substitution
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.registration.years.rules import RULE as YEAR

MOST_SESSIONS = 8


def when(place: Any, seats: Iterable[Any] = ()) -> str:
    """One line: the day and hours, or from when to when and how many sessions (not where one chooses among them).

    With `seats` (her own, others' are passed over) the days are those of her sessions: a day she did not buy is not named.
    """
    own = [one for one in seats if one.registration_id == place.id and one.status == "scheduled"]
    starts_at = min((one.starts_at for one in own), default=place.starts_at)
    ends_at = max((one.ends_at for one in own), default=place.ends_at)
    if starts_at is None:
        return "Dates follow"
    first, last = times.local(starts_at, place.zone).date(), times.local(ends_at, place.zone).date()
    if first == last:
        return times.span_words(starts_at, ends_at, place.zone)
    days = f"{times.date_words(first)} to {times.date_words(last)}"
    return days if getattr(place, "has_blocks", False) else f"{days}, {place.session_count} sessions"


def her_days(place: Any) -> str:
    """The same for one place alone, by her own sessions where she chose among them."""
    return when(place, queries.seats_of([place.id]) if place.has_blocks else ())


def where(place: Any) -> str:
    """The venue and city, or the platform for who takes part online."""
    if place.mode == "online":
        return f"Online, {place.platform}" if place.platform else "Online"
    return ", ".join(part for part in (place.venue, place.city) if part) or "The place follows"


def people(view: OrderView) -> str:
    """Who the places are for, and how many have no name yet."""
    names = [f"{one.given_name or ''} {one.family_name or ''}".strip() for one in view.own if one.person_id is not None]
    later = len(view.own) - len(names)
    follows = [f"{later} {'seat' if later == 1 else 'seats'}, name to follow"] if later else []
    return ", ".join(names + follows)


def naming_until(view: OrderView) -> str:
    """Until when the first of the seats without a name can be named; empty where there is none, or no date."""
    moments = [(until, one.zone) for one in view.unnamed if (until := substitution.naming_until(one.rules, one.starts_at)) is not None]
    return times.moment_words(*min(moments)) if moments else ""


def money_lines(view: OrderView) -> list[tuple[str, str]]:
    """The charges in force, as the summary list shows them; of several places each names its event, where there are several, and whose it
    is, and the group price stands once."""
    if len(view.own) < 2:
        return [(line.label, money.written(line.amount_cents)) for line in view.lines]
    titles_ = {one.id: f"{one.title}: " for one in view.places} if len(view.events) > 1 else {}
    names = {one.id: f"{one.given_name or ''} {one.family_name or ''}".strip() or "name to follow" for one in view.own}
    whose = {key: f", {name}" for key, name in names.items()}
    own = [(f"{titles_.get(line.registration_id, '')}{line.label}{whose.get(line.registration_id, '')}", line.amount_cents)
           for line in view.lines if line.explained.get("rule") != "group"]
    group = Counter[str]()
    for line in view.lines:
        if line.explained.get("rule") == "group":
            group[titles_.get(line.registration_id, "") + line.label] += line.amount_cents
    return [(label, money.written(cents)) for label, cents in [*own, *group.items()]]


def explained(view: OrderView) -> list[str]:
    """How amounts came about, where there is something to say."""
    words = [line.explained.get("words", "") for line in view.lines]
    return list(dict.fromkeys(word for word in words if word))


def plan(view: OrderView, place: Any, now: datetime, *, is_unpaid: bool = False) -> list[str]:
    """`If your plans change`, in dollars. `is_unpaid`: the place is hers already, and nothing is paid."""
    say = cancellation.unpaid_plan if is_unpaid else cancellation.plan
    carried = -sum(line.amount_cents for line in view.lines
                   if line.registration_id == place.id and line.explained.get("rule") == "share")
    rules = place.rules if place.course_id is not None else {**place.rules, "deferral": None}  # no other date to wait for
    return say(rules, price_cents=price_of(view, place.id) + carried, carried_cents=carried,
               starts_on=_starts_on(place), today=times.local(now, place.zone).date())


def plans(view: OrderView, now: datetime, *, is_unpaid: bool = False) -> list[tuple[str, list[str]]]:
    """The same for each event of the order, in dollars of one place; the title is empty where there is one event only."""
    alone, more = len(view.events) == 1, membership_stays(view)
    return [("" if alone else one.title, plan(view, one, now, is_unpaid=is_unpaid) + more) for one in view.events]


def membership_stays(view: OrderView) -> list[str]:
    """What becomes of a membership on the order: no event's policy is about it, so the amounts of a place are without it."""
    cents = sum(line.amount_cents for line in view.lines if line.explained.get("rule") == YEAR)
    if not cents:
        return []
    return [f"The membership ({money.written(cents)}) is not part of the place: once it is paid it stays, whatever becomes of the place, "
            "also when we cancel."]


def titles(view: OrderView) -> str:
    """What the order is for, in one line."""
    first, *others = [one.title for one in view.events]
    return f"{first} and {len(others)} more" if others else first


def basket(view: OrderView) -> list[dict[str, Any]]:
    """Each place on an order that waits for its buyer: who, in what, as what, when, where, for how much."""
    return [{"id": one.id, "who": f"{one.given_name or 'Not yet named'} {one.family_name or ''}".strip(), "title": one.title,
             "type": one.type, "when": when(one), "where": where(one), "price": money.written(price_of(view, one.id))}
            for one in view.own if one.state == "held"]


def price_of(view: OrderView, registration_id: int) -> int:
    """What one place costs, its add-ons included, in cents."""
    return sum(line.amount_cents for line in view.lines if line.registration_id == registration_id)


def sessions(seats: list[Any], now: datetime, *, most: int = MOST_SESSIONS, places: Iterable[Any] = ()) -> tuple[list[dict[str, Any]], int]:
    """The sessions ahead as the page lists them, and how many more there are. Those of linked ones of the `places` name their event."""
    ahead = [one for one in seats if one.ends_at > now]
    titles = {one.id: one.title for one in places if one.inclusion_of_id is not None}
    return [_session(one, titles.get(one.registration_id, "")) for one in ahead[:most]], max(len(ahead) - most, 0)


def linked(place: Any, places: Iterable[Any], seats: list[Any], now: datetime) -> list[dict[str, Any]]:
    """The confirmed places in other events that came with this one, each with her own days and whether she may choose breakouts."""
    return [{"id": one.id, "title": one.title, "slug": one.slug, "type": one.type, "when": when(one, seats), "where": where(one),
             "may_choose": one.has_blocks and may_choose(one, now)}
            for one in places if one.inclusion_of_id == place.id and one.state == "confirmed"]


def joining(places: Iterable[Any], seats: list[Any], now: datetime) -> dict[str, str] | None:
    """The joining link of the next online session of these places, or from when it stands here. None for who comes in person."""
    online = {one.id: one for one in places if one.mode == "online" and one.state == "confirmed"}
    following = next((one for one in seats if one.registration_id in online and one.ends_at > now and one.status == "scheduled"), None)
    if following is None:
        return None
    place = online[following.registration_id]
    opens_at = following.starts_at - timedelta(minutes=place.link_opens_minutes)
    address = following.online_url or place.online_url
    return {"title": following.title, "href": address if address and now >= opens_at else "",
            "opens": times.moment_words(opens_at, place.zone)}


def instalments(view: OrderView) -> list[tuple[str, str]]:
    """Parts with their dates, when the order is paid in parts; a code lowers each."""
    less = Counter[Any]()
    for line in view.lines:
        less[line.registration_id, line.explained.get("of")] += line.amount_cents if line.kind == "discount" else 0
    return [(times.date_words(line.due_on), money.written(line.amount_cents + less[line.registration_id, line.label]))
            for line in view.lines if line.kind == "instalment"]


def code_of(view: OrderView) -> str:
    """The discount codes on the order, at most one for each event; empty without any."""
    return ", ".join(dict.fromkeys(str(line.explained["code"]) for line in view.lines if line.explained.get("rule") == "code"))


def receipts(view: OrderView) -> list[tuple[str, str]]:
    """The receipts that can be printed: of the order, and of each named place by an address of its own; words and address."""
    named = [one for one in view.own if one.person_id is not None and one.state == "confirmed"]
    return [("Receipt", f"/orders/{view.order.ref}/receipt"),
            *((f"Receipt for {one.given_name} {one.family_name or ''}".strip(), receipt_of(one.id, view.order.ref)) for one in named)]


def receipt_of(registration_id: int, order_ref: str) -> str:
    """The address of one person's receipt."""
    return f"/receipts/{own_page.key(registration_id, order_ref, 'receipt')}"


def funds_of(view: OrderView) -> list[str]:
    """Those who pay a part of the order's places, by name."""
    return list(dict.fromkeys(str(line.explained["by"]) for line in view.lines if line.explained.get("rule") == "share"))


def may_choose(place: Any, now: datetime) -> bool:
    """Whether breakouts can still be chosen or changed."""
    until = place.breakouts_change_until or place.starts_at
    return place.state in ("held", "confirmed") and (until is None or now < until)


def may_cancel(place: Any, now: datetime) -> bool:
    """Whether the place can still be given back on its page."""
    return place.state == "confirmed" and place.inclusion_of_id is None and (place.starts_at is None or now < place.starts_at)


def waits_for_date(place: Any, now: datetime) -> bool:
    """Whether a place that was put off still waits for its later date: none was taken yet, and its time is not over."""
    return bool(place.put_off_until) and place.put_off_ended_at is None and times.local(now, place.zone).date() <= place.put_off_until


def block_words(name: str | None) -> str:
    """`Block A` where a block is only a letter or two, else its own name. A code (`PRE`) is nobody's word: day and time tell it."""
    if not name or (2 < len(name) < 5 and name.isupper()):
        return ""
    return f"Block {name}" if len(name) < 3 else name


def block_when(name: str, option: Any) -> str:
    """A block with the day and hours of one of its sessions."""
    return ", ".join(part for part in (block_words(name), times.span_words(option.starts_at, option.ends_at, option.zone)) if part)


def _starts_on(place: Any) -> date | None:
    return times.local(place.starts_at, place.zone).date() if place.starts_at else None


def _session(one: Any, event: str) -> dict[str, Any]:
    return {
        "when": times.span_words(one.starts_at, one.ends_at, one.zone), "iso": one.starts_at.isoformat(), "title": one.title,
        "text": "Cancelled" if one.status == "cancelled" else ", ".join(part for part in (event, block_words(one.block), one.room) if part),
        "kind": "bad" if one.status == "cancelled" else "next",
    }
