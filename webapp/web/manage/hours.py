"""Hours of an event: what awarding will do, the award itself, certificates, and corrections in daylight."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.accounts import people
from webapp.attendance import awarding, certifying
from webapp.attendance.awarding import Proposal
from webapp.catalog.models import Event
from webapp.core import text
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.hours import certificates, ledger, transcripts
from webapp.hours.models import Award
from webapp.web import access, forms
from webapp.web.manage import hours_shown

pages = Blueprint("manage_hours", __name__)
ROLES = ("organizer", "coordinator")


@pages.get("/manage/events/<slug>/hours")
@access.staff(*ROLES)
def hours(slug: str) -> str:
    """Everybody with what is awarded and what awarding would change."""
    event = access.event_of(slug, *ROLES)
    return render_template("manage/hours.html", event=event, **hours_shown.page(event, awarding.preview(event.id)))


@pages.post("/manage/events/<slug>/hours/award")
@access.staff(*ROLES)
def award(slug: str) -> Response:
    """Awards what the page showed, and whatever was recorded since."""
    event_id, by_id = access.event_of(slug, *ROLES).id, access.viewer().person_id
    with transaction():
        count = awarding.award_event(event_id, by_id=by_id)
    done = f"Hours awarded to {_people(count)}; each gets a message."
    flash(done if count else "Everything was awarded already; nothing was done twice.")
    return forms.see(url_for("manage_hours.hours", slug=slug))


@pages.post("/manage/events/<slug>/hours/certificates")
@access.staff(*ROLES)
def issue_all(slug: str) -> Response:
    """Issues certificates to everybody who meets the rule and has none that says the same."""
    event, by_id = access.event_of(slug, *ROLES), access.viewer().person_id
    event_id = event.id
    ready = [one.attendee for one in _ready(event, awarding.preview(event_id)) if one.attendee.person_id]
    waiting = hours_shown.unpaid(event, [one.registration_id for one in ready])
    with transaction():
        for one in ready:
            if one.registration_id in waiting:
                certifying.hold_back(one.registration_id, by_id=by_id)
            else:
                certifying.issue(event_id, one.person_id or 0, by_id=by_id)
    done = len(ready) - len(waiting)
    flash(f"Certificates issued to {_people(done)}." if done else "Nobody waits for a certificate." if not waiting else
          "No certificate was issued.")
    if waiting:
        flash(f"The certificate of {_people(len(waiting))} is held back until the invoice is paid, and is issued by itself then.", "info")
    return forms.see(url_for("manage_hours.hours", slug=slug))


@pages.get("/manage/events/<slug>/hours/<int:registration_id>")
@access.staff(*ROLES)
def person(slug: str, registration_id: int) -> str:
    """One attendee: every award and reversal of this event, the certificate, and the ways to correct."""
    event = access.event_of(slug, *ROLES)
    return render_template("manage/hours_person.html", event=event, **_person_context(event, registration_id))


@pages.post("/manage/events/<slug>/hours/<int:registration_id>/reverse")
@access.staff(*ROLES)
def reverse(slug: str, registration_id: int) -> Response:
    """Takes one award back, with the reason."""
    event = access.event_of(slug, *ROLES)
    event_id, proposal, by_id = event.id, _one(event.id, registration_id), access.viewer().person_id
    typed, person_id = request.form.get("award", ""), proposal.attendee.person_id or 0
    award_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    found = db.session.get(Award, award_id)
    if found is None or found.event_id != event_id or found.person_id not in people.family_ids(person_id):
        raise NotFound("There is no such award.")
    return _change(slug, registration_id, lambda reason: _reverse(award_id, event_id, person_id, by_id, reason),
                   "Taken back. The transcript shows it with your reason.")


@pages.post("/manage/events/<slug>/hours/<int:registration_id>/certificate")
@access.staff(*ROLES)
def issue_one(slug: str, registration_id: int) -> Response:
    """Issues this attendee's certificate, or says which rule stands against it."""
    event, by_id = access.event_of(slug, *ROLES), access.viewer().person_id
    event_id = event.id
    person_id = _one(event_id, registration_id).attendee.person_id or 0
    if hours_shown.unpaid(event, [registration_id]):
        with transaction():
            certifying.hold_back(registration_id, by_id=by_id)
        flash("The invoice of this place is open, so the certificate is held back. It is issued by itself when it is paid.", "warning")
        return forms.see(url_for("manage_hours.person", slug=slug, registration_id=registration_id))
    try:
        with transaction():
            certifying.issue(event_id, person_id, by_id=by_id)
        flash("Certificate issued; she gets a message.")
    except Refusal as refusal:
        flash(refusal.sentence, "warning")
    return forms.see(url_for("manage_hours.person", slug=slug, registration_id=registration_id))


@pages.post("/manage/events/<slug>/hours/<int:registration_id>/withdraw")
@access.staff(*ROLES)
def withdraw(slug: str, registration_id: int) -> Response:
    """Takes the certificate back, with the reason; its code says so from then on."""
    event_id, by_id = access.event_of(slug, *ROLES).id, access.viewer().person_id
    family = people.family_ids(_one(event_id, registration_id).attendee.person_id or 0)
    return _change(slug, registration_id, lambda reason: certificates.withdraw_for(event_id, family, by_id=by_id, reason=reason),
                   "The certificate is withdrawn.")


def _change(slug: str, registration_id: int, act: Any, done: str) -> Response:
    """Runs a correction that needs a reason; without one the page comes back with 422 and the sentence."""
    typed = request.form.get("reason", "")
    try:
        reason = text.clean(typed, field="reason")
        with transaction():
            act(reason)
    except NotFound:
        raise
    except Refusal as refusal:
        event = access.event_of(slug, *ROLES)
        problem = {"words": refusal.sentence, "typed": typed, "form": request.form.get("award", "certificate")}
        return forms.again("manage/hours_person.html", event=event, **_person_context(event, registration_id, problem))
    flash(done)
    return forms.see(url_for("manage_hours.person", slug=slug, registration_id=registration_id))


def _reverse(award_id: int, event_id: int, person_id: int, by_id: int, reason: str) -> None:
    awarding.lock(event_id)
    ledger.reverse(award_id, by_id=by_id, reason=reason)
    certifying.refresh(event_id, person_id, by_id=by_id)


def _person_context(event: Event, registration_id: int, problem: dict[str, Any] | None = None) -> dict[str, Any]:
    proposal = _one(event.id, registration_id)
    family = people.family_ids(proposal.attendee.person_id or 0)
    lines = [line for line in transcripts.of(family).lines if line.event_id == event.id]
    certificate = certificates.current(event.id, family)
    return {"attendee": proposal.attendee, "lines": lines, "verdict": proposal.verdict(event.attendance_rule or {}),
            "certificate": hours_shown.certificate(certificate, event.zone) if certificate else None, "problem": problem,
            "kinds": transcripts.KIND_WORDS, "registration_id": registration_id}


def _one(event_id: int, registration_id: int) -> Proposal:
    found = next((one for one in awarding.preview(event_id) if one.attendee.registration_id == registration_id), None)
    if found is None:
        raise NotFound("There is no such place in this event.")
    return found


def _ready(event: Event, proposals: list[Proposal]) -> list[Proposal]:
    """Who meets the rule and has no certificate yet (one that stands is kept in step when hours are corrected)."""
    have = certificates.holders(event.id)
    return [one for one in proposals if one.attendee.person_id not in have and one.verdict(event.attendance_rule or {}).is_met]


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
