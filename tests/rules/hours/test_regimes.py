"""Minutes as hours of the regimes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.errors import Unacceptable
from webapp.hours import regimes


@pytest.mark.parametrize(("minutes", "code", "shown"), [
    (165, "ENDORSE", "2.75"), (50, "ENDORSE", "0.83"), (165, "WI-MPSW", "3.3"), (165, "IACET", "0.3"), (1070, "IACET", "1.8"),
    (90, "IACET", "0.2"), (119, "ASWB-ACE", "1"), (49, "CPE50", "0"), (50, "CPE50", "1"), (75, "CPE50", "1.5"), (99, "CPE50", "1.5"),
])
def test_hours_of_a_regime(minutes, code, shown):
    assert regimes.hours(minutes, code) == Decimal(shown)


@given(st.integers(0, 100_000), st.integers(0, 500), st.sampled_from(sorted(regimes.all_regimes())))
def test_more_minutes_are_never_fewer_hours(minutes, more, code):
    assert regimes.hours(minutes + more, code) >= regimes.hours(minutes, code)


@given(st.integers(0, 100_000), st.sampled_from([one.code for one in regimes.all_regimes().values() if one.rounding == "down"]))
def test_a_regime_that_rounds_down_never_gives_a_minute_too_much(minutes, code):
    assert regimes.hours(minutes, code) * regimes.get(code).minutes_per_unit <= minutes


def test_words_have_no_idle_zeros():
    assert [regimes.words(120), regimes.words(165, "WI-MPSW")] == ["2 clock hours", "3.3 hours of 50 minutes"]


def test_an_unknown_regime_is_refused():
    with pytest.raises(Unacceptable):
        regimes.hours(60, "NONE")
