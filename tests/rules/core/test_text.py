"""What is kept of a text that comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core import text
from webapp.core.errors import Unacceptable


def test_a_text_is_kept_in_one_form() -> None:
    assert text.clean("Zoe\u0308") == "Zo\u00eb"


@pytest.mark.parametrize(("typed", "kept"), [("Ana \u202elive", "Ana live"), ("\u2067Ana\u2069", "Ana"), ("\u200b \ufeff", ""),
                                             ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e")])
def test_unseen_marks_are_cut_and_those_that_words_need_stay(typed: str, kept: str) -> None:
    assert text.clean(typed) == kept


@pytest.mark.parametrize("typed", ["A\x00na", "A\x0bna", "A\x7fna", "A\u2028na", "A\ud800na"])
def test_what_cannot_be_stored_is_refused(typed: str) -> None:
    with pytest.raises(Unacceptable, match="cannot be stored"):
        text.clean(typed, lines=True)


def test_line_ends_are_line_feeds() -> None:
    assert text.clean("one\r\ntwo\rthree", lines=True) == "one\ntwo\nthree"


@given(st.text(max_size=80))
def test_what_is_kept_stays_as_it_is(typed: str) -> None:
    try:
        kept = text.clean(typed, lines=True)
    except Unacceptable:
        return
    assert text.clean(kept, lines=True) == kept
