"""What is kept of a text that comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core import text
from webapp.core.errors import Unacceptable


def test_a_text_is_kept_in_one_form() -> None:
    assert text.clean("Zoe\u0308") == "Zo\u00eb"


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
