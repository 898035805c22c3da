"""The form of an event: its fields in groups, filled from the row. `reading` makes values of what was typed."""

from typing import Any

from sqlalchemy import select
from wtforms import BooleanField, DateTimeLocalField, HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.catalog import attendance_rules, pools
from webapp.catalog.models import KINDS, CancellationPolicy, Course, Event, Path, Pool, Programme, Venue
from webapp.core import times
from webapp.core.db import db
from webapp.hours import regimes
from webapp.registration.queries import rosters
from webapp.web.events import words
from webapp.web.forms import Form, Line, Option, Paragraphs
from webapp.web.manage.events import choices

MODES, SIGN_UPS, ZONES = choices.MODES, choices.SIGN_UPS, choices.ZONES
MOMENTS = ("opens_at", "closes_at", "breakouts_change_until")
VENUE = ("name", "street", "city", "county", "postcode", "access_notes")
PLAIN = (
    "title",
    "format",
    "summary",
    "description",
    "audience",
    "prerequisites",
    "access_contact",
    "zone",
    "mode",
    "platform",
    "online_url",
    "sign_up",
    "hour_regimes",
    "capacity",
    "room_capacity",
    "online_capacity",
    "unpaid_at_start",
    "unpaid_release",
)


def moment(label: str, description: str = "") -> DateTimeLocalField:
    """A date and time of the event's own clock; may stay empty."""
    return DateTimeLocalField(label, [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], description=description)


def places(label: str, description: str = "") -> IntegerField:
    """A number of places; empty is no limit."""
    return IntegerField(
        label, [Optional(), NumberRange(0, pools.MOST, "Write a number of places, or leave it empty.")], description=description
    )


class EventForm(Form):
    """Everything about an event but its sessions, prices and questions. `version` is the one the form was opened with."""

    version = HiddenField()
    kind = SelectField("Kind", choices=[Option(kind, words.KIND[kind]) for kind in KINDS], validate_choice=False)
    format = SelectField(
        "Called",
        choices=[Option("", "As its kind"), *(Option(key, word) for key, word in words.FORMAT.items())],
        validate_choice=False,
    )
    title = Line("Title", 200, [InputRequired("Give the event a title.")])
    summary = Line("In one sentence", 400, [Optional()], description="Stands in the list of events.")
    organization = SelectField("Who offers it", validate_choice=False)
    description = Paragraphs(
        "What it is about",
        20_000,
        [Optional()],
        render_kw={"rows": 10},
        description="Markdown: an empty line begins a paragraph, - a list, **bold**, [words](https://address).",
    )
    objectives = Paragraphs("What people will be able to do afterwards", 8_000, [Optional()], description="One to a line.")
    audience = Line("Who it is for", 255, [Optional()])
    prerequisites = Paragraphs("What people should bring or know", 4_000, [Optional()])
    zone = SelectField("Time zone", choices=ZONES, validate_choice=False)
    opens_at = moment("Sign-up opens", "Empty: as soon as it is published.")
    closes_at = moment("Sign-up closes", "Empty: when the event begins.")
    breakouts_change_until = moment("Breakouts can be changed until", "Empty: until the event begins.")
    mode = RadioField("How people take part", choices=MODES, validate_choice=False)
    venue_name = Line("Name of the place", 200, [Optional()])
    venue_street = Line("Street and number", 200, [Optional()])
    venue_city = Line("City", 100, [Optional()])
    venue_county = Line("County", 80, [Optional()])
    venue_postcode = Line("ZIP code", 20, [Optional()])
    venue_access_notes = Paragraphs("Getting in", 2_000, [Optional()], description="Steps, elevators, parking, the quiet room.")
    platform = Line("Platform", 60, [Optional()], description="For example Zoom.")
    online_url = Line("Joining link", 500, [Optional()], description="Only those with a place see it.")
    link_opens = SelectField("The link is shown", choices=choices.LINK_OPENS, validate_choice=False)
    capacity = places("Places in all", "Empty: no limit.")
    room_capacity = places("Of these in the room")
    online_capacity = places("Of these online")
    sign_up = RadioField("How people get a place", choices=SIGN_UPS, validate_choice=False)
    policy = RadioField("When plans change", validate_choice=False)
    unpaid_at_start = RadioField(
        "At the start, when an invoice is still open", choices=choices.UNPAID, default="admit", validate_choice=False
    )
    unpaid_release = BooleanField("A place whose invoice is not paid by its date goes to the next person, unless the event has begun")
    awards = RadioField(
        "Hours for those who were not there all the time", choices=choices.AWARDS, default="by_minutes", validate_choice=False
    )
    least_percent = IntegerField("Least share, percent", [Optional(), NumberRange(1, 100, "From 1 to 100 percent.")])
    certificate_needs = IntegerField(
        "Sessions needed for the certificate of the whole", [Optional(), NumberRange(0, 500, "Write a number.")]
    )
    may_miss = IntegerField("Days one may miss", [Optional(), NumberRange(0, 500, "Write a number.")])
    make_up = BooleanField("A missed day can be made up by an assignment")
    rule_sentence = Line("The rule in your words", 400, [Optional()], description="Stands on the event's page.")
    hour_regimes = SelectMultipleField("Hours are also stated for", validate_choice=False)
    access_contact = Line("Whom to ask about access", 254, [Optional()], description="A mail address or a phone number.")
    accommodations = Paragraphs(
        "What you can arrange", 4_000, [Optional()], description="One to a line: interpreter, captions, a quiet room."
    )
    programme = Line("Program", 200, [Optional()], description="For example Infant Mental Health Capstone certificate.")
    path = Line("Path", 120, [Optional()])
    course = Line("Course", 200, [Optional()], description="What is taught, dateless. A place may move between dates of one course.")
    reason = Line("Why it changes (those told read it)", 255, [Optional()])


def build(event: Event, offered: list[Any]) -> EventForm:
    """The form, filled from the event, with what one may choose from."""
    form = EventForm(data=_filled(event))
    form.organization.choices = [Option(str(one.id), one.name) for one in offered]
    newest = db.session.scalars(select(CancellationPolicy).order_by(CancellationPolicy.code, CancellationPolicy.edition)).all()
    mine = db.session.get_one(CancellationPolicy, event.cancellation_policy_id)
    form.policy.choices = _policies({one.code: one for one in newest}, mine)
    if rosters.states(event.id).get("confirmed"):
        form.policy.description = "Places that are sold keep the policy they were sold under. Another one is for those who come."
    form.hour_regimes.choices = [Option(code, one.name) for code, one in regimes.all_regimes().items()]
    if event.zone not in dict(ZONES):
        form.zone.choices = [*ZONES, Option(event.zone, event.zone)]
    return form


def _policies(newest: dict[str, CancellationPolicy], mine: CancellationPolicy) -> list[Option]:
    """The newest edition of each policy; the event's own stays beside a newer one until somebody chooses that."""
    names = {one.id: one.name for one in newest.values()}
    newer = newest[mine.code]
    if newer.id != mine.id:
        names[newer.id] = f"{newer.name} (newer: edition {newer.edition})"
    choices = [Option(str(one.id), names[one.id], one.sentence) for one in newest.values()]
    as_now = Option(str(mine.id), f"{mine.name} (as now: edition {mine.edition})", mine.sentence)
    return choices if newer.id == mine.id else [as_now, *choices]


def _filled(event: Event) -> dict[str, Any]:
    rule: Any = event.attendance_rule
    venue = db.session.get(Venue, event.venue_id) if event.venue_id else None
    programme = db.session.get(Programme, event.programme_id) if event.programme_id else None
    path = db.session.get(Path, event.path_id) if event.path_id else None
    course = db.session.get(Course, event.course_id) if event.course_id else None
    awards = "all_or_nothing" if attendance_rules.all_or_nothing(rule) else "least" if "least_percent" in rule else "by_minutes"
    return (
        {name: getattr(event, name) for name in PLAIN if "capacity" not in name}
        | _capacities(event)
        | {
            name: times.local(value, event.zone).replace(tzinfo=None) if (value := getattr(event, name)) else None
            for name in MOMENTS
        }
        | {f"venue_{name}": getattr(venue, name) if venue else "" for name in VENUE}
        | {
            "version": str(event.version),
            "kind": event.kind,
            "organization": str(event.organization_id),
            "policy": str(event.cancellation_policy_id),
            "objectives": "\n".join(event.objectives),
            "accommodations": "\n".join(event.accommodations),
            "link_opens": str(event.link_opens_minutes),
            "awards": awards,
            "least_percent": rule.get("least_percent"),
            "certificate_needs": rule.get("certificate_needs_sessions"),
            "may_miss": rule.get("may_miss_days"),
            "make_up": rule.get("make_up") == "assignment",
            "rule_sentence": rule.get("sentence", ""),
            "programme": programme.name if programme else "",
            "path": path.name if path else "",
            "course": course.title if course else "",
        }
    )


def _capacities(event: Event) -> dict[str, int | None]:
    named = {"capacity": event.pool_id, "room_capacity": event.room_pool_id, "online_capacity": event.online_pool_id}
    return {name: db.session.get_one(Pool, pool_id).capacity if pool_id else None for name, pool_id in named.items()}
