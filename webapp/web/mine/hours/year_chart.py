"""The hours of a calendar year as two running totals, with the table behind them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from webapp.attendance.queries.own import Pending
from webapp.core import times
from webapp.hours.transcripts import Transcript
from webapp.planning.ahead import Ahead
from webapp.web import charts
from webapp.web.charts import LineChart, Series

Gains = list[tuple[date, int]]
KINDS = ("training", "rsc")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def of(part: Transcript, year: int, today: date, waiting: Sequence[Pending], booked: Sequence[Ahead]) -> LineChart:
    """Whole lines are recorded; dashed after today are hours waiting or booked. Hours of 60 minutes."""
    recorded = {kind: sorted((line.on, line.minutes) for line in part.standing if line.kind == kind) for kind in KINDS}
    planned = {kind: _planned(kind, year, today, waiting, booked) for kind in KINDS}
    series = [_series("Training", "teal", recorded["training"], planned["training"]),
              _series("Reflective", "clay", recorded["rsc"], planned["rsc"])]
    length = _day(date(year, 12, 31))
    ticks = [(float(_day(date(year, month, 1))), word) for month, word in ((1, "Jan"), (4, "Apr"), (7, "Jul"), (10, "Oct"))]
    words = {kind: times.hours_words(sum(gain for _, gain in gains)) for kind, gains in recorded.items()}
    return charts.lines(
        f"Recorded hours through {year}: {words['training']} training, {words['rsc']} reflective.",
        series, (1.0, float(length)), ticks, today=float(_day(today)) if today.year == year else None,
        columns=["Month", "Training", "Reflective"], rows=_rows(recorded, planned), caption=f"Hours added in each month of {year}",
        note="Teal: training. Clay: reflective consultation. Whole line: recorded; dashed after today: waiting or booked.")


def _series(name: str, kind: str, recorded: Gains, planned: Gains) -> Series:
    done = _running(recorded, 0)
    after = _running(planned, sum(gain for _, gain in recorded))[1:]
    return Series(name, done, after, kind)


def _running(gains: Gains, total: int) -> list[tuple[float, float]]:
    points = [(1.0, total / 60)]
    for day, gain in gains:
        total += gain
        points.append((float(_day(day)), total / 60))
    return points


def _planned(kind: str, year: int, today: date, waiting: Sequence[Pending], booked: Sequence[Ahead]) -> Gains:
    """What waits is drawn at today; what is booked on its day."""
    if today.year != year:
        return []
    gains = [(today, one.minutes) for one in waiting if one.kind == kind and one.day.year == year]
    for one in booked:
        day = times.local(one.starts_at, one.zone).date()
        gains.append((max(day, today), one.training_minutes if kind == "training" else one.rsc_minutes))
    return sorted((day, minutes) for day, minutes in gains if minutes and day.year == year)


def _rows(recorded: dict[str, Gains], planned: dict[str, Gains]) -> list[list[str]]:
    """By month: what was recorded, then what waits or is booked, each in the order of the year."""
    rows = []
    for gains, more in ((recorded, ""), (planned, ", waiting or booked")):
        by_month: dict[int, Counter[str]] = defaultdict(Counter)
        for kind, found in gains.items():
            for day, minutes in found:
                by_month[day.month][kind] += minutes
        rows += [[f"{MONTHS[month - 1]}{more}", times.hours_words(by_month[month]["training"]), times.hours_words(by_month[month]["rsc"])]
                 for month in sorted(by_month)]
    return rows


def _day(day: date) -> int:
    return day.timetuple().tm_yday
