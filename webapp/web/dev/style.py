"""The living style page: every component in every state, with made-up people and events.

Holds its example data and nothing else.
"""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template, request

from webapp.web import access, charts
from webapp.web.charts import Series, Stretch

pages = Blueprint("style", __name__)

AREAS = [
    ("TF-ATT", "Attachment, trauma, grief"),
    ("TF-DIS", "Disorders of infancy"),
    ("DSS-PIP", "Parent-infant practices"),
    ("DSS-SAF", "Safety"),
]
MONTHS = [
    {"label": "Sep", "href": "#", "total": 3, "current": True},
    *({"label": label, "href": "#", "total": total} for label, total in [("Oct", 5), ("Nov", 1), ("Dec", 1)]),
    *(
        {"label": label, "href": "#", "total": total}
        for label, total in [("Jan 2027", 3), ("Feb", 1), ("Mar", 2)]
    ),
]
PRICES = [
    ("Member", ["$110.00", "$125.00"]),
    ("Non-member", ["$140.00", "$155.00"]),
    ("Student", ["$65.00", "$65.00"]),
]
CHOICES = [
    {
        "value": "member",
        "label": "Member",
        "price": "$110.00",
        "hint": "Your membership runs to 31 Dec 2026.",
    },
    {"value": "other", "label": "Non-member", "price": "$140.00", "hint": "Early price until Tue 15 Sep."},
    {"value": "day", "label": "One day", "price": "$80.00", "disabled": True, "tag": ("Sold out", "bad")},
]
PEOPLE = [
    (
        "Achterberg, Lise",
        "Fox Valley Birth to 3",
        "Member",
        "$110.00",
        ("Paid", "ok"),
        "",
        ("Confirmed", "ok"),
        "3 Aug",
    ),
    (
        "Castellanos, Iria",
        "County of Brown, WIC",
        "Member",
        "$125.00",
        ("Owed", "warn"),
        "Spanish interpreter, open",
        ("Confirmed", "ok"),
        "6 Oct",
    ),
    (
        "Grünewald-Petersen, Annelie",
        "St. Brendan Family Clinic",
        "Non-member",
        "$140.00",
        ("Owed", "warn"),
        "",
        ("Confirmed", "ok"),
        "11 Sep",
    ),
    (
        "ליאור בן־דוד",
        "self",
        "Non-member",
        "$155.00",
        ("Not yet", "plain"),
        "",
        ("Offer to 5:00 pm", "warn"),
        "12 Oct",
    ),
    (
        "Nyström, Elin",
        "self",
        "Member",
        "$110.00",
        ("Refunded $90.00", "ok"),
        "",
        ("Cancelled", "bad"),
        "20 Aug",
    ),
]
COLUMNS = [
    {"label": "Name and agency", "href": "#", "sorted": "ascending"},
    {"label": "Type"},
    {"label": "Price", "num": True, "href": "#"},
    {"label": "Money"},
    {"label": "Access"},
    {"label": "State"},
    {"label": "Since", "wide": True},
]
DAY = charts.day(
    [
        Stretch(
            80, True, "9:00 am to 12:00 pm", "Morning: 2 h 45 min. Attachment and loss; disorders of infancy"
        ),
        Stretch(15, False),
        Stretch(85, True),
        Stretch(60, False, "12:00 to 1:00 pm", "Lunch, with two 15-minute breaks: not counted"),
        Stretch(80, True, "1:00 to 4:00 pm", "Afternoon: 2 h 45 min. Parent-infant practices; safety"),
        Stretch(15, False),
        Stretch(85, True),
    ],
    "Four stretches that count, 330 minutes in all, with two breaks and lunch between them",
)
TRAINING = Series(
    "Training",
    [(0, 0), (253, 3), (267, 6), (281, 9), (288, 14.25), (309, 16.5)],
    [(323, 19.5), (337, 22.5), (351, 25.5)],
    "teal",
    15,
    "15 h training asked",
)
REFLECTIVE = Series(
    "Reflective",
    [(0, 0), (41, 1), (69, 2), (104, 3), (132, 4), (258, 6), (293, 8), (321, 10)],
    [(349, 12)],
    "clay",
    12,
    "12 h reflective asked",
)
YEAR = charts.lines(
    "Recorded hours through 2026: training passes 15 on 5 November; reflective stands at 10 of 12.",
    [TRAINING, REFLECTIVE],
    (0, 365),
    [(2, "Jan"), (90, "Apr"), (181, "Jul"), (273, "Oct"), (365, "Dec")],
    today=325,
    columns=["Month", "Training", "Reflective"],
    rows=[["February to May", "0 h", "4 h"], ["September", "6 h", "2 h"], ["October", "8 h 15 min", "2 h"]],
    caption="Hours added in each month of 2026",
    note="Whole line: recorded. Dashed after today: waiting or booked.",
)
DEMAND = charts.bars(
    "What was searched and not found, last 90 days",
    [
        ("Reflective groups, evenings", 41, "41 times"),
        ("DEI", 18, "18 times"),
        ("Sleep", 7, "7 times"),
        ("Deaf", 0, "none"),
    ],
)
COVERAGE = [
    {
        "title": "Theoretical foundations",
        "areas": [
            {"name": "Pregnancy", "text": "3 h", "state": "have"},
            {"name": "Development", "text": "3 h", "state": "have"},
            {"name": "Attachment, loss", "text": "5 h", "state": "have"},
            {"name": "Culture", "text": "3 h waiting", "state": "wait"},
        ],
    },
    {
        "title": "Direct service skills",
        "areas": [
            {"name": "Observation", "text": "none yet", "state": "none"},
            {"name": "Screening", "text": "booked 3 Dec", "state": "wait"},
            {"name": "Safety", "text": "2 h 30 min", "state": "have"},
        ],
    },
    {
        "title": "Law, systems, reflection",
        "areas": [
            {"name": "Ethics", "text": "none yet", "state": "none"},
            {"name": "Community", "text": "booked 3 Dec", "state": "wait"},
        ],
    },
]
ROOMS = ["Lake A", "Lake B", "Lake C", "Palm", "Elm"]


def _session(column: int, track: str, title: str, areas: str, **more: Any) -> dict[str, Any]:
    return {
        "column": column,
        "room": ROOMS[column - 1],
        "track": track,
        "title": title,
        "areas": areas,
        **more,
    }


SLOTS: list[dict[str, Any]] = [
    {"time": "7:30 am", "until": "8:30 am", "text": "Registration and breakfast, Foyer"},
    {
        "time": "9:00 am",
        "until": "10:30 am",
        "sessions": [
            {
                "everyone": True,
                "room": "Ballroom, everyone",
                "title": "Keynote: holding the baby in mind in hard times",
                "minutes": 90,
                "areas": "TF-REL, REF-CON",
            }
        ],
    },
    {
        "time": "10:45 am",
        "until": "12:15 pm",
        "lead": "Breakout A: you have chosen FAN in ten minutes.",
        "sessions": [
            _session(1, "Early care", "Co-regulation in the toddler room", "TF-DEV", href="#"),
            _session(
                2, "Home visiting", "FAN in ten minutes", "DSS-EMP", mine=True, tag=("Your choice", "ok")
            ),
            _session(4, "Systems", "Babies in court teams", "SYS-DEL, LAW-GOV"),
            _session(5, "Equity", "Naming race with young families", "TF-CUL, DEI"),
        ],
    },
    {"time": "12:15 pm", "until": "1:30 pm", "text": "Lunch, Ballroom"},
    {
        "time": "1:30 pm",
        "until": "3:00 pm",
        "block": {
            "name": "block_b",
            "legend": "Breakout B: choose one, 1 h 30 min",
            "chosen": "4",
            "options": [
                _session(
                    1,
                    "Early care",
                    "Transitions without tears",
                    "TF-ATT",
                    value=1,
                    tag=("18 of 60 seats left", "ok"),
                ),
                _session(
                    2,
                    "Home visiting",
                    "Fathers in the first year",
                    "TF-FAM",
                    value=2,
                    disabled=True,
                    tag=("Full, 4 waiting", "bad"),
                ),
                _session(
                    3,
                    "Clinical",
                    "DC:0-5 case formulation",
                    "TF-DIS",
                    value=3,
                    tag=("3 of 45 seats left", "warn"),
                ),
                _session(
                    4,
                    "Systems",
                    "Consultation to child care: what works",
                    "WWO-CNS",
                    value=4,
                    tag=("22 of 45 seats left", "ok"),
                ),
                _session(
                    5,
                    "Reflective",
                    "Live group supervision, observed",
                    "DSS-RSC",
                    value=5,
                    tag=("1 of 35 seats left", "warn"),
                ),
            ],
            "note": "You can change until Fri 28 May 2027, 5:00 pm CT. A full room has an open waitlist.",
            "label": "Keep this choice",
        },
    },
]
ENTRIES = {
    10: [{"label": "Foundations 1", "href": "#", "time": "12:30 pm"}],
    15: [{"label": "Reflective group", "href": "#", "time": "12:00 pm", "kind": "reflective"}],
    17: [{"label": "Sleep and night waking", "href": "#", "kind": "cancelled"}],
}


def _calendar_day(offset: int) -> dict[str, Any]:
    """September 2026 counted from its first Monday's week, Mon 31 Aug being 0."""
    day = date(2026, 8, 31) + timedelta(days=offset)
    label = f"{day:%a} {day.day} {day:%b}"
    outside = day.month != 9
    entries = [] if outside else ENTRIES.get(day.day, [])
    return {"day": day.day, "label": label, "outside": outside, "today": day.day == 8, "entries": entries}


WEEKS = [[_calendar_day(week * 7 + day) for day in range(7)] for week in range(5)]


def people() -> list[SimpleNamespace]:
    """Rows as a query would return them."""
    names = ["name", "agency", "type", "price", "money", "access", "state", "since"]
    return [
        SimpleNamespace(id=number, selected=number == 2, **dict(zip(names, row, strict=True)))
        for number, row in enumerate(PEOPLE, start=1)
    ]


def examples() -> dict[str, Any]:
    """All example data, by the name the templates use."""
    return {
        "areas": AREAS,
        "months": MONTHS,
        "prices": PRICES,
        "choices": CHOICES,
        "columns": COLUMNS,
        "people": people(),
        "day": DAY,
        "year": YEAR,
        "demand": DEMAND,
        "coverage_groups": COVERAGE,
        "rooms": ROOMS,
        "slots": SLOTS,
        "weeks": WEEKS,
    }


@pages.get("/dev/style")
@access.dev_only
def show() -> str:
    """The page; `?scheme=dark` or `light` shows it in that scheme whatever the system prefers."""
    wanted = request.args.get("scheme", "")
    scheme = wanted if wanted in {"dark", "light"} else ""
    return render_template("dev/style.html", asked_scheme=scheme, **examples())
