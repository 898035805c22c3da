"""Pasted lists of names."""

import pytest

from webapp.registration.booking import pasting

MARIA = ("Maria", "Lopez", "maria@agency.example")


@pytest.mark.parametrize("typed", [
    "Maria Lopez <maria@agency.example>", "Lopez, Maria; maria@agency.example", "Lopez; Maria; maria@agency.example",
    "Maria,Lopez,maria@agency.example", "Maria\tLopez\tmaria@agency.example", '"Lopez, Maria" <Maria@Agency.example>',
    "maria@agency.example, Maria Lopez", "maria@agency.example\tMaria\tLopez", "  3. Maria   Lopez (maria@agency.example) ",
    "- Maria Lopez mailto:maria@agency.example", "Maria Lopez, maria@agency.example",
])
def test_a_line_is_understood_however_it_is_written(typed):
    [line] = pasting.read(typed)
    expected = MARIA if not typed.startswith("Lopez; Maria") else ("Lopez", "Maria", MARIA[2])
    assert (line.given, line.family, line.email, line.problem) == (*expected, "")


@pytest.mark.parametrize(("head", "line"), [
    ("First name,Last name,E-mail", "Maria,Lopez,maria@agency.example"), ("Last\tFirst\tEmail", "Lopez\tMaria\tmaria@agency.example"),
    ("Surname;Given name;Email address", "Lopez;Maria;maria@agency.example"),
])
def test_headings_say_which_name_comes_first(head, line):
    [read] = pasting.read(f"{head}\n{line}")
    assert (read.number, read.given, read.family, read.email) == (2, *MARIA)


def test_a_column_with_a_digit_is_a_membership_number():
    [line] = pasting.read("Maria\tLopez\tmaria@agency.example\tM-00412")
    assert (line.name, line.member_number) == ("Maria Lopez", "M-00412")


@pytest.mark.parametrize(("typed", "given", "family"), [
    ("Lopez, Maria", "Maria", "Lopez"), ("Cher", "Cher", ""), ("Ana de la Cruz", "Ana de la", "Cruz"), ("😀 Smile", "😀", "Smile"),
    ("אסתר כהן", "אסתר", "כהן"), ("O'Brien, Ann-Marie", "Ann-Marie", "O'Brien"),
])
def test_a_name_alone_is_read(typed, given, family):
    [line] = pasting.read(typed)
    assert (line.given, line.family, line.email, line.problem) == (given, family, "", "")


@pytest.mark.parametrize(("typed", "said"), [
    ("Bo Berg <bo@agency>", "Write the whole address"), ("Bo Berg bo@@agency.example", "Write the whole address"),
    ("a@b.example c@d.example", "two e-mail addresses"), ("Bo\x00 Berg", "cannot be stored"), ("x" * 10_000, "keep it to"),
    ("Bo Berg bo@", "Write the whole"), ("x" * 101 + " Berg", "keep it to 100"),
])
def test_a_line_that_cannot_be_used_says_why(typed, said):
    [line] = pasting.read(typed)
    assert said in line.problem
    assert line.typed == typed


def test_empty_lines_are_passed_over_and_every_line_keeps_its_number():
    assert [(line.number, line.name) for line in pasting.read("\r\nAna Silva\r\n\n \nBo Berg\r\n")] == [(2, "Ana Silva"), (5, "Bo Berg")]


def test_nothing_is_nothing():
    assert pasting.read(" \n\t\n") == []
