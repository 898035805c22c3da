"""The words of mails: templates/email/<kind>/{subject.txt,body.txt,body.html}, rendered without a request.

Templates know `site` (association_name, time_zone, base_url), `url("/orders/ABC")` for an absolute address, the filters of
the pages (`money`, `moment(zone)`, `day(zone)`, `clock(zone)`, `span`, `hours`, `clock_hours`), and what the builder gave.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Flask
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from config import ROOT, Settings
from webapp.core import money, times

PARTS = ("subject.txt", "body.txt", "body.html")


def init_app(app: Flask) -> None:
    """Makes the environment of the mails from the settings."""
    app.extensions["attune_letters"] = environment(app.config["SETTINGS"])


def environment(settings: Settings) -> Environment:
    """Templates of mails: unknown names raise, HTML escapes, text does not, addresses are absolute from BASE_URL."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=select_autoescape(["html"], default=False),
    )
    env.filters.update(money=money.written, hours=times.hours_words, clock_hours=times.clock_hours, moment=times.moment_words,
                       day=_day, clock=_clock, span=times.span_words)
    env.globals.update(url=_absolute(settings.base_url), site={
        "association_name": settings.association_name, "time_zone": settings.association_timezone,
        "base_url": settings.base_url, "demo": settings.demo})
    return env


def write(app: Flask, kind: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject (one line), text and HTML of a kind of message."""
    env: Environment = app.extensions["attune_letters"]
    subject, text, html = (env.get_template(f"email/{kind}/{part}").render(context) for part in PARTS)
    return " ".join(subject.split()), text.strip() + "\n", html


def _absolute(base: str) -> Callable[[str], str]:
    return lambda path: path if path.startswith(("https://", "http://")) else f"{base}/{path.lstrip('/')}"


def _day(value: date | datetime, zone: str = "UTC") -> str:
    return times.date_words(times.local(value, zone).date() if isinstance(value, datetime) else value)


def _clock(value: datetime, zone: str) -> str:
    return times.clock_words(times.local(value, zone))
