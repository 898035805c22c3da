"""A supervisor books for her staff: what she pastes, what she is told, and what is kept."""

import re
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from tests.factories import events, people, setasides
from webapp.accounts import agencies
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration.models import Order, Payer, Registration
from webapp.registration.offers import GroupRuleSpec, PriceSpec, TypeSpec

STAFF = (("Maren", "Kowalczyk"), ("Bo", "Berg"), ("Ana", "Silva"))


@pytest.fixture
def desk(client, sign_in):
    """A supervisor at her booking page: an agency with three of staff (Maren is a member), and a workshop of $120 and $150."""
    event = events.workshop(capacity=20, group_rules=[GroupRuleSpec(5, 1_000)])
    agency = agencies.create("Lakeshore Home Visiting", actor_id=None, billing_name="Lakeshore Accounts", po_required=True,
                             billing_email="bills@lakeshore.example", billing_address="1 Main Street")
    staff = [people.person(*name, email=f"{name[0].lower()}@lakeshore.example", member=name[0] == "Maren") for name in STAFF]
    for one in staff:
        agencies.add_member(agency.id, one.id, from_on=events.day(-10), actor_id=one.id)
    sue = people.person("Sue", "Pervisor", email="sue@lakeshore.example", roles=[("supervisor", {"agency_id": agency.id})])
    sign_in(client, sue)
    return Desk(client, f"/agency/{agency.id}/book/{event.slug}", event=event, agency=agency, staff=staff, sue=sue)


class Desk(SimpleNamespace):
    """What a supervisor does on the page."""

    def __init__(self, client, address, **more):
        super().__init__(client=client, address=address, key="k" * 20, **more)

    def read(self, names="", to_follow="", **more):
        """Sends the list: the answer, whose review is remembered for `keep`."""
        self.sent = {"names": names, "to_follow": str(to_follow), "form_key": self.key} | more
        return self.client.post(self.address, data=self.sent)

    def keep(self, names="", to_follow="", **more):
        """Looks at the list, then keeps the seats."""
        shown = self.read(names, to_follow, **more).get_data(as_text=True)
        reviewed = re.search(r'name="reviewed" value="(\w+)"', shown)
        return self.client.post(self.address, data=self.sent | {"reviewed": reviewed[1] if reviewed else ""})


def text(answer):
    return answer.get_data(as_text=True)


def places():
    rows = db.session.execute(select(Registration.person_id, Registration.email, Registration.state).order_by(Registration.id)).all()
    return [tuple(row) for row in rows]


def test_the_list_is_read_before_anything_is_kept(desk):
    answer = desk.read("Maren Kowalczyk\nBerg, Bo; bo@lakeshore.example\nNew Person <new@lakeshore.example>\nStranger", 2)
    shown = text(answer)
    assert answer.status_code == 422
    assert places() == []
    assert "One line is to be put right" in shown and "Write the e-mail address" in shown
    assert "Stranger</textarea>" in shown
    assert shown.count("Your staff") == 2 and "New to us" in shown


def test_five_in_one_order_have_the_group_price_and_a_member_hers(desk):
    shown = text(desk.read("Maren Kowalczyk\nBo Berg\nAna Silva\nNew Person <new@lakeshore.example>", 1))
    assert "$108.00" in shown  # 120 less 10 %
    assert shown.count("$135.00") == 4  # three of 150, and the seat without a name
    assert "$648.00" in shown


def test_what_was_looked_at_is_kept_in_one_order_of_the_agency(desk):
    answer = desk.keep("Maren Kowalczyk\nBo Berg\nNew Person <new@home.example>", 1)
    assert answer.status_code == 303
    maren, bo, _ = desk.staff
    kept = places()
    assert [kept[0], kept[1], kept[3]] == [(maren.id, "maren@lakeshore.example", "held"), (bo.id, "bo@lakeshore.example", "held"),
                                           (None, "sue@lakeshore.example", "held")]
    assert kept[2][1] == "new@home.example" and kept[2][0] not in (None, maren.id, bo.id)
    payer = db.session.scalars(select(Payer)).one()
    assert (payer.kind, payer.agency_id, payer.email) == ("agency", desk.agency.id, "sue@lakeshore.example")


def test_two_clicks_make_one_order(desk):
    first, second = desk.keep("Bo Berg", 1), desk.client.post(desk.address, data=desk.sent | {"reviewed": reviewed(desk)})
    assert first.location == second.location
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1


def test_back_and_a_longer_list_takes_the_place_of_what_was_kept(desk):
    desk.keep("Bo Berg", 1)
    answer = desk.keep("Bo Berg\nAna Silva")
    assert answer.status_code == 303
    assert [state for _, _, state in places()] == ["expired", "expired", "held", "held"]


def reviewed(desk):
    return re.search(r'name="reviewed" value="(\w+)"', text(desk.client.post(desk.address, data=desk.sent)))[1]


def test_a_list_that_was_changed_after_the_review_is_looked_at_again(desk):
    shown = text(desk.read("Bo Berg"))
    seen = re.search(r'name="reviewed" value="(\w+)"', shown)[1]
    answer = desk.read("Bo Berg\nAna Silva", reviewed=seen)
    assert answer.status_code == 200 and places() == []
    assert "Keep these 2 seats" in text(answer)


def test_all_are_kept_or_none_and_the_level_is_named(desk):
    tight = events.workshop("Small room", capacity=2)
    desk.address = desk.address.rsplit("/", 1)[0] + f"/{tight.slug}"
    answer = desk.keep("Bo Berg\nAna Silva", 1)
    assert answer.status_code == 422
    assert "The places in Small room are down to 2, and 3 were asked for." in text(answer)
    assert places() == [] and "Ana Silva</textarea>" in text(answer)


def test_who_has_a_place_or_stands_twice_is_left_out_and_told(desk):
    desk.keep("Bo Berg")
    desk.key = "n" * 20
    shown = text(desk.read("Bo Berg\nAna Silva\nana@lakeshore.example\nX Y <x@home.example>\nx y <x@home.example>"))
    assert "Has a place in this event already." in shown
    assert "The same person as in line 2." in shown and "The same person as in line 4." in shown
    assert "Keep these 2 seats" in shown


def test_a_place_without_a_name_costs_what_others_cost_even_when_a_member_type_is_sent(desk):
    member = events.types(desk.event)["Member"]
    shown = text(desk.read("", 1, type_0=str(member.id)))
    assert "$150.00" in shown and "$120.00" not in shown


def test_another_price_can_be_chosen_for_one_line(desk):
    types = events.types(desk.event)
    desk.keep("Maren Kowalczyk", type_1=str(types["Non-member"].id))
    assert db.session.scalars(select(Registration.type_id)).one() == types["Non-member"].id


def whole_and_by_day(desk):
    """The desk books two days that are also sold by the day, for less, and as a table that takes no seat."""
    event = events.workshop("Two days", days=2, published=False)
    types = [TypeSpec("Day 1 only", [PriceSpec(9_000)], session_ids=[events.sessions(event)[0].id]),
             TypeSpec("A table", [PriceSpec(5_000)], takes_seat=False), *events.member_prices(12_000, 15_000)]
    events.sell(event, types)
    events.publish(event)
    desk.address = desk.address.rsplit("/", 1)[0] + f"/{event.slug}"


def chosen(shown):
    return re.findall(r'<option value="\d+" selected>([^<]+)<', shown)


def test_nobody_is_put_down_for_less_than_the_whole_event(desk):
    whole_and_by_day(desk)
    shown = text(desk.read("Maren Kowalczyk\nBo Berg\nNew Person <new@home.example>", 1))
    assert chosen(shown) == ["Member", "Non-member", "Non-member", "Non-member"]
    assert "$570.00" in shown  # 120 and three times 150


def test_prices_stand_in_the_organizers_order(desk):
    whole_and_by_day(desk)
    labels = re.findall(r'<option value="\d+"[^>]*>([^<]+)<', text(desk.read("Bo Berg")))
    assert labels == ["Day 1 only", "A table", "Non-member"]


def test_a_sum_that_another_choice_would_change_says_what_it_is_for(desk):
    shown = text(desk.read("Bo Berg"))
    assert "In all, as the list was read" in shown and "the next page shows the new sum before anything is paid" in shown


@pytest.mark.parametrize(("names", "status"), [
    ("", 422), (" \n \n", 422), ("x" * 10_000, 422), ("Bo\x00Berg <bo@home.example>", 422), ("😀 😀 <smile@home.example>", 200),
    ("Ana Silva\n" * 200, 200), ("Ana Silva\n" * 500, 422), ("<script>alert(1)</script> X <x@home.example>", 200),
    ("\u202eevil name <evil@home.example>", 200), ("a" * 300_000, 422),
])
def test_whatever_is_pasted_is_answered_and_kept_in_the_form(desk, names, status):
    answer = desk.read(names)
    assert answer.status_code == status
    assert places() == []
    assert "<script>alert" not in text(answer)


@pytest.mark.parametrize("to_follow", ["-1", "201", "99999999999999999999", "x", "1.5", "\x00"])
def test_a_number_that_makes_no_sense_is_put_right(desk, to_follow):
    assert desk.read("Bo Berg", to_follow).status_code == 422


def test_one_invoice_goes_to_the_agency_and_needs_its_number(desk):
    address = desk.keep("Maren Kowalczyk\nBo Berg", 1).location.removesuffix("/review")
    page = text(desk.client.get(f"{address}/review"))
    assert "Lakeshore Accounts" in page and "pays no invoice without it" in page and "1 seat, name to follow" in page
    total = re.search(r'name="total" value="(\d+)"', page)[1]
    refused = desk.client.post(f"{address}/place", data={"method": "invoice", "total": total, "agency": "Somebody else"})
    assert refused.status_code == 422 and "without a purchase order number" in text(refused)
    done = desk.client.post(f"{address}/place", data={"method": "invoice", "total": total, "po_number": "PO-77"})
    assert done.location == address
    order = db.session.scalars(select(Order)).one()
    payer = db.session.get_one(Payer, order.payer_id)
    assert (order.state, payer.name, payer.email, payer.agency_id) == (
        "placed", "Lakeshore Accounts", "bills@lakeshore.example", desk.agency.id)
    told = sorted((row.kind, row.to_address) for row in db.session.scalars(select(Message)) if row.kind != "reminder")
    assert told == [("invoice", "bills@lakeshore.example"), ("order_placed", "sue@lakeshore.example"),
                    ("registration_confirmed", "bo@lakeshore.example"), ("registration_confirmed", "maren@lakeshore.example"),
                    ("seats_unnamed", "sue@lakeshore.example"), ("seats_unnamed", "sue@lakeshore.example")]


def test_an_event_by_roster_is_booked_by_the_agency(desk):
    roster = events.workshop("By roster", sign_up="roster")
    desk.address = desk.address.rsplit("/", 1)[0] + f"/{roster.slug}"
    assert desk.keep("Bo Berg").status_code == 303


def test_an_event_by_application_and_one_that_is_closed_are_refused(desk, frozen):
    cohort = events.cohort()
    answer = desk.client.get(desk.address.rsplit("/", 1)[0] + f"/{cohort.slug}")
    assert "given by application" in text(answer)
    frozen.move_to(desk.event.starts_at)
    assert "closed" in text(desk.client.get(desk.address))
    assert desk.keep("Bo Berg").status_code != 303 and places() == []


def test_the_agencys_own_pool_is_shown_and_taken_first(desk):
    pool = setasides.allotment(desk.event, desk.agency, 3)
    assert "Your pool: 3 left." in text(desk.client.get(desk.address))
    desk.keep("Bo Berg", 1)
    assert set(db.session.scalars(select(Registration.set_aside_id))) == {pool}
    assert "Your pool: 1 left." in text(desk.client.get(desk.address))


def test_strangers_and_other_agencies_find_nothing(desk, sign_in):
    other = agencies.create("Other", actor_id=None)
    addresses = [f"/agency/{other.id}/book", f"/agency/{other.id}/book/{desk.event.slug}"]
    assert [desk.client.get(one).status_code for one in addresses] == [404, 404]
    assert desk.client.post(addresses[1], data={"names": "Bo Berg"}).status_code == 404
    sign_in(desk.client, desk.staff[0])
    assert [desk.client.get(one).status_code for one in (desk.address, desk.address.rsplit("/", 1)[0])] == [404, 404]


def test_events_are_found_by_their_title(desk):
    address = desk.address.rsplit("/", 1)[0]
    events.workshop("Reflective practice")
    assert "Reflective practice" in text(desk.client.get(address))
    assert "Reflective practice" not in text(desk.client.get(f"{address}?q=sleep"))
    assert desk.client.get(f"{address}?q=%00%25" + "x" * 300).status_code == 200


def test_the_event_page_leads_to_the_booking(desk):
    assert f'href="{desk.address}"' in text(desk.client.get(f"/events/{desk.event.slug}"))


def test_the_review_costs_the_same_for_one_line_and_for_thirty(desk, query_count):
    desk.read("Bo Berg")
    with query_count() as one:
        desk.read("Bo Berg")
    for number in range(29):
        more = people.person("More", f"Number{number}")
        agencies.add_member(desk.agency.id, more.id, from_on=events.day(-10), actor_id=more.id)
    db.session.commit()
    with query_count() as thirty:
        desk.read("\n".join(["Bo Berg"] + [f"More Number{number}" for number in range(29)]))
    assert len(one) == len(thirty)
