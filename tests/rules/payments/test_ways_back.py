"""How money goes back, said for the way it came."""

import pytest

from webapp.payments.rules.ways_back import ALONE, sentence


@pytest.mark.parametrize(("ways", "said"), [
    ({"card"}, "It goes back to the card within some days."),
    ({"cheque"}, "It was paid by check, so we send a check to who paid."),
    ({"balance"}, "It was paid from a balance, so it is a balance again, for at least 30 days. No money is sent."),
    ({"bound"}, "It was kept from a place that was put off, so it waits for another date of the same course again, for at least 30 days. "
                "No money is sent."),
    ({"cheque", "card", "bound"}, "Each part goes the way it came: what was paid by card to the card within some days, what was paid by "
                                  "check with a check, what was paid with what was kept from a place put off waits for another date of "
                                  "the same course again."),
    (set(), ""),
])
def test_each_way_has_its_sentence(ways: set[str], said: str) -> None:
    assert sentence(ways) == said


def test_every_method_is_known() -> None:
    assert all(sentence({way}) == words for way, words in ALONE.items())
