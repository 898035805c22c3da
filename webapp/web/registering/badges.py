"""Fields for the names on badges: in the form of registering, for the first of each thing, and on the page of a place's badges."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import EmailField, Field, HiddenField
from wtforms.validators import Optional

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Stale, Unacceptable
from webapp.registration.badges import naming, reading, rules
from webapp.registration.badges.rules import Written
from webapp.registration.sale import Sale
from webapp.web import access
from webapp.web.forms import Form, Line
from webapp.web.registering import fields

PARTS = ("name", "organization", "email")


@dataclass(frozen=True)
class Group:
    """The badges that come with one thing: `key` is the add-on's id, None for the type."""

    key: int | None
    title: str
    most: int

    def base(self, number: int) -> str:
        """How the fields of one badge begin."""
        return f"badge_{self.key or 'type'}_{number}"


def groups(sold: Sale) -> list[Group]:
    """What is sold with badges: the types people may choose together, then each add-on."""
    types = [one for one in sold.types.values() if one.badges and not one.retired and not one.on_request]
    of_types = [Group(None, " or ".join(one.name for one in types), max(one.badges for one in types))] if types else []
    return of_types + [Group(one.id, one.name, one.badges) for one in sold.add_ons.values() if one.badges]


def of_sale(sold: Sale) -> dict[str, Field]:
    """The fields of all of them, for the form of registering."""
    return {name: field for group in groups(sold) for number in range(1, group.most + 1) for name, field in _three(group.base(number))}


def shown(form: Any, sold: Sale) -> list[dict[str, Any]]:
    """Each group for the page: its title and badges, open where something was typed or is refused."""
    return [{"title": group.title, "badges": (rows := [_row(form, group.base(number), f"Badge {number}") for number in _numbers(group)]),
             "is_open": any(field.data or field.errors for row in rows for field in row["fields"])} for group in groups(sold)]


def typed(form: Any, sold: Sale) -> dict[int | None, list[Written]]:
    """What was typed, by the add-on's id (None: the type); groups in which nothing was are left out."""
    found = {group.key: [_written(form, group.base(number)) for number in _numbers(group)] for group in groups(sold)}
    return {key: names for key, names in found.items() if any(one.says_something for one in names)}


def check(form: Any, sold: Sale) -> bool:
    """Puts a reason beside each field that cannot be kept; True when all can."""
    fine, by_key = True, {group.key: group for group in groups(sold)}
    for key, names in typed(form, sold).items():
        room, reason = _room(form, sold, by_key[key])
        for at, one in enumerate(names, 1):
            fine = _fits(form, by_key[key].base(at), one, reason if at > room else "") and fine
    return fine


def place_form(rows: Sequence[Any]) -> Any:
    """The form of a place's badges (rows of `reading.of_places`), filled with what stands on them."""
    made: dict[str, Any] = {name: field for row in rows for name, field in _three(f"badge_{row.id}")}
    data = {f"badge_{row.id}_{part}": getattr(row, part) for row in rows for part in PARTS}
    return type("BadgesForm", (Form,), made | {"seen": HiddenField()})(data={**data, "seen": reading.digest(rows)})


def place_groups(form: Any, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The same by table, for the page."""
    found: dict[tuple[Any, int], dict[str, Any]] = {}
    for row in rows:
        title = row.thing if row.unit == 1 else f"{row.thing}, no. {row.unit}"
        found.setdefault((row.add_on_id, row.unit), {"title": title, "badges": []})["badges"].append(
            _row(form, f"badge_{row.id}", f"Badge {row.number} of {row.out_of}"))
    return list(found.values())


def place_typed(form: Any, rows: Iterable[Any]) -> dict[int, Written]:
    """What was typed for each badge."""
    return {row.id: _written(form, f"badge_{row.id}") for row in rows}


def place_check(form: Any, rows: Iterable[Any]) -> bool:
    """Puts a reason beside each field that cannot be kept; True when all can."""
    found = [_fits(form, f"badge_{badge_id}", one, "") for badge_id, one in place_typed(form, rows).items()]  # each says its reason
    return all(found)


def kept(form: Any, rows: Sequence[Any], registration_id: int, *, by_staff: bool = False) -> bool:
    """Keeps what was typed on a place's badges; False, with reasons in the form and nothing typed lost, when it cannot be."""
    if not (form.validate() and place_check(form, rows)):
        return False
    try:
        with transaction():
            naming.write(registration_id, place_typed(form, rows), seen=form.seen.data or "", by_id=access.viewer().person_id or None,
                         by_staff=by_staff)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        if isinstance(refusal, Stale):
            _show_now(form, reading.of_places([registration_id]))
        return False
    return True


def _show_now(form: Any, rows: Sequence[Any]) -> None:
    """What stands on the badges by now, so that saving once more takes nobody's name out unseen: it is filled in where nothing was
    typed, and said where something else was."""
    form.seen.data = reading.digest(rows)
    for row in (one for one in rows if f"badge_{one.id}_name" in form):
        typed_, field = _written(form, f"badge_{row.id}"), form[f"badge_{row.id}_name"]
        if not typed_.says_something:
            for part in PARTS:
                form[f"badge_{row.id}_{part}"].data = getattr(row, part)
        elif row.name and typed_ != reading.written(row):
            field.errors = [*field.errors, f"{', '.join(one for one in (row.name, row.organization) if one)} stands on it now."]


def _three(base: str) -> list[tuple[str, Field]]:
    return [(f"{base}_name", Line("Name", rules.NAME, [Optional()])),
            (f"{base}_organization", Line("Organization", rules.ORGANIZATION, [Optional()])),
            (f"{base}_email", EmailField("E-mail", [Optional()]))]


def _numbers(group: Group) -> range:
    return range(1, group.most + 1)


def _row(form: Any, base: str, legend: str) -> dict[str, Any]:
    return {"legend": legend, "fields": [form[f"{base}_{part}"] for part in PARTS]}


def _written(form: Any, base: str) -> Written:
    return Written(*(form[f"{base}_{part}"].data or "" for part in PARTS))


def _room(form: Any, sold: Sale, group: Group) -> tuple[int, str]:
    """How many of its badges come with what was chosen, and what to say beside one that does not."""
    chosen = next((one for one in sold.types.values() if str(one.id) == str(form.type.data)), None)
    if group.key is None:
        return (chosen.badges if chosen else 0,
                f"The price you chose does not come with this badge. Choose {group.title}, or take the name out.")
    if sold.add_ons[group.key].is_required:
        is_bought = chosen is None or chosen.takes_seat
        reason = f"“{group.title}” comes with a seat, and the price you chose is without one. Take the name out."
    else:
        is_bought = bool(fields.chosen_add_ons(form, sold.add_ons.values()).get(group.key))
        reason = f"Write above how many of “{group.title}” you want, or take the name out."
    return (group.most if is_bought else 0), reason


def _fits(form: Any, base: str, one: Written, reason: str) -> bool:
    if reason and one.says_something:
        form[f"{base}_name"].errors = [reason]
        return False
    try:
        rules.cleaned(one, base)
    except Unacceptable as refusal:
        form[refusal.field or f"{base}_name"].errors = [f"{refusal.sentence} {refusal.way_out}".strip()]
        return False
    return True
