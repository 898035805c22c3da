"""Small geometry for the charts templates draw as SVG: numbers in, coordinates and finished words out.

Nothing here knows of requests or the database. Every chart carries the rows of the table that stands behind
it, so that what is drawn can also be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

STEPS = (1, 2, 3, 5, 6, 10, 12, 15, 20, 25, 30, 50, 60, 100)
WIDTH, LEFT, TOP, FLOOR = 360.0, 30.0, 14.0, 180.0


@dataclass(frozen=True)
class Stretch:
    """A part of a day: how long, whether its minutes count, when ("9:00 am to 12:00 pm") and what it is."""

    minutes: int
    counts: bool
    time: str = ""
    text: str = ""


@dataclass(frozen=True)
class DayBar:
    """A day as one bar; `counting` holds (x, width) in minutes from the start."""

    label: str
    whole: int
    counted: int
    counting: list[tuple[int, int]]
    rows: list[Stretch]


@dataclass(frozen=True)
class Bar:
    """One horizontal bar: `width` of 100."""

    label: str
    value: float
    text: str
    width: float


@dataclass(frozen=True)
class BarChart:
    """Horizontal bars under a title; `kind` is teal or clay."""

    title: str
    rows: list[Bar]
    kind: str = "teal"


@dataclass(frozen=True)
class Series:
    """A running total: (x, y) points in the order of x, recorded and planned after; `kind` teal or clay."""

    name: str
    recorded: Sequence[tuple[float, float]]
    planned: Sequence[tuple[float, float]] = ()
    kind: str = "teal"
    goal: float | None = None
    goal_label: str = ""


@dataclass(frozen=True)
class Line:
    """A series as SVG paths; the goal's line and word where it has one."""

    name: str
    kind: str
    recorded: str
    planned: str
    goal_y: float | None = None
    goal_text_y: float = 0.0
    goal_label: str = ""


@dataclass(frozen=True)
class LineChart:
    """Step lines on a 360 by 206 field."""

    title: str
    lines: list[Line]
    rules: list[tuple[float, str]]
    ticks: list[tuple[float, str]]
    today_x: float | None
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    caption: str = ""
    note: str = ""


def day(stretches: Sequence[Stretch], label: str) -> DayBar:
    """The bar of a day. A stretch without a `text` (a break within a session) is drawn and not listed."""
    at, counting = 0, []
    for stretch in stretches:
        if stretch.counts:
            counting.append((at, stretch.minutes))
        at += stretch.minutes
    counted = sum(stretch.minutes for stretch in stretches if stretch.counts)
    return DayBar(label, at, counted, counting, [stretch for stretch in stretches if stretch.text])


def bars(title: str, rows: Sequence[tuple[str, float, str]], kind: str = "teal") -> BarChart:
    """Bars for rows of (label, value, value in words); the longest fills the width, zero draws nothing."""
    longest = max((value for _, value, _ in rows), default=0)
    scale = 100 / longest if longest > 0 else 0.0
    return BarChart(
        title, [Bar(label, value, text, round(value * scale, 2)) for label, value, text in rows], kind
    )


def tick_step(highest: float, most: int = 5) -> float:
    """The smallest pleasant step with which at most `most` steps reach `highest`."""
    for factor in (1, 100, 10_000, 1_000_000):
        for step in STEPS:
            if step * factor * most >= highest:
                return step * factor
    return highest / most


def lines(
    title: str,
    series: Sequence[Series],
    x_range: tuple[float, float],
    ticks: Sequence[tuple[float, str]],
    *,
    today: float | None = None,
    columns: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    caption: str = "",
    note: str = "",
) -> LineChart:
    """Running totals over `x_range` (say, days of the year); `columns` and `rows` are the table behind."""
    start, end = x_range
    values = [y for one in series for _, y in (*one.recorded, *one.planned)]
    tallest = max([*values, *(one.goal or 0 for one in series), 1])
    step = tick_step(tallest)
    count = ceil(tallest / step)
    highest = step * count

    def across(x: float) -> float:
        return round(LEFT + (WIDTH - 10 - LEFT) * (x - start) / (end - start or 1), 1)

    def up(y: float) -> float:
        return round(FLOOR - (FLOOR - TOP) * y / highest, 1)

    def steps(points: Sequence[tuple[float, float]], until: float | None) -> str:
        if not points:
            return ""
        path = f"M{across(points[0][0])} {up(points[0][1])}"
        path += "".join(f"H{across(x)}V{up(y)}" for x, y in points[1:])
        return path if until is None else path + f"H{across(until)}"

    def line(one: Series) -> Line:
        planned = [one.recorded[-1], *one.planned] if one.planned and one.recorded else one.planned
        if today is not None and planned and planned[0][0] < today:
            planned = [(today, planned[0][1]), *planned[1:]]
        lower = any((other.goal or 0) > (one.goal or 0) for other in series)
        goal_y = up(one.goal) if one.goal is not None else None
        text_y = (goal_y or 0) + (13 if lower else -5)
        recorded = steps(one.recorded, today if today is not None else end)
        return Line(one.name, one.kind, recorded, steps(planned, end), goal_y, text_y, one.goal_label)

    rules = [(up(step * n), f"{step * n:g}") for n in range(count + 1)]
    return LineChart(
        title=title,
        lines=[line(one) for one in series],
        rules=rules,
        ticks=[(across(x), word) for x, word in ticks],
        today_x=across(today) if today is not None else None,
        columns=list(columns),
        rows=[list(row) for row in rows],
        caption=caption,
        note=note,
    )
