"""What waits today, as sentences with the way to it: drafts whose day is near, applications, requests for help with the price,
hours not awarded, failed mails."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from webapp.core import times
from webapp.hours import unawarded
from webapp.notifications import log
from webapp.registration.queries import funds, season, subjects

MOST = 100


def entries(scope: ColumnElement[bool], now: datetime) -> list[dict[str, Any]]:
    """Entries of `todo_list`, the most pressing first. Five statements."""
    return [*_drafts(scope, now), *_failed(scope), *_applications(scope, now), *_help(scope), *_hours(scope, now)]


def _drafts(scope: ColumnElement[bool], now: datetime) -> Iterable[dict[str, Any]]:
    for one in season.unpublished(scope, now):
        starts = times.local(one.starts_at, one.zone).date()
        days = times.days_between(times.local(now, one.zone).date(), starts)
        yield {"word": "Draft", "kind": "bad" if days <= 14 else "warn", "href": f"/manage/events/{one.slug}", "label": "Publish it",
               "text": f"{one.title} begins {_in(days)} and nobody can see it."}


def _failed(scope: ColumnElement[bool]) -> Iterable[dict[str, Any]]:
    count = log.counts(subjects.of_events(scope)).get("failed", 0)
    if count:
        first = log.listed(subjects.of_events(scope), "failed")[0]
        slug = season.slug_of(first.subject_of)
        yield {"word": "Mail", "kind": "bad", "text": f"{count} {'mail' if count == 1 else 'mails'} could not be delivered.",
               "label": "See the latest", "href": f"/manage/events/{slug}/messages?state=failed"}


def _applications(scope: ColumnElement[bool], now: datetime) -> Iterable[dict[str, Any]]:
    for one in season.undecided(scope, now):
        there = f"/manage/events/{one.slug}/applications"
        if one.waiting:
            yield {"word": f"{one.waiting} to decide", "kind": "warn", "href": there, "label": "Read them",
                   "text": f"{'Somebody waits' if one.waiting == 1 else 'People wait'} for an answer from {one.title}."}
        if one.offered:
            yield {"word": "Offered", "kind": "plain", "href": there, "label": "See them",
                   "text": f"{one.title}: {one.offered} {'offer stands' if one.offered == 1 else 'offers stand'}, "
                           f"the next until {times.moment_words(one.until, one.zone)}."}


def _help(scope: ColumnElement[bool]) -> Iterable[dict[str, Any]]:
    count = len(funds.requests(scope, MOST))
    if count:
        many = f"{count} people ask" if count < MOST else f"{MOST} people or more ask"
        yield {"word": "Help", "kind": "warn", "label": "Answer", "href": "/manage/funds/requests",
               "text": f"{'Somebody asks' if count == 1 else many} for help with the price."}


def _hours(scope: ColumnElement[bool], now: datetime) -> Iterable[dict[str, Any]]:
    for one in unawarded.events(scope, now):
        day = times.date_words(times.local(one.ends_at, one.zone).date())
        yield {"word": "Hours", "kind": "warn", "href": f"/manage/events/{one.slug}/hours", "label": "Award them",
               "text": f"{one.title} ended on {day}; its hours are not awarded."}


def _in(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
