"""Names and addresses as text; local paths; roles by scope; passwords."""

import pytest

from webapp.accounts import names, passwords
from webapp.core.errors import Unacceptable


@pytest.mark.parametrize(("typed", "kept"), [
    ("Ana@Home.Example", "ana@home.example"), ("  ana@home.example ", "ana@home.example"),
    ("ana+imh@home.example", "ana+imh@home.example")])
def test_an_address_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert names.address(typed) == kept


@pytest.mark.parametrize("typed", ["", "ana", "ana@", "@home.example", "a b@home.example", "a\x00@home.example", "a@home",
                                   "x" * 250 + "@home.example", "a@home.example, b@home.example", "ana@home.example\nbcc: x@y.example"])
def test_what_is_no_address_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        names.address(typed)
    assert refused.value.field == "email"


@pytest.mark.parametrize(("one", "other", "alike", "same"), [
    ("Ana Ruiz", "ANA RUIZ", True, True), ("Zoë Müller", "Zoe Muller", True, True), ("Ana Ruiz", "Anita Ruiz", True, False),
    ("Ana Ruiz", "Bo Chen", False, False), ("A. Ruiz", "A. Chen", False, False), ("Ana Ruiz-Lopez", "Ana Lopez", True, False),
    ("محمد علي", "محمد علي", True, True), ("王", "王", True, True), ("王", "李", False, False)])
def test_names_are_compared_without_case_and_accents(one: str, other: str, alike: bool, same: bool) -> None:
    assert (names.alike(one, other), names.same(one, other)) == (alike, same)


@pytest.mark.parametrize("password", ["short", "x" * 201, "password123", "aaaaaaaaaaaa", "Ana@Home.Example", "ana@home.example"])
def test_a_guessable_password_is_refused(password: str) -> None:
    with pytest.raises(Unacceptable):
        passwords.check(password, about="Ana Ruiz ana@home.example")


@pytest.mark.parametrize("password", ["three quiet herons", "🌿🌿🌿 herons and geese", "x7!kQ-29#p"])
def test_a_password_that_is_hard_to_guess_is_taken(password: str) -> None:
    passwords.check(password, about="Ana Ruiz ana@home.example")


def test_a_hash_matches_its_password_alone() -> None:
    made = passwords.digest("three quiet herons", fast=True)
    assert passwords.matches(made, "three quiet herons", fast=True)
    assert not passwords.matches(made, "three quiet Herons", fast=True)
    assert not passwords.matches(None, "nobody has this password", fast=True)
    assert not passwords.matches("not a hash", "three quiet herons", fast=True)


def test_a_hash_of_cheaper_parameters_is_old() -> None:
    made = passwords.digest("three quiet herons", fast=True)
    assert (passwords.is_old(made, fast=True), passwords.is_old(made)) == (False, True)
