"""The coming conference sells tables to exhibitors. A bookshop took one: one of its two badges has a name, the other follows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from webapp.cli.demo import events
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.core.db import db
from webapp.payments import invoices
from webapp.registration import offers, orders
from webapp.registration.badges.rules import Written
from webapp.registration.models import RegistrationType
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.orders import Attendee, BillTo, Buyer

OFFERED = timedelta(hours=2)  # after the conference was announced
BOUGHT = timedelta(hours=28)  # before now
TABLE = TypeSpec("Exhibitor", [PriceSpec(35_000)], hint="A table in the foyer; who attends too registers besides", mode="in_person",
                 account_code="4150", capacity=8, takes_seat=False, badges=2)
SHOP, MAIL = "Driftless Books", "orders@driftless-books.example"


def tell(story: Story, cast: Cast, editions: Sequence[Edition]) -> None:
    """Tables are sold from the beginning, in one way; the shop ordered one by invoice yesterday."""
    for edition in editions:
        if edition.years_back == 0 and edition.values["kind"] == "conference":
            story.at(events.announced(story, edition) + OFFERED, lambda edition=edition: _offer(cast, edition))  # type: ignore[misc]
            story.at(story.now - BOUGHT, lambda edition=edition: _buy(edition))  # type: ignore[misc]


def _offer(cast: Cast, edition: Edition) -> None:
    event = events.of(edition)
    sold = offers.of_event(event.id)
    offers.replace(event.id, replace(sold, types=[*sold.types, TABLE]), actor_id=cast.staff("joan"))


def _buy(edition: Edition) -> None:
    event = events.of(edition)
    table = db.session.scalars(select(RegistrationType).filter_by(event_id=event.id, covers="none")).one()
    held = orders.hold(
        event.id, [Attendee(table.id, "Ines", "Kowalke", MAIL, mode="in_person",
                            badges={None: [Written("Ines Kowalke", SHOP, MAIL), Written()]})],
        Buyer("Ines Kowalke", MAIL))
    orders.place(held.order_id, "invoice", bill_to=BillTo(SHOP, MAIL, f"{SHOP}\n208 Decker Street\nViroqua, WI 54665"))
    invoices.issue(held.order_id)
