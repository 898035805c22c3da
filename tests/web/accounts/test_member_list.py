"""The member list imported from a file: all of it or nothing, and again without harm."""

from datetime import date
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import people
from tests.support.counting import query_count
from webapp.accounts import memberships
from webapp.accounts.models import Membership
from webapp.core.audit import AuditEntry
from webapp.core.db import db

HERE = "/manage/memberships/import"
HEAD = "number,name,email,from,until\n"
ANA = "M-1,Ana Silva,ana@home.example,2026-01-01,2026-12-31\n"
BO = "M-2,Bo Lee,bo@home.example,1/1/2026,12/31/2026\n"


@pytest.fixture
def finance(client: FlaskClient, sign_in) -> FlaskClient:
    sign_in(client, people.person("Joan", "Tate", roles=["finance"]))
    return client


def send(client: FlaskClient, content: str, **more):
    return client.post(HERE, data={"rows": content, **more}, follow_redirects=True)


def kept() -> list[tuple[str, str, date]]:
    return [(one.number, one.email, one.until_on) for one in db.session.scalars(select(Membership).order_by(Membership.id))]


def test_a_file_is_taken_over_and_decides_the_price(finance: FlaskClient) -> None:
    bo = people.person("Bo", "Lee", email="bo@home.example")
    page = finance.post(HERE, data={"file": (BytesIO((HEAD + ANA + BO).encode("utf-8-sig")), "members.csv")}, follow_redirects=True).text
    assert "2 added, 0 changed, 0 known as they are." in page
    assert memberships.by_number("M-1", "ana@home.example", date(2026, 7, 1))
    assert memberships.valid_on(bo.id, date(2026, 7, 1)).number == "M-2"


def test_the_same_file_again_changes_nothing(finance: FlaskClient) -> None:
    send(finance, HEAD + ANA + BO)
    before = kept()
    assert "0 added, 0 changed, 2 known as they are." in send(finance, HEAD + ANA + BO).text
    assert (kept(), len(db.session.scalars(select(AuditEntry).filter_by(action="memberships.imported")).all())) == (before, 1)


def test_a_later_file_moves_the_last_day_and_adds_the_next_year(finance: FlaskClient) -> None:
    send(finance, HEAD + ANA)
    page = send(finance, HEAD + "M-1,,ana@new.example,2026-01-01,2027-01-31\nM-1,Ana Silva,ana@new.example,2027-02-01,2028-01-31\n").text
    assert "1 added, 1 changed, 0 known" in page
    assert kept() == [("M-1", "ana@new.example", date(2027, 1, 31)), ("M-1", "ana@new.example", date(2028, 1, 31))]


def test_an_address_put_right_by_a_later_file_gives_her_the_membership(finance: FlaskClient) -> None:
    ana = people.person("Ana", "Silva", email="ana@home.example")
    send(finance, HEAD + "M-1,Ana Silva,anna@home.example,2026-01-01,2026-12-31\n")
    before = memberships.valid_on(ana.id, date(2026, 7, 1))
    send(finance, HEAD + ANA)
    assert (before, memberships.valid_on(ana.id, date(2026, 7, 1)).number) == (None, "M-1")


def test_one_bad_line_and_nothing_is_written_and_nothing_typed_lost(finance: FlaskClient) -> None:
    answer = send(finance, HEAD + ANA + "M-2,Bo,nobody,2026-01-01,2026-12-31\n")
    assert (answer.status_code, kept()) == (422, [])
    assert "Line 3: Write the whole address" in answer.text and "M-1,Ana Silva,ana@home.example" in answer.text


@pytest.mark.parametrize(("sent", "words"), [
    ({"rows": ""}, "nothing in it"), ({"rows": "a\x00b"}, "cannot be stored"), ({"file": (BytesIO(b"\xff\xfe\x00"), "x.csv")}, "UTF-8")])
def test_what_is_no_list_comes_back(finance: FlaskClient, sent: dict, words: str) -> None:
    answer = finance.post(HERE, data=sent)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_a_long_list_costs_as_many_statements_as_a_short_one(finance: FlaskClient) -> None:
    def cost(kind: str, count: int) -> int:
        lines = "".join(f"{kind}-{one},,{kind}{one}@home.example,2026-01-01,2026-12-31\n" for one in range(count))
        with query_count() as seen:
            assert finance.post(HERE, data={"rows": HEAD + lines}).status_code == 303
        return len(seen)

    assert cost("a", 1) == cost("b", 30)


def test_who_organizes_only_does_not_import(client: FlaskClient, sign_in) -> None:
    sign_in(client, people.person(roles=["organizer"]))
    assert client.get(HERE).status_code == 404
