"""/agency/<id>/team: what staff let their supervisor see of attendance and hours, each look logged; and asking those who do not share."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, render_template

from webapp.accounts import addresses, agencies, consents, looks, people
from webapp.attendance.queries import team as attended
from webapp.catalog import areas
from webapp.core import clock, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.hours import totals
from webapp.notifications import outbox
from webapp.web import access
from webapp.web.agency.booking import supervised
from webapp.web.forms import see
from webapp.web.manage.staff.people import page_number

pages = Blueprint("agency_team", __name__)
PER_PAGE = 30
LOOKS_BACK = timedelta(days=365)
MOST_LISTED = 6
COMMON = "FS"  # areas of this family are common to most categories


@pages.get("/agency/<int:agency_id>/team")
@access.staff("supervisor")
def team(agency_id: int) -> str:
    """Who works there; of those who share it the trainings attended and the hours. Each look is logged. Another agency is not found"""
    agency, viewer, now = supervised(agency_id), access.viewer(), clock.now()
    everybody, number = agencies.members(agency_id), page_number()
    first = (number - 1) * PER_PAGE
    staff = everybody[first:first + PER_PAGE]
    given = consents.until(agency_id, clock.today(viewer.zone))
    shown = {(row.AgencyMember.person_id, scope) for row in staff for scope in ("attendance", "hours")
             if (row.AgencyMember.person_id, scope) in given and row.AgencyMember.person_id != viewer.person_id}
    rows, fresh = _rows(staff, given, now, viewer.zone), looks.missing(viewer.person_id, agency_id, shown, now)
    context = {"agency": agency, "rows": rows, "number": number, "first": first + 1, "total": len(everybody),
               "more": first + PER_PAGE < len(everybody), "year": times.local(now, viewer.zone).year}
    if fresh:
        with transaction():  # before she is shown anything: a look that cannot be logged is not given
            looks.note(viewer.person_id, agency_id, fresh, now)
    return render_template("agency/team.html", **context)


@pages.post("/agency/<int:agency_id>/team/<int:member_id>/ask")
@access.staff("supervisor")
def ask(agency_id: int, member_id: int) -> Response:
    """Asks politely by mail to share, at most once a month; she decides on her own page."""
    supervised(agency_id)
    row = next((one.AgencyMember for one in agencies.members(agency_id) if one.AgencyMember.id == member_id), None)
    if row is None:
        raise NotFound
    person_id, today = people.root_id(row.person_id), clock.today(access.viewer().zone)
    with transaction():
        sent = [outbox.write(fact=f"consent_asked:agency:{agency_id}:person:{person_id}:{today:%Y%m}:{number}", kind="consent_asked",
                             to_address=address, to_name=people.get(person_id).name, person_id=person_id,
                             subject_of=f"person:{person_id}",
                             facts={"agency_id": agency_id, "person_id": person_id, "asked_by_id": access.viewer().person_id})
                for number, address in enumerate(addresses.for_mail(person_id))]
    flash("She was asked by mail." if any(sent) else "She was asked this month already. She decides.")
    return see(f"/agency/{agency_id}/team")


def _rows(staff: list[Any], given: dict[tuple[int, str], date], now: datetime, zone: str) -> list[dict[str, Any]]:
    """Each with what she shares. Nothing is read of those who do not."""
    families = people.families([row.AgencyMember.person_id for row in staff])
    sharing = {scope: [one for row in staff if (row.AgencyMember.person_id, scope) in given
                       for one in families[row.AgencyMember.person_id]] for scope in ("attendance", "hours")}
    trainings = attended.attended(sharing["attendance"], now - LOOKS_BACK)
    minutes, touched = totals.of_year(sharing["hours"], times.local(now, zone).year), totals.areas(sharing["hours"])
    return [{
        "id": row.AgencyMember.id, "name": f"{row.given_name} {row.family_name}".strip(),
        "attendance": given.get((row.AgencyMember.person_id, "attendance")),
        "hours": given.get((row.AgencyMember.person_id, "hours")),
        "trainings": _trainings([one for key in families[row.AgencyMember.person_id] for one in trainings.get(key, [])]),
        **_hours([minutes.get(key, {}) for key in families[row.AgencyMember.person_id]],
                 {area for key in families[row.AgencyMember.person_id] for area in touched.get(key, ())}),
    } for row in staff]


def _trainings(found: list[Any]) -> dict[str, Any]:
    latest = sorted(found, key=lambda one: one.starts_at, reverse=True)
    return {"count": len(latest), "more": max(len(latest) - MOST_LISTED, 0), "listed": [
        (one.title, times.date_words(times.local(one.starts_at, one.zone).date())) for one in latest[:MOST_LISTED]]}


def _hours(by_kind: list[dict[str, int]], touched: set[str]) -> dict[str, Any]:
    common = [one for domain in areas.domains() if domain.core for one in domain.areas if COMMON in one.families]
    return {"training": times.hours_words(sum(one.get("training", 0) for one in by_kind)),
            "rsc": times.hours_words(sum(one.get("rsc", 0) for one in by_kind)),
            "short": [one.name for one in common if one.code not in touched], "areas": len(common)}
