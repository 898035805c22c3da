"""The rows of the prices' form: made from what is sold, and read back into it.

A field is called `types-0-name`, `add_ons-1-prices`, `group_rules-0-percent`. Prices by date: price_steps; places that types
share: price_pools. Amounts nobody touched stay exactly as they were (`kept`).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from webapp.core import money, text, times
from webapp.core.errors import Unacceptable
from webapp.registration.offers import AddOnSpec, GroupRuleSpec, InstalmentSpec, Offers, PriceSpec, TypeSpec
from webapp.web.manage.events import price_pools, price_steps

AUDIENCES = [
    ("anyone", "Anyone"),
    ("member", "Members"),
    ("non_member", "Non-members"),
    ("student", "Students"),
    ("presenter", "Presenters"),
    ("scholarship", "Scholarship"),
]
MODES = [("", "Either way"), ("in_person", "In person"), ("online", "Online")]
KINDS = ("types", "add_ons", "group_rules")
MOST_ROWS = 40
_FIELD = re.compile(r"(types|add_ons|group_rules)-(\d{1,2})-([a-z_]+(?:_\d{1,2})?)")
Row = dict[str, Any]


def field_of(name: str) -> str:
    """The field a refusal's name stands for: `types-0-prices` is the price, `types-0` or `types` the first name."""
    at = re.fullmatch(r"(types|add_ons|group_rules)(?:-(\d+))?(?:-(\w+))?", name)
    if at is None:
        return name
    first = "min_count" if at[1] == "group_rules" else "name"
    word = {"prices": "price" if at[1] == "types" else "prices", None: first}.get(at[3], at[3])
    return f"{at[1]}-{at[2] or 0}-{word}"


def filled(sold: Offers, zone: str) -> dict[str, list[Row]]:
    """What is sold, as rows of texts."""
    return {
        "types": price_pools.filled(sold.types, [_type(one, zone) for one in sold.types]),
        "add_ons": [_add_on(one) for one in sold.add_ons],
        "group_rules": [{"min_count": str(one.min_count), "percent": f"{one.percent / 100:g}"} for one in sold.group_rules],
    }


def typed(form: Any) -> dict[str, list[Row]]:
    """The rows as they were typed; those that say nothing, or whose name was emptied, are left out."""
    found: dict[str, dict[int, Row]] = {kind: {} for kind in KINDS}
    for name in form:
        if (at := _FIELD.fullmatch(name)) and int(at[2]) < MOST_ROWS:
            found[at[1]].setdefault(int(at[2]), {})[at[3]] = form.getlist(name) if at[3] == "sessions" else form[name]
    key = {"types": ("name", "price", "id"), "add_ons": ("name", "prices", "id"), "group_rules": ("min_count", "percent")}
    return {
        kind: [row for _, row in sorted(rows.items()) if any(row.get(name) for name in key[kind]) and not _emptied(row)]
        for kind, rows in found.items()
    }


def _emptied(row: Row) -> bool:
    """A row that is sold and whose name was taken out."""
    return bool(row.get("id")) and not row.get("name", "").strip()


def read(rows: Mapping[str, list[Row]], zone: str) -> Offers:
    """What was typed, as offers; refused beside the field."""
    return Offers(
        types=price_pools.read([_read_type(row, f"types-{at}", zone) for at, row in enumerate(rows["types"])], rows["types"]),
        add_ons=[_read_add_on(row, f"add_ons-{at}") for at, row in enumerate(rows["add_ons"])],
        group_rules=[_read_rule(row, f"group_rules-{at}") for at, row in enumerate(rows["group_rules"])],
    )


def kept(wanted: Offers, rows: Mapping[str, list[Row]], sold: Offers, zone: str) -> Offers:
    """The offers, where a type whose amounts nobody touched keeps its prices exactly, also where they do not follow one another."""
    before = {one.id: (one, price_steps.filled(one.prices, zone)) for one in sold.types}
    types = []
    for one, row in zip(wanted.types, rows["types"], strict=True):
        known = before.get(one.id) if one.id is not None else None
        same = known is not None and _amounts(row) == _amounts(known[1])
        types.append(replace(one, prices=known[0].prices) if known is not None and same else one)
    return replace(wanted, types=types)


def _amounts(row: Row) -> Row:
    return {name: value for name, value in row.items() if value and name.startswith(("price", "early", "until"))}


def _type(one: TypeSpec, zone: str) -> Row:
    return price_steps.filled(one.prices, zone) | {
        "id": str(one.id),
        "name": one.name,
        "audience": one.audience,
        "hint": one.hint,
        "capacity": "" if one.capacity is None else str(one.capacity),
        "mode": one.mode or "",
        "on_request": "1" if one.on_request else "",
        "takes_no_seat": "" if one.takes_seat else "1",
        "badges": str(one.badges or ""),
        "sessions": [str(session_id) for session_id in one.session_ids],
        "account_code": one.account_code,
        "opens_at": _wall(one.opens_at, zone),
        "closes_at": _wall(one.closes_at, zone),
        "instalments": "\n".join(f"{part.due_on.isoformat()} {part.share / 100:g}%" for part in one.instalments),
    }


def _add_on(one: AddOnSpec) -> Row:
    words = {price.audience: price.cents for price in one.prices}
    return {
        "id": str(one.id),
        "name": one.name,
        "is_required": "1" if one.is_required else "",
        "account_code": one.account_code,
        "capacity": "" if one.capacity is None else str(one.capacity),
        "block": str(one.unlocks_block_id or ""),
        "badges": str(one.badges or ""),
        "prices": "\n".join(
            money.plain(cents) if audience is None else f"{audience} {money.plain(cents)}"
            for audience, cents in words.items()
        ),
    }


def _read_type(row: Row, at: str, zone: str) -> TypeSpec:
    name = _line(row, "name", at, 100)
    if not name:
        raise Unacceptable("Give the price a name, for example Member.", field=f"{at}-name")
    return TypeSpec(
        name=name,
        id=_whole(row, "id", at),
        prices=price_steps.read(row, at, zone),
        audience=row.get("audience", "anyone"),
        hint=_line(row, "hint", at, 255),
        mode=_mode(row, at),
        capacity=_whole(row, "capacity", at),
        on_request=bool(row.get("on_request")),
        takes_seat=not row.get("takes_no_seat"),
        badges=_whole(row, "badges", at) or 0,
        session_ids=[int(one) for one in row.get("sessions", []) if _digits(one)],
        account_code=_line(row, "account_code", at, 20) or "4000",
        opens_at=_moment(row, "opens_at", at, zone),
        closes_at=_moment(row, "closes_at", at, zone),
        instalments=_instalments(row, at),
    )


def _read_add_on(row: Row, at: str) -> AddOnSpec:
    name = _line(row, "name", at, 100)
    if not name:
        raise Unacceptable("Give the add-on a name.", field=f"{at}-name")
    prices = []
    for line in row.get("prices", "").splitlines():
        audience, _, amount = line.strip().rpartition(" ")
        if audience and audience not in dict(AUDIENCES):
            raise Unacceptable("Write an amount, or one for each audience: member 75.00", field=f"{at}-prices")
        if amount:
            prices.append(PriceSpec(money.typed(amount, field=f"{at}-prices"), audience=audience or None))
    if not prices:
        raise Unacceptable("Write what it costs; it may be 0.00.", field=f"{at}-prices")
    return AddOnSpec(
        name=name,
        id=_whole(row, "id", at),
        prices=prices,
        is_required=bool(row.get("is_required")),
        capacity=_whole(row, "capacity", at),
        unlocks_block_id=_whole(row, "block", at),
        badges=_whole(row, "badges", at) or 0,
        account_code=_line(row, "account_code", at, 20) or "4100",
    )


def _read_rule(row: Row, at: str) -> GroupRuleSpec:
    percent = re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?", row.get("percent", "").strip())
    if percent is None:
        raise Unacceptable("Write the percentage, for example 10.", field=f"{at}-percent")
    count = _whole(row, "min_count", at)
    return GroupRuleSpec(count or 0, int(percent[1]) * 100 + int((percent[2] or "0").ljust(2, "0")))


def _instalments(row: Row, at: str) -> list[InstalmentSpec]:
    found = []
    for line in row.get("instalments", "").splitlines():
        if line.strip():
            part = re.fullmatch(r"(\S+)\s+(\d{1,3})(?:\.(\d{1,2}))?\s*%", line.strip())
            if part is None:
                raise Unacceptable("Write each part as a date and a share: 2026-12-04 33.34%", field=f"{at}-instalments")
            share = int(part[2]) * 100 + int((part[3] or "0").ljust(2, "0"))
            found.append(InstalmentSpec(price_steps.day(part[1], f"{at}-instalments"), share))
    return found


def _mode(row: Row, at: str) -> str | None:
    if row.get("mode", "") not in dict(MODES):
        raise Unacceptable("Choose in person or online.", field=f"{at}-mode")
    return row.get("mode") or None


def _line(row: Row, name: str, at: str, limit: int) -> str:
    return text.clean(row.get(name, ""), field=f"{at}-{name}", limit=limit)


def _whole(row: Row, name: str, at: str) -> int | None:
    typed_ = row.get(name, "").strip()
    if not typed_:
        return None
    if not _digits(typed_):
        raise Unacceptable("Write a whole number, or leave it empty.", field=f"{at}-{name}")
    return int(typed_)


def _digits(typed_: str) -> bool:
    return typed_.isascii() and typed_.isdigit() and len(typed_) < 10


def _moment(row: Row, name: str, at: str, zone: str) -> datetime | None:
    typed_ = row.get(name, "").strip()
    if not typed_:
        return None
    try:
        wall = datetime.strptime(typed_[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - a wall-clock time; the zone is applied below
    except ValueError:
        raise Unacceptable("Write the date and time as 2026-12-04T09:00.", field=f"{at}-{name}") from None
    return times.instant(wall, zone, fold=0, field=f"{at}-{name}")


def _wall(moment: datetime | None, zone: str) -> str:
    return times.local(moment, zone).strftime("%Y-%m-%dT%H:%M") if moment else ""
