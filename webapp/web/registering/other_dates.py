"""Whether places may move to another date, or be put off: decided here for what a page offers and for what its acts accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.attendance import attended
from webapp.core import clock
from webapp.core.errors import Closed, Refusal
from webapp.payments import deferring
from webapp.registration import registrations
from webapp.registration.queries import dates
from webapp.web.registering.reviewing import zone

WAY_OUT = "Register for the other date by itself."  # of a place that was attended


@dataclass(frozen=True)
class Offered:
    """Ids of the places that may do so now."""

    transferable: frozenset[int]
    deferrable: frozenset[int]


def offered(places: Sequence[Any]) -> Offered:
    """What who decides about these places (rows of `queries.orders.places_of`) is offered: in as many statements for many as for one."""
    everything = frozenset(one.id for one in places)
    transferable, deferrable = everything - _no_transfer(places).keys(), everything - _no_deferral(places).keys()
    gone = attended.among(asked) if (asked := transferable | deferrable) else set()
    return Offered(transferable - gone, deferrable - gone)


def transfer_refused(place: Any) -> Refusal | None:
    """Why the place cannot move now; None when the dates of its course are there to choose from."""
    return _no_transfer([place]).get(place.id) or _attended(place)


def deferral_refused(place: Any, *, by_staff: bool = False) -> Refusal | None:
    """Why the place cannot be put off now; None when it can."""
    return _no_deferral([place], by_staff=by_staff).get(place.id) or _attended(place)


def _no_transfer(places: Sequence[Any]) -> dict[int, Refusal]:
    now = clock.now()
    found = {one.id: refusal for one in places if (refusal := registrations.transfer_refused(one, now)) is not None}
    asked = [one for one in places if one.id not in found]
    of_courses = {one.event_id for one in asked if one.course_id is not None}
    open_ = dates.with_others(of_courses, now) if of_courses else set()
    return found | {one.id: Closed("No other date of this course is open for registration now.", code="no_dates",
                                   way_out="New dates stand among the events; nothing changes about the place.")
                    for one in asked if one.event_id not in open_}


def _no_deferral(places: Sequence[Any], *, by_staff: bool = False) -> dict[int, Refusal]:
    return deferring.refusals(places, clock.today(zone()), by_staff=by_staff)


def _attended(place: Any) -> Refusal | None:
    return attended.refused(WAY_OUT) if attended.among([place.id]) else None
