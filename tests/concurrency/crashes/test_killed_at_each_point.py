"""Killed after each commit, before and after each outside call and inside each transaction: what was begun ends right, with no hand.

Each story is told once undisturbed; that counts the points its processes pass. Then once for each point: the process dies there,
people and the timetable go on as ever, and the end must be the undisturbed one, with the rules of product.md kept.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import time_machine

from tests.bench.people import Visitor
from tests.concurrency.crashes import play as plays
from tests.concurrency.crashes.play import Asks, Elsewhere, Hears, Play, Scene, Step, Works
from tests.conftest import NOW
from tests.factories import events
from tests.machines.kept import messages, money, seats
from tests.machines.seen import Reader
from tests.support import html, till
from tests.support.databases import Databases
from tests.support.mortal import Moment, Mortal
from webapp.core import clock
from webapp.core.db import transaction

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time, pytest.mark.slow]
EMAIL = "ada@home.example"
TWICE = "after the mail"  # between the server's 250 and our first byte about it nobody can know: docs/decisions/outbox.md


@pytest.fixture(scope="module")
def site(module_db: str, database_place: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """The installation; each story begins in it anew."""
    with Mortal(module_db, database_place, tmp_path_factory.mktemp("mortal")) as made:
        yield made


@pytest.fixture(scope="module")
def begin(site: Mortal) -> Moment:
    """A workshop with three seats, and nobody in it."""
    with time_machine.travel(NOW, tick=False), transaction():
        events.workshop("Rhythms of care", capacity=3)
    return site.keep()


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
    session = play.known.paths["page"].rsplit("/", 1)[1]
    status, headers, _ = visitor.get(f"{play.known.paths['order']}/paid?session={session}")
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
    assert play.site.stripe.pay(play.known.paths["page"])["state"] == "paid"


def passes(play: Play, minutes: int) -> None:
    """Time goes by; Stripe's clock runs a little behind, so that an open page is ours to close."""
    play.known.now += timedelta(minutes=minutes)
    play.at_stripe(play.known.now - timedelta(minutes=minutes - 25))


COMES, GOES = Asks("registers", registers), Asks("goes to pay", goes_to_pay)
AT_STRIPE: list[Step] = [replace(COMES, spared=True), replace(GOES, spared=True)]
PAYS, HOUR, MAIL = Elsewhere("pays", pays), Elsewhere("an hour", partial(passes, minutes=60)), Works("mail", ("mail",))
QUIET_MAIL = replace(MAIL, spared=True)
STORIES: dict[str, list[Step]] = {
    "paid, cancelled, refunded": [
        COMES, GOES, PAYS, Hears("webhooks of the payment"), Asks("returns", returns), MAIL,
        Asks("cancels", cancels), Works("refunds", ("refunds",)), Hears("webhooks of the refund"), QUIET_MAIL],
    "paid, back before the webhook": [*AT_STRIPE, PAYS, Asks("returns", returns), Hears("webhooks of the payment"), QUIET_MAIL],
    "paid, no webhook ever": [*AT_STRIPE, PAYS, Works("sweep", ("reconcile",)), QUIET_MAIL],
    "never paid, the page still open": [*AT_STRIPE, HOUR, Works("the hold ends", ("money",)), Hears("the page is closed"), QUIET_MAIL],
    "paid while the hold ends": [*AT_STRIPE, PAYS, HOUR, Works("the hold ends", ("money",)), QUIET_MAIL],
}


@pytest.mark.parametrize("story", STORIES)
def test_a_process_that_dies_anywhere_changes_no_end(site: Mortal, begin: Moment, story: str) -> None:
    steps = STORIES[story]
    plays.rehearse(site, steps, begin)
    scenes, ending = plays.undisturbed(site, steps, begin)
    check(site, "undisturbed")
    assert max(ending["mail"].values()) == 1, ending["mail"]
    wrong = [trouble for scene in scenes for number, point in enumerate(scene.points, 1)
             if (trouble := told(site, steps, scene, number, point, ending))]
    total = sum(len(scene.points) for scene in scenes)
    for scene in scenes:
        site.forget(scene.before)
    assert not wrong, f"{len(wrong)} of {total} deaths ended wrong:\n" + "\n".join(wrong)
    assert total >= 10, scenes


def told(site: Mortal, steps: list[Step], scene: Scene, number: int, point: str, ending: dict) -> str:
    """What is wrong at the end of a story with this death; empty when nothing is."""
    where = f"{scene.number} {scene.step.name}, point {number}: {point}"
    try:
        found = plays.killed_at(site, steps, scene, number)
        again = repeated(site)
        assert len(again) <= point.startswith(TWICE), f"mail repeated: {again}"
        found["mail"] -= again
        assert found == ending, {name: (found[name], ending[name]) for name in ending if found[name] != ending[name]}
        check(site, where)
    except AssertionError as trouble:
        return f"{where}\n    {trouble}"
    return ""


def repeated(site: Mortal) -> Counter:
    """Mails that came again under the same Message-ID."""
    times = Counter(str(one["Message-ID"]) for one in site.mail.messages)
    return Counter({(str(one["To"]), str(one["Subject"])): times[str(one["Message-ID"])] - 1 for one in site.mail.messages
                    if times[str(one["Message-ID"])] > 1})


def check(site: Mortal, where: str) -> None:
    """The rules of product.md, as the machines ask them."""
    (now, _), books = Reader().look(), site.stripe.control("books")
    delivered = {one["id"] for one in books["payment_intents"] if one["status"] == "succeeded"}
    seats.never_sold_twice(now)
    seats.who_is_active_holds_her_pools(now)
    seats.one_place_per_person_and_event(now)
    seats.seats_follow_their_registration(now)
    seats.orders_and_places_agree(now)
    money.every_cent_has_its_place(now)
    money.owed_is_the_sum_of_charges(now, clock.today(till.ZONE))
    money.events_apply_once(now)
    money.stripe_and_we_agree(now, books, delivered, set())
    messages.one_message_for_one_fact(now)
    assert not [one for one in now.messages if one.state == "sending"], where
