"""Seventy-five orders with their prices worked out by hand: dates, groups, codes, funds, extras, instalments, and what comes back.

One training on Saturday 24 October 2026. A place can be given back until the 17th for all but $20.00. Each line of the list is
a line of the bill of one place (all places of an order are alike); the total is that of the order.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import func, select

from tests.factories import codes, events, funds, people
from tests.factories import registrations as places
from webapp.core.db import db
from webapp.payments import settlement
from webapp.payments.rules.allocations import payable
from webapp.registration import ledger, orders, registrations
from webapp.registration.codes import counting
from webapp.registration.funds import sharing
from webapp.registration.funds.models import Fund
from webapp.registration.models import AddOn, Registration
from webapp.registration.offers import AddOnSpec, GroupRuleSpec, InstalmentSpec, PriceSpec, TypeSpec
from webapp.registration.orders import Buyer

CHICAGO = ZoneInfo("America/Chicago")
START = datetime(2026, 10, 24, 9)
EARLY_END = datetime(2026, 9, 16, tzinfo=CHICAGO)
AUG, EARLY, LATE, SEP, OCT = (8, 1), (9, 15), (9, 16), (9, 1), (10, 1)
THIRDS = [InstalmentSpec(date(2026, 9, 1), 3334), InstalmentSpec(date(2026, 10, 1), 3333), InstalmentSpec(date(2026, 10, 20), 3333)]


def early(before, after):
    return [PriceSpec(before, "early", valid_until=EARLY_END), PriceSpec(after)]


TYPES = [
    TypeSpec("Member", early(11_000, 12_500), audience="member"),
    TypeSpec("Guest", early(14_000, 15_500), audience="non_member"),
    TypeSpec("Student", [PriceSpec(6_000)], audience="student"),
    TypeSpec("Evening", [PriceSpec(3_335)]),
    TypeSpec("Free", [PriceSpec(0)]),
    TypeSpec("Tuition", [PriceSpec(100_000)], instalments=THIRDS),
]
ADD_ONS = [AddOnSpec("Materials", [PriceSpec(4_000)]), AddOnSpec("Dinner", [PriceSpec(7_500, audience="member"),
                                                                           PriceSpec(9_500, audience="non_member")])]
GROUPS = [GroupRuleSpec(4, 1_000), GroupRuleSpec(10, 1_500)]
CODES = {
    "TEN": {"percent": 1_000}, "HALF": {"percent": 5_000}, "THIRD": {"percent": 3_333}, "TWENTY": {"amount_cents": 2_000},
    "BIG": {"amount_cents": 50_000}, "FEE-FREE": {"percent": 10_000}, "ALL-TEN": {"percent": 1_000, "with_add_ons": True},
    "ALL-TWENTY": {"amount_cents": 2_000, "with_add_ons": True}, "ALL-FREE": {"percent": 10_000, "with_add_ons": True},
    "BEST": {"percent": 2_000, "best_price": True}, "STUDENT": {"percent": 2_500},
    "SEPTEMBER": {"percent": 1_000, "valid_from": datetime(2026, 9, 1, tzinfo=CHICAGO),
                  "valid_until": datetime(2026, 10, 1, tzinfo=CHICAGO)},
}
FUNDS = {
    "REST": {}, "GRANT-HALF": {"percent": 5_000}, "GRANT-100": {"amount_cents": 10_000}, "CAP-60": {"max_per_person_cents": 6_000},
    "ALL-REST": {"with_add_ons": True}, "STUDENTS-HALF": {"percent": 5_000, "only": "Student"}, "THIRD-OF-IT": {"percent": 3_333},
}

PRICES = [
    # who                        on     code         bill of one place                                    in all
    # --- the price of the day
    ("1 Member",                 AUG,   "",          "110.00",                                            "110.00"),
    ("1 Member",                 EARLY, "",          "110.00",                                            "110.00"),
    ("1 Member",                 LATE,  "",          "125.00",                                            "125.00"),
    ("1 Guest",                  AUG,   "",          "140.00",                                            "140.00"),
    ("1 Guest",                  LATE,  "",          "155.00",                                            "155.00"),
    ("1 Student",                AUG,   "",          "60.00",                                             "60.00"),
    ("1 Free",                   AUG,   "",          "0.00",                                              "0.00"),
    # --- extras, by whom they are for
    ("1 Member +1 Materials",    AUG,   "",          "110.00 40.00",                                      "150.00"),
    ("1 Member +1 Dinner",       AUG,   "",          "110.00 75.00",                                      "185.00"),
    ("1 Guest +1 Dinner",        AUG,   "",          "140.00 95.00",                                      "235.00"),
    ("1 Guest +3 Materials",     AUG,   "",          "140.00 120.00",                                     "260.00"),
    # --- groups: from four 10 %, from ten 15 %
    ("3 Guest",                  AUG,   "",          "140.00",                                            "420.00"),
    ("4 Guest",                  AUG,   "",          "140.00 -14.00",                                     "504.00"),
    ("10 Guest",                 AUG,   "",          "140.00 -21.00",                                     "1190.00"),
    ("4 Evening",                AUG,   "",          "33.35 -3.34",                                       "120.04"),
    # --- instalments: the cent that is left is on the first
    ("1 Tuition",                AUG,   "",          "333.34 333.33 333.33",                              "1000.00"),
    ("4 Tuition",                AUG,   "",          "300.00 300.00 300.00",                              "3600.00"),
    # --- codes: a share of the price of the day, half a cent upwards
    ("1 Guest",                  AUG,   "TEN",       "140.00 -14.00",                                     "126.00"),
    ("1 Guest",                  LATE,  "TEN",       "155.00 -15.50",                                     "139.50"),
    ("1 Member",                 AUG,   "TEN",       "110.00 -11.00",                                     "99.00"),
    ("1 Evening",                AUG,   "TEN",       "33.35 -3.34",                                       "30.01"),
    ("1 Evening",                AUG,   "HALF",      "33.35 -16.68",                                      "16.67"),
    ("1 Evening",                AUG,   "THIRD",     "33.35 -11.12",                                      "22.23"),
    ("1 Guest",                  SEP,   "SEPTEMBER", "140.00 -14.00",                                     "126.00"),
    ("1 Student",                AUG,   "STUDENT",   "60.00 -15.00",                                      "45.00"),
    # --- codes: an amount, never more than there is
    ("1 Guest",                  AUG,   "TWENTY",    "140.00 -20.00",                                     "120.00"),
    ("1 Student",                AUG,   "BIG",       "60.00 -60.00",                                      "0.00"),
    ("1 Free",                   AUG,   "TEN",       "0.00",                                              "0.00"),
    # --- codes and extras
    ("1 Guest +1 Materials",     AUG,   "TEN",       "140.00 40.00 -14.00",                               "166.00"),
    ("1 Guest +1 Materials",     AUG,   "ALL-TEN",   "140.00 40.00 -14.00 -4.00",                         "162.00"),
    ("1 Guest +1 Materials",     AUG,   "ALL-TWENTY", "140.00 40.00 -15.56 -4.44",                        "160.00"),
    ("1 Guest +1 Dinner",        AUG,   "FEE-FREE",  "140.00 95.00 -140.00",                              "95.00"),
    ("1 Guest +1 Materials +1 Dinner", AUG, "ALL-FREE", "140.00 40.00 95.00 -140.00 -40.00 -95.00",       "0.00"),
    # --- codes after the group rule
    ("4 Guest",                  AUG,   "TEN",       "140.00 -14.00 -12.60",                              "453.60"),
    ("4 Guest",                  AUG,   "TWENTY",    "140.00 -14.00 -20.00",                              "424.00"),
    ("4 Evening",                AUG,   "TEN",       "33.35 -3.34 -3.00",                                 "108.04"),
    # --- codes on instalments: each is lowered
    ("1 Tuition",                AUG,   "TEN",       "333.34 333.33 333.33 -33.33 -33.33 -33.33",         "900.01"),
    ("1 Tuition",                AUG,   "TWENTY",    "333.34 333.33 333.33 -6.68 -6.66 -6.66",            "980.00"),
    ("1 Tuition",                AUG,   "BIG",       "333.34 333.33 333.33 -166.68 -166.66 -166.66",      "500.00"),
    # --- the better of the member price and 20 % off the regular one: 112.00 loses against 110.00, 124.00 wins against 125.00
    ("1 Member",                 AUG,   "BEST",      "110.00",                                            "110.00"),
    ("1 Member",                 LATE,  "BEST",      "125.00 -1.00",                                      "124.00"),
    ("1 Guest",                  AUG,   "BEST",      "140.00 -28.00",                                     "112.00"),
    # --- funds: an amount, a share (half a cent upwards), the rest, at most so much for each person
    ("1 Guest",                  AUG,   "REST",      "140.00 -140.00",                                    "0.00"),
    ("1 Guest",                  LATE,  "GRANT-100", "155.00 -100.00",                                    "55.00"),
    ("1 Student",                AUG,   "GRANT-100", "60.00 -60.00",                                      "0.00"),
    ("1 Evening",                AUG,   "GRANT-HALF", "33.35 -16.68",                                     "16.67"),
    ("1 Evening",                AUG,   "THIRD-OF-IT", "33.35 -11.12",                                    "22.23"),
    ("1 Guest",                  AUG,   "CAP-60",    "140.00 -60.00",                                     "80.00"),
    ("1 Student",                AUG,   "STUDENTS-HALF", "60.00 -30.00",                                  "30.00"),
    ("1 Free",                   AUG,   "REST",      "0.00",                                              "0.00"),
    # --- funds and extras: only where the fund says so
    ("1 Guest +1 Dinner",        AUG,   "REST",      "140.00 95.00 -140.00",                              "95.00"),
    ("1 Guest +1 Materials",     AUG,   "ALL-REST",  "140.00 40.00 -140.00 -40.00",                       "0.00"),
    # --- a fund comes last: after the group rule, after a code
    ("4 Guest",                  AUG,   "GRANT-HALF", "140.00 -14.00 -63.00",                             "252.00"),
    ("1 Guest",                  AUG,   "TEN, GRANT-HALF", "140.00 -14.00 -63.00",                        "63.00"),
    ("1 Guest",                  AUG,   "GRANT-100, TEN", "140.00 -14.00 -100.00",                        "26.00"),
    ("4 Guest",                  AUG,   "TEN, REST", "140.00 -14.00 -12.60 -113.40",                      "0.00"),
    ("4 Evening",                AUG,   "TEN, GRANT-HALF", "33.35 -3.34 -3.00 -13.51",                    "54.00"),
    ("1 Guest +1 Materials",     AUG,   "ALL-TEN, ALL-REST", "140.00 40.00 -14.00 -4.00 -126.00 -36.00",  "0.00"),
    # --- on instalments each part is lowered; an amount is shared by size, the cent that is left is the first's
    ("1 Tuition",                AUG,   "GRANT-HALF", "333.34 333.33 333.33 -166.67 -166.67 -166.67",     "499.99"),
    ("1 Tuition",                AUG,   "GRANT-100", "333.34 333.33 333.33 -33.34 -33.33 -33.33",         "900.00"),
    ("1 Tuition",                AUG,   "TEN, GRANT-100",
     "333.34 333.33 333.33 -33.33 -33.33 -33.33 -33.34 -33.33 -33.33",                                    "800.01"),
]

REFUNDS = [
    # who                     code       paid       given back on   comes back
    ("1 Guest",               "",        "140.00",  OCT,            "120.00"),
    ("1 Guest",               "TEN",     "126.00",  OCT,            "106.00"),
    ("1 Guest +1 Materials",  "ALL-TEN", "162.00",  (10, 17),       "142.00"),
    ("1 Guest",               "TEN",     "126.00",  (10, 18),       "0.00"),
    ("1 Student",             "BIG",     "0.00",    OCT,            "0.00"),
    ("1 Evening",             "HALF",    "16.67",   OCT,            "0.00"),
    ("4 Guest",               "TEN",     "453.60",  OCT,            "93.40"),
    ("1 Tuition",             "TEN",     "900.01",  OCT,            "880.01"),
    ("1 Guest",               "TEN",     "126.00",  None,           "126.00"),  # the organizer cancels, on the last day
    # --- $20.00 of the whole price are kept; what comes back is the fund's first
    ("1 Guest",               "GRANT-100", "40.00",  OCT,           "20.00"),  # of 120.00: 100.00 to the fund
    ("1 Guest",               "REST",      "0.00",   OCT,           "0.00"),   # 120.00 to the fund, which bears the fee
    ("1 Guest",               "TEN, GRANT-100", "26.00", OCT,       "6.00"),   # of 106.00: 100.00 to the fund
    ("1 Tuition",             "TEN, GRANT-100", "800.01", OCT,      "780.01"),  # of 880.01: 100.00 to the fund
    ("1 Guest",               "GRANT-100", "40.00",  None,          "40.00"),
]
# what of its $1,000.00 a fund still pays after each of these five
KEPT_OF_FUNDS = {"GRANT-100": "0.00", "REST": "20.00", "TEN, GRANT-100": "0.00"}


@pytest.fixture
def training(db_session):
    """The training with all its prices; its codes are good everywhere."""
    event = events.workshop("Autumn training", starts=START, capacity=100, types=TYPES, add_ons=ADD_ONS, group_rules=GROUPS)
    for word, terms in CODES.items():
        codes.code(event, word, **terms)
    for word, terms in FUNDS.items():
        more = {name: value for name, value in terms.items() if name != "only"}
        only = {"type_ids": (places.type_of(event, terms["only"]).id,)} if "only" in terms else {}
        funds.fund(event, f"Fund {word}", word=word, grantor=funds.GRANTOR, **more, **only)
    return event


def order(event, who, on, code):
    """The order of so many alike, made on that day."""
    what, *extras = who.split(" +")
    count, name = what.split(" ")
    bought = {_add_on(event, one.split(" ")[1]): int(one.split(" ")[0]) for one in extras}
    with time_machine.travel(datetime(2026, *on, 12, tzinfo=CHICAGO), tick=False):
        wishes = [_wish(event, name, number, bought) for number in range(int(count))]
        return orders.hold(event.id, wishes, Buyer("Ana Silva", "ana@home.example"), code=code)


def _wish(event, name, number, bought):
    if name == "Member":
        return places.attendee(event, people.person(member=True), name, add_ons=bought)
    return places.stranger(event, name, given=f"Ana {number}", email=f"ana{number}@home.example", add_ons=bought)


def _add_on(event, name):
    return db.session.scalars(select(AddOn.id).filter_by(event_id=event.id, name=name)).one()


def written(cents):
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


@pytest.mark.parametrize(("who", "on", "code", "bill", "total"), PRICES)
def test_an_order_costs(training, who, on, code, bill, total):
    held = order(training, who, on, code)
    first = places.of_order(held.order_id).id
    assert " ".join(written(line.amount_cents) for line in ledger.live(held.order_id, [first])) == bill
    assert (written(held.total_cents), written(ledger.owed(held.order_id))) == (total, total)
    assert (counting.recount(), sharing.recount()) == ([], [])


@pytest.mark.parametrize(("who", "code", "paid", "on", "back"), REFUNDS)
def test_a_place_given_back_brings(training, who, code, paid, on, back):
    held = order(training, who, AUG, code)
    with time_machine.travel(datetime(2026, *AUG, 12, 5, tzinfo=CHICAGO), tick=False):
        assert written(places.place(held.order_id) and ledger.owed(held.order_id)) == paid
    day = datetime(2026, *on, 12, tzinfo=CHICAGO) if on else START.replace(tzinfo=CHICAGO) - timedelta(hours=1)
    with time_machine.travel(day, tick=False):
        done = registrations.cancel(places.of_order(held.order_id).id, by_id=None, by_organizer=on is None)
    assert written(done.outcome.refund_cents) == back
    assert ledger.owed(held.order_id) == sum_of_others(held) + done.outcome.fee_cents
    kept = "0.00" if on is None else KEPT_OF_FUNDS.get(code, "0.00")
    assert (sharing.recount(), written(used())) == ([], kept)


def sum_of_others(held):
    """What the places that were not given back owe."""
    left = db.session.scalars(select(Registration.id).filter_by(order_id=held.order_id, state="confirmed")).all()
    return sum(line.amount_cents for line in ledger.live(held.order_id, left))


def used():
    """What of all funds is used."""
    return db.session.scalar(select(func.sum(Fund.used_cents)))


def test_instalments_with_a_code_and_a_fund_are_paid_part_by_part(training):
    """Of each third of $1,000.00 ten percent and a third of $100.00 are off: three times 266.67, so the first payment is the first part."""
    held = order(training, "1 Tuition", AUG, "TEN, GRANT-100")
    assert [written(cents) for cents in payable(settlement.lines(held.order_id)).values()] == ["266.67", "266.67", "266.67"]


def test_a_price_that_was_shown_is_kept_until_the_hold_ends(training):
    """Held a minute before the early price ends, placed five minutes after: what was shown is owed."""
    with time_machine.travel(EARLY_END - timedelta(minutes=1), tick=False):
        held = orders.hold(training.id, [places.stranger(training, "Guest")], Buyer("Ana Silva", "ana@home.example"))
    with time_machine.travel(EARLY_END + timedelta(minutes=5), tick=False):
        places.place(held.order_id)
        later = orders.hold(training.id, [places.stranger(training, "Guest", email="b@home.example")], Buyer("Bo", "b@home.example"))
    assert (written(ledger.owed(held.order_id)), written(later.total_cents)) == ("140.00", "155.00")


def test_every_line_says_how_it_came_about(training):
    held = order(training, "1 Guest", AUG, "TEN, GRANT-100")
    assert [line.explained["words"] for line in ledger.live(held.order_id)] == [
        "Early until the end of Tue 15 Sep 2026; $155.00 after.", "TEN takes $14.00 off Guest: $140.00 becomes $126.00.",
        "Fund GRANT-100 pays $100.00 of the $126.00 that Guest costs."]


def test_there_are_seventy_five():
    assert len(PRICES) + len(REFUNDS) == 75
