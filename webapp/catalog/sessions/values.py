"""The values a session is made of: when, breaks, credit; and what is refused of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from webapp.catalog import areas
from webapp.catalog.models import CREDIT_KINDS
from webapp.core import times
from webapp.core.errors import Unacceptable

LONGEST = 24 * 60


class SessionFields(TypedDict, total=False):
    """The plain columns of a session that staff write. `mode` None is the event's."""

    title: str
    description: str
    block_id: int | None
    track_id: int | None
    room_id: int | None
    group_id: int | None
    course_id: int | None
    module_id: int | None
    mode: str | None
    online_url: str
    position: int


@dataclass(frozen=True)
class Break:
    """Minutes that count for nobody, `offset` minutes after the session's start."""

    offset: int
    minutes: int


@dataclass(frozen=True)
class Credit:
    """Minutes of one kind (training, rsc) for full attendance; area codes; minutes by tag."""

    kind: str
    minutes: int
    areas: tuple[str, ...] = ()
    tags: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Timing:
    """Wall-clock start and end (naive) in a zone. `fold` says which, when the clocks are put back: 0 earlier, 1 later."""

    start: datetime
    end: datetime
    zone: str
    fold: int | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of the row, UTC instants included. An hour that does not exist is refused, one that occurs twice asked."""
        if not times.known_zone(self.zone):
            raise Unacceptable("This time zone is not known; choose one like America/Chicago.", field="zone")
        starts = times.instant(self.start, self.zone, fold=self.fold, field="start")
        ends = times.instant(self.end, self.zone, fold=self.fold, field="end")
        if ends <= starts:
            raise Unacceptable("It ends before it starts.", field="end")
        if (ends - starts).total_seconds() > LONGEST * 60:
            raise Unacceptable("A session lasts at most a day; make one session for each day.", field="end")
        return {
            "zone": self.zone, "wall_start": wall(self.start), "wall_end": wall(self.end), "fold": self.fold or 0,
            "starts_at": starts, "ends_at": ends,
        }


def wall(moment: datetime) -> str:
    """`2026-09-10T12:30`: how a wall-clock time is kept."""
    return moment.strftime("%Y-%m-%dT%H:%M")


def check_breaks(length_minutes: int, breaks: Sequence[Break], no_breaks: bool) -> None:
    """Breaks lie inside the session, in order and apart; "it has none" and breaks exclude each other."""
    if breaks and no_breaks:
        raise Unacceptable("It has breaks, so it cannot have none.", field="breaks")
    until = 0
    for pause in sorted(breaks, key=lambda one: one.offset):
        if pause.minutes <= 0 or pause.offset < 0 or pause.offset + pause.minutes > length_minutes:
            raise Unacceptable("A break must lie inside the session.", field="breaks")
        if pause.offset < until:
            raise Unacceptable("Two breaks overlap.", field="breaks")
        until = pause.offset + pause.minutes


def check_credits(credits: Iterable[Credit]) -> None:
    """Each kind once, minutes above zero, known areas and tags, no tag with more minutes than its credit."""
    kinds: set[str] = set()
    for credit in credits:
        if credit.kind not in CREDIT_KINDS or credit.kind in kinds:
            raise Unacceptable("Each kind of hours is stated once: training or reflective supervision.", field="credits")
        kinds.add(credit.kind)
        if not 0 < credit.minutes <= LONGEST:
            raise Unacceptable("Hours that are awarded are more than nothing and less than a day.", field="credits")
        unknown = [code for code in credit.areas if code not in areas.by_code()] + [t for t in credit.tags if t not in areas.tags()]
        if unknown:
            raise Unacceptable(f"There is no competency area or tag called {', '.join(unknown)}.", field="areas")
        if any(not 0 < minutes <= credit.minutes for minutes in credit.tags.values()):
            raise Unacceptable("A tag cannot carry more minutes than the session awards.", field="tags")


def net_minutes(length_minutes: int, breaks: Iterable[Break]) -> int:
    """Length less breaks: the most that can be awarded, all kinds together."""
    return length_minutes - sum(pause.minutes for pause in breaks)


def check_net(length_minutes: int, breaks: Sequence[Break], credits: Iterable[Credit]) -> None:
    """Awarded minutes of all kinds together never exceed the net length."""
    net, awarded = net_minutes(length_minutes, breaks), sum(credit.minutes for credit in credits)
    if awarded > net:
        raise Unacceptable(
            f"It awards {times.hours_words(awarded)}, but without breaks it is only {times.hours_words(net)} long.",
            field="credits", code="exceeds_net")
