"""Blocks as a programme to pick from: days, times, rooms; and what was picked in a posted form."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from webapp.core import times
from webapp.core.errors import Refusal
from webapp.registration.queries import waitlist
from webapp.registration.queries.blocks import Choice, Option
from webapp.web.registering import views

NONE, LATER = "none", "later"


def picked(form: Mapping[str, str]) -> dict[int, int | None]:
    """Block id -> session id, or None for none of them. Blocks left open or decided later are not in it."""
    found: dict[int, int | None] = {}
    for name, value in form.items():
        block = name.removeprefix("block_")
        if name == block or not (block.isascii() and block.isdigit()) or len(block) > 9:
            continue
        if value == NONE:
            found[int(block)] = None
        elif value.isascii() and value.isdigit() and len(value) <= 9:
            found[int(block)] = int(value)
    return found


def days(choices: list[Choice], wanted: Mapping[int, int | None], refusal: Refusal | None = None) -> list[dict[str, Any]]:
    """The choices by day, each as `block_picker` takes it. `wanted`: what was picked in a form that came back."""
    shown = sorted(choices, key=lambda one: one.options[0].starts_at)
    by_day = groupby(shown, key=lambda one: times.local(one.options[0].starts_at, one.options[0].zone).date())
    return [{"title": times.date_words(day), "blocks": [_block(one, wanted, refusal) for one in group]} for day, group in by_day]


def page(address: str, place: Any, choices: list[Choice], wanted: Mapping[int, int | None],
         refusal: Refusal | None = None) -> dict[str, Any]:
    """What the page of the breakouts shows wherever it stands; `address` is the page it belongs to."""
    return {"address": address, "place": place, "days": days(choices, wanted, refusal),
            "errors": [(refusal.field or "", f"{refusal.sentence} {refusal.way_out}".strip())] if refusal else [],
            "locked": [views.block_when(one.name, one.options[0]) for one in choices if one.locked]}


def full(choices: list[Choice], registration_id: int) -> list[dict[str, Any]]:
    """The full sessions this place might wait for, each with her place in its line where she stands in it."""
    found = [(one, option) for one in choices if not one.locked for option in one.options if option.is_full]
    waits = waitlist.of_registration(registration_id) if found else {}
    return [{"id": option.id, "title": option.title, "block": views.block_when(one.name, option),
             "ref": waits[option.id].ref if option.id in waits else "",
             "offered": option.id in waits and waits[option.id].state == "offered"}
            for one, option in found]


def _block(choice: Choice, wanted: Mapping[int, int | None], refusal: Refusal | None) -> dict[str, Any]:
    first = choice.options[0]
    moments = (first.starts_at, max(option.ends_at for option in choice.options))
    start, end = (times.clock_words(times.local(moment, first.zone)) for moment in moments)
    hours = f"{start} to {end} {times.zone_short(first.zone, first.starts_at)}"
    legend = ", ".join(part for part in (views.block_words(choice.name), hours) if part)
    name = f"block_{choice.id}"
    return {
        "name": name, "legend": legend, "locked": choice.locked,
        "error": f"{refusal.sentence} {refusal.way_out}".strip() if refusal and refusal.field == name else "",
        "chosen": _chosen(choice, wanted), "options": [_option(one, choice.locked) for one in choice.options] + _others(choice),
    }


def _chosen(choice: Choice, wanted: Mapping[int, int | None]) -> str:
    if choice.id in wanted:
        return str(wanted[choice.id] or NONE)
    return str(choice.chosen or (NONE if choice.declined else LATER))


def _option(one: Option, locked: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"value": one.id, "label": one.title, "disabled": locked or one.is_full}
    hint = ", ".join(part for part in (one.room, one.track) if part)
    if hint:
        shown["hint"] = hint
    if one.is_full:
        shown["tag"] = ("Full", "bad")
    elif one.left is not None and not one.mine:
        shown["tag"] = (f"{one.left} left", "warn" if one.left <= 5 else "plain")
    return shown


def _others(choice: Choice) -> list[dict[str, Any]]:
    if choice.locked:
        return []
    later = [] if choice.chosen else [{"value": LATER, "label": "I decide later"}]
    return [{"value": NONE, "label": "None of these"}, *later]
