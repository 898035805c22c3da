"""What who buys does in her browser and at Stripe, as steps of a story."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from tests.bench.people import Visitor
from tests.concurrency.crashes.play import Asks, Elsewhere, Play, Step, Works
from tests.support import html

EMAIL = "ada@home.example"


def path_of(address: str) -> str:
    """The path of an address of ours."""
    return "/" + address.split("/", 3)[3] if address.startswith("http") else address


def registers(play: Play, visitor: Visitor) -> None:
    """The form is filled once; after a crash the same form is sent again, as a browser's reload does."""
    where = "/events/rhythms-of-care/register"
    if "form" not in play.known.paths:
        _, _, page = visitor.get(where)
        form = html.parse(page.decode()).form("")
        kinds = [box.attributes["value"] for box in form.all("input", type="radio", name="type")]
        typed = {"given_name": ["Ada"], "family_name": ["Ek"], "email": [EMAIL], "type": kinds[-1:]}
        play.known.paths["form"] = [(name, value) for name, values in (html.filled(form) | typed).items() for value in values]
    status, headers, body = visitor.post(where, play.known.paths["form"])
    assert status == 303, (status, html.parse(body.decode()).errors())
    play.known.paths["order"] = path_of(headers["location"]).removesuffix("/review")


def goes_to_pay(play: Play, visitor: Visitor) -> None:
    """From the review to Stripe's page; after a crash from the review again."""
    order = play.known.paths["order"]
    status, _, page = visitor.get(f"{order}/review")
    assert status == 200, status
    there = visitor.submit(page, "/place", order, method="card")
    assert there.startswith(play.site.stripe.api_base), there
    play.known.paths["page"] = there


def returns(play: Play, visitor: Visitor) -> None:
    """Stripe sends her back to us."""
    status, headers, _ = visitor.get(play.known.paths["back"])
    assert (status, path_of(headers["location"])) == (303, play.known.paths["order"])


def cancels(play: Play, visitor: Visitor) -> None:
    """She gives her place back; when it is gone already, her order says so."""
    order = play.known.paths["order"]
    _, _, page = visitor.get(order)
    links = [one.attributes["href"] for one in html.parse(page.decode()).all("a") if "/cancel/" in one.attributes.get("href", "")]
    if links:
        _, _, page = visitor.get(links[0])
        visitor.submit(page, links[0], links[0])


def pays(play: Play) -> None:
    """On Stripe's page."""
    play.at_stripe()
    told = play.site.stripe.pay(play.known.paths["page"])
    assert told["state"] == "paid"
    play.known.paths["back"] = path_of(told["redirect"])  # where Stripe sends who paid


def passes(play: Play, minutes: int) -> None:
    """Time goes by; Stripe's clock runs a little behind, so that an open page is ours to close."""
    play.known.now += timedelta(minutes=minutes)
    play.at_stripe(play.known.now - timedelta(minutes=minutes - 25))


COMES, GOES = Asks("registers", registers), Asks("goes to pay", goes_to_pay)
AT_STRIPE: list[Step] = [replace(COMES, spared=True), replace(GOES, spared=True)]
PAYS, HOUR, MAIL = Elsewhere("pays", pays), Elsewhere("an hour", partial(passes, minutes=60)), Works("mail", ("mail",))
QUIET_MAIL = replace(MAIL, spared=True)
