"""/events/<slug>/register: ask for a place (or apply for one), keep it, and go on to review and pay."""

import hashlib
import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, render_template, session

from webapp.accounts import people
from webapp.core import clock, money
from webapp.core.db import transaction
from webapp.core.errors import AlreadyDone, NotFound, Refusal
from webapp.forms import questions
from webapp.registration import applications, attending, orders, rules, sale
from webapp.registration.orders import Attendee, Held
from webapp.registration.queries import orders as order_queries
from webapp.registration.sale import Sale
from webapp.registration.setasides import staff
from webapp.registration.setasides.staff import Pool
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.registering import adding, applying, badges, cards, fields, form, known, offered, pooled, remembered
from webapp.web.registering.offered import Kept

pages = Blueprint("register", __name__)


@pages.get("/events/<slug>/register")
@access.public
def register(slug: str) -> str | Response:
    """The form of a place, or of an application; where neither is possible, the reason and the way out."""
    now, (sold, kept) = clock.now(), offered.seen(sale.load(slug))
    if offered.ref() and kept is None:
        return see(f"/waitlist/{offered.ref()}")
    if (whole := adding.whole()) is not None and whole.state != "placed":
        return see(f"/orders/{whole.ref}")
    if (refusal := rules.closed_because(sold.sign_up, now)) is not None:
        return _closed(sold, refusal)
    if sold.sign_up.sign_up == "application":
        return applying.page(sold, now)
    if (refusal := rules.other_way_in(sold.sign_up)) is not None:
        return _closed(sold, refusal)
    pools = pooled.own(sold, for_herself=_for_herself(kept, whole))
    if sold.pools["event"].left == 0 and not pools and not cards.without_seat(sold, now):
        return see(f"/events/{slug}/waitlist")
    if (mine := _mine(sold)) is not None:
        return see(f"/orders/{mine.order_ref}" + ("/review" if mine.state == "held" else ""))
    asked = questions.for_event(sold.id)
    filled = form.build(sold, asked, now, for_colleague=known.for_colleague() and whole is None,
                        data=known.of(sold, now) | (kept.filled if kept else {}), more=pooled.field(sold, pools))
    return render_template("public/register.html", **_context(sold, kept, filled, asked, now, whole, pools))


@pages.post("/events/<slug>/register")
@access.public
def ask(slug: str) -> Response:
    """Keeps the place and goes on; a form that cannot be used comes back as it was typed."""
    now = clock.now()
    refusal: Refusal | None = None
    held: Held | None = None
    with_colleague, whole = known.for_colleague(), adding.whole()
    try:
        with transaction():
            sold, kept = offered.seen(sale.load(slug))
            if sold.sign_up.sign_up == "application":
                return applying.submit(sold, now)
            asked = questions.for_event(sold.id)
            for_herself = _for_herself(kept, whole)
            pools = pooled.own(sold, for_herself=for_herself)
            filled = form.build(sold, asked, now, for_colleague=with_colleague and whole is None, more=pooled.field(sold, pools))
            if form.valid(filled, asked, sold):
                held = _hold(sold, filled, asked, with_colleague, whole, pooled.chosen(pools, for_herself=for_herself))
    except AlreadyDone:
        return see(f"/orders/{order_queries.id_by_key(_submit_key(filled))}/review")
    except NotFound:
        raise
    except Refusal as no:
        refusal = no
    if held is None:
        return _refused(sold, kept, filled, asked, now, refusal, whole, pools)
    remembered.add(held.ref)
    _tell_price(sold, filled, held, now)
    if held.note:
        flash(held.note, "info")
    return see(f"/orders/{held.ref}/breakouts" if sold.event.has_blocks or sold.event.includes else f"/orders/{held.ref}/review")


def _for_herself(kept: Kept | None, whole: Any) -> bool:
    return kept is None and whole is None and not known.for_colleague()


def _hold(sold: Sale, filled: Any, asked: Any, with_colleague: bool, whole: Any, agency_id: int | None) -> Held:
    viewer = access.viewer()
    own = viewer.person_id if viewer.is_authenticated and not with_colleague else None
    wish = Attendee(
        type_id=int(filled.type.data) if str(filled.type.data) in {str(one) for one in sold.types} else 0,
        given=filled.given_name.data, family=filled.family_name.data or "", email=filled.email.data, person_id=own,
        mode=filled.mode.data if "mode" in filled else None, member_number=filled.member_number.data or "",
        answers=fields.answers(filled, asked), asked=asked, add_ons=fields.chosen_add_ons(filled, list(sold.add_ons.values())),
        badges=badges.typed(filled, sold),
        fund_words=(filled.fund_words.data or "") if "fund_asked" in filled and filled.fund_asked.data else None)
    return orders.hold(sold.id, [wish], adding.buyer(whole, filled), submit_key=_submit_key(filled), form_key=_form_key(filled),
                       known_refs=remembered.refs(), of=sold, offer=offered.ref(), code=filled.code.data or "",
                       agency_id=agency_id, only_kept=agency_id is not None, into=_into() if whole is None else None,
                       part_of=whole.id if whole is not None else None)


def _into() -> int | None:
    begun = remembered.adding_to(clock.now())
    return begun.id if begun else None


def _form_key(filled: Any) -> str:
    """The key of this form; a stale or foreign one is made safe by hashing it."""
    return hashlib.sha256(f"{filled.form_key.data}:{session.get('_id', '')}".encode()).hexdigest()[:32]


def _submit_key(filled: Any) -> str:
    """The form's key with a digest of what is in it: the same content twice is one order, a change is a new wish."""
    content = {name: value for name, value in filled.data.items() if name not in ("csrf_token", "shown")}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:24]
    return f"{_form_key(filled)}:{digest}"


def _tell_price(sold: Sale, filled: Any, held: Held, now: datetime) -> None:
    offer = sold.types[int(filled.type.data)]
    cents = cards.price_now(offer, now)
    before = cards.changed_price(filled.shown.data or "", offer.id, cents or 0)
    if before is not None and not held.repeated:
        flash(f"The price changed while you filled in the form: it was {money.written(before)} and is now {money.written(cents or 0)}. "
              "You have paid nothing yet.", "warning")


def _refused(sold: Sale, kept: Kept | None, filled: Any, asked: Any, now: datetime, refusal: Refusal | None,
             whole: Any, pools: list[Pool]) -> Response:
    if refusal is not None:
        filled.refuse(refusal)
        if refusal.code == "already_registered" and (mine := _mine(sold) or _from_here(sold, filled)) is not None:
            flash(refusal.sentence, "info")
            return see(f"/orders/{mine.order_ref}" + ("/review" if mine.state == "held" else ""))
    return again("public/register.html", **_context(sold, kept, filled, asked, now, whole, pools))


def _context(sold: Sale, kept: Kept | None, filled: Any, asked: Any, now: datetime, whole: Any,
             pools: list[Pool]) -> dict[str, Any]:
    shown = staff.seen(sold, pools)
    required = [one for one in sold.add_ons.values() if one.is_required]
    return {
        "event": sold.event, "form": filled, "cards": cards.of(shown, now, member_until=known.member_until(sold, now)), "asked": asked,
        "question_fields": list(fields.of_questions(asked)), "add_on_fields": list(fields.of_add_ons(list(sold.add_ons.values()))),
        "sells_tables": any(not one.takes_seat and not one.retired and not one.on_request for one in sold.types.values()),
        "badges": badges.shown(filled, sold),
        "required": [(one.name, cards.add_on_price(one, now)) for one in required], "for_colleague": known.for_colleague(),
        "prices": {f"add_on_{one.id}": cards.add_on_price(one, now) for one in sold.add_ons.values()},
        "sells": any(cards.price_now(one, now) for one in sold.types.values()) or bool(sold.add_ons),
        "pool": sold.pools["event"], "steps": remembered.steps(sold.event.has_blocks), "kept": kept,
        "only_kept": bool(pools) and sold.pools["event"].left == 0, "whole": whole,
        "begun": remembered.adding_to(now) if whole is None else None,
    }


def _closed(sold: Sale, refusal: Refusal) -> str:
    if isinstance(refusal, NotFound):
        raise refusal
    titles = {"cancelled": "This event was cancelled", "not_open_yet": "Registration is not open yet",
              "by_roster": "Places come from a roster", "walk_in": "Just come"}
    return render_template("public/register_closed.html", event=sold.event, title=titles.get(refusal.code, "Registration is closed"),
                           sentence=refusal.sentence, way_out=refusal.way_out)


def _mine(sold: Sale) -> attending.Attending | None:
    viewer = access.viewer()
    if not viewer.is_authenticated or known.for_colleague():
        return None
    return attending.of(people.family_ids(viewer.person_id), sold.id)


def _from_here(sold: Sale, filled: Any) -> Any:
    """The place booked in this browser for the address just typed: Back and once more leads to it."""
    return order_queries.place_among(remembered.refs(), sold.id, filled.email.data or "")


@pages.get("/applications/<ref>")
@access.by_secret
def application(ref: str) -> str:
    """How an application stands; an offer with what it costs and until when."""
    return render_template("public/application.html", **applying.standing(ref))


@pages.post("/applications/<ref>/accept")
@access.by_secret
def accept(ref: str) -> Response:
    """Takes the offer up and goes on to review and pay."""
    try:
        with transaction():
            held = applications.accept(applying.id_of(ref))
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
        return see(f"/applications/{ref}")
    remembered.add(held.ref)
    return see(f"/orders/{held.ref}/review")


@pages.post("/applications/<ref>/withdraw")
@access.by_secret
def withdraw(ref: str) -> Response:
    """Takes the application back."""
    with transaction():
        applications.withdraw(applying.id_of(ref))
    flash("Your application is taken back.")
    return see(f"/applications/{ref}")
