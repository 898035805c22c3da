"""The places of an agency as rows, and the filters that stay in the address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from webapp.core import money, times
from webapp.core.text import searchable
from webapp.payments.rules.standing import Balance
from webapp.web.events import words

SEASONS = (("coming", "Coming"), ("past", "The last year"))
MONEY = (("ours", "On your account"), ("open", "Open"), ("overdue", "Overdue"), ("theirs", "Not on your account"))
STATES = {"held": ("Being paid", "warn"), "confirmed": ("Confirmed", "ok"), "cancelled": ("Cancelled", "plain")}


@dataclass(frozen=True)
class Filters:
    """What part is shown; an empty value asks for nothing."""

    season: str = "coming"
    q: str = ""
    event: str = ""
    money: str = ""

    def query(self, **changes: Any) -> str:
        """The query of the address with these filters, some of them changed."""
        new = replace(self, **{name: value for name, value in changes.items() if name != "page"})
        values = {"season": new.season if new.season != "coming" else "", "q": new.q, "event": new.event, "money": new.money,
                  "page": changes.get("page", "")}
        kept = {name: value for name, value in values.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def asked() -> Filters:
    """The filters of the address; what makes no sense is left out."""
    season, event, owed = (request.args.get(name, "") for name in ("season", "event", "money"))
    typed = "".join(letter for letter in request.args.get("q", "")[:100] if letter.isprintable()).strip()
    return Filters(season if season in dict(SEASONS) else "coming", typed if searchable(typed) else "", event[:200],
                   owed if owed in dict(MONEY) else "")


def rows(found: Sequence[Any], standing: dict[int, Balance], now: datetime) -> list[dict[str, Any]]:
    """Every place with its words; what a colleague bought for herself says nothing of money or order."""
    return [_row(one, standing.get(one.id, Balance()), now) for one in found]


def narrowed(listed: Sequence[dict[str, Any]], filters: Filters) -> list[dict[str, Any]]:
    """The rows that fit."""
    sought = searchable(filters.q).split()
    return [row for row in listed
            if row["season"] == filters.season and (not filters.event or row["slug"] == filters.event)
            and (not filters.money or filters.money in row["kinds"]) and all(word in row["sought"] for word in sought)]


def _row(one: Any, balance: Balance, now: datetime) -> dict[str, Any]:
    name = f"{one.given_name or ''} {one.family_name or ''}".strip() or "Not yet named"
    return {
        "season": "past" if one.ends_at is not None and one.ends_at <= now else "coming",
        "name": name,
        "sought": searchable(name, one.po_number if one.is_payer else ""),
        "type": one.type,
        "title": one.title,
        "slug": one.slug,
        "when": _when(one),
        "starts": _day(one.starts_at, one.zone),
        "state": STATES[one.state],
        "money": (("Not yet", "plain") if one.state == "held" else balance.word) if one.is_payer else ("Not on your account", "plain"),
        "kinds": _kinds(balance) if one.is_payer else ("theirs",),
        "order": one.ref if one.is_payer else "",
        "po": one.po_number if one.is_payer else "",
        "open": money.written(balance.open_cents) if one.is_payer and balance.open_cents else "",
    }


def _kinds(balance: Balance) -> tuple[str, ...]:
    return ("ours", *(["open"] if balance.open_cents else []), *(["overdue"] if balance.overdue_now_cents else []))


def _when(one: Any) -> str:
    if one.starts_at is None:
        return "Dates follow"
    return words.days_span(times.local(one.starts_at, one.zone).date(), times.local(one.ends_at, one.zone).date())


def _day(moment: datetime | None, zone: str) -> date | None:
    return times.local(moment, zone).date() if moment is not None else None
