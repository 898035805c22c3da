"""/manage: the season at a glance, with filters that stay in the address."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for

from webapp.catalog.models import KINDS
from webapp.core import clock, money, times
from webapp.core.text import searchable
from webapp.payments.queries import events as event_money
from webapp.payments.queries.events import EventMoney
from webapp.registration.queries import season
from webapp.registration.queries.season import Filters
from webapp.web import access
from webapp.web.events import words
from webapp.web.forms import see
from webapp.web.manage.home import books, coming, todo
from webapp.web.manage.home.blueprint import MANAGERS, ROLES, pages, scope, side
from webapp.web.viewer import Viewer

LISTED = (*MANAGERS, "presenter", "finance")
LABELS = {"coming": "Coming", "drafts": "Drafts", "past": "Past", "all": "All"}
STATES = {
    "draft": ("Draft", "plain"),
    "published": ("Published", "ok"),
    "closed": ("Closed", "plain"),
    "cancelled": ("Cancelled", "bad"),
}
EMPTY = {"coming": "Nothing is coming up", "drafts": "No drafts", "past": "Nothing is over yet", "all": "No events yet"}


@pages.get("/manage")
@access.staff(*ROLES)
def home() -> str | Response:
    """What waits today and the next sessions, then the events of her roles by tab, search and kind, fifty at a time"""
    viewer, now, filters = access.viewer(), clock.now(), asked()
    if not viewer.has_any(LISTED):
        return see(url_for("manage_transcripts.people"))
    mine, page = scope(viewer, LISTED), _page()
    is_first = filters.tab == "coming" and page == 1
    found = season.listing(mine, filters, now, (page - 1) * season.PAGE)
    totals = season.counts(mine, filters, now)
    owed = event_money.of_events([one.id for one in found])
    more = page * season.PAGE < totals[filters.tab]
    return render_template(
        "manage/home.html",
        rows=[_row(one, owed.get(one.id, EventMoney())) for one in found],
        filters=filters,
        total=totals[filters.tab],
        tabs=_tabs(filters, totals),
        kinds=[(kind, words.KIND[kind]) for kind in KINDS],
        side=side(viewer),
        empty=EMPTY[filters.tab],
        waits=_waits(viewer, now) if is_first else [],
        nothing_waits=is_first and viewer.has_any((*MANAGERS, "finance")),
        coming=coming.rows(viewer, scope(viewer, coming.RUNNERS)) if is_first and viewer.has_any(coming.RUNNERS) else [],
        today=times.date_words(clock.today(viewer.zone)),
        may_create=viewer.has_any(MANAGERS),
        chosen=_chosen(filters),
        first=(page - 1) * season.PAGE + 1,
        earlier=address(filters, page=page - 1) if page > 1 else "",
        later=address(filters, page=page + 1) if more else "",
    )


def _waits(viewer: Viewer, now: datetime) -> list[dict[str, Any]]:
    return [*(books.entries() if viewer.can_finance else []), *(todo.entries(scope(viewer), now) if viewer.has_any(MANAGERS) else [])]


def asked() -> Filters:
    """The filters of the address; what makes no sense is left out."""
    tab, kind, q = (request.args.get(name, "") for name in ("tab", "kind", "q"))
    typed = "".join(letter for letter in q[:100] if letter.isprintable()).strip()
    return Filters(tab if tab in season.TABS else "coming", typed if searchable(typed) else "", kind if kind in KINDS else "")


def address(filters: Filters, **changes: Any) -> str:
    """The page's address with these filters, some of them changed."""
    values = {"tab": filters.tab if filters.tab != "coming" else "", "q": filters.q, "kind": filters.kind} | changes
    kept = {name: str(value) for name, value in values.items() if value and (name, value) not in (("tab", "coming"), ("page", 1))}
    return "/manage" + (f"?{urlencode(kept)}" if kept else "")


def _page() -> int:
    typed = request.args.get("page", "1")
    return int(typed) if typed.isascii() and typed.isdigit() and int(typed[:6]) > 0 and len(typed) < 6 else 1


def _tabs(filters: Filters, totals: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": label, "href": address(filters, tab=tab), "current": tab == filters.tab, "total": totals[tab]}
        for tab, label in LABELS.items()
    ]


def _chosen(filters: Filters) -> list[dict[str, str]]:
    entries = []
    if filters.q:
        entries.append({"label": f"\u201c{filters.q}\u201d", "href": address(filters, q="")})
    if filters.kind:
        entries.append({"label": words.KIND[filters.kind], "href": address(filters, kind="")})
    return entries


def _row(one: Any, owed: EventMoney) -> dict[str, Any]:
    base, viewer = f"/manage/events/{one.slug}", access.viewer()
    manages = viewer.may(MANAGERS, event_id=one.id, organization_id=one.organization_id)
    return {
        "title": one.title,
        "href": base if manages else _way(one, base),
        "note": " \u00b7 ".join(filter(None, (words.kind(one), one.city))),
        "when": _when(one),
        "state": STATES[one.status],
        "capacity": one.capacity,
        "taken": one.taken,
        "places": _places(one),
        "waiting": one.waiting if manages else 0,
        "applications": f"{base}/applications",
        "owed": money.written(owed.open_cents) if owed.open_cents and (manages or viewer.can_finance) else "",
    }


def _places(one: Any) -> str:
    """`14 of 20`, with what is set aside."""
    sold = one.taken - one.aside
    return (f"{sold} of {one.capacity}" if one.capacity is not None else str(sold)) + (f", {one.aside} set aside" if one.aside else "")


def _way(one: Any, base: str) -> str:
    """Where the title leads whoever does not manage the event: a presenter to its rosters, finance to its orders."""
    presents = access.viewer().may(("presenter",), event_id=one.id, organization_id=one.organization_id)
    return f"{base}/attendance" if presents else f"/manage/finance/orders?event={one.id}"


def _when(one: Any) -> str:
    if one.starts_at is None:
        return "No date yet"
    return words.days_span(times.local(one.starts_at, one.zone).date(), times.local(one.ends_at, one.zone).date())
