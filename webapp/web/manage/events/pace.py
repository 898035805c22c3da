"""How the places of an event filled, day by day, as a line to look at with the table behind it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from webapp.core import clock, times
from webapp.web import charts
from webapp.web.charts import LineChart, Series

FEWEST = 3  # below that a line says less than the number
SHOWN_GOAL = 3  # the capacity is drawn when at least a third of it is taken, else the line would lie on the floor
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def of(confirmed_at: Sequence[datetime], zone: str, starts_at: datetime | None, capacity: int | None) -> LineChart | None:
    """The running total of places that stand, to today or to the first session; None for too few."""
    if len(confirmed_at) < FEWEST:
        return None
    days = Counter(times.local(moment, zone).date() for moment in confirmed_at)
    first, last = min(days), max(max(days), min(clock.today(zone), _start(starts_at, zone)))
    total = sum(days.values())
    goal = capacity if capacity and total * SHOWN_GOAL >= capacity else None
    return charts.lines(
        f"{total} places that stand today, from {times.date_words(first)} to {times.date_words(last)}.",
        [Series("Places", _running(days, first), goal=goal, goal_label=f"{goal} places" if goal else "")],
        (0.0, float(max((last - first).days, 1))), _ticks(first, last), columns=["Month", "Added", "In all"], rows=_rows(days),
        caption="Places confirmed in each month",
        note="Places that stand today, by the day they were confirmed; those given back are left out.")


def _start(starts_at: datetime | None, zone: str) -> date:
    return times.local(starts_at, zone).date() if starts_at is not None else date.max


def _running(days: Counter[date], first: date) -> list[tuple[float, float]]:
    points, total = [(0.0, 0.0)], 0
    for day in sorted(days):
        total += days[day]
        points.append((float((day - first).days), float(total)))
    return points


def _ticks(first: date, last: date) -> list[tuple[float, str]]:
    """The days months begin on, five at most; the first and the last day where there are none."""
    begins = [day for offset in range((last - first).days + 1) if (day := first + timedelta(days=offset)).day == 1]
    shown = begins[:: len(begins) // 5 + 1] or [first, last]
    return [(float((day - first).days), MONTHS[day.month - 1] if begins else f"{day.day} {MONTHS[day.month - 1]}") for day in shown]


def _rows(days: Counter[date]) -> list[list[str]]:
    months: Counter[tuple[int, int]] = Counter()
    for day, count in days.items():
        months[day.year, day.month] += count
    total, rows = 0, []
    for (year, month), count in sorted(months.items()):
        total += count
        rows.append([f"{MONTHS[month - 1]} {year}", str(count), str(total)])
    return rows
