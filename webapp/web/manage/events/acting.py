"""Acts on an event as a whole: publish, close, open again, cancel with who is told and what goes back, delete a draft."""

from flask import Response, flash, render_template, request
from wtforms.validators import InputRequired

from webapp.catalog import events
from webapp.catalog.models import Event
from webapp.core import clock, text
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import giving_back
from webapp.payments.queries import events as event_money
from webapp.payments.queries.events import EventMoney
from webapp.registration import programme, publishing
from webapp.registration.queries import rosters
from webapp.web import access
from webapp.web.forms import Form, Line, again, see
from webapp.web.manage.events.blueprint import ROLES, association_zone, pages, the_event

SAID = {"publish": "Published. Everybody can see it now.", "close": "Sign-up is closed.", "reopen": "Sign-up is open again."}


class Cancellation(Form):
    """Why the event does not take place; those told read it."""

    reason = Line("Why it is cancelled (everybody registered reads this)", 255,
                  [InputRequired("Say why it is cancelled; everybody registered will read it.")])


@pages.post("/manage/events/<slug>/<any(publish,close,reopen):what>")
@access.staff(*ROLES)
def act(slug: str, what: str) -> Response:
    """Publishes, closes or opens again; a refusal says everything that is missing."""
    event, actor = the_event(slug), access.viewer().person_id
    try:
        with transaction():
            if what == "close":
                events.close(event.id, actor_id=actor, reason=text.clean(request.form.get("reason", ""), limit=255))
            else:
                publishing.publish(event.id, actor_id=actor)
        flash(SAID[what], "done")
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
    return see(f"/manage/events/{slug}")


@pages.route("/manage/events/<slug>/cancel", methods=("GET", "POST"))
@access.staff(*ROLES)
def cancel(slug: str) -> str | Response:
    """Shows who will be told and what goes back; then cancels every place, in one transaction with the refunds."""
    event, form = the_event(slug), Cancellation()
    if event.status not in ("published", "closed"):
        return see(f"/manage/events/{slug}")
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                told, back = _cancel(event.id, form.reason.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(f"Cancelled. {told} {'person is' if told == 1 else 'people are'} told; what was paid goes back."
                  if back else f"Cancelled. {told} {'person is' if told == 1 else 'people are'} told.", "done")
            return see(f"/manage/events/{slug}")
    page = render_template if request.method == "GET" else again
    return page("manage/event_cancel.html", **_foreseen(the_event(slug), form))


@pages.post("/manage/events/<slug>/delete")
@access.staff(*ROLES)
def delete(slug: str) -> Response:
    """Takes a draft away for good."""
    event = the_event(slug)
    try:
        with transaction():
            publishing.delete_draft(event.id, actor_id=access.viewer().person_id)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
        return see(f"/manage/events/{slug}")
    flash("The draft is deleted.", "done")
    return see("/manage?tab=drafts")


def _cancel(event_id: int, reason: str) -> tuple[int, int]:
    """How many places were given back, and the cents that go back."""
    actor = access.viewer().person_id
    done = programme.cancel_event(event_id, actor_id=actor, reason=reason)
    return len(done), giving_back.after(done, reason=reason, by_id=actor, today=clock.today(association_zone()))


def _foreseen(event: Event, form: Cancellation) -> dict[str, object]:
    states = rosters.states(event.id)
    sums = event_money.of_events([event.id]).get(event.id, EventMoney())
    applicants = sum(one.state in ("submitted", "reviewing", "offered") for one in rosters.applications(event.id))
    return {"event": event, "form": form, "people": states.get("confirmed", 0), "held": states.get("held", 0), "sums": sums,
            "applicants": applicants}
