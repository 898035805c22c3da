"""What is sold, in the form of an event file; `Document` is the whole file."""

from typing import Literal

from webapp.catalog.transfer import CatalogForm, Strict
from webapp.catalog.transfer.form import Day, Moment

Audience = Literal["anyone", "member", "non_member", "student", "presenter", "scholarship"]


class PriceForm(Strict):
    """An amount in cents with its dates (`until` is the first moment it no longer applies)."""

    cents: int
    label: str = ""
    since: str | None = Moment
    until: str | None = Moment
    audience: Audience | None = None


class InstalmentForm(Strict):
    """A part of the price, in basis points of 10,000."""

    due_on: str = Day
    share: int


class TypeForm(Strict):
    """A registration type. `sessions` are numbers in the file's list, from 1; types with the same `shares` have one limit; one that takes
    no seat is an exhibitor's table."""

    name: str
    hint: str = ""
    audience: Audience = "anyone"
    mode: Literal["in_person", "online"] | None = None
    on_request: bool = False
    account_code: str = "4000"
    opens_at: str | None = Moment
    closes_at: str | None = Moment
    capacity: int | None = None
    shares: str = ""
    prices: list[PriceForm] = []
    instalments: list[InstalmentForm] = []
    takes_seat: bool = True
    badges: int = 0
    sessions: list[int] = []


class AddOnForm(Strict):
    """Something bought beside the place."""

    name: str
    required: bool = False
    capacity: int | None = None
    unlocks: str = ""
    account_code: str = "4100"
    badges: int = 0
    prices: list[PriceForm] = []


class GroupRuleForm(Strict):
    """From so many places, so many basis points less."""

    min_count: int
    percent: int


class Document(CatalogForm):
    """An event file."""

    types: list[TypeForm] = []
    add_ons: list[AddOnForm] = []
    group_rules: list[GroupRuleForm] = []
