"""The form of an event file, field by field. Unknown fields are refused; what has its default is left out when written."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORM = "attune-event/1"
Wall = Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")
Moment = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2})?$")
Day = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
Kind = Literal["workshop", "conference", "capstone", "rsc_group", "awareness", "info_session"]
Mode = Literal["in_person", "online", "hybrid"]


class Strict(BaseModel):
    """A part of the file: exact types, nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class VenueForm(Strict):
    """Where it takes place."""

    name: str
    street: str = ""
    city: str = ""
    county: str = ""
    region: str = "WI"
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    access_notes: str = ""


class RoomForm(Strict):
    """A room of the venue."""

    name: str
    size: int | None = None


class PresenterForm(Strict):
    """Who presents; sessions and groups name her by `key`, which is her name unless two have the same."""

    name: str
    credentials: str = ""
    bio: str = ""
    key: str = ""


class BlockForm(Strict):
    """Sessions of which one picks at most one."""

    name: str
    add_on_only: bool = False


class GroupForm(Strict):
    """A part of a cohort."""

    name: str
    size: int | None = None
    leader: str = ""


class CourseForm(Strict):
    """What is taught."""

    code: str
    title: str


class ModuleForm(Strict):
    """A course's place in the path."""

    code: str
    course: str
    title: str


class ProgrammeForm(Strict):
    """The programme a cohort belongs to, with the path it takes."""

    name: str
    slug: str
    organization: str = ""
    path: str = ""
    modules: list[ModuleForm] = []


class InclusionForm(Strict):
    """Dates of another event this one contains."""

    event: str
    dates: list[str]
    seats: int | None = None
    note: str = ""


class BreakForm(Strict):
    """Minutes after the session's start, and how long."""

    offset: int
    minutes: int


class CreditForm(Strict):
    """What full attendance awards."""

    kind: Literal["training", "rsc"]
    minutes: int
    areas: list[str] = []
    tags: dict[str, int] = {}


class SessionForm(Strict):
    """One meeting. `fold` says which of two equal wall-clock times."""

    title: str
    start: str = Wall
    end: str = Wall
    fold: int | None = None
    zone: str = ""
    status: Literal["scheduled", "cancelled"] = "scheduled"
    block: str = ""
    track: str = ""
    room: str = ""
    group: str = ""
    course: str = ""
    module: str = ""
    mode: Mode | None = None
    online_url: str = ""
    capacity: int | None = None
    position: int = 0
    breaks: list[BreakForm] = []
    no_breaks: bool = False
    credits: list[CreditForm] = []
    presenters: list[str] = []
    description: str = ""


class QuestionForm(Strict):
    """What is asked of those who register, apply or evaluate."""

    key: str
    label: str
    kind: Literal["text", "long_text", "choice", "choices", "yes_no", "number", "date"] = "text"
    hint: str = ""
    choices: list[str] = []
    required: bool = False
    sensitivity: Literal["plain", "access", "diet", "licence"] = "plain"
    asked_in: Literal["registration", "application", "evaluation"] = "registration"


class CatalogForm(Strict):
    """The catalog's part of an event file."""

    form: Literal["attune-event/1"]
    slug: str
    kind: Kind
    format: str = ""
    status: Literal["draft", "published", "closed", "cancelled"] = "draft"
    title: str
    summary: str = ""
    description: str = ""
    objectives: list[str] = []
    prerequisites: str = ""
    audience: str = ""
    access_contact: str = ""
    accommodations: list[str] = []
    organization: str = ""
    policy: str
    policy_edition: int = 1
    zone: str
    mode: Mode
    platform: str = ""
    online_url: str = ""
    link_opens_minutes: int = 1440
    sign_up: Literal["open", "application", "roster", "walk_in"] = "open"
    opens_at: str | None = Moment
    closes_at: str | None = Moment
    breakouts_change_until: str | None = Moment
    capacity: int | None = None
    room_capacity: int | None = None
    online_capacity: int | None = None
    unpaid_at_start: Literal["admit", "refuse", "hold_certificate"] = "admit"
    unpaid_release: bool = False
    attendance_rule: dict[str, Any] = {}
    hour_regimes: list[str] = []
    cancel_reason: str = ""
    venue: VenueForm | None = None
    rooms: list[RoomForm] = []
    presenters: list[PresenterForm] = []
    programme: ProgrammeForm | None = None
    courses: list[CourseForm] = []
    course: str = ""
    blocks: list[BlockForm] = []
    tracks: list[str] = []
    groups: list[GroupForm] = []
    includes: list[InclusionForm] = []
    sessions: list[SessionForm] = []
    questions: list[QuestionForm] = []
    facts: dict[str, Any] = {}
