"""The public catalog: list and month, one event, its programme, its share image."""

from datetime import datetime

from flask import Blueprint, Response, current_app, render_template, request
from jinja2.utils import htmlsafe_json_dumps

from webapp.catalog import filters
from webapp.catalog.queries import detail
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.web import access
from webapp.web.events import addresses, linked_data, listing, month, page, programme, share_image

pages = Blueprint("events", __name__)
SHARE_KEPT = 3600  # seconds


@pages.get("/events")
@access.public
def index() -> str:
    """The catalog, as a list or (`view=month`) a month's grid; its state is the address."""
    settings = current_app.config["SETTINGS"]
    zone, now, words = settings.association_timezone, clock.now(), request.args.to_dict()
    wanted = filters.parse(words)
    asked = addresses.query(wanted)
    shown = {
        "wanted": wanted, "asked": asked, "active": listing.active(wanted),
        "calendar": addresses.feed(asked, settings.base_url), "list_href": addresses.events(asked),
        "month_href": addresses.events(asked, view="month"),
    }
    if words.get("view") == "month":
        grid, odd = month.make(wanted, words.get("month", ""), now, zone)
        return render_template("public/events_month.html", grid=grid, form=listing.form(wanted, grid.month),
                               said=listing.ignored([*wanted.ignored, *odd]), **shown)
    found = listing.make(wanted, now, zone)
    return render_template("public/events.html", found=found, form=listing.form(wanted),
                           lede=listing.lede(found.overview, zone), said=listing.ignored(wanted.ignored), **shown)


@pages.get("/calendar")
@access.public
def calendar() -> str:
    """Ways to follow all public events in a calendar of one's own."""
    settings = current_app.config["SETTINGS"]
    asked = addresses.query(filters.parse(request.args.to_dict()))
    return render_template("public/calendar.html", calendar=addresses.feed(asked, settings.base_url), asked=asked,
                           words=filters.words(filters.parse(asked)))


@pages.get("/events/<slug>")
@access.public
def event(slug: str) -> str | tuple[str, int]:
    """One event of any kind; a wrong address is answered with what is coming."""
    try:
        shown = page.make(slug, access.viewer(), clock.now())
    except NotFound:
        return _unknown(clock.now())
    today = clock.today(shown.facts.event.zone)
    base_url = current_app.config["SETTINGS"].base_url
    data = linked_data.of(shown, base_url)
    return render_template("public/event.html", page=shown, base_url=base_url, summary=linked_data.summary(shown),
                           facts=shown.part("public/event_facts.html", today), more=shown.part("public/event_more.html", today),
                           linked=htmlsafe_json_dumps(data) if data and shown.facts.event.status != "draft" else "")


@pages.get("/events/<slug>/programme")
@access.public
def event_programme(slug: str) -> str | tuple[str, int]:
    """Time by room, a day at a time; what the reader chose is marked."""
    try:
        shown = programme.make(slug, access.viewer(), clock.now())
    except NotFound:
        return _unknown(clock.now())
    return render_template("public/programme.html", shown=shown)


@pages.get("/events/<slug>/share.png")
@access.public
def share(slug: str) -> Response:
    """The picture that stands beside a shared link; the same bytes while the event's words are the same."""
    row = detail.shared(slug)
    if row is None:
        raise NotFound
    card = share_image.card(row, current_app.config["SETTINGS"].association_name)
    answer = Response(mimetype="image/png")
    answer.set_etag(card.digest)
    answer.headers["Cache-Control"] = f"public, max-age={SHARE_KEPT}"
    if request.if_none_match.contains(card.digest):
        answer.status_code = 304
        return answer
    answer.set_data(share_image.png(card))
    return answer


def _unknown(now: datetime) -> tuple[str, int]:
    return render_template("public/event_unknown.html", coming=listing.coming(now, most=5)), 404
