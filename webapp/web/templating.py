"""What every template may use: filters in the field's words, and the context the layouts rely on."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, request
from jinja2 import StrictUndefined
from markupsafe import Markup

from webapp.core import clock, money, times
from webapp.web import access


@dataclass(frozen=True)
class Site:
    """The installation, as pages name it."""

    association_name: str
    time_zone: str
    demo: bool
    base_url: str

    @property
    def zone_word(self) -> str:
        """`CT`, as it stands behind every time."""
        return times.zone_short(self.time_zone)


def init_app(app: Flask) -> None:
    """Unknown names raise; filters and the common context are set."""
    settings = app.config["SETTINGS"]
    site = Site(settings.association_name, settings.association_timezone, settings.demo, settings.base_url)
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(
        money=money.written, hours=times.hours_words, clock_hours=times.clock_hours,
        moment=times.moment_words, day=_day, clock=_clock, span=lambda s, e, z: times.span_words(s, e, z), markdown=markdown,
        zone_short=times.zone_short,
    )

    @app.context_processor
    def _common() -> dict[str, Any]:
        return {"site": site, "viewer": access.viewer(), "current_path": request.path, "now": clock.now()}


def markdown(text: str) -> Markup:
    """Markdown as safe HTML: html off in the parser, and the result cleaned once more."""
    import nh3
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return Markup(nh3.clean(html, link_rel="noopener nofollow"))  # noqa: S704 - cleaned by nh3


def _day(value: date | datetime, zone: str | None = None) -> str:
    if isinstance(value, datetime):
        value = times.local(value, zone or "UTC").date()
    return times.date_words(value)


def _clock(value: datetime, zone: str) -> str:
    return times.clock_words(times.local(value, zone))
