"""Tells a story undisturbed, then once for each point at which one of its processes can die, and compares the ends."""

from collections import Counter
from collections.abc import Sequence

from tests.concurrency.crashes import play as plays
from tests.concurrency.crashes.play import Begin, Scene, Step
from tests.machines.kept import books, messages, money, seats
from tests.machines.seen import Reader
from tests.support import till
from tests.support.mortal import Mortal
from webapp.core import clock

TWICE = "after the mail"  # between the server's 250 and our first byte about it nobody can know: docs/decisions/outbox.md


def dies_everywhere(site: Mortal, begin: Begin, steps: Sequence[Step], at_least: int) -> None:
    """No death changes how the story ends. `at_least`: so many points it has, else it is not the story that was meant."""
    plays.rehearse(site, steps, begin)
    scenes, ending = plays.undisturbed(site, steps, begin)
    check(site, "undisturbed")
    assert not repeated(site)
    wrong = [trouble for scene in scenes for number, point in enumerate(scene.points, 1)
             if (trouble := told(site, steps, scene, number, point, ending))]
    total = sum(len(scene.points) for scene in scenes)
    for scene in scenes:
        site.forget(scene.before)
    assert not wrong, f"{len(wrong)} of {total} deaths ended wrong:\n" + "\n".join(wrong)
    assert total >= at_least, [(scene.step.name, scene.points) for scene in scenes]


def told(site: Mortal, steps: Sequence[Step], scene: Scene, number: int, point: str, ending: dict) -> str:
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
    (now, _), there = Reader().look(), site.stripe.control("books")
    delivered = {one["id"] for one in there["payment_intents"] if one["status"] == "succeeded"}
    seats.never_sold_twice(now)
    seats.who_is_active_holds_her_pools(now)
    seats.one_place_per_person_and_event(now)
    seats.seats_follow_their_registration(now)
    seats.orders_and_places_agree(now)
    money.every_cent_has_its_place(now)
    money.owed_is_the_sum_of_charges(now, clock.today(till.ZONE))
    money.events_apply_once(now)
    money.stripe_and_we_agree(now, there, delivered, set())
    messages.one_message_for_one_fact(now)
    books.balances_never_fall_below_nothing(now)
    books.checks_are_the_sum_of_their_payments(now)
    books.one_question_for_an_order(now)
    assert not [one for one in now.messages if one.state == "sending"], where
