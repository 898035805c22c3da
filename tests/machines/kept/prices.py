"""Codes and funds: never used beyond their limits, and what they take off stands on the bill to the cent."""

from collections import Counter

from tests.machines.kept import about
from tests.machines.seen import Seen
from webapp.payments.rules.allocations import Line, payable
from webapp.registration.funds.rules import RULE


@about("codes", "code_uses", "registrations")
def codes_stay_within_their_limits(seen: Seen) -> None:
    """Uses and cents of a code are those of its standing uses, at most what it may; only places that are active use one, and one each."""
    active, uses, cents = {one.id for one in seen.active}, Counter[int](), Counter[int]()
    standing = [one for one in seen.code_uses if one.ended_at is None]
    for one in standing:
        uses[one.code_id] += 1
        cents[one.code_id] += one.cents
    assert {one.registration_id for one in standing} <= active, ("a place that ended uses a code", standing)
    assert len({one.registration_id for one in standing}) == len(standing)
    for code in seen.codes:
        assert (code.uses, code.spent_cents) == (uses[code.id], cents[code.id]), ("recount", code, uses[code.id], cents[code.id])
        assert code.max_uses is None or code.uses <= code.max_uses, ("used too often", code)
        assert code.budget_cents is None or code.spent_cents <= code.budget_cents, ("beyond its budget", code)


@about("funds", "shares")
def funds_stay_within_their_budget(seen: Seen) -> None:
    """What a fund has paid is the sum of its standing parts, at most its budget."""
    cents = Counter[int]()
    for one in seen.shares:
        cents[one.fund_id] += one.cents if one.ended_at is None else 0
    for fund in seen.funds:
        assert fund.used_cents == cents[fund.id], ("recount", fund, cents[fund.id])
        assert fund.used_cents <= fund.budget_cents, ("beyond its budget", fund)


@about("charges", "code_uses", "shares", "registrations", "orders")
def the_bill_says_what_codes_and_others_take_off(seen: Seen) -> None:
    """Of a place that is active: the lines of its code are the cents of its use, the lines of each who carries a part that part."""
    void = {one.voids_id for one in seen.charges if one.voids_id is not None}
    off, carried = Counter[int](), Counter[tuple[int, str]]()
    for line in seen.charges:
        if line.kind == "discount" and line.id not in void:
            if line.explained.get("rule") == "code":
                off[line.registration_id] -= line.amount_cents
            elif line.explained.get("rule") == RULE:
                carried[line.registration_id, line.explained["by"]] -= line.amount_cents
    active = {one.id for one in seen.active}
    used = {one.registration_id: one.cents for one in seen.code_uses if one.ended_at is None}
    assert {one: cents for one, cents in off.items() if one in active and cents} == {one: cents for one, cents in used.items() if cents}, (
        "code", off, used)
    parts = Counter[tuple[int, str]]()
    for one in seen.shares:
        if one.ended_at is None and one.registration_id in active:
            parts[one.registration_id, one.name] += one.cents
    assert {key: cents for key, cents in carried.items() if key[0] in active and cents} == dict(parts), ("parts", carried, parts)


@about("years", "memberships", "charges", "allocations", "orders")
def a_membership_stands_while_it_is_paid(seen: Seen) -> None:
    """A year that was bought is on the member list while its line is in force and asks for nothing more, and not otherwise.

    What a correction lowers of the order, its lines do not ask for, the year last; an order that is not placed has paid nothing.
    """
    void, paid = {one.voids_id for one in seen.charges}, Counter[int]()
    for share in seen.allocations:
        paid[share.charge_id] += share.amount_cents
    bought = {one.charge_id for one in seen.years}
    placed, listed = {one.id for one in seen.orders_in("placed", "cancelled")}, {one.id: one for one in seen.memberships}
    for one in seen.years:
        asked = payable(
            Line(row.id, row.amount_cents, row.due_on, row.registration_id, row.voids_id, row.label, row.explained.get("of", ""),
                 row.id in bought)
            for row in seen.charges if row.order_id == one.order_id)
        asks = asked.get(one.charge_id, 0) - paid[one.charge_id]
        stands = one.membership_id is not None and listed[one.membership_id].withdrawn_at is None
        assert stands == (one.charge_id not in void and one.order_id in placed and not asks), ("membership", one, asks)


@about("charges", "shares", "registrations")
def who_carries_a_part_owes_it(seen: Seen) -> None:
    """A part that somebody else carries of a confirmed place stands on her order, by one line that was not taken back."""
    lines, void = {one.id: one for one in seen.charges}, {one.voids_id for one in seen.charges}
    confirmed = {one.id for one in seen.confirmed}
    for one in seen.shares:
        if one.order_id is None or one.ended_at is not None:
            assert one.ended_at is None or one.charge_id is None or one.charge_id in void, ("ended and still owed", one)
        elif one.registration_id in confirmed:
            line = lines[one.charge_id]
            assert (line.order_id, line.amount_cents, line.id in void) == (one.order_id, one.cents, False), ("owed elsewhere", one, line)
