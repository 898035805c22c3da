"""Adding, changing, moving, cancelling and restoring a session."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from webapp.catalog import sessions
from webapp.catalog.models import Event, Session, SessionCredit, SessionPresenter
from webapp.catalog.sessions import Timing
from webapp.core import text, times
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.registration import offers, programme
from webapp.registration.models import Seat
from webapp.registration.setasides import keeping
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.sessions import form as forms
from webapp.web.manage.sessions.blueprint import ROLES, pages, session_id_of, the_event


@pages.route("/manage/events/<slug>/sessions/new", methods=("GET", "POST"))
@access.staff(*ROLES)
def new(slug: str) -> str | Response:
    """One more session, or a series of the same every so many weeks."""
    event = the_event(slug)
    form = forms.build(event)
    if request.method == "GET":
        _start_from_last(event, form)
        return render_template("manage/session_form.html", event=event, form=form, session=None, asks_fold=False, preview=None)
    if form.validate():
        try:
            with transaction():
                made = _add_all(event.id, form)
            flash(f"{made} session{'s' * (made != 1)} added.", "done")
            return see(f"/manage/events/{slug}/sessions")
        except Refusal as refusal:
            form.refuse(refusal)
            return _again(slug, form, None, asks_fold=refusal.code == "twice")
    return _again(slug, form, None)


@pages.route("/manage/events/<slug>/sessions/<int:session_id>", methods=("GET", "POST"))
@access.staff(*ROLES)
def edit(slug: str, session_id: int) -> str | Response:
    """Changes a session. When people hold seats in it and its time changes, it first shows who will be told what."""
    event = the_event(slug)
    session = _loaded(session_id_of(event, session_id))
    form = forms.build(event, session)
    if request.method == "GET":
        return _page(event, form, session)
    if not form.validate():
        return _again(slug, form, session_id)
    forms.carry_breaks(form, session)
    try:
        if (preview := _preview(session_id, form)) is not None and "confirmed" not in request.form:
            return again("manage/session_form.html", event=event, form=form, session=session, asks_fold=False, preview=preview)
        with transaction():
            told = _change(event.id, session_id, form)
    except Refusal as refusal:
        form.refuse(refusal)
        return _again(slug, form, session_id, asks_fold=refusal.code == "twice")
    flash(f"Saved. {told} {'person is' if told == 1 else 'people are'} told." if told else "Saved.", "done")
    return see(f"/manage/events/{slug}/sessions")


@pages.post("/manage/events/<slug>/sessions/<int:session_id>/<any(cancel,restore,remove):what>")
@access.staff(*ROLES)
def act(slug: str, session_id: int, what: str) -> Response:
    """Cancels with a reason that those told read, restores, or removes from a draft."""
    event = the_event(slug)
    session_id_of(event, session_id)
    actor, reason = access.viewer().person_id, text.clean(request.form.get("reason", ""), limit=255)
    try:
        with transaction():
            told = _act(what, session_id, actor, reason)
        flash({"cancel": f"Cancelled; {told} people are told.", "restore": f"It takes place after all; {told} people are told.",
               "remove": "Removed."}[what], "done")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
    return see(f"/manage/events/{slug}/sessions")


def _act(what: str, session_id: int, actor: int, reason: str) -> int:
    if what == "cancel":
        if not reason:
            raise Refusal("Say why it is cancelled; those registered will read it.")
        return programme.cancel_session(session_id, actor_id=actor, reason=reason)
    if what == "restore":
        return programme.restore_session(session_id, actor_id=actor, reason=reason)
    keeping.remove_session(session_id, actor_id=actor)
    return 0


def _add_all(event_id: int, form: Any) -> int:
    event = db.session.get_one(Event, event_id)
    values, timing = forms.what(event, form), forms.when(form)
    count = form.repeat.data or 1
    for number in range(count):
        later = timedelta(weeks=(form.every.data or 1) * number)
        title = f"{form.title.data} {number + 1}" if count > 1 else form.title.data
        programme.add_session(event_id, actor_id=access.viewer().person_id, **values | {"title": title},
                              start=timing["start"] + later, end=timing["end"] + later, fold=timing["fold"])
    return count


def _change(event_id: int, session_id: int, form: Any) -> int:
    event = db.session.get_one(Event, event_id)
    values = forms.what(event, form)
    capacity = values.pop("capacity")
    offers.limit_session(session_id, capacity, actor_id=access.viewer().person_id)  # first: it locks the event, then the session
    return programme.update_session(session_id, actor_id=access.viewer().person_id, reason=form.reason.data, **values, **forms.when(form))


def _preview(session_id: int, form: Any) -> programme.Preview | None:
    """Who will be told when the time changes; None when nobody holds a seat or the time stays."""
    session = sessions.get(session_id)
    timing = forms.when(form)
    new_times = Timing(timing["start"], timing["end"], session.zone, timing["fold"]).columns()
    if (new_times["starts_at"], new_times["ends_at"]) == (session.starts_at, session.ends_at):
        return None
    preview = programme.preview_move(session_id, timing["start"], timing["end"], fold=timing["fold"])
    return preview if preview.people else None


def _page(event: Event, form: Any, session: Session) -> str:
    return render_template("manage/session_form.html", event=event, form=form, session=session, asks_fold=False, preview=None,
                           held=db.session.scalar(select(func.count()).where(Seat.session_id == session.id, Seat.state == "booked")))


def _again(slug: str, form: Any, session_id: int | None, asks_fold: bool = False) -> Response:
    return again("manage/session_form.html", event=the_event(slug), form=form, session=_loaded(session_id) if session_id else None,
                 asks_fold=asks_fold, preview=None)


def _loaded(session_id: int) -> Session:
    return db.session.scalars(
        select(Session).where(Session.id == session_id).options(
            selectinload(Session.breaks), selectinload(Session.pool),
            selectinload(Session.presenters).selectinload(SessionPresenter.presenter),
            selectinload(Session.credits).options(selectinload(SessionCredit.areas), selectinload(SessionCredit.tags)))
        .execution_options(populate_existing=True)).one()


def _start_from_last(event: Event, form: Any) -> None:
    """A new session starts where the last one left off: the same times, a day later."""
    last = db.session.scalar(select(Session).where(Session.event_id == event.id).order_by(Session.starts_at.desc()).limit(1))
    if last is None:
        return
    start, end = times.local(last.starts_at, last.zone), times.local(last.ends_at, last.zone)
    form.on.data, form.start.data, form.end.data = start.date() + timedelta(days=1), start.time(), end.time()
