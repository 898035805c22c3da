"""The form of a session: what is typed, as the values the actions take."""

from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.catalog import areas, parts
from webapp.catalog.models import Block, Event, Group, Room, Session, Track
from webapp.catalog.sessions import Break, Credit
from webapp.core.db import db
from webapp.core.errors import Unacceptable
from webapp.web.forms import Day, Form, Line, Option, Paragraphs, whole

Named = TypeVar("Named", Room, Block, Track)
BREAKS = range(4)
MOST_REPEATS = 52
LONGEST_NIGHT = timedelta(hours=12)
TAGS = ("DEI", "RSCP", "AGE_0_3", "AGE_3_6")


def minutes(label: str, description: str = "") -> IntegerField:
    """Whole minutes up to a day; may stay empty."""
    return IntegerField(label, [Optional(), NumberRange(0, 1440, "Minutes are whole, and at most a day.")], description=description)


class SessionForm(Form):
    """One session. Break times are wall-clock times; hours are typed in minutes."""

    title = Line("Title", 200, [InputRequired("Give the session a title.")])
    on = Day("Date", [InputRequired("Give its date.")])
    start = TimeField("From", [InputRequired("Say when it starts.")])
    end = TimeField("To", [InputRequired("Say when it ends.")])
    fold = SelectField("Which of the two", default="", choices=[Option("", "Choose"), Option("0", "The earlier"), Option("1", "The later")])
    description = Paragraphs("What happens in it", 4000)
    presenters = Paragraphs("Who presents", 1000, description="One to a line: name, then credentials after a comma.")
    mode = SelectField("How", default="", choices=[Option("", "As the event"), Option("in_person", "In person"), Option("online", "Online"),
                                       Option("hybrid", "In person and online")])
    room = Line("Room", 100)
    online_url = Line("Joining link, if it has its own", 500)
    block = Line("Block", 100, description="Of the sessions of one block, an attendee picks one.")
    track = Line("Track", 100)
    group = SelectField("Only for the group", default="", validate_choice=False)
    capacity = IntegerField("Places, if fewer than the event has", [Optional(), NumberRange(0, 100_000, "Write a number of places.")])
    no_breaks = BooleanField("It has no breaks")
    training = minutes("Training, minutes", "For staying the whole time, breaks not counted.")
    rsc = minutes("Reflective supervision/consultation, minutes")
    areas = SelectMultipleField("Competency areas it touches", validate_choice=False)
    repeat = IntegerField("How many in all", [Optional(), NumberRange(1, MOST_REPEATS, f"Between 1 and {MOST_REPEATS}.")], default=1)
    every = IntegerField("Every so many weeks", [Optional(), NumberRange(1, 26, "Between 1 and 26 weeks.")], default=1)
    reason = Line("Why (those told read it)", 255)


for _place in BREAKS:
    setattr(SessionForm, f"break_at_{_place}", TimeField("Break at", [Optional()]))
    setattr(SessionForm, f"break_minutes_{_place}", minutes("lasts, minutes"))
for _tag in TAGS:
    setattr(SessionForm, f"tag_{_tag}", minutes(areas.name(_tag) + ", minutes"))


def build(event: Event, session: Session | None = None) -> SessionForm:
    """The form, filled from the session, with the groups of the event to choose from."""
    form = SessionForm(data=_filled(session) if session else None)
    groups = db.session.query(Group).filter_by(event_id=event.id).order_by(Group.position)
    form.group.choices = [Option("", "Everybody"), *(Option(str(group.id), group.name) for group in groups)]
    form.areas.choices = [Option(area.code, f"{area.code} {area.name}") for domain in areas.domains() for area in domain.areas]
    return form


def when(form: SessionForm) -> dict[str, Any]:
    """Start and end as naive wall-clock times, and which of two when the clocks are put back. What ends at an earlier time of day ends
    the next day; more than half a day of it is `4:00 am` written for `4:00 pm`, and refused."""
    start, end = (datetime.combine(form.on.data, time.data) for time in (form.start, form.end))
    if end <= start and (end := end + timedelta(days=1)) - start > LONGEST_NIGHT:
        raise Unacceptable("It ends before it begins. Is it am or pm?", field="end")
    return {"start": start, "end": end, "fold": int(form.fold.data) if form.fold.data else None}


def what(event: Event, form: SessionForm) -> dict[str, Any]:
    """Everything but the times; rooms, blocks, tracks and presenters are made by their names when they are new. Inside a transaction."""
    if form.online_url.data and not form.online_url.data.startswith(("https://", "http://")):
        raise Unacceptable("A joining link starts with https://", field="online_url")
    return {
        "title": form.title.data, "description": form.description.data, "mode": form.mode.data or None, "online_url": form.online_url.data,
        "room_id": _room(event, form.room.data), "block_id": _part(event, Block, form.block.data),
        "track_id": _part(event, Track, form.track.data), "capacity": form.capacity.data,
        "group_id": whole(form.group.data),
        "breaks": breaks(form), "no_breaks": bool(form.no_breaks.data), "credits": awards(form),
        "presenter_ids": _presenters(form.presenters.data),
    }


def breaks(form: SessionForm) -> list[Break]:
    """The breaks typed, as minutes after the start."""
    found = []
    for place in BREAKS:
        at, length = form[f"break_at_{place}"].data, form[f"break_minutes_{place}"].data
        if (at is None) != (not length):
            raise Unacceptable("A break needs its time and its minutes.", field=f"break_at_{place}")
        if at is not None:
            found.append(Break(_minutes_between(form.start.data, at), length))
    return found


def carry_breaks(form: SessionForm, session: Session) -> None:
    """When only the start was typed anew the breaks move with it; break times that were typed anew stay as they are."""
    before, start = datetime.fromisoformat(session.wall_start), datetime.combine(form.on.data, form.start.data)
    known = [(before + timedelta(minutes=pause.offset_minutes)).time() for pause in session.breaks]
    fields = [form[f"break_at_{place}"] for place in BREAKS]
    if start.time() == before.time() or [field.data for field in fields if field.data is not None] != known:
        return
    for field, pause in zip(fields, session.breaks, strict=False):
        field.data, field.raw_data = (start + timedelta(minutes=pause.offset_minutes)).time(), None


def awards(form: SessionForm) -> list[Credit]:
    """The hours typed. Areas and tags belong to the training where there is training, else to the reflective hours."""
    codes = tuple(form.areas.data or ())
    tags = {tag: form[f"tag_{tag}"].data for tag in TAGS if form[f"tag_{tag}"].data}
    found = [Credit(kind, length, codes, {tag: min(own, length) for tag, own in tags.items()})
             for kind, length in (("training", form.training.data), ("rsc", form.rsc.data)) if length]
    if not found and (codes or tags):
        raise Unacceptable("Areas and tags say what hours are about: write the minutes too.", field="training")
    return found


def _filled(session: Session) -> dict[str, Any]:
    start, end = datetime.fromisoformat(session.wall_start), datetime.fromisoformat(session.wall_end)
    held = {credit.kind: credit for credit in session.credits}
    first = held.get("training") or held.get("rsc")
    data: dict[str, Any] = {
        "title": session.title, "on": start.date(), "start": start.time(), "end": end.time(), "description": session.description,
        "fold": str(session.fold) if session.fold else "", "mode": session.mode or "", "online_url": session.online_url,
        "room": _name(Room, session.room_id), "block": _name(Block, session.block_id), "track": _name(Track, session.track_id),
        "group": str(session.group_id or ""), "capacity": session.pool.capacity if session.pool_id and session.pool else None,
        "no_breaks": session.no_breaks, "areas": [area.area for area in first.areas] if first else [],
        "training": held["training"].minutes if "training" in held else None, "rsc": held["rsc"].minutes if "rsc" in held else None,
        "presenters": "\n".join(", ".join(part for part in (one.presenter.name, one.presenter.credentials) if part)
                                for one in session.presenters),
    }
    for place, pause in zip(BREAKS, session.breaks, strict=False):
        data[f"break_at_{place}"] = (start + timedelta(minutes=pause.offset_minutes)).time()
        data[f"break_minutes_{place}"] = pause.minutes
    return data | {f"tag_{tag.tag}": tag.minutes for tag in (first.tags if first else [])}


def _name(model: type[Named], row_id: int | None) -> str:
    row = db.session.get(model, row_id) if row_id else None
    return row.name if row else ""


def _room(event: Event, name: str) -> int | None:
    if not name:
        return None
    if event.venue_id is None:
        raise Unacceptable("Give the event its place first; rooms belong to it.", field="room")
    return parts.room(event.venue_id, name).id


def _part(event: Event, model: type[Block] | type[Track], name: str) -> int | None:
    if not name:
        return None
    found = db.session.scalar(select(model.id).where(model.event_id == event.id, model.name == name))
    return found or (parts.block(event.id, name).id if model is Block else parts.track(event.id, name).id)


def _presenters(lines: str) -> list[int]:
    named = [line.partition(",") for line in lines.splitlines() if line.strip()]
    return list(dict.fromkeys(parts.presenter(name.strip(), credentials.strip()).id for name, _, credentials in named))


def _minutes_between(start: time, at: time) -> int:
    first = datetime.combine(date.min, start)
    second = datetime.combine(date.min, at)
    return int(((second - first).total_seconds() // 60) % 1440)
