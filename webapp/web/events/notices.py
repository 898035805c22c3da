"""What an event page says on top, and what one can do: from how the event stands toward those who want a place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core import times
from webapp.registration.attending import Attending
from webapp.registration.waitlist import rules
from webapp.web.events.seats import Standing


@dataclass(frozen=True)
class Notice:
    """The arguments of `banner`."""

    text: str
    kind: str = "info"
    title: str = ""
    label: str = ""
    href: str = ""


@dataclass(frozen=True)
class Action:
    """The one button; without `href` there is none and `label` heads the card."""

    heading: str
    label: str = ""
    href: str = ""


OTHERS = ("See what else is coming", "/events")


def of(event: Any, standing: Standing, own: Attending | None, now: datetime, waiting: int = 0) -> tuple[list[Notice], Action]:
    """The notices and the action of this event for this reader; `waiting` parties stand in its lines."""
    full = _full(event, now, waiting) if standing.code == "full" else None
    notices = [found for found in (_own(own), full or _state(event, standing, now)) if found]
    return notices, _action(event, standing, own, now)


def _own(own: Attending | None) -> Notice | None:
    if own is None:
        return None
    if own.state == "held":
        return Notice("A place is held for you while the order is open.", "warn", "", "Finish your order", f"/orders/{own.order_ref}")
    return Notice("You have a place in this event.", "ok", "", "See your place", f"/orders/{own.order_ref}")


def _state(event: Any, standing: Standing, now: datetime) -> Notice | None:
    code = standing.code
    if code == "cancelled":
        return Notice(event.cancel_reason or "The organizer called it off.", "bad", "This event is cancelled", *OTHERS)
    if code == "over":
        return Notice(f"This event ended on {times.date_words(times.local(event.ends_at, event.zone).date())}.", "info", "", *OTHERS)
    if code == "draft":
        return Notice("This is a draft: only those who manage it see it.", "warn")
    if code == "not_open_yet":
        return Notice(f"Registration opens on {times.moment_words(event.opens_at, event.zone)}.")
    if code == "closed":
        return Notice(_closed(event, now), "warn", "", *OTHERS)
    if code == "by_application":
        return Notice(_application(event), "info", "Places are given by application")
    if code == "by_roster":
        return Notice("The places of this event come from an agency\u2019s list. Ask your supervisor to name you.")
    if code == "walk_in":
        return Notice("Nobody needs to register for this event. Just come.", "ok")
    return None


def _full(event: Any, now: datetime, waiting: int) -> Notice:
    if _last_day(event, now):
        return Notice("All seats are taken. The event is near: one that comes free now goes to whoever comes first.", "warn",
                      "This event is full", *OTHERS)
    line = "Nobody waits yet." if not waiting else "1 party waits." if waiting == 1 else f"{waiting} parties wait."
    return Notice(f"All seats are taken. {line} {rules.SENTENCE}", "warn", "This event is full", "Join the waitlist",
                  f"/events/{event.slug}/waitlist")


def _last_day(event: Any, now: datetime) -> bool:
    return rules.window(event.starts_at, event.closes_at).is_over(now)


def _closed(event: Any, now: datetime) -> str:
    if event.closes_at and event.closes_at <= now:
        return f"Registration closed on {times.moment_words(event.closes_at, event.zone)}."
    if event.starts_at and event.starts_at <= now:
        return "This event has begun, so registration is closed."
    return "Registration for this event is closed."


def _application(event: Any) -> str:
    until = event.closes_at or event.starts_at
    opened = f"Applications are open since {times.date_words(times.local(event.opens_at, event.zone).date())}" if event.opens_at else (
        "Applications are open")
    by = f", until {times.until_words(until, event.zone)}" if until else ""
    considered = event.facts.get("application", {}) if isinstance(event.facts, dict) else {}
    first = considered.get("first_consideration", "") if isinstance(considered, dict) else ""
    return f"{opened}{by}." + (f" They are first read after {_day(first)}, then as they come while seats last." if first else "")


def _day(iso: str) -> str:
    try:
        return times.date_words(datetime.fromisoformat(iso).date())
    except ValueError:
        return iso


def _action(event: Any, standing: Standing, own: Attending | None, now: datetime) -> Action:
    register = f"/events/{event.slug}/register"
    if own is not None and own.state == "confirmed":
        return Action("Your place", "See my place", f"/orders/{own.order_ref}")
    if own is not None:
        return Action("Your place", "Finish my order", f"/orders/{own.order_ref}")
    if standing.code == "open":
        return Action("Take a seat", "Register", register)
    if standing.code == "full" and not _last_day(event, now):
        return Action("Full", "Join the waitlist", f"/events/{event.slug}/waitlist")
    if standing.code == "by_application":
        return Action("Apply for a place", "Apply", register)
    return Action({"walk_in": "Just come", "full": "Full", "not_open_yet": "Not open yet"}.get(standing.code, "What it costs"))
