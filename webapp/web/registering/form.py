"""The form of a place: made for one event and one reader."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, RadioField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from webapp.accounts import names
from webapp.core import tokens
from webapp.core.errors import Unacceptable
from webapp.registration.sale import Sale
from webapp.web.forms import Form, Line, Option, Paragraphs
from webapp.web.registering import badges, cards, fields

HELP = ("You register as usual. When we can help, less is owed, and what you paid beyond that comes back. Paying by invoice leaves "
        "time for the answer.")
MODES = {"in_person": "In the room", "online": "Online"}


def address(_form: Any, field: Any) -> None:
    """A validator: the whole e-mail address, in the form it is kept."""
    try:
        field.data = names.address(field.data or "", field=None)
    except Unacceptable as refusal:
        raise ValidationError(f"{refusal.sentence}") from refusal


class PlaceForm(Form):
    """What everybody is asked. Questions and add-ons are added by `build`."""

    type = RadioField("Which price is yours?", validate_choice=False, validators=[InputRequired("Choose one of the prices.")])
    given_name = Line("Given name", 100, [DataRequired("Write the given name, as it should stand on certificates.")])
    family_name = Line("Family name", 100, [Optional()])
    email = EmailField("E-mail", validators=[address], description="We write only about this event and the hours.")
    member_number = Line("Membership number", 40, [Optional()], description="For the member price, when you are not signed in.")
    code = Line("Discount code", 85, [Optional()], description="A discount’s or a fund’s. Of both: write them with a comma.")
    form_key = HiddenField()
    shown = HiddenField()


class ColleaguePlaceForm(PlaceForm):
    """For a colleague: who orders is asked too."""

    booker_name = Line("Your name", 200, [DataRequired("Write your own name.")])
    booker_email = EmailField("Your e-mail", validators=[address], description="The order and the payment go here.")


def build(sale: Sale, asked: Sequence[Any], now: datetime, *, for_colleague: bool = False, data: dict[str, Any] | None = None,
          more: dict[str, Any] | None = None) -> Any:
    """The form of the event, filled with what was posted, else with `data`. `more`: fields for this reader."""
    made: dict[str, Any] = fields.of_questions(asked) | fields.of_add_ons(list(sale.add_ons.values())) | badges.of_sale(sale)
    made |= more or {}
    if sale.event.mode == "hybrid":
        made["mode"] = RadioField("How do you take part?", choices=[Option(value, _mode_label(sale, value)) for value in MODES],
                                  validate_choice=False)
    if sale.event.has_funds:
        made["fund_asked"] = BooleanField("I ask for help with the price", description=HELP)
        made["fund_words"] = Paragraphs("Why, in a few words", 1000, [Optional()], render_kw={"rows": 3})
    parent = ColleaguePlaceForm if for_colleague else PlaceForm
    hidden = {"form_key": tokens.secret(), "shown": cards.shown_prices(sale, now)}
    form = type("EventPlaceForm", (parent,), made)(data=hidden | (data or {}))
    form.type.choices = [Option(str(one.id), one.name) for one in sale.types.values()]
    return form


def valid(form: Any, asked: Sequence[Any], sale: Sale) -> bool:
    """Whether everything can be used; every reason stands beside its field."""
    fine = form.validate()
    fine = badges.check(form, sale) and fine
    return fields.check(form, asked) and fine


def _mode_label(sale: Sale, mode: str) -> str:
    pool = sale.pools.get(mode)
    left = pool.left if pool else None
    return MODES[mode] if left is None else f"{MODES[mode]} ({left} left)" if left else f"{MODES[mode]} (full)"
