"""Cancellation policies for staff: made after examples in dollars were seen, a new edition beside the old, given to an event, kept."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import till as tills
from tests.support.html import filled, parse
from webapp.catalog import policies
from webapp.catalog.models import CancellationPolicy, Event
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.payments import balance, receipts
from webapp.payments.models import Refund
from webapp.payments.receipts import Received
from webapp.registration.models import Order

TODAY = date(2026, 7, 15)
HERE = "/manage/policies"
NEW = {"name": "Two weeks, 80 percent", "days_1": "14", "fee_1": "percent", "amount_1": "80", "balance_days": "4", "balance_months": "16",
       "after": "substitution", "substitution_hours": "24", "example": "150.00", "reason": "The board decided"}


@pytest.fixture(autouse=True)
def _shipped(db_session):
    with transaction():
        policies.load()


@pytest.fixture
def organizer(client, sign_in):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def form_of(answer):
    return filled(next(one for one in parse(answer.text).all("form") if one.attributes.get("aria-label") == "The policy"))


def save(client, address, typed):
    """Shows the examples, then saves what they were shown for."""
    shown = client.post(address, data=typed | {"act": "show"})
    assert shown.status_code == 200, shown.text
    return shown, client.post(address, data=form_of(shown) | {"act": "save"})


def editions(code):
    db.session.expire_all()
    return list(db.session.scalars(select(CancellationPolicy).filter_by(code=code).order_by(CancellationPolicy.edition)))


def test_a_policy_is_saved_after_its_examples_were_seen(organizer):
    shown, saved = save(organizer, f"{HERE}/new", NEW)
    assert "Cancelled 14 days before: $120.00 comes back, $30.00 stays with us; or $150.00 is kept as a balance" in shown.text
    assert "Cancelled 4 days before: $150.00 is kept as a balance for 16 months." in shown.text
    assert "Cancelled 3 days before: nothing comes back; a colleague may come instead, until 24 hours before the start." in shown.text
    assert "If we cancel: all $150.00 comes back." in shown.text
    assert saved.location == f"{HERE}/two-weeks-80-percent"
    [made] = editions("two-weeks-80-percent")
    assert made.sentence == (
        "Until 14 days before the first session you get 80% of your money back. Until 4 days before the first session you may cancel and "
        "have the whole price kept as your balance for 16 months. After that there is no refund, but a colleague may take your place until "
        "24 hours before the start. If we cancel, you get everything back.")
    assert made.rules == {
        "refunds": [{"until_days": 14, "fee": {"kind": "percent", "basis_points": 2_000}}], "balance": {"until_days": 4, "months": 16},
        "after": "substitution", "substitution_until_hours": 24, "no_show": "none", "organizer_cancels": "full"}
    entry = db.session.scalars(select(AuditEntry).filter_by(subject="policy:two-weeks-80-percent")).one()
    assert (entry.action, entry.reason, entry.actor_id is not None) == ("policy.created", "The board decided", True)


def test_nothing_is_saved_before_its_examples_were_seen(organizer):
    assert organizer.post(f"{HERE}/new", data=NEW | {"act": "save"}).status_code == 422
    shown = organizer.post(f"{HERE}/new", data=NEW | {"act": "show"})
    answer = organizer.post(f"{HERE}/new", data=form_of(shown) | {"amount_1": "50", "act": "save"})
    assert answer.status_code == 422 and "nothing is saved yet" in answer.text and "$75.00 comes back" in answer.text
    assert editions("two-weeks-80-percent") == []


def test_a_reason_is_asked_and_nothing_typed_is_lost(organizer):
    shown = organizer.post(f"{HERE}/new", data=NEW | {"act": "show", "reason": ""})
    answer = organizer.post(f"{HERE}/new", data=form_of(shown) | {"act": "save"})
    assert answer.status_code == 422 and 'id="reason-error"' in answer.text and "Two weeks, 80 percent" in answer.text
    assert organizer.post(f"{HERE}/new", data=form_of(answer) | {"act": "save", "reason": "The board"}).status_code == 303


@pytest.mark.parametrize(("change", "field"), [
    ({"name": ""}, "name"), ({"days_1": "soon"}, "days_1"), ({"days_1": "-3"}, "days_1"), ({"days_1": "9999999999"}, "days_1"),
    ({"days_1": ""}, "days_1"), ({"amount_1": "101"}, "amount_1"), ({"amount_1": "0"}, "amount_1"), ({"amount_1": ""}, "amount_1"),
    ({"fee_1": "flat", "amount_1": "much"}, "amount_1"), ({"fee_1": "none"}, "amount_1"), ({"fee_1": "half"}, "fee_1"),
    ({"fee_1": "by_price"}, "bands"), ({"fee_1": "by_price", "bands": "100 25"}, "bands"), ({"bands": "100: 25"}, "bands"),
    ({"fee_1": "by_price", "bands": "100: 25\n100.00: 30"}, "bands"), ({"days_2": "14"}, "days_2"),
    ({"balance_months": ""}, "balance_months"),
    ({"balance_months": "0"}, "balance_months"), ({"balance_days": "x"}, "balance_days"), ({"after": "perhaps"}, "after"),
    ({"substitution_hours": "x"}, "substitution_hours"), ({"transfer_days": "x"}, "transfer_days"), ({"naming_hours": "٣"}, "naming_hours"),
    ({"example": "a lot"}, "example")])
def test_what_no_policy_can_be_comes_back_beside_its_field(organizer, change, field):
    answer = organizer.post(f"{HERE}/new", data=NEW | change | {"act": "show"})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    kept = form_of(answer)
    assert {key: kept.get(key) for key in ("days_1", "reason")} == {key: [(NEW | change)[key]] for key in ("days_1", "reason")}
    assert editions("two-weeks-80-percent") == []


def test_rows_may_stand_in_any_order_and_fees_by_price_too(organizer):
    save(organizer, f"{HERE}/new", {"name": "Rows", "days_1": "7", "fee_1": "by_price", "days_3": "30", "fee_3": "none",
                                    "bands": "200.00: 50\n10: 10", "after": "none", "reprice": "1", "transfer_days": "7",
                                    "naming_hours": "48", "reason": "Why not"})
    [made] = editions("rows")
    assert made.rules == {
        "refunds": [{"until_days": 30, "fee": {"kind": "none"}}, {"until_days": 7, "fee": {"kind": "by_price", "bands": [
            {"from_cents": 1_000, "fee_cents": 1_000}, {"from_cents": 20_000, "fee_cents": 5_000}]}}],
        "balance": None, "after": "none", "substitution_until_hours": None, "transfer": {"until_days": 7}, "naming_until_hours": 48,
        "group_below": "reprice", "no_show": "none", "organizer_cancels": "full"}


@pytest.mark.parametrize("code", ["seven-days-less-20", "fourteen-days-by-price", "one-week-then-colleague", "percent-by-days",
                                  "balance-for-a-year", "free-of-charge"])
def test_every_shipped_policy_fits_the_form_and_unchanged_makes_no_edition(organizer, code):
    before = len(editions(code))
    typed = form_of(organizer.get(f"{HERE}/{code}")) | {"reason": "Only looking"}
    _, answer = save(organizer, f"{HERE}/{code}", typed)
    assert answer.status_code == 422 and "Nothing is changed" in answer.text and len(editions(code)) == before


def test_an_edition_in_use_stays_and_its_event_keeps_it(organizer):
    with transaction():
        event = events.workshop(policy="percent-by-days")
    [old] = editions("percent-by-days")
    was = (old.name, old.sentence, dict(old.rules))
    typed = form_of(organizer.get(f"{HERE}/percent-by-days")) | {"amount_3": "40", "own_words": "", "reason": "Costs rose"}
    assert save(organizer, f"{HERE}/percent-by-days", typed)[1].status_code == 303
    old, new = editions("percent-by-days")
    assert (old.name, old.sentence, old.rules) == was and new.rules["refunds"][2]["fee"]["basis_points"] == 6_000
    assert db.session.get_one(Event, event.id).cancellation_policy_id == old.id
    page = organizer.get(f"{HERE}/percent-by-days").text
    assert "events keep the one they were sold under" in page and event.title in page and "Costs rose" in page
    choices = organizer.get(f"/manage/events/{event.slug}/edit").text
    assert "(as now: edition 1)" in choices and "(newer: edition 2)" in choices


def test_own_words_of_the_old_rules_are_not_saved_with_new_ones(organizer):
    typed = form_of(organizer.get(f"{HERE}/percent-by-days")) | {"amount_3": "40", "reason": "Costs rose"}
    answer = organizer.post(f"{HERE}/percent-by-days", data=typed | {"act": "show"})
    assert answer.status_code == 422 and 'id="own_words-error"' in answer.text and form_of(answer)["amount_3"] == ["40"]
    shown, saved = save(organizer, f"{HERE}/percent-by-days", typed | {"own_words": "At 14 days two fifths come back."})
    assert "At 14 days two fifths come back." in shown.text and "40% of your money back" in shown.text and saved.status_code == 303


def test_two_editors_do_not_overwrite_each_other(organizer):
    typed = form_of(organizer.get(f"{HERE}/percent-by-days")) | {"reason": "Costs rose", "own_words": ""}
    shown = organizer.post(f"{HERE}/percent-by-days", data=typed | {"amount_3": "40", "act": "show"})
    assert save(organizer, f"{HERE}/percent-by-days", typed | {"amount_3": "30"})[1].status_code == 303
    late = organizer.post(f"{HERE}/percent-by-days", data=form_of(shown) | {"act": "save"})
    assert late.status_code == 422 and "Somebody made a newer edition" in late.text and len(editions("percent-by-days")) == 2


@pytest.mark.parametrize("roles", [[], ["finance"], ["reviewer"], "one event"])
def test_policies_do_not_exist_for_others(client, sign_in, roles):
    with transaction():
        event = events.workshop()
    sign_in(client, people.person(roles=[("organizer", {"event_id": event.id})] if roles == "one event" else roles))
    assert [client.get(f"{HERE}{rest}").status_code for rest in ("", "/new", "/percent-by-days")] == [404] * 3
    assert client.post(f"{HERE}/new", data=NEW | {"act": "show"}).status_code == 404
    assert client.post(f"{HERE}/percent-by-days", data=NEW | {"act": "show"}).status_code == 404


def test_an_unknown_policy_is_not_there(organizer):
    assert organizer.get(f"{HERE}/nothing").status_code == 404


def test_the_list_names_events_and_costs_the_same_with_one_and_thirty(organizer, query_count):
    counts = []
    for more in (1, 30):
        with transaction():
            for number in range(more):
                events.draft(f"Event {more} {number}", policy="percent-by-days")
                db.session.add(CancellationPolicy(code=f"more-{more}-{number}", edition=1, name="More", sentence="More.", rules={},
                                                  valid_from=TODAY))
        with query_count() as seen:
            page = organizer.get(HERE).text
        counts.append(len(seen))
    assert counts[0] == counts[1] and "and 28 more" in page and "Event 30 29" in page


def test_one_policy_costs_the_same_with_one_event_and_thirty(organizer, query_count):
    counts = []
    for more in (1, 30):
        with transaction():
            for number in range(more):
                events.draft(f"Event {more} {number}", policy="percent-by-days")
        with query_count() as seen:
            organizer.get(f"{HERE}/percent-by-days")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_from_the_policy_to_the_money_the_amount_is_that_of_the_example(organizer, client):
    """Made, given to an event by its editor, registered for, told in dollars, cancelled: $120.00 of $150.00, then a balance."""
    save(organizer, f"{HERE}/new", NEW)
    [made] = editions("two-weeks-80-percent")
    with transaction():
        event = events.workshop(starts=events.at(20))
        slug = event.slug
    edit = organizer.get(f"/manage/events/{slug}/edit")
    form = next(one for one in parse(edit.text).all("form") if "policy" in filled(one))
    assert organizer.post(f"/manage/events/{slug}/edit", data=filled(form) | {"policy": str(made.id)}).status_code == 303
    with transaction():
        place = places.registered(db.session.scalars(select(Event).filter_by(slug=slug)).one(), people.person())
        receipts.record(place.order_id, Received("cheque", 15_000, TODAY, tills.ZONE, "1"), by_id=None)
        order_id, place_id = place.order_id, place.id
    ref = db.session.get_one(Order, order_id).ref
    assert "you get $120.00 back ($150.00 less $30.00)." in client.get(f"/orders/{ref}").text
    page = client.get(f"/orders/{ref}/cancel/{place_id}").text
    assert "$120.00 come back" in page and "Keep all $150.00 as a balance" in page
    client.post(f"/orders/{ref}/cancel/{place_id}", data={"back": "refund"})
    assert list(db.session.scalars(select(Refund.amount_cents))) == [12_000]
    assert balance.of(db.session.get_one(Order, order_id).payer_id, TODAY) == []


PUT_OFF = {"deferral_days": "3", "deferral_times": "2", "deferral_months": "12", "deferral_then": ""}


def test_a_policy_says_until_when_how_often_and_for_how_long_a_place_is_put_off(organizer):
    shown, saved = save(organizer, f"{HERE}/new", NEW | PUT_OFF)
    assert ("Put off until 3 days before the first session: $150.00 is kept for another date of the course for 12 months; "
            "then what is left of it stays with us.") in shown.text
    [made] = editions("two-weeks-80-percent")
    assert made.rules["deferral"] == {"until_days": 3, "times": 2, "months": 12, "then_months": 0}
    again = form_of(organizer.get(saved.location))
    assert {name: again[name] for name in PUT_OFF} == {name: [typed] for name, typed in PUT_OFF.items()}


@pytest.mark.parametrize(("change", "sentence"), [
    ({"deferral_days": ""}, "Say until how many days before."), ({"deferral_times": "0"}, "Write a number from 1 to 20"),
    ({"deferral_months": "0"}, "for one month at least"), ({"deferral_months": ""}, "Write a number from 0 to 120"),
    ({"deferral_then": "-1"}, "Write a whole number from 0 to 120"), ({"deferral_days": "9999"}, "Write a whole number from 0 to 730")])
def test_a_putting_off_that_cannot_be_comes_back_beside_its_field(organizer, change, sentence):
    answer = organizer.post(f"{HERE}/new", data=NEW | PUT_OFF | change | {"act": "show"})
    assert answer.status_code == 422 and sentence in answer.text and editions("two-weeks-80-percent") == []
