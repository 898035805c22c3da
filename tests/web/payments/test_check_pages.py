"""A check over several invoices and the slip it goes to the bank with, from finance's pages."""

from datetime import date

import pytest

from tests.factories import events, people, registrations
from tests.support import html
from tests.support import till as tills
from webapp.core.db import db, transaction
from webapp.payments import balance, checks, invoices, receipts, refunds
from webapp.payments.checks import slips
from webapp.payments.models import BankCheck, DepositSlip
from webapp.registration.models import Order

FACTS = {"number": "2041", "written_on": "2026-07-10", "received_on": "2026-07-15", "rest": "unmatched", "submit_key": "k", "act": "record"}


@pytest.fixture
def finance(client, sign_in):
    with transaction():
        person = people.person(roles=["finance"])
    sign_in(client, person)
    return client


def order():
    with transaction():
        order_id = registrations.registered(events.workshop(), people.person()).order_id
        invoices.issue(order_id)
    return order_id


def page_of(order_id):
    return f"/manage/finance/checks/new/{db.session.get_one(Order, order_id).payer_id}"


def recorded(order_id, cents=15_000, number="2041"):
    with transaction():
        return checks.record(checks.Paper(number, cents, date(2026, 7, 15), tills.ZONE), {order_id: cents}, by_id=people.person().id).id


def made_slip(*check_ids, number="S-7"):
    with transaction():
        return slips.make(number, date(2026, 7, 15), check_ids, by_id=people.person().id).id


def test_the_payer_is_found_by_the_number_of_an_invoice(finance):
    order_id = order()
    assert page_of(order_id) in finance.get("/manage/finance/checks/new?q=INV-00001").get_data(as_text=True)


def test_a_suggestion_fills_the_oldest_first_and_records_nothing(finance):
    first, second = order(), order()
    answer = finance.post(page_of(first), data=FACTS | {"amount": "200.00", "act": "suggest"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, 'value="150.00"' in page, 'value="50.00"' in page) == (422, True, True)
    assert "Nothing is recorded yet" in page
    assert (tills.payments(first), tills.payments(second)) == ([], [])


def test_a_check_is_recorded_over_two_orders(finance):
    first, second = order(), order()
    typed = FACTS | {"amount": "200.00", f"part_{first}": "150.00", f"part_{second}": "50"}
    answers = [finance.post(page_of(first), data=typed) for _ in range(2)]
    check_id = db.session.query(BankCheck.id).scalar()
    assert [one.location for one in answers] == [f"/manage/finance/checks/{check_id}"] * 2
    assert (tills.balance(first).open_cents, tills.balance(second).open_cents) == (0, 10_000)
    assert "Check 2041" in finance.get(f"/manage/finance/checks/{check_id}").get_data(as_text=True)


@pytest.mark.parametrize(("typed", "words"), [
    ({"amount": "100.00", "part": "150.00"}, "$50.00 more than the check"),
    ({"amount": "150.00", "part": "1,5,0"}, "Write the amount in dollars"),
    ({"amount": "", "part": "150.00"}, "Write the amount"),
    ({"amount": "500", "part": "150.01"}, "still asks for $150.00"),
    ({"amount": "500", "part": "-1"}, "Write the amount in dollars"),
    ({"amount": "150", "part": "150", "number": ""}, "number of the check"),
    ({"amount": "150", "part": "150", "received_on": "2026-07-16"}, "cannot be in the future")])
def test_what_cannot_be_comes_back_with_what_was_typed(finance, typed, words):
    order_id = order()
    part = typed.pop("part")
    answer = finance.post(page_of(order_id), data=FACTS | typed | {f"part_{order_id}": part})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, words in page, f'value="{part}"' in page, tills.payments(order_id)) == (422, True, True, [])


def test_a_check_that_came_back_is_noted_with_a_fee(finance):
    order_id = order()
    at = f"/manage/finance/checks/{recorded(order_id)}"
    assert "is open again" in finance.get(f"{at}/bounced").get_data(as_text=True)
    assert finance.post(f"{at}/bounced", data={"reason": "", "fee": ""}).status_code == 422
    assert finance.post(f"{at}/bounced", data={"reason": "No funds", "fee": "25"}).location == at
    assert (tills.balance(order_id).open_cents, "The bank gave it back on" in finance.get(at).get_data(as_text=True)) == (17_500, True)


def test_a_slip_is_made_printed_and_closed_by_the_banks_line(finance):
    check_id = recorded(order())
    assert "Check 2041" in finance.get("/manage/finance/slips/new").get_data(as_text=True)
    at = finance.post("/manage/finance/slips/new", data={"number": "S-7", "on": "2026-07-15", "check": str(check_id)}).location
    assert finance.post(f"{at}/deposit", data={"bank": "149.99"}).status_code == 422
    finance.post(f"{at}/deposit", data={"bank": "150.00"})
    assert "The bank statement says $150.00" in finance.get(at).get_data(as_text=True)
    assert finance.post(f"{at}/reopen", data={"reason": ""}).status_code == 422
    finance.post(f"{at}/reopen", data={"reason": "Counted again"})
    finance.post(f"{at}/checks/{check_id}/off")
    assert (db.session.query(BankCheck.slip_id).all(), db.session.query(DepositSlip.state).all()) == ([(None,)], [("open",)])


def test_a_slip_of_nothing_is_refused(finance):
    answer = finance.post("/manage/finance/slips/new", data={"number": "S-7", "on": "2026-07-15"})
    recorded(order())
    again = finance.post("/manage/finance/slips/new", data={"number": "S-7", "on": "2026-07-15", "check": "99999"})
    assert (answer.status_code, again.status_code, db.session.query(DepositSlip).count()) == (422, 422, 0)


@pytest.mark.parametrize("path", ["/manage/finance/checks/9", "/manage/finance/checks/9/bounced", "/manage/finance/slips/9",
                                  "/manage/finance/checks/new/99999"])
def test_what_does_not_exist_is_not_found(finance, path):
    assert finance.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/manage/finance/checks?show=all&q=20", "/manage/finance/slips", "/manage/finance/slips/new",
                                  "/manage/finance/checks/new?q=lakes"])
def test_lists_cost_the_same_with_many_rows(finance, query_count, path):
    made_slip(recorded(order(), number="1"), number="S-1")
    recorded(order(), number="2")
    with query_count() as few:
        assert finance.get(path).status_code == 200
    for number in range(10, 18):
        made_slip(recorded(order(), number=f"{number}0"), number=f"S-{number}")
        recorded(order(), number=f"{number}1")
    with query_count() as many:
        assert finance.get(path).status_code == 200
    assert len(many) == len(few)


def test_a_payers_open_orders_cost_the_same_however_many(finance, query_count):
    first = order()
    with query_count() as few:
        assert finance.get(page_of(first)).status_code == 200
    for _ in range(8):
        order()
    with query_count() as many:
        assert finance.get(page_of(first)).status_code == 200
    assert len(many) == len(few)


def test_before_a_check_bounces_finance_reads_what_follows_to_the_cent(finance):
    first, second = order(), order()
    with transaction():
        by_id = people.person().id
        paper = checks.Paper("2041", 40_000, date(2026, 7, 15), tills.ZONE, keep_until=date(2027, 7, 15))
        check_id = checks.record(paper, {first: 15_000}, by_id=by_id).id
        balance.use(second, 9_000, today=date(2026, 7, 15), by_id=by_id)
        payer_id = db.session.get_one(Order, first).payer_id
        made = [balance.give_back(payer_id, cents, today=date(2026, 7, 15), reason="Moved", by_id=by_id) for cents in (6_000, 3_000)]
        refunds.note_returned(made[0][0], cheque_number="901", on=date(2026, 7, 15), by_id=by_id)
    page = html.parse(finance.get(f"/manage/finance/checks/{check_id}/bounced").text)
    assert [(row.one("dt").text, row.one("dd").text) for row in page.one("dl").all("div")] == [
        (f"Order {tills.ref(first)} is open again", "$150.00"), ("A balance ends, which could be used until Thu 15 Jul 2027", "$70.00"),
        (f"Order {tills.ref(second)} was paid by a balance that it left, and is open again", "$90.00"),
        ("Waits to be sent back, and is not sent", "$30.00"),
        (f"Was sent back on Wed 15 Jul 2026, and is owed on order {tills.ref(first)}", "$60.00"), ("The check", "$400.00")]
    assert finance.post(f"/manage/finance/checks/{check_id}/bounced", data={"reason": "No funds"}).status_code == 303
    desk = finance.get(f"/manage/finance/orders/{tills.ref(first)}").text
    assert "$60.00 went back to the payer before what it was taken of turned out to be no money." in desk


def test_an_order_is_asked_for_where_nobody_knows_who_got_the_money_back(finance):
    order_id = order()
    with transaction():
        by_id = people.person().id
        payment = receipts.record(None, receipts.Received("cheque", 5_000, date(2026, 7, 15), tills.ZONE, number="5"), by_id=by_id)
        at = f"/manage/finance/checks/{payment.check_id}/bounced"
        [refund_id] = [refunds.request_of_payment(payment.id, 5_000, reason="Not ours", by_id=by_id)]
        refunds.note_returned(refund_id, cheque_number="", on=date(2026, 7, 15), by_id=by_id)
    assert "Order that owes what was sent back" in finance.get(at).text
    for typed, words in (("", "nobody knows an order of who got them"), ("NOBODY", "There is no order of this number.")):
        answer = finance.post(at, data={"reason": "No funds", "owes": typed})
        assert (answer.status_code, words in answer.text) == (422, True)
    assert finance.post(at, data={"reason": "No funds", "owes": tills.ref(order_id)}).status_code == 303
    assert tills.balance(order_id).open_cents == 20_000
