"""Badges for the organizer: those that come with tables, with who has them; the names of one place; a sheet to print them from."""

from typing import Any

from flask import Response, flash, render_template, request

from webapp.core.errors import NotFound
from webapp.registration.badges import reading
from webapp.registration.badges.reading import Holder
from webapp.registration.queries import participants
from webapp.registration.queries.participants import Filters
from webapp.web import access, downloads
from webapp.web.forms import again, see
from webapp.web.manage.people.blueprint import ROLES, pages, the_event
from webapp.web.manage.people.listing import badge_counts
from webapp.web.manage.people.place import name_of, place_in
from webapp.web.registering import badges

NO_SECOND = "Registered: has one by the place"


@pages.get("/manage/events/<slug>/people/badges")
@access.staff(*ROLES)
def badge_list(slug: str) -> str:
    """Who is let in by a badge of a table, by name; those to be named last. A fixed number of statements."""
    event = the_event(slug)
    found = reading.of_event(event.id)
    return render_template("manage/event_badges.html", event=event, rows=[row(slug, one) for one in found], counts=badge_counts(found))


@pages.get("/manage/events/<slug>/people/badges.csv")
@access.staff(*ROLES)
def badge_sheet(slug: str) -> Response:
    """A line for each badge to print: everybody with a confirmed seat in the room, and who has one of a table and no seat."""
    event = the_event(slug)
    people = [one for one in participants.listing(event.id, Filters(state="confirmed")) if one.mode == "in_person" and one.takes_seat]
    lines = [[f"{one.given_name or ''} {one.family_name or ''}".strip() or "Not yet named", one.agency or one.employer or "", one.type]
             for one in people]
    lines += [[one.name or "Not yet named", one.organization, one.thing] for one in reading.of_event(event.id) if not one.is_registered]
    return downloads.csv(downloads.Table(f"{slug}-badges", "Badges", ("Name", "Organization", "As"), lines))


@pages.route("/manage/events/<slug>/people/<int:registration_id>/badges", methods=("GET", "POST"))
@access.staff(*ROLES)
def name_badges(slug: str, registration_id: int) -> str | Response:
    """The names on the badges of one place; staff write them as long as the place stands."""
    event = the_event(slug)
    place = place_in(event, registration_id)
    rows = reading.of_places([registration_id])
    if not rows:
        raise NotFound
    form = badges.place_form(rows)
    if request.method == "POST" and badges.kept(form, rows, registration_id, by_staff=True):
        flash("The badges are kept.", "done")
        return see(f"/manage/events/{slug}/people/{registration_id}")
    page = {"event": event, "place": place, "name": name_of(place), "form": form, "groups": badges.place_groups(form, rows)}
    answer = again if form.errors or form.form_errors else render_template
    return answer("manage/event_people_badges.html", **page)


def row(slug: str, one: Holder) -> dict[str, Any]:
    """One badge as the table shows it."""
    state = ("To follow", "warn") if not one.name else (NO_SECOND, "plain") if one.is_registered else ("Named", "ok")
    return {"name": one.name or "Name to follow", "organization": one.organization, "email": one.email, "thing": one.thing,
            "which": one.which, "buyer": one.buyer, "state": state, "href": f"/manage/events/{slug}/people/{one.registration_id}/badges"}

