"""/manage/events/<slug>/set-asides: the list, a new one, one of them with who has its places, changed, given back."""

from typing import Any

from flask import Response, flash, render_template

from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.registration import sale
from webapp.registration.queries import setasides as queries
from webapp.registration.sale import Sale
from webapp.registration.setasides import keeping
from webapp.web import access
from webapp.web import setasides as shown
from webapp.web.forms import again, see
from webapp.web.manage.setasides import form as forms
from webapp.web.manage.setasides.blueprint import ROLES, pages

HERE = "/manage/events/<slug>/set-asides"


@pages.get(HERE)
@access.staff(*ROLES)
def index(slug: str) -> str:
    """What is set aside: for whom, how many are used, when the rest returns to sale. What returned stays below."""
    event = access.event_of(slug, *ROLES)
    return render_template("manage/setasides.html", event=event, open=sale.load_by_id(event.id).pools["event"].left, most=queries.MOST,
                           rows=[shown.row(one, clock.now()) for one in queries.of_event(event.id)])


@pages.get(f"{HERE}/new")
@access.staff(*ROLES)
def new(slug: str) -> str:
    """The form of a new set-aside."""
    event = access.event_of(slug, *ROLES)
    sold = sale.load_by_id(event.id)
    return render_template("manage/setasides_new.html", **_new(event, forms.new(sold), sold))


@pages.post(f"{HERE}/new")
@access.staff(*ROLES)
def create(slug: str) -> Response:
    """Sets the places aside; refused beside its field with everything typed still there."""
    event, by_id = access.event_of(slug, *ROLES), access.viewer().person_id
    form = forms.new(sale.load_by_id(event.id))
    try:
        if form.validate():
            with transaction():
                made = keeping.create(event.id, forms.wish(form, event), by_id=by_id, reason=form.reason.data)
            flash("The places are set aside; nobody else can take them.", "done")
            return see(f"/manage/events/{slug}/set-asides/{made}")
    except Refusal as refusal:
        form.refuse(refusal)
    event = access.event_of(slug, *ROLES)
    return again("manage/setasides_new.html", **_new(event, form, sale.load_by_id(event.id)))


@pages.get(f"{HERE}/<int:set_aside_id>")
@access.staff(*ROLES)
def one(slug: str, set_aside_id: int) -> str:
    """One of them: how it stands, who has its places, and what can be done with it."""
    return render_template("manage/setasides_one.html", **_one(slug, set_aside_id))


@pages.post(f"{HERE}/<int:set_aside_id>")
@access.staff(*ROLES)
def change(slug: str, set_aside_id: int) -> Response:
    """Makes it larger or smaller, or lets it return another day; what is let go is for who waits first."""
    event, by_id = access.event_of(slug, *ROLES), access.viewer().person_id
    event_id, form = event.id, forms.changing(event.id, None, (), posted=True)
    try:
        if form.validate():
            with transaction():
                keeping.change(set_aside_id, event_id, seats=form.seats.data, returns_at=forms.moment(form.returns_on.data, event.zone),
                               by_id=by_id, reason=form.reason.data, sessions=forms.kept_sessions(form))
            flash("Changed.", "done")
            return see(f"/manage/events/{slug}/set-asides/{set_aside_id}")
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/setasides_one.html", **_one(slug, set_aside_id, form=form))


@pages.post(f"{HERE}/<int:set_aside_id>/give-back")
@access.staff(*ROLES)
def give_back(slug: str, set_aside_id: int) -> Response:
    """What is unused returns to sale now, to who waits first; whoever has a place keeps it."""
    event, by_id = access.event_of(slug, *ROLES), access.viewer().person_id
    event_id, back = event.id, forms.ReasonForm()
    try:
        if back.validate():
            with transaction():
                count = keeping.give_back(set_aside_id, event_id, by_id=by_id, reason=back.why.data)
            flash(f"{count} {'place is' if count == 1 else 'places are'} back on sale; who waits is asked first.", "done")
            return see(f"/manage/events/{slug}/set-asides/{set_aside_id}")
    except NotFound:
        raise
    except Refusal as refusal:
        back.refuse(refusal)
    return again("manage/setasides_one.html", **_one(slug, set_aside_id, back=back))


def _new(event: Event, form: Any, sold: Sale) -> dict[str, Any]:
    return {"event": event, "form": form, "open": sold.pools["event"].left, **forms.sessions_shown(form)}


def _one(slug: str, set_aside_id: int, form: Any = None, back: Any = None) -> dict[str, Any]:
    event: Event = access.event_of(slug, *ROLES)
    found = next((one for one in queries.of_event(event.id) if one.id == set_aside_id), None)
    if found is None:
        raise NotFound
    parts = [one for one in queries.parts_of(event.id) if one.part_of_id == set_aside_id]
    form = form or forms.changing(event.id, found, parts, posted=False)
    return {
        "event": event, "aside": shown.row(found, clock.now()), "parts": shown.parts(parts),
        "people": queries.people_of(event.id).get(set_aside_id, []), "form": form, **forms.sessions_shown(form),
        "back": back or forms.ReasonForm(formdata=None)}
