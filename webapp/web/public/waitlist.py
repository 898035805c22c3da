"""/events/<slug>/waitlist: get in line; /waitlist/<ref>: where one stands, an offer, leaving. Opening an address changes nothing."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, render_template, request, session
from wtforms import EmailField, RadioField, SelectField
from wtforms.validators import InputRequired

from webapp.accounts import addresses, people
from webapp.core import clock, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.registration import attending, own_page, rules, sale
from webapp.registration.queries import orders as order_queries
from webapp.registration.queries import waitlist as queries
from webapp.registration.sale import Sale
from webapp.registration.waitlist import choices, joining, swapping
from webapp.registration.waitlist import rules as waiting_rules
from webapp.registration.waitlist.joining import Joined
from webapp.web import access, limits
from webapp.web.forms import Form, Option, again, see
from webapp.web.public import places
from webapp.web.registering.form import address

pages = Blueprint("waitlist", __name__)
MOST = 12  # entries a browser remembers


class JoinForm(Form):
    """What one needs to get in line. What is waited for is asked where several levels are full."""

    key = RadioField("What do you wait for?", validate_choice=False, validators=[InputRequired("Choose what you wait for.")])
    email = EmailField("E-mail", validators=[address], description="We write to you here when a seat is yours to take.")
    seats = SelectField("How many seats, together?", validate_choice=False, coerce=str, default="1")


class FewerForm(Form):
    """How many seats a party needs now."""

    seats = SelectField("Seats", validate_choice=False, coerce=str)


@pages.get("/events/<slug>/waitlist")
@access.public
def join(slug: str) -> str | Response:
    """The two fields of getting in line, how the waitlist works, and how many wait."""
    sold = sale.load(slug)
    if (rules.closed_because(sold.sign_up, clock.now()) or rules.other_way_in(sold.sign_up)) is not None:
        return see(f"/events/{slug}/register")  # which says why, or that there is nothing
    if (mine := _mine(sold)) is not None:
        return mine
    full = choices.full(sold)
    if not full:
        return see(f"/events/{slug}/register")
    if _window(sold).is_over(clock.now()):
        return render_template("public/register_closed.html", event=sold.event, title="Every seat is taken",
                               sentence="The event is near, so nobody is put in line any more.",
                               way_out="A seat that comes free now goes to whoever comes first: look again now and then.")
    return render_template("public/waitlist_join.html", **_context(sold, _form(sold)))


@pages.post("/events/<slug>/waitlist")
@access.public
def enter(slug: str) -> Response:
    """Gets in line. Who is in it already keeps her number; who has a place is told so."""
    sold = sale.load(slug)
    form, viewer = _form(sold), access.viewer()
    if not form.validate():
        return again("public/waitlist_join.html", **_context(sold, form))
    try:
        limits.spend("waitlist", form.email.data)
        with transaction():
            joined = joining.join(sold.id, form.key.data, email=form.email.data, seats=_number(form.seats.data),
                                  person_id=viewer.person_id or None)
    except limits.TooOften as refusal:
        return limits.page("public/waitlist_join.html", form, refusal, **{k: v for k, v in _context(sold, form).items() if k != "form"})
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(sold, form, refusal)
    return _joined(slug, joined)


@pages.get("/waitlist/<ref>")
@access.by_secret
def entry(ref: str) -> str:
    """Where one stands in line and what it means; an offer with its end; what can be done."""
    found = queries.by_ref(ref)
    over = found.state == "offered" and found.offer_until <= clock.now()
    return render_template(
        "public/waitlist_entry.html", entry=found, what=queries.what(found), line=queries.place_of(found), over=over, rule=rule_of(found),
        until=times.moment_words(found.offer_until, found.zone) if found.offer_until else "",
        fewer=[(str(count), str(count)) for count in range(1, found.seats)], take=f"/events/{found.slug}/register?offer={ref}",
        place=f"/places/{own_page.key(found.registration_id, found.order_ref)}" if found.registration_id else "",
        another=f"/events/{found.slug}/register?for=colleague&offer={ref}")


@pages.post("/waitlist/<ref>/leave")
@access.by_secret
def leave(ref: str) -> Response:
    """Leaves the line, or gives an offer to the next."""
    return _act(ref, lambda: joining.leave(ref), "You are not on the waitlist any more.")


@pages.post("/waitlist/<ref>/accept")
@access.by_secret
def accept(ref: str) -> Response:
    """Takes the session that was waited for; the place is changed at once. (A seat in an event is taken by registering.)"""
    return _act(ref, lambda: swapping.accept(ref), "The session is yours.")


@pages.post("/waitlist/<ref>/fewer")
@access.by_secret
def fewer(ref: str) -> Response:
    """Needs fewer seats and keeps its number."""
    form = FewerForm()
    return _act(ref, lambda: joining.make_smaller(ref, _number(form.seats.data)), "Your party is smaller now; your number stays.")


@pages.post("/orders/<ref>/waitlist/<int:session_id>")
@access.by_secret
def join_session(ref: str, session_id: int) -> Response:
    """Gets in line for a full session of a block, for one place of the order; what is chosen now stays meanwhile. Who is still
    registering stays where she chooses, with what she has ticked."""
    view = order_queries.by_ref(ref)
    mine = next((one for one in view.active if str(one.id) == request.form.get("place")), None)
    if mine is None:
        raise NotFound
    ticked = {name: value for name, value in request.form.items() if name.startswith("block_")}
    back = f"/orders/{ref}/breakouts?{urlencode({'place': mine.id} | ticked)}"
    return _join_session(mine.id, session_id, back=back, stay=view.order.state == "held")


@pages.post("/places/<key>/waitlist/<int:session_id>")
@access.by_secret
def join_session_of_place(key: str, session_id: int) -> Response:
    """The same by the attendee's own page."""
    mine = places.chosen(key, request.form.get("place", ""))
    return _join_session(mine.id, session_id, back=f"/places/{key}/breakouts?place={mine.id}")


def _join_session(registration_id: int, session_id: int, back: str, *, stay: bool = False) -> Response:
    try:
        with transaction():
            joined = joining.join_session(registration_id, session_id)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
        return see(back)
    if stay:
        flash("You are in line for it. We write to you when a seat comes free; now go on with your registration.")
        return see(back)
    return see(f"/waitlist/{joined.ref}")


def rule_of(found: Any) -> str:
    """How this list works, in the words of the rule."""
    return waiting_rules.SESSION_SENTENCE if found.session_id else waiting_rules.SENTENCE


def _act(ref: str, act: Any, done: str) -> Response:
    try:
        with transaction():
            act()
        flash(done)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(f"/waitlist/{ref}")


def _joined(slug: str, joined: Joined) -> Response:
    known = session.get("waits", [])
    viewer = access.viewer()
    hers = joined.ref in known or (viewer.is_authenticated and queries.by_ref(joined.ref).person_id in people.family_ids(viewer.person_id))
    if joined.repeated and not hers:
        flash(_KNOWN)
        return see(f"/events/{slug}")
    session["waits"] = [joined.ref, *(one for one in known if one != joined.ref)][:MOST]
    if joined.repeated:
        flash(f"You are on this waitlist already. Your number stays {joined.number}.")
    return see(f"/waitlist/{joined.ref}")


def _refused(sold: Sale, form: JoinForm, refusal: Refusal) -> Response:
    if refusal.code == "not_full":
        flash(refusal.sentence)
        return see(f"/events/{sold.event.slug}/register")
    if refusal.code == "already_registered":
        mine = _mine(sold)
        flash(refusal.sentence if mine else _KNOWN)
        return mine or see(f"/events/{sold.event.slug}")
    form.refuse(refusal)
    return again("public/waitlist_join.html", **_context(sold, form))


# From elsewhere nobody learns who has a place and who waits: both are told in the same words, and the link is in the mail.
_KNOWN = "This address has a seat in this event, or waits for one already. The link to it is in the mail we sent there."


def _mine(sold: Sale) -> Response | None:
    """Her place in the event or in its lines, when she is signed in."""
    viewer = access.viewer()
    if not viewer.is_authenticated:
        return None
    family = people.family_ids(viewer.person_id)
    if (own := attending.of(family, sold.id)) is not None:
        return see(f"/orders/{own.order_ref}")
    return next((see(f"/waitlist/{one.ref}") for one in queries.of_persons(family)
                 if one.event_id == sold.id and one.session_id is None), None)


def _form(sold: Sale) -> JoinForm:
    full = choices.full(sold)
    form = JoinForm(data={"key": full[0].key if full else "", "email": _own_address(), "seats": "1"})
    form.key.choices = [Option(one.key, one.label[:1].upper() + one.label[1:]) for one in full]
    most = max((choices.largest_party(one, sold) for one in full), default=1)
    form.seats.choices = [Option(str(count), str(count) if count > 1 else "1, only me") for count in range(1, most + 1)]
    return form


def _context(sold: Sale, form: JoinForm) -> dict[str, Any]:
    return {"event": sold.event, "form": form, "waiting": queries.waiting(sold.id), "rule": waiting_rules.SENTENCE}


def _own_address() -> str:
    viewer = access.viewer()
    if not viewer.is_authenticated:
        return ""
    return next((one.address for one in addresses.of(viewer.person_id) if one.is_primary), "")


def _window(sold: Sale) -> waiting_rules.Window:
    return waiting_rules.window(sold.event.starts_at, sold.event.closes_at)


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
