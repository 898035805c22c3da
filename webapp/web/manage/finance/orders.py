"""The list of orders with its filters, which stay in the address."""

from datetime import date
from urllib.parse import urlencode

from flask import render_template, request

from webapp.core.text import searchable
from webapp.payments.queries import orders
from webapp.payments.queries.orders import Filters
from webapp.web import access
from webapp.web.manage.finance.blueprint import frame, page_offset, pages, today

METHODS = [("card", "Card"), ("invoice", "Invoice"), ("free", "Free"), ("door", "At the door")]


@pages.get("/manage/finance/orders")
@access.staff("finance")
def listing() -> str:
    """Orders by state of money, event, payer and due date, fifty at a time."""
    filters = asked()
    page, offset = page_offset(orders.PAGE)
    rows, total = orders.listing(filters, today(), offset)
    events = orders.payable_events()
    return render_template(
        "manage/finance_orders.html",
        rows=rows,
        total=total,
        filters=filters,
        events=events,
        methods=METHODS,
        money=orders.MONEY,
        chosen=_chosen(filters, dict(events)),
        pages=_pages(page, total),
        first=offset + 1,
        last=offset + len(rows),
        **frame("orders"),
    )


def asked() -> Filters:
    """The filters of the address; what makes no sense is left out."""
    args = request.args
    event, due_by = args.get("event", ""), args.get("due_by", "")
    try:
        day = date.fromisoformat(due_by) if due_by else None
    except ValueError:
        day = None
    money, method = args.get("money", ""), args.get("method", "")
    return Filters(
        q=_typed(args.get("q", "")),
        money=money if money in orders.MONEY else "",
        event_id=int(event) if event.isdecimal() and len(event) < 10 else None,
        method=method if method in dict(METHODS) else "",
        due_by=day,
    )


def address(filters: Filters, **changes: object) -> str:
    """The list's address with these filters, some of them changed."""
    values = {
        "q": filters.q,
        "money": filters.money,
        "event": filters.event_id,
        "method": filters.method,
        "due_by": filters.due_by,
    }
    kept = {name: str(value) for name, value in (values | changes).items() if value}
    return "/manage/finance/orders" + (f"?{urlencode(kept)}" if kept else "")


def _typed(q: str) -> str:
    return "".join(c for c in q[:100] if c.isprintable()).strip() if searchable(q[:100]) else ""


def _chosen(filters: Filters, events: dict[int, str]) -> list[dict[str, str]]:
    entries = []
    if filters.q:
        entries.append({"label": f"“{filters.q}”", "href": address(filters, q="")})
    if filters.money:
        entries.append({"label": orders.MONEY[filters.money], "href": address(filters, money="")})
    if filters.event_id:
        entries.append({"label": events.get(filters.event_id, "An event"), "href": address(filters, event="")})
    if filters.method:
        entries.append({"label": dict(METHODS)[filters.method], "href": address(filters, method="")})
    if filters.due_by:
        entries.append({"label": f"Due by {filters.due_by.isoformat()}", "href": address(filters, due_by="")})
    return entries


def _pages(page: int, total: int) -> dict[str, str]:
    filters = asked()
    more = page * orders.PAGE < total
    return {
        "earlier": address(filters, page=page - 1) if page > 1 else "",
        "later": address(filters, page=page + 1) if more else "",
    }
