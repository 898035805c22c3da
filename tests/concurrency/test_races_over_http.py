"""Many browsers at once against four web processes: the last places, one breakout, one invoice number, one refund, one click."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.bench.people import Visitor
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import html
from tests.support.servers import Site
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments.models import Invoice, Refund
from webapp.payments.receipts import Received, record
from webapp.registration import seats
from webapp.registration.models import Order, Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time, pytest.mark.slow]
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def site(clean_db: str, tmp_path: Path) -> Iterator[Site]:
    """Four web processes over a private database."""
    with Site(clean_db, tmp_path, workers=4, with_worker=False, stripe=False) as running:
        yield running


def race(acts: list[Callable[[], Answer]]) -> list[Answer]:
    """All acts at one moment; their answers in the order of the acts."""
    start, came = threading.Barrier(len(acts)), {}

    def run(number: int, act: Callable[[], Answer]) -> None:
        start.wait()
        came[number] = act()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [came[number] for number in range(len(acts))]


def filled(visitor: Visitor, path: str, action: str, **typed: str) -> tuple[str, list[tuple[str, str]]]:
    """The form of a page as this visitor would send it: its address and fields."""
    status, _, page = visitor.get(path)
    assert status == 200, (status, path)
    form = next(one for one in html.parse(page.decode()).all("form")
                if one.attributes.get("action", "").endswith(action) and one.attributes.get("action") != "/logout")
    fields = html.filled(form) | {name: [value] for name, value in typed.items()}
    return form.attributes.get("action") or path, [(key, value) for key, values in fields.items() for value in values]


def asking(site: Site, slug: str, number: int) -> Callable[[], Answer]:
    """A guest with the filled form of a place in her hand."""
    visitor, path = Visitor(site.url), f"/events/{slug}/register"
    _, _, page = visitor.get(path)
    kinds = [box.attributes["value"] for box in html.parse(page.decode()).all("input", type="radio", name="type")]
    where, fields = filled(visitor, path, "", type=kinds[-1], given_name="Race", family_name=f"Number {number}",
                           email=f"race{number}@home.example")
    return lambda: visitor.post(where, fields)


def signed_in(site: Site, address: str) -> Visitor:
    """Somebody who signed in by password."""
    visitor = Visitor(site.url)
    where, fields = filled(visitor, "/login", "", email=address, password=people.PASSWORD)
    assert visitor.post(where, fields)[0] == 303
    return visitor


def count(model: Any, *where: Any) -> int:
    """Rows as committed now."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_sixty_four_clients_for_fifty_seats(site: Site) -> None:
    with transaction():
        slug = events.workshop(capacity=50, member=0, non_member=0).slug
    came = race([asking(site, slug, number) for number in range(64)])
    assert Counter(status for status, _, _ in came) == {303: 50, 422: 14}
    refused = [body.decode() for status, _, body in came if status == 422]
    assert all("full" in body and 'role="alert"' in body for body in refused)
    assert (count(Registration, Registration.state == "held"), seats.recount()) == (50, [])


def test_the_last_seat_of_a_breakout(site: Site) -> None:
    with transaction():
        event = events.conference(rooms=(1, 20), member=0, non_member=0)
        block = events.blocks(event)["A"].id
        wanted = next(one.id for one in events.sessions(event) if one.title == "Breakout A1")
        ours = [places.held(event, people.person()) for _ in range(8)]
        refs = [db.session.get_one(Order, one.order_id).ref for one in ours]
    visitors = [Visitor(site.url) for _ in refs]
    forms = [filled(one, f"/orders/{ref}/breakouts", "/breakouts", **{f"block_{block}": str(wanted)})
             for one, ref in zip(visitors, refs, strict=True)]
    came = race([lambda one=one, form=form: one.post(*form) for one, form in zip(visitors, forms, strict=True)])  # type: ignore[misc]
    assert Counter(status for status, _, _ in came) == {303: 1, 422: 7}
    assert all("is full" in body.decode() for status, _, body in came if status == 422) and seats.recount() == []


def test_invoice_numbers_have_no_gaps_and_no_doubles(site: Site) -> None:
    with transaction():
        event = events.workshop()
        refs = [db.session.get_one(Order, places.held(event, people.person()).order_id).ref for _ in range(8)]
    visitors = [Visitor(site.url) for _ in refs]
    forms = [filled(one, f"/orders/{ref}/review", "/place", method="invoice", agency="Lakeshore", billing_email="office@home.example")
             for one, ref in zip(visitors, refs, strict=True)]
    came = race([lambda one=one, form=form: one.post(*form) for one, form in zip(visitors, forms, strict=True)])  # type: ignore[misc]
    assert {status for status, _, _ in came} == {303}
    db.session.rollback()
    numbers = sorted(int(number.rsplit("-", 1)[-1]) for number in db.session.scalars(select(Invoice.number)))
    assert numbers == list(range(numbers[0], numbers[0] + 8))


def test_two_of_finance_refund_the_same_money(site: Site) -> None:
    with transaction():
        desk = [people.person("Fay", f"Nance {n}", email=f"finance{n}@home.example", roles=["finance"]) for n in range(2)]
        place = places.registered(events.workshop(), people.person())
        ref = db.session.get_one(Order, place.order_id).ref
        record(place.order_id, Received("cheque", 15_000, clock.today("America/Chicago"), "America/Chicago", number="7"), by_id=desk[0].id)
    visitors = [signed_in(site, f"finance{n}@home.example") for n in range(2)]
    forms = [filled(one, f"/manage/finance/orders/{ref}/refund", "", amount="150.00", reason="Ill") for one in visitors]
    came = race([lambda one=one, form=form: one.post(*form) for one, form in zip(visitors, forms, strict=True)])  # type: ignore[misc]
    assert sorted(status for status, _, _ in came) == [303, 422]
    assert next(body for status, _, body in came if status == 422).decode().count("can still be refunded") >= 1
    assert count(Refund) == 1


def test_a_double_click_is_one_order(site: Site) -> None:
    with transaction():
        slug = events.workshop().slug
    click = asking(site, slug, 1)
    one = Visitor(site.url)
    where, fields = filled(one, f"/events/{slug}/register", "", given_name="Twice", email="twice@home.example")
    again = Visitor(site.url)
    again.cookies = one.cookies
    kinds = dict(fields)
    fields = [(key, value) for key, value in fields if key != "type"] + [("type", kinds.get("type") or _kind(one, slug))]
    came = race([lambda: one.post(where, fields), lambda: again.post(where, fields)])
    assert {status for status, _, _ in came} == {303}
    assert len({headers["location"] for _, headers, _ in came}) == 1
    assert count(Order) == 1
    assert click()[0] == 303


def _kind(visitor: Visitor, slug: str) -> str:
    _, _, page = visitor.get(f"/events/{slug}/register")
    return html.parse(page.decode()).all("input", type="radio", name="type")[-1].attributes["value"]
