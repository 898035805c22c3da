"""What somebody asks for when she registers, and what she gets: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.registration.badges.rules import Written
from webapp.registration.funds.rules import Grant
from webapp.registration.pricing import Line
from webapp.registration.sale import AddOnOffer, TypeOffer
from webapp.registration.setasides.standing import Standing


@dataclass(frozen=True)
class Attendee:
    """One person who wants a place. `person_id` when she is signed in herself, or works for the agency that books; a new person is made
    otherwise. `to_follow`: nobody is named yet; messages about the place go to the buyer.

    `answers`: question key -> text, or list of texts; `asked` spares reading the questions when they are at hand.
    `breakouts`: block id -> session id; None says "none of them", a block that is left out says "I decide later".
    `add_ons`: add-on id -> how many. `badges`: add-on id (None: the type) -> what stands on the badges of the first of them.
    """

    type_id: int
    given: str = ""
    family: str = ""
    email: str = ""
    person_id: int | None = None
    mode: str | None = None
    member_number: str = ""
    profile: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    asked: Sequence[Any] | None = None
    breakouts: Mapping[int, int | None] = field(default_factory=dict)
    add_ons: Mapping[int, int] = field(default_factory=dict)
    badges: Mapping[int | None, Sequence[Written]] = field(default_factory=dict)
    to_follow: bool = False
    fund_words: str | None = None  # she asks for help with the price, in these words; None: she does not


@dataclass(frozen=True)
class Buyer:
    """Who orders, and is asked to pay unless she names an agency when placing. `agency_id`: she books for her agency, which pays."""

    name: str
    email: str
    person_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Held:
    """An order that keeps its places for a while. `repeated`: the same form came twice and made one order. `note`: what became of the
    discount code when it took nothing off."""

    order_id: int
    ref: str
    total_cents: int
    repeated: bool = False
    note: str = ""


@dataclass(frozen=True)
class Place:
    """A wish that was checked: who (None: named later), as what, how, with what, and what it costs."""

    person_id: int | None
    email: str
    type: TypeOffer
    mode: str
    lines: list[Line]
    add_ons: list[tuple[AddOnOffer, int]] = field(default_factory=list)
    badges: Mapping[int | None, Sequence[Written]] = field(default_factory=dict)
    group_id: int | None = None
    code_id: int | None = None  # the discount code whose lines are among them
    fund: Grant | None = None  # the fund whose lines are among them
    fund_words: str | None = None
    breakouts: Mapping[int, int | None] = field(default_factory=dict)
    answers: Mapping[str, Any] | None = None  # None: nothing was asked
    asked: Sequence[Any] | None = None
    aside: Standing | None = None  # the set-aside whose seat it gets; None: open sale
