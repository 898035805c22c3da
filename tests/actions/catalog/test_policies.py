"""Cancellation policies as data."""

import copy

import pytest
from sqlalchemy import func, select

from webapp.catalog import attendance_rules, organizations, policies
from webapp.catalog.models import CancellationPolicy, Organization
from webapp.core.db import db
from webapp.core.errors import Unacceptable

GOOD = {"refunds": [{"until_days": 7, "fee": {"kind": "none"}}], "after": "none", "substitution_until_hours": None, "balance": None,
        "no_show": "none", "organizer_cancels": "full"}


def test_reference_data_is_loaded_once():
    for _ in range(2):
        organizations.load_reference_data("Lakes & Prairies IECMH Association")
    counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (CancellationPolicy, Organization)]
    assert counts == [9, 1]


def test_the_newest_edition_is_the_current_one():
    organizations.load_reference_data("A")
    first = policies.current()
    db.session.add(CancellationPolicy(code=first.code, edition=first.edition + 1, name="New", sentence="New.", rules=first.rules,
                                      valid_from=first.valid_from))
    assert policies.current().name == "New"


@pytest.mark.parametrize("spoil", [
    lambda rules: rules.pop("after"), lambda rules: rules.update(extra=1), lambda rules: rules.update(after="substitution"),
    lambda rules: rules["refunds"].append({"until_days": 14, "fee": {"kind": "none"}}),
    lambda rules: rules["refunds"][0].update(fee={"kind": "flat"}), lambda rules: rules["refunds"][0].update(fee={"kind": "magic"})])
def test_a_rule_nobody_could_apply_is_refused(spoil):
    rules = copy.deepcopy(GOOD)
    policies.check(rules)
    spoil(rules)
    with pytest.raises(Unacceptable):
        policies.check(rules)


@pytest.mark.parametrize("rule", [{"awards": "maybe"}, {"unknown": 1}, {"may_miss_days": -1}, {"certificate_needs_sessions": "7"}])
def test_an_attendance_rule_nobody_could_apply_is_refused(rule):
    with pytest.raises(Unacceptable):
        attendance_rules.check(rule)
