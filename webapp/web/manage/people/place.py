"""One place in the event as staff see it: answers, sessions, breakouts, group, cancelling with what goes back, history."""

from typing import Any

from flask import Response, flash, render_template, request

from webapp.catalog.models import Event
from webapp.core import clock, text, times
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.forms import answers
from webapp.payments import balances, giving_back
from webapp.payments.lots import bound
from webapp.payments.queries import put_off
from webapp.payments.queries.events import of_places
from webapp.payments.rules.standing import Balance
from webapp.registration import registrations
from webapp.registration.badges import reading
from webapp.registration.models import ACTIVE, Registration
from webapp.registration.queries import blocks, orders, rosters
from webapp.registration.queries import people as queries
from webapp.web import access
from webapp.web.forms import see
from webapp.web.manage.events import history
from webapp.web.manage.events.blueprint import association_zone
from webapp.web.manage.people import listing
from webapp.web.manage.people.blueprint import ROLES, STATES, pages, the_event
from webapp.web.registering import putting_off, views


@pages.get("/manage/events/<slug>/people/<int:registration_id>")
@access.staff(*ROLES)
def place(slug: str, registration_id: int) -> str:
    """Everything about one registration."""
    event = the_event(slug)
    row = place_in(event, registration_id)
    today = clock.today(association_zone())
    about = AuditEntry.subject.in_([f"order:{row.order_id}", *(f"registration:{one}" for one in (registration_id, row.replaces_id) if one)])
    is_active, balance = row.state in ACTIVE, balances.of_order(row.order_id, today)
    own = of_places(event.id, [row.order_id], today).get(registration_id, Balance())
    foreseen = registrations.foresee(registration_id, by_organizer=True) if is_active and row.inclusion_of_id is None else None
    return render_template(
        "manage/event_people_place.html",
        event=event,
        place=row,
        name=name_of(row),
        state=listing.PUT_OFF if row.put_off_until else STATES[row.state],
        money=listing.money_word(own, bool(row.put_off_until)),
        is_active=is_active,
        answers=answers.of_registration(registration_id, seeing=answers.ALL),
        seats=[_seat(one) for one in orders.seats_of([registration_id])],
        choices=[_choice(one) for one in blocks.of_registration(registration_id)] if is_active else [],
        groups=rosters.groups(event.id),
        balance=balance,
        own=own,
        order=orders.by_id(row.order_id),
        since=times.moment_words(row.confirmed_at, event.zone) if row.confirmed_at else "",
        may_substitute=registrations.substitution_refused(row, clock.now(), by_staff=True) is None,
        may_buy=registrations.buying_refused(row, clock.now(), by_staff=True) is None,
        may_transfer=registrations.transfer_refused(row, clock.now(), by_staff=True) is None,
        put_off=_put_off(row),
        badges=reading.of_places([registration_id]) if row.has_badges and is_active else [],
        entries=[history.entry(one, event.zone) for one in history.entries_of(about)],
        foreseen=foreseen,
        back_cents=giving_back.foreseen(balance, foreseen, spare_cents=bound.spare_of(registration_id)) if foreseen else 0,
    )


@pages.post("/manage/events/<slug>/people/<int:registration_id>/<any(breakouts,group,cancel,defer):what>")
@access.staff(*ROLES)
def act(slug: str, registration_id: int, what: str) -> Response:
    """Changes the breakouts, the group, cancels or puts off; a refusal says why and changes nothing."""
    event = the_event(slug)
    place_in(event, registration_id)
    try:
        with transaction():
            said = {"breakouts": _breakouts, "group": _group, "cancel": _cancel, "defer": _defer}[what](registration_id)
        flash(said, "done")
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
    return see(f"/manage/events/{slug}/people/{registration_id}")


def _breakouts(registration_id: int) -> str:
    picked: dict[int, int | None] = {}
    for one in blocks.of_registration(registration_id):
        typed = request.form.get(f"block_{one.id}")
        if typed is not None:
            picked[one.id] = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    registrations.choose_breakouts(registration_id, picked, by_id=access.viewer().person_id, reason=_reason())
    return "The breakouts are changed."


def _group(registration_id: int) -> str:
    typed = request.form.get("group", "")
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    registrations.assign_group(registration_id, wanted, by_id=access.viewer().person_id, reason=_reason())
    return "The group is changed."


def _cancel(registration_id: int) -> str:
    reason = _reason()
    if not reason:
        raise Refusal("Say why the place is cancelled; it stands in the history.")
    actor = access.viewer().person_id
    done = registrations.cancel(registration_id, by_id=actor, reason=reason, by_organizer=True)
    back = giving_back.after([done], reason=reason, by_id=actor, today=clock.today(association_zone()))
    return "The place is cancelled and told; what was paid goes back." if back else "The place is cancelled and told."


def _defer(registration_id: int) -> str:
    putting_off.done(registration_id, by_staff=True, reason=_reason())
    return "The place is put off; what was paid waits for another date of the course, and everybody was written to."


def _put_off(row: Any) -> dict[str, Any] | None:
    """What putting it off would keep, or why it cannot be; of one that was put off what is left. None where it is no question."""
    if row.put_off_until:
        return {"kept": put_off.of_place(row.id), "found": None, "refused": ""}
    if registrations.deferral_refused(row, clock.now(), by_staff=True) is not None:
        return None
    try:
        return {"kept": None, "found": putting_off.foreseen(row, by_staff=True), "refused": ""}
    except Refusal as refusal:
        return {"kept": None, "found": None, "refused": f"{refusal.sentence} {refusal.way_out}".strip()}


def _reason() -> str:
    return text.clean(request.form.get("reason", ""), limit=255)


def place_in(event: Event, registration_id: int) -> Any:
    """The place, where it is one of this event; NotFound otherwise."""
    if db.session.query(Registration.id).filter_by(id=registration_id, event_id=event.id).first() is None:
        raise NotFound
    return queries.place(registration_id)


def name_of(row: Any) -> str:
    """The attendee's name in one line."""
    return f"{row.given_name or ''} {row.family_name or ''}".strip() or "Not yet named"


def _seat(one: Any) -> dict[str, Any]:
    return {
        "when": times.span_words(one.starts_at, one.ends_at, one.zone),
        "iso": one.starts_at.isoformat(),
        "title": one.title,
        "text": ", ".join(part for part in (views.block_words(one.block), one.room) if part),
        "kind": "bad" if one.status == "cancelled" else "next",
    }


def _choice(one: blocks.Choice) -> dict[str, Any]:
    options = [("", "None of them")] + [
        (
            str(option.id),
            option.title + (" (full)" if option.is_full else f" ({option.left} left)" if option.left is not None else ""),
        )
        for option in one.options
    ]
    return {
        "name": f"block_{one.id}",
        "label": views.block_when(one.name, one.options[0]),
        "options": options,
        "chosen": str(one.chosen or ""),
        "locked": one.locked,
    }
