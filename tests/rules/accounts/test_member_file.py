"""The member list as a file: each line a membership, or a fault told by its line."""

from datetime import date

import pytest

from webapp.accounts.member_file import Fault, Member, read
from webapp.core import sheets
from webapp.core.errors import Unacceptable

HEAD = "number,name,email,from,until\n"
ANA = Member("M-1", "Ana Silva", "ana@home.example", date(2026, 1, 1), date(2026, 12, 31))


def members(content: str) -> tuple[list[Member], list[Fault]]:
    return read(sheets.read_csv(content))


@pytest.mark.parametrize("content", [
    HEAD + "M-1,Ana Silva,ana@home.example,2026-01-01,2026-12-31\n",
    "\ufeff" + HEAD + "\n M-1 , Ana  Silva,ANA@home.example,1/1/2026,12/31/2026\n",
    "Expires;E-mail;Membership number;Full name;Start date\n12/31/2026;ana@home.example;M-1;\"Ana Silva\";2026-01-01",
    "until\tfrom\tnumber\tname\temail\tshoe size\n2026-12-31\t2026-01-01\tM-1\tAna Silva\tana@home.example\t38"])
def test_a_line_is_read_whatever_the_separator_the_order_and_the_days(content: str) -> None:
    assert members(content) == ([ANA], [])


@pytest.mark.parametrize(("line", "words"), [
    (",Ana,ana@home.example,2026-01-01,2026-12-31", "The number is missing."),
    ("M-1,Ana,ana,2026-01-01,2026-12-31", "Write the whole address, for example maria@example.org."),
    ("M-1,Ana,ana@home.example,2026-02-30,2026-12-31", "The first day is not one: write 2026-12-31 or 12/31/2026."),
    ("M-1,Ana,ana@home.example,2026-01-01,soon", "The last day is not one: write 2026-12-31 or 12/31/2026."),
    ("M-1,Ana,ana@home.example,2026-01-01,2025-12-31", "The last day is before the first."),
    ("M-1,Ana,ana@home.example,0001-01-01,2025-12-31", "The first day is not between 1900 and 2199."),
    ("M-1", "Write the whole address, for example maria@example.org. The first day is not one: write 2026-12-31 or 12/31/2026. "
            "The last day is not one: write 2026-12-31 or 12/31/2026."),
    (",Ana,ana,2026-01-01,2026-12-31", "The number is missing. Write the whole address, for example maria@example.org."),
    (f"{'9' * 41},{'A' * 201},ana@home.example,2026-01-01,2025-12-31",
     "The number: Please keep it to 40 characters; it has 41. The name: Please keep it to 200 characters; it has 201. "
     "The last day is before the first.")])
def test_a_bad_line_says_its_number_and_why(line: str, words: str) -> None:
    good = "M-0,Bo,bo@home.example,2026-01-01,2026-12-31\n"
    assert members(HEAD + good + line)[1] == [Fault(3, words)]


def test_the_same_membership_twice_names_both_lines() -> None:
    line = "M-1,Ana,ana@home.example,2026-01-01,2026-12-31\n"
    assert members(HEAD + line + line)[1] == [Fault(3, "Number M-1 from that day stands in line 2 already.")]


@pytest.mark.parametrize(("content", "words"), [
    ("", "nothing in it"), ("\n,,\n", "nothing in it"),
    ("name,email\nAna,ana@home.example", "no column called number and none called from"),
    (HEAD + "\"M-1,Ana", "not a table"), (HEAD + "M-1\n" * 5_001, "more than 5,000 lines")])
def test_what_is_no_member_list_is_refused(content: str, words: str) -> None:
    with pytest.raises(Unacceptable, match=words):
        members(content)
