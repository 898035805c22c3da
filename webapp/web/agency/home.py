"""/agency/<id>: what a supervisor sees of her agency: its places, with state and money. Nothing that people answered."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from webapp.accounts import agencies
from webapp.accounts.models import Agency
from webapp.core import clock, money, text
from webapp.core.errors import NotFound
from webapp.payments import balances
from webapp.payments.queries import events
from webapp.payments.rules.standing import Balance
from webapp.registration.queries import agency as queries
from webapp.registration.queries import setasides as setaside_queries
from webapp.web import access, downloads, setasides
from webapp.web.agency import listing
from webapp.web.agency.listing import Filters
from webapp.web.manage.staff.people import page_number

pages = Blueprint("agency", __name__)
LOOKS_BACK = timedelta(days=365)
PER_PAGE = 50
COLUMNS = ("Who", "As", "Event", "Begins", "State", "Money", "Open", "Purchase order", "Order")


@pages.get("/agency/<int:agency_id>")
@access.staff("supervisor")
def home(agency_id: int) -> str:
    """Places of the agency's staff and those it pays for, coming and of the last year. Another agency is not found"""
    agency, filters = _agency(agency_id), listing.asked()
    found, orders, standing = _places(agency_id)
    rows = listing.rows(found, standing, clock.now())
    shown, number = listing.narrowed(rows, filters), page_number()
    first = (number - 1) * PER_PAGE
    return render_template(
        "agency/home.html", agency=agency, filters=filters, base=f"/agency/{agency_id}", rows=shown[first:first + PER_PAGE],
        first=first + 1,
        total=len(shown), tabs=_tabs(agency_id, rows, filters), events=_events(rows), kinds=listing.MONEY,
        chosen=_chosen(agency_id, rows, filters), has_any=bool(rows), number=number, more=first + PER_PAGE < len(shown),
        owed=_sum(orders, "open_cents"), overdue=_sum(orders, "overdue_now_cents"), most=queries.MOST,
        is_cut=len(found) == queries.MOST, pools=_pools(agency_id) if filters.season == "coming" else [])


@pages.get("/agency/<int:agency_id>/places.csv")
@access.staff("supervisor")
def places_csv(agency_id: int) -> Response:
    """The places the page shows, with its filters, as CSV"""
    return downloads.csv(_table(agency_id))


@pages.get("/agency/<int:agency_id>/places.xlsx")
@access.staff("supervisor")
def places_xlsx(agency_id: int) -> Response:
    """The same as an Excel workbook"""
    return downloads.excel(_table(agency_id))


def _agency(agency_id: int) -> Agency:
    if not access.viewer().may(("supervisor",), agency_id=agency_id):
        raise NotFound
    return agencies.get(agency_id)


def _places(agency_id: int) -> tuple[list[Any], dict[int, Balance], dict[int, Balance]]:
    """The places, how the orders stand that the agency pays, and each place on them."""
    found = queries.places(agency_id, clock.now() - LOOKS_BACK)
    today, paid = clock.today(current_app.config["SETTINGS"].association_timezone), {one.order_id for one in found if one.is_payer}
    return found, balances.of_orders(paid, today), events.of_places_on(paid, today)


def _pools(agency_id: int) -> list[dict[str, Any]]:
    """The agency's own pools of seats in events that are not over."""
    return setasides.pools(setaside_queries.of_agency(agency_id, clock.now()), clock.now())


def _table(agency_id: int) -> downloads.Table:
    agency = _agency(agency_id)
    found, _, standing = _places(agency_id)
    rows = listing.narrowed(listing.rows(found, standing, clock.now()), listing.asked())
    return downloads.Table(f"{text.slug(agency.name)}-places", "Places", COLUMNS, [
        (row["name"], row["type"], row["title"], row["starts"], row["state"][0], row["money"][0], row["open"], row["po"], row["order"])
        for row in rows])


def _tabs(agency_id: int, rows: list[dict[str, Any]], filters: Filters) -> list[dict[str, Any]]:
    return [{"label": label, "href": f"/agency/{agency_id}{filters.query(season=season, event='')}", "current": season == filters.season,
             "total": sum(row["season"] == season for row in rows)} for season, label in listing.SEASONS]


def _events(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted({row["slug"]: row["title"] for row in rows}.items(), key=lambda one: one[1])


def _chosen(agency_id: int, rows: list[dict[str, Any]], filters: Filters) -> list[dict[str, str]]:
    named = (("q", f"“{filters.q}”"), ("event", dict(_events(rows)).get(filters.event, "An event that is not here")),
             ("money", dict(listing.MONEY).get(filters.money, "")))
    return [{"label": label, "href": f"/agency/{agency_id}{filters.query(**{name: ''})}"}
            for name, label in named if getattr(filters, name)]


def _sum(standing: dict[int, Balance], name: str) -> str:
    return money.written(sum(getattr(one, name) for one in standing.values()))
