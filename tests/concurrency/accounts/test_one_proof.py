"""Two who prove one address, or use one link, at the same moment: exactly one does."""

from functools import partial

import pytest
from flask import Flask

from tests.factories.people import guest, person
from tests.support.racing import race
from webapp.accounts import addresses, links, merges, people, sign_in
from webapp.core.db import transaction

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 6


def test_one_address_is_proved_by_one_of_many(app: Flask, clean_db: str) -> None:
    with transaction():
        rows = [guest(f"P{n}", "Office", email="office@home.example").addresses[0].id for n in range(AT_ONCE)]
    came = race(app, [partial(addresses.verify, row) for row in rows])
    assert came == ["done"] + ["taken"] * (AT_ONCE - 1)
    assert people.find_verified("office@home.example") is not None


def test_one_link_is_used_once(app: Flask, clean_db: str) -> None:
    with transaction():
        secret = links.issue("magic", person(email="ana@home.example").addresses[0].id)
    came = race(app, [partial(sign_in.enter_by_link, secret, "magic")] * AT_ONCE)
    assert came == ["done"] + ["link_ended"] * (AT_ONCE - 1)


def test_one_person_is_merged_into_one_of_two(app: Flask, clean_db: str) -> None:
    with transaction():
        source, *targets = (guest("Ana", "Ruiz", email=f"{n}@home.example").id for n in range(3))
    came = race(app, [partial(merges.merge, source, into, how="staff", decided_by_id=None, conflicts=merges.none) for into in targets])
    # where the second came after the first, it joins all three
    assert sorted(len(merges.standing(into)) for into in targets) == ([0, 1] if "already_done" in came else [2, 2])


def test_merges_in_both_directions_never_make_a_circle(app: Flask, clean_db: str) -> None:
    with transaction():
        one, other = (guest("Ana", "Ruiz", email=f"{n}@home.example").id for n in range(2))

    def join(source: int, target: int) -> object:
        return merges.merge(source, target, how="staff", decided_by_id=None, conflicts=merges.none)

    assert race(app, [lambda: join(one, other), lambda: join(other, one)]) == ["already_done", "done"]
    assert people.family_ids(one) == {one, other}
