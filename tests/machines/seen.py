"""All rows that the rules speak of, as plain columns. After a step only the tables that were written to are read again."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Engine, Row, event, select

from webapp.accounts.models import Membership
from webapp.catalog.models import Event, Pool, Session
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.payments import models as money
from webapp.registration import models as places
from webapp.registration.codes.models import CodeUse, DiscountCode
from webapp.registration.deferrals.models import Deferral
from webapp.registration.funds.models import Fund, FundRequest, PlaceShare
from webapp.registration.setasides.models import SetAside, SetAsidePool
from webapp.registration.waitlist.models import Waitlist, WaitlistEntry, WaitlistUse
from webapp.registration.years.models import MembershipYear

ACTIVE = ("held", "confirmed")
WRITES = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
COLUMNS: dict[str, tuple[Any, str]] = {
    "events": (Event, "id course_id status mode pool_id room_pool_id online_pool_id title"),
    "pools": (Pool, "id capacity taken kept waited aside"),
    "types": (places.RegistrationType, "id event_id pool_id mode"),
    "add_ons": (places.AddOn, "id pool_id"),
    "sessions": (Session, "id event_id pool_id block_id status starts_at ends_at zone title ical_uid sequence changed_at"),
    "uses": (places.PoolUse, "id registration_id pool_id count"),
    "orders": (places.Order, "id ref state method payer_id hold_until approval_until placed_at is_split"),
    "registrations": (places.Registration,
                      "id event_id person_id order_id type_id mode state set_aside_id confirmed_at ended_reason email"),
    "bought": (places.RegistrationAddOn, "registration_id add_on_id count"),
    "seats": (places.Seat, "id registration_id session_id state how ical_uid sequence changed_at"),
    "payers": (places.Payer, "id kind person_id agency_id name email"),
    "charges": (places.Charge,
                "id order_id payer_id event_id registration_id kind label amount_cents due_on voids_id explained created_at"),
    "payments": (money.Payment, "id order_id payer_id state method amount_cents provider_intent_id check_id note"),
    "refunds": (money.Refund, "id payment_id state amount_cents provider_refund_id to_balance again_id"),
    "allocations": (money.Allocation, "id payment_id charge_id refund_id amount_cents"),
    "told": (money.ProviderEvent, "id provider_id type outcome attempts applied_at"),
    "messages": (Message, "id fact kind state subject_of facts not_before message_id sent_at to_address"),
    "asides": (SetAside, "id event_id pool_id kind agency_id part_of_id session_id seats returns_at returned_at"),
    "aside_pools": (SetAsidePool, "set_aside_id pool_id"),
    "waitlists": (Waitlist, "id event_id pool_id mode type_id session_id last_number closed_at"),
    "entries": (WaitlistEntry, "id waitlist_id number rank ref person_id email registration_id seats claimed state offer_until"),
    "waits": (WaitlistUse, "entry_id pool_id count"),
    "codes": (DiscountCode, "id word uses max_uses max_per_person spent_cents budget_cents withdrawn_at"),
    "code_uses": (CodeUse, "id code_id registration_id cents ended_at"),
    "funds": (Fund, "id name order_id budget_cents used_cents withdrawn_at"),
    "shares": (PlaceShare, "id registration_id fund_id order_id charge_id cents name ended_at"),
    "requests": (FundRequest, "id registration_id state share_id"),
    "approvals": (money.PaymentApproval, "id order_id state until"),
    "lots": (money.BalanceLot, "id payer_id refund_id amount_cents left_cents expires_on deferral_id opened_after"),
    "deferrals": (Deferral, "id course_id"),
    "lot_moves": (money.BalanceMovement, "id lot_id kind cents payment_id"),
    "checks": (money.BankCheck, "id number amount_cents state"),
    "months": (money.ClosedMonth, "id first_on movements owed_cents received_cents content digest"),
    "booked": (money.BookedMovement, "id month_id source row_id amount_cents"),
    "years": (MembershipYear, "id order_id person_id charge_id membership_id ended_at"),
    "memberships": (Membership, "id person_id from_on until_on withdrawn_at"),
    "invoices": (money.Invoice, "id order_id number total_cents"),
}
STATEMENTS = {name: select(*(getattr(model, column) for column in columns.split())).order_by(*model.__table__.primary_key)
              for name, (model, columns) in COLUMNS.items()}
OF_TABLE = {model.__table__.name: name for name, (model, _) in COLUMNS.items()}
Rows = list[Row[Any]]


@dataclass(frozen=True)
class Seen:
    """The rows, by the names of COLUMNS."""

    events: Rows
    pools: Rows
    types: Rows
    add_ons: Rows
    sessions: Rows
    uses: Rows
    orders: Rows
    registrations: Rows
    bought: Rows
    seats: Rows
    payers: Rows
    charges: Rows
    payments: Rows
    refunds: Rows
    allocations: Rows
    told: Rows
    messages: Rows
    asides: Rows
    aside_pools: Rows
    waitlists: Rows
    entries: Rows
    waits: Rows
    codes: Rows
    code_uses: Rows
    funds: Rows
    shares: Rows
    requests: Rows
    approvals: Rows
    lots: Rows
    deferrals: Rows
    lot_moves: Rows
    checks: Rows
    months: Rows
    booked: Rows
    years: Rows
    memberships: Rows
    invoices: Rows

    @property
    def active(self) -> Rows:
        """Registrations that hold places."""
        return [row for row in self.registrations if row.state in ACTIVE]

    @property
    def confirmed(self) -> Rows:
        """Registrations that are confirmed."""
        return [row for row in self.registrations if row.state == "confirmed"]

    def orders_in(self, *states: str) -> Rows:
        """Orders in these states."""
        return [row for row in self.orders if row.state in states]


class Reader:
    """Reads what was written to since the last look. Every statement of this process passes the engine, so nothing is missed."""

    def __init__(self) -> None:
        self.written: set[str] = set(COLUMNS)
        self.rows: dict[str, Rows] = {}

    @contextmanager
    def listening(self, engine: Engine) -> Iterator["Reader"]:
        """Hears of every statement until the end."""
        event.listen(engine, "before_cursor_execute", self._note)
        try:
            yield self
        finally:
            event.remove(engine, "before_cursor_execute", self._note)

    def forget(self) -> None:
        """The database is another one now."""
        self.written, self.rows = set(COLUMNS), {}

    def look(self) -> tuple[Seen, set[str]]:
        """Everything as committed at this moment, and the names of what is not as it was at the last look."""
        db.session.rollback()
        found = {name: list(db.session.execute(STATEMENTS[name]).all()) for name in sorted(self.written)}
        db.session.rollback()
        changed = {name for name, rows in found.items() if rows != self.rows.get(name)}
        self.rows |= found
        self.written = set()
        return Seen(**self.rows), changed

    def check(self) -> None:
        """What was not read again is as it was: no table changes behind the reader's back."""
        known = dict(self.rows)
        self.written = set(COLUMNS)
        assert self.look()[1] == set(), [name for name in known if known[name] != self.rows[name]]

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if (found := WRITES.match(statement)) and (name := OF_TABLE.get(found[1])) is not None:
            self.written.add(name)


assert {one.name for one in fields(Seen)} == set(COLUMNS)


def by(rows: Rows, column: str) -> dict[Any, Rows]:
    """The rows, grouped by a column."""
    grouped: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, column)].append(row)
    return grouped
