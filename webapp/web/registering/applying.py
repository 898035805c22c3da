"""The form of an application: shown and answered at the event's register address where places are given by approval."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, render_template
from wtforms import EmailField, RadioField
from wtforms.validators import DataRequired, InputRequired, Optional

from webapp.accounts import addresses
from webapp.core import clock, money, times
from webapp.core.errors import Refusal
from webapp.forms import answers, questions
from webapp.registration import applications, pricing, rules, sale
from webapp.registration.models import Application
from webapp.registration.queries import people as people_queries
from webapp.registration.sale import Sale, TypeOffer
from webapp.web import access
from webapp.web.forms import Form, Line, Option, again, see
from webapp.web.registering import cards, fields
from webapp.web.registering.form import address


class ApplyForm(Form):
    """Who applies. Questions are added by `build`."""

    type = RadioField("Which price would be yours?", validate_choice=False, validators=[InputRequired("Choose one of the prices.")])
    given_name = Line("Given name", 100, [DataRequired("Write your given name, as it should stand on certificates.")])
    family_name = Line("Family name", 100, [Optional()])
    email = EmailField("E-mail", validators=[address], description="We write to you here when it is decided.")


def page(sold: Sale, now: datetime) -> str | Response:
    """The empty form, or the application that stands already."""
    if (open_one := _open(sold)) is not None:
        return see(f"/applications/{open_one}")
    asked = questions.for_event(sold.id, "application")
    return render_template("public/apply.html", **_context(sold, build(sold, asked, _known()), asked, now))


def submit(sold: Sale, now: datetime) -> Response:
    """Sends it off. Runs in the caller's transaction; a refused form comes back as it was typed."""
    if (refusal := rules.closed_because(sold.sign_up, now)) is not None:
        raise refusal
    asked = questions.for_event(sold.id, "application")
    form = build(sold, asked)
    fine = form.validate()
    if not (fields.check(form, asked) and fine):
        return again("public/apply.html", **_context(sold, form, asked, now))
    viewer = access.viewer()
    try:
        made: Application = applications.submit(
            sold.id, _type_id(form), email=form.email.data, answers=fields.answers(form, asked),
            person_id=viewer.person_id if viewer.is_authenticated else None,
            given=form.given_name.data, family=form.family_name.data or "")
    except Refusal as no:
        form.refuse(no)
        return again("public/apply.html", **_context(sold, form, asked, now))
    return see(f"/applications/{made.ref}")


def build(sold: Sale, asked: Sequence[Any], data: dict[str, Any] | None = None) -> Any:
    """The form of the event, filled with what was posted, else with `data`."""
    offers = types_of(sold)
    form = type("EventApplyForm", (ApplyForm,), fields.of_questions(asked))(
        data=({"type": str(offers[0].id)} if len(offers) == 1 else {}) | (data or {}))
    form.type.choices = [Option(str(one.id), one.name) for one in offers]
    return form


def types_of(sold: Sale) -> list[TypeOffer]:
    """The types one may apply for."""
    return [one for one in sold.types.values() if not one.retired]


def id_of(ref: str) -> int:
    """The application at this address; NotFound otherwise."""
    return int(people_queries.application(ref).id)


def standing(ref: str) -> dict[str, Any]:
    """What the page of an application shows."""
    found = people_queries.application(ref)
    now = clock.now()
    lines: list[tuple[str, str]] = []
    over = found.offer_until is not None and found.offer_until <= now
    if found.state == "offered" and not over:
        sold = sale.load_by_id(found.event_id)
        offer = sold.type(found.type_id)
        quoted = pricing.quote(offer.item, at=now, zone=found.zone, audience=offer.audience, starts_on=sold.starts_on)
        lines = [(f"{line.label}, due {times.date_words(line.due_on)}", money.written(line.amount_cents)) for line in quoted]
        total = money.written(pricing.total(quoted))
    return {"application": found, "lines": lines, "total": total if lines else "", "over": over,
            "until": times.moment_words(found.offer_until, found.zone) if found.offer_until else "",
            "answers": answers.of_application(found.id, seeing=answers.ALL)}


def _context(sold: Sale, form: Any, asked: Sequence[Any], now: datetime) -> dict[str, Any]:
    return {"event": sold.event, "form": form, "question_fields": list(fields.of_questions(asked)), "pool": sold.pools["event"],
            "cards": [_card(one, now) for one in types_of(sold)]}


def _card(offer: TypeOffer, now: datetime) -> dict[str, Any]:
    cents = cards.price_now(offer, now)
    parts = f"Paid in {len(offer.item.parts)} parts." if len(offer.item.parts) > 1 else ""
    card = {"value": offer.id, "label": offer.name, "price": money.written(cents) if cents else "Free"}
    hint = " ".join(part for part in (offer.hint or cards.AUDIENCE.get(offer.audience, ""), parts) if part)
    return card | ({"hint": hint} if hint else {})


def _type_id(form: Any) -> int:
    value = str(form.type.data)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _known() -> dict[str, Any]:
    viewer = access.viewer()
    if not viewer.is_authenticated:
        return {}
    person = access.person()
    mail = next((one.address for one in addresses.of(viewer.person_id) if one.is_primary), "")
    return {"given_name": person.given_name, "family_name": person.family_name, "email": mail}


def _open(sold: Sale) -> str | None:
    viewer = access.viewer()
    if not viewer.is_authenticated:
        return None
    return next((one.ref for one in people_queries.applications([viewer.person_id])
                 if one.slug == sold.event.slug and one.state in applications.OPEN), None)
