"""Something more is added to a place by staff: as long as the event is not cancelled, with a reason that stays in the history."""

from flask import Response, flash, render_template, request

from webapp.core import clock
from webapp.registration import ledger, registrations, sale
from webapp.registration.queries import orders
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.people.blueprint import ROLES, pages, the_event
from webapp.web.manage.people.place import name_of, place_in
from webapp.web.manage.people.substituting import refused
from webapp.web.registering import buying

HOW = "An order on invoice gets an invoice of its own for this; else it is paid from the page of the order."


@pages.route("/manage/events/<slug>/people/<int:registration_id>/things", methods=("GET", "POST"))
@access.staff(*ROLES)
def things(slug: str, registration_id: int) -> str | Response:
    """What, what it costs, and then it is on the order: billed where that is on invoice, else open on its page."""
    event, here = the_event(slug), f"/manage/events/{slug}/people/{registration_id}"
    place = place_in(event, registration_id)
    refusal = registrations.buying_refused(place, clock.now(), by_staff=True)
    if refusal is not None:
        return refused(refusal, here)
    of, found = sale.load_by_id(event.id), None
    form = buying.build(of, by_staff=True)
    if request.method == "POST":
        found, is_done = buying.proceed(form, of, registration_id, by_staff=True)
        if is_done and found is not None:
            order = orders.by_id(place.order_id)
            flash(buying.what_next(found, order.method, order.ref), "done")
            return see(here)
    page = {"event": the_event(slug), "place": place, "name": name_of(place),
            **buying.page(of, form, found, ledger.owed(place.order_id), HOW)}
    answer = again if form.errors or form.form_errors else render_template
    return answer("manage/event_people_things.html", **page)
