"""What a mail may tell a calendar about a seat."""

import pytest

from webapp.calendars import rules
from webapp.calendars.rules import Told


@pytest.mark.parametrize(("told", "sequence", "gone", "by_mail", "act"), [
    (None, 0, "", True, "invite"),
    (None, 0, "", False, ""),
    (None, 1, "off", True, ""),
    (Told("standing", 0), 1, "", True, "update"),
    (Told("standing", 0), 1, "", False, "update"),
    (Told("standing", 0), 0, "", True, ""),
    (Told("standing", 0), 1, "off", False, "off"),
    (Told("standing", 0), 1, "removed", True, "removed"),
    (Told("cancelled", 1), 2, "", True, "invite"),
    (Told("cancelled", 1), 2, "", False, ""),
    (Told("cancelled", 1), 1, "", True, ""),
    (Told("cancelled", 1), 2, "removed", True, ""),
    (Told("leaving", 0), 1, "", True, "moved"),
    (Told("leaving", 0), 1, "off", True, "off"),
    (Told("moved", 1), 2, "", True, ""),
    (Told("moved", 1), 2, "off", True, ""),
])
def test_the_next_act_follows_from_what_was_told_and_what_is_true(told, sequence, gone, by_mail, act):
    assert rules.act(told, sequence, gone, by_mail=by_mail) == act


@pytest.mark.parametrize(("state", "gone", "act"), [
    ("standing", "", "invite"), ("cancelled", "off", "off"), ("cancelled", "removed", "removed"), ("moved", "", "moved"),
])
def test_a_mail_that_is_sent_again_tells_the_same_again(state, gone, act):
    assert rules.act(Told(state, 0, by_this_mail=True), 0, gone, by_mail=False) == act


def test_a_mail_that_is_sent_again_after_a_change_tells_the_change():
    assert rules.act(Told("standing", 0, by_this_mail=True), 1, "off", by_mail=True) == "off"


def test_a_session_that_is_off_is_off_for_who_left_it_too():
    assert rules.off(session_takes_place=False, seat_booked=False) == "off"
