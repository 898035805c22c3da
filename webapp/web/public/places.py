"""/places/<key>: one attendee's place, for who did not order it herself. By the secret key in the mails she gets.

It shows nothing of the order: neither money nor the other people in it, and no answers.
"""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request

from webapp.core import clock, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.forms import answers
from webapp.forms import questions as event_questions
from webapp.payments.queries import paid
from webapp.registration import own_page, registrations
from webapp.registration.queries import blocks
from webapp.registration.queries import orders as order_queries
from webapp.registration.queries import people as queries
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.public import order_calendar
from webapp.web.registering import fields, own_answers, picking, views
from webapp.web.registering.cancelling import give_back
from webapp.web.security import limiter

pages = Blueprint("places", __name__)
STATES = {"held": ("Not confirmed yet", "warn"), "confirmed": ("Confirmed", "ok"), "substituted": ("Handed on", "plain"),
          "transferred": ("Moved", "plain"), "withdrawn": ("Withdrawn", "plain")}


@pages.get("/places/<key>")
@access.by_secret
def place(key: str) -> str:
    """When, where, how to join, the sessions ahead, and what can be done."""
    ours, now = _with_linked(key), clock.now()
    shown, seats = ours[0], order_queries.seats_of([one.id for one in ours])
    ahead, more = views.sessions(seats, now, most=40, places=ours[1:])
    return render_template(
        "public/place.html", place=shown, address=f"/places/{key}", state=STATES.get(shown.state, ("Given back", "plain")),
        when=views.when(shown, seats if shown.has_blocks else ()), where=views.where(shown), sessions=ahead, more=more,
        joining=views.joining(ours, seats, now), may_choose=_may_choose(shown),
        linked=views.linked(shown, ours[1:], seats, now), may_cancel=views.may_cancel(shown, now),
        asking=own_page.asking(shown.id) if own_answers.is_open(shown, now) else None, may_correct=own_answers.may_correct(shown, now))


@pages.get("/places/<key>/confirmation")
@access.by_secret
def confirmation(key: str) -> str:
    """To print for her employer: she has the place, and who paid for it; no amount, and nobody else of the order."""
    shown = _with_linked(key)[0]
    if shown.state != "confirmed" or shown.person_id is None:
        raise NotFound
    seats = order_queries.seats_of([shown.id])
    return render_template(
        "public/confirmation.html", place=shown, address=f"/places/{key}", name=f"{shown.given_name} {shown.family_name or ''}".strip(),
        when=views.when(shown, seats if shown.has_blocks else ()), where=views.where(shown),
        since=times.date_words(times.local(shown.confirmed_at, shown.zone).date()), paid=paid.by_whom(shown.id, clock.today(shown.zone)))


@pages.get("/places/<key>/breakouts")
@access.by_secret
def breakouts(key: str) -> str | Response:
    """The blocks of the place, or of one that came with it, one session to pick of each."""
    shown = chosen(key, request.args.get("place", ""))
    choices = blocks.of_registration(shown.id) if _may_choose(shown) else []
    return _breakouts(key, shown, choices, {}) if choices else see(f"/places/{key}")


@pages.post("/places/<key>/breakouts")
@access.by_secret
def choose(key: str) -> Response:
    """Takes what was picked, all or none; what is full by now is said beside its block."""
    shown, picked = chosen(key, request.form.get("place", "")), picking.picked(request.form)
    try:
        with transaction():
            registrations.choose_breakouts(shown.id, picked)
    except Refusal as refusal:
        return make_response(_breakouts(key, shown, blocks.of_registration(shown.id), picked, refusal), 422)
    flash("Your breakouts are saved.")
    return see(f"/places/{key}")


@pages.get("/places/<key>/cancel")
@access.by_secret
def cancelling(key: str) -> str | Response:
    """Asks before the place is given back."""
    shown = _of(key)
    if not views.may_cancel(shown, clock.now()):
        return see(f"/places/{key}")
    return render_template("public/place_cancel.html", place=shown, address=f"/places/{key}", action=f"/places/{key}/cancel",
                           when=views.her_days(shown))


@pages.post("/places/<key>/cancel")
@access.by_secret
def cancel(key: str) -> Response:
    """Gives the place back; what was paid goes to who paid, by the event's policy."""
    shown = _of(key)
    if not views.may_cancel(shown, clock.now()):
        return see(f"/places/{key}")
    try:
        with transaction():
            give_back(shown.id, by_id=access.viewer().person_id or None)
        flash("The place is cancelled.")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
    return see(f"/places/{key}")


@pages.route("/places/<key>/questions", methods=("GET", "POST"))
@access.by_secret
def questions(key: str) -> str | Response:
    """What the organizer asks who did not order the place herself; answers are shown only to her when she is signed in."""
    shown = _of(key)
    back = own_page.of(shown.id).path
    if own_page.asking(shown.id) is None or not own_answers.is_open(shown, clock.now()):
        return see(back)
    asked = event_questions.for_event(shown.event_id)
    form = own_answers.form(shown, asked)
    page = {"place": shown, "form": form, "address": f"/places/{key}", "back": back, "question_fields": list(fields.of_questions(asked)),
            "hidden": own_answers.hidden(shown)}
    if request.method == "GET":
        return render_template("public/place_questions.html", **page)
    given = own_answers.given(shown, form, asked) if form.validate() else None
    if given is None:
        return again("public/place_questions.html", **page)
    with transaction():
        answers.save(shown.event_id, given, registration_id=shown.id)
    flash("Your answers are kept.")
    return see(back)


@pages.route("/places/<key>/name", methods=("GET", "POST"))
@access.by_secret
def name(key: str) -> str | Response:
    """She puts her own name right, as it should stand on certificates; another person is not made of her."""
    shown, form = _of(key), own_answers.NameForm()
    if not own_answers.may_correct(shown, clock.now()):
        return see(f"/places/{key}")
    if request.method == "GET":
        form.given_name.data, form.family_name.data = shown.given_name, shown.family_name
        return render_template("public/place_name.html", place=shown, form=form, address=f"/places/{key}")
    if form.validate():
        try:
            with transaction():
                registrations.correct_name(shown.id, form.given_name.data or "", form.family_name.data or "")
            flash("Your name is put right.")
            return see(f"/places/{key}")
        except Refusal as refusal:
            form.refuse(refusal)
    return again("public/place_name.html", place=shown, form=form, address=f"/places/{key}")


@pages.get("/places/<key>/calendar")
@access.by_secret
def calendar(key: str) -> str:
    """An address per program, or once as a file. A new address is shown here once."""
    shown = _of(key)
    return order_calendar.page(f"/places/{key}", shown.title, [shown] if shown.state == "confirmed" else [])


@pages.post("/places/<key>/calendar/<int:registration_id>")
@access.by_secret
@limiter.limit("30 per hour")
def subscribe(key: str, registration_id: int) -> Response:
    """Makes an address for the place; what came by mail changes over to it, so that nothing shows twice."""
    return order_calendar.subscribe(f"/places/{key}", _confirmed(key, registration_id))


@pages.get("/places/<key>/calendar/<int:registration_id>.ics")
@access.by_secret
def file(key: str, registration_id: int) -> Response:
    """All sessions of the place as a file, to be opened once."""
    return order_calendar.download(_confirmed(key, registration_id))


def chosen(key: str, wanted: str) -> Any:
    """The place of this key, or the one named that came with it."""
    ours = _with_linked(key)
    return next((one for one in ours if str(one.id) == wanted), ours[0])


def _of(key: str) -> Any:
    return _with_linked(key)[0]


def _with_linked(key: str) -> list[Any]:
    ours = queries.with_linked(own_page.find(key))
    if ours[0].state == "expired":
        raise NotFound
    return ours


def _confirmed(key: str, registration_id: int) -> Any:
    shown = _of(key)
    if shown.id != registration_id or shown.state != "confirmed" or shown.person_id is None:
        raise NotFound
    return shown


def _may_choose(shown: Any) -> bool:
    return shown.state == "confirmed" and shown.has_blocks and views.may_choose(shown, clock.now())


def _breakouts(key: str, shown: Any, choices: Any, picked: Any, refusal: Refusal | None = None) -> str:
    return render_template("public/order_breakouts.html", is_open=False, full=picking.full(choices, shown.id),
                           **picking.page(f"/places/{key}", shown, choices, picked, refusal))
