"""What finance, an approver and a bank do, as steps of a story: pages are read, forms filled and sent, as in a browser."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from tests.bench.people import Visitor
from tests.concurrency.crashes.buying import path_of
from tests.concurrency.crashes.play import Asks, Elsewhere, Play
from tests.factories.people import PASSWORD
from tests.support import html

FINANCE, AGENCY, APPROVER = "fin@association.example", "Dane County", "dana@dane.example"
Typed = str | Callable[[Play], str]


def signs_in(visitor: Visitor) -> None:
    """Finance has signed in."""
    _, _, page = visitor.get("/login")
    visitor.submit(page, "", "/login", email=FINANCE, password=PASSWORD)


def fills(name: str, where: str, link: str = "", *, form: str = "", spared: bool = False, **typed: Typed) -> Asks:
    """Finance opens a page of the desk (or the first of its links that fits), fills its form and sends it.

    `{order}`: the buyer's; `{after a slip}`: where the step of that name led. After a death the same form is sent once more, as a
    browser's reload does.
    """
    def act(play: Play, visitor: Visitor) -> None:
        if name not in play.known.paths:
            play.known.paths[name] = _filled(play, visitor, where.format(**play.known.paths), link, form, typed)
        status, headers, body = visitor.post(*play.known.paths[name])
        assert status == 303, (name, status, html.parse(body.decode()).errors() or html.parse(body.decode()).text[:500])
        play.known.paths[f"after {name}"] = path_of(headers["location"])

    return Asks(name, act, spared, who="finance")


def _filled(play: Play, visitor: Visitor, where: str, link: str, form: str, typed: dict[str, Typed]) -> tuple[str, list[tuple[str, str]]]:
    """Where a form is sent and what stands in it; what is typed under `part` goes into every such field."""
    if link:
        where = next(there for there in _read(visitor, where).links().values() if re.search(link, there))
    [found] = [one for one in _read(visitor, where).all("form", method="post") if _fits(one.attributes.get("action", ""), form)]
    fields = html.filled(found)
    for field, value in typed.items():
        text = value if isinstance(value, str) else value(play)
        for one in [one for one in fields if one.startswith("part_")][:None if field == "parts" else 1] if field in PARTS else [field]:
            fields[one] = [text]
    return found.attributes.get("action") or where, [(one, value) for one, values in fields.items() for value in values]


def _fits(action: str, form: str) -> bool:
    return action.endswith(form) if form else not action


PARTS = ("part", "parts")  # of the first order only, or of each


def _read(visitor: Visitor, where: str) -> html.Page:
    status, _, page = visitor.get(where)
    assert status == 200, (where, status)
    return html.parse(page.decode())


def control(name: str, wish: str, **more: Any) -> Elsewhere:
    """Something at Stripe or at a bank; what it is about is the newest dispute, or the only payment."""
    def act(play: Play) -> None:
        play.at_stripe()
        books = play.site.stripe.control("books")
        about = {"dispute": {"payment_intent": books["payment_intents"][0]["id"]}, "payout": {}}.get(
            wish, {"dispute": books["disputes"][-1]["id"]} if books["disputes"] else {})
        play.site.stripe.control(wish, **about, **more)

    return Elsewhere(name, act)


def asks_agency(play: Play, visitor: Visitor) -> None:
    """The buyer lets her agency pay; after a crash from her order again."""
    order = play.known.paths["order"]
    status, _, page = visitor.get(f"{order}/review")
    if status == 303:
        return
    visitor.submit(page, "/place", order, method="approval", agency=AGENCY, approver="Dana", approver_email=APPROVER)


def opens_link(play: Play) -> str:
    """The path of the newest link in the approver's mail."""
    words = [one.get_body(("plain",)).get_content() for one in play.site.mail.messages if APPROVER in str(one["To"])]
    return urlsplit(re.findall(r"https?://\S+/approve/\S+", "\n".join(words))[-1]).path


def decides(word: str, play: Play, visitor: Visitor) -> None:
    """The approver presses one of her buttons; what was answered already says so on her page."""
    link = play.known.paths["link"] = opens_link(play)
    found = [one for one in _read(visitor, link).all("form") if one.attributes.get("action", "").endswith(word)]
    if not found:
        return
    fields = [(name, value) for name, values in html.filled(found[0]).items() for value in values]
    status, headers, _ = visitor.post(f"{link}{word}", fields)
    assert status == 303, status
    play.known.paths["page"] = headers["location"]


def comes_back(play: Play, visitor: Visitor) -> None:
    """Stripe sends the approver back to us; she ends on the page she came from, whatever links came by mail since."""
    status, headers, _ = visitor.get(play.known.paths["back"])
    assert (status, path_of(headers["location"])) == (303, play.known.paths["link"]), (status, headers)


AGENCY_ASKED = Asks("asks her agency", asks_agency)
TO_CARD = Asks("the approver goes to pay", partial(decides, "/card"), who="approver")
BACK = Asks("the approver comes back", comes_back, who="approver")
SAYS_YES = Asks("the approver says yes", partial(decides, "/yes"), who="approver")
