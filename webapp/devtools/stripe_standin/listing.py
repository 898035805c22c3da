"""Lists and expansion: what `GET /v1/<things>` and `expand[]` share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from webapp.devtools.stripe_standin import refusals, shapes
from webapp.devtools.stripe_standin.store import Body, Transaction

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
MAX_EXPANSION_DEPTH = 4

Condition = tuple[str, list[Any]]


def page(tx: Transaction, kind: str, params: Body, url: str, extra: list[Condition] | None = None) -> Body:
    """Return one page, newest first. Parameters not about paging compare the field of the same name."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise refusals.invalid("Invalid limit: must be between 1 and 100.", param="limit")
    backwards = "ending_before" in params
    conditions = [*_filters(params), *_cursor(tx, params), *(extra or [])]
    where = " AND ".join(["kind = ?", *(sql for sql, _ in conditions)])
    values = [value for _, some in conditions for value in some]
    order = "ASC" if backwards else "DESC"
    found = tx.rows(
        f"SELECT body FROM objects WHERE {where} ORDER BY seq {order} LIMIT ?", kind, *values, limit + 1
    )
    bodies = [json.loads(row["body"]) for row in found[:limit]]
    return shapes.listed(bodies[::-1] if backwards else bodies, url, has_more=len(found) > limit)


def _filters(params: Body) -> list[Condition]:
    paging = {"limit", "starting_after", "ending_before", "expand"}
    return [_filter(name, value) for name, value in params.items() if name not in paging]


def _filter(name: str, value: Any) -> Condition:
    field = f"json_extract(body, '$.{name}')"
    if name in ("created", "arrival_date") and isinstance(value, dict):
        return " AND ".join(f"{field} {COMPARISONS[sign]} ?" for sign in value), list(value.values())
    if isinstance(value, dict):
        return " AND ".join(f"json_extract(body, '$.{name}.{key}') = ?" for key in value), list(
            value.values()
        )
    return f"{field} = ?", [value]


def _cursor(tx: Transaction, params: Body) -> list[Condition]:
    conditions: list[Condition] = []
    for name, sign in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            found = tx.rows("SELECT seq FROM objects WHERE id = ?", params[name])
            if not found:
                raise refusals.missing("object", params[name], name, 400)
            conditions.append((f"seq {sign} ?", [found[0]["seq"]]))
    return conditions


def expand(tx: Transaction, body: Body, paths: list[str]) -> Body:
    """Return the answer with the named ids replaced by their objects, as deep as Stripe allows."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_EXPANSION_DEPTH:
            raise refusals.invalid("You cannot expand more than 4 levels of a property.", param="expand")
        _expand(tx, body, parts, path)
    return body


def _expand(tx: Transaction, body: Body, parts: list[str], path: str) -> None:
    head, *rest = parts
    if head == "data" and isinstance(body.get("data"), list):
        for item in body["data"]:
            _expand(tx, item, rest, path) if rest else None
        return
    if head not in body and (body.get("object"), head) in INCLUDED:
        body[head] = INCLUDED[body["object"], head](tx, body)
    if head not in body:
        raise refusals.invalid(f"This property cannot be expanded ({path}).", param="expand[0]")
    if isinstance(body[head], str):
        body[head] = tx.find(body[head]) or body[head]
    if rest and isinstance(body[head], dict):
        _expand(tx, body[head], rest, path)


def _session_lines(tx: Transaction, session: Body) -> Body:
    return shapes.listed(
        tx.private(session["id"])["line_items"], f"/v1/checkout/sessions/{session['id']}/line_items"
    )


def _charge_refunds(tx: Transaction, charge: Body) -> Body:
    found = tx.objects("refund", "json_extract(body, '$.charge') = ?", charge["id"])
    return shapes.listed(found[::-1], f"/v1/charges/{charge['id']}/refunds")


INCLUDED: dict[tuple[str, str], Callable[[Transaction, Body], Body]] = {
    ("checkout.session", "line_items"): _session_lines,
    ("charge", "refunds"): _charge_refunds,
}
