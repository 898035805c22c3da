"""From when until when a bought membership runs: pure."""

from datetime import date, timedelta

from webapp.core import times

RULE = "membership"  # of the line of one that was bought
RENEWAL = timedelta(days=92)


def days(bought_on: date, months: int, runs_until: date | None) -> tuple[date, date]:
    """First and last day. One that is bought while another still runs (`runs_until`) begins the day after it: no day is paid twice."""
    first = runs_until + timedelta(days=1) if runs_until is not None and runs_until >= bought_on else bought_on
    return first, times.months_after(first, months) - timedelta(days=1)


def may_buy(runs_until: date | None, today: date) -> bool:
    """Whether somebody whose membership runs so long may buy one: from three months before it ends."""
    return runs_until is None or runs_until - today <= RENEWAL
