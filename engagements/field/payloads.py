"""What a phone sends, typed once and strictly. Field names are those of the rows that they become.

A version of these is accepted for at least a year after its successor: see UPGRADES, and the recorded entries
in tests/engagements/recorded/.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError as Refused
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from communities.models import Group
from services.models import ServiceState

from ..models import Attendance, Concern, Engagement, Pulse
from ..sealed import is_closed

VERSION = 1
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}  # from a version to the next
MOST_PHOTOS = 10
LARGEST_PHOTO = 4 * 2**20  # bytes, sealed


Body = TypeVar("Body", bound=BaseModel)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def _among(choices: Any) -> AfterValidator:
    """A value of a model's choices."""

    def check(value: str) -> str:
        if value not in choices.values:
            raise ValueError("not among the choices")
        return value

    return AfterValidator(check)


Key = Annotated[int, Field(strict=True, ge=1)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Line = Annotated[str, Field(max_length=160)]
Public = Annotated[str, Field(max_length=400)]
LONGEST = 10_000  # signs of a text
Text = Annotated[str, Field(max_length=LONGEST)]
SEALED_LONGEST = 60_000  # signs of a sealed text in base64


def _not_too_long(text: str) -> str:
    """What is sealed already is longer than what was said."""
    most = SEALED_LONGEST if is_closed(text) else LONGEST
    if len(text) > most:
        raise PydanticCustomError("string_too_long", "too long", {"max_length": most})
    return text


Said = Annotated[str, AfterValidator(_not_too_long)]
OfGroup = Annotated[str, _among(Group)]


class Photo(Strict):
    """A photo that follows in chunks, sealed: its size in bytes and its SHA-256 as hexadecimal digits."""

    id: UUID
    size: Annotated[int, Field(ge=1, le=LARGEST_PHOTO)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Command(Strict):
    """One version of one entry. `seq` grows with every version; `zone` is minutes east of UTC."""

    v: Literal[1]
    device: UUID
    token: Annotated[str, Field(max_length=100)]
    id: UUID
    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    kind: Literal["meeting", "observation"]
    draft: bool = False
    drop: bool = False  # its author threw this draft away
    lang: Literal["en", "fr", "ar"] = "en"
    zone: Annotated[int, Field(ge=-14 * 60, le=14 * 60)] = 0
    after: int | None = None  # the version of another phone, or of a colleague, on which this one goes on
    mends: int | None = None  # the version of the meeting that this mends, as the phone knew it
    photos: Annotated[list[Photo], Field(max_length=MOST_PHOTOS)] = []
    body: dict[str, Any]


class HeadcountLine(Strict):
    who: Annotated[str, _among(Attendance.Who)] = "people"
    sex: Annotated[str, _among(Attendance.Sex)] = "all"
    age: Annotated[str, _among(Attendance.Age)] = "all"
    group: OfGroup | Literal[""] = ""
    agency: Key | None = None
    count: Count


class ConcernLine(Strict):
    topic: Key
    raised_by: OfGroup
    text: Said
    public_text: Public = ""
    urgency: Annotated[str, _among(Concern.Urgency)] = "normal"


class CommitmentLine(Strict):
    """`about` is an earlier concern; `about_new` the place of one in this meeting's concerns."""

    words: Text
    agency: Key
    due_on: datetime.date
    public_text: Public = ""
    accepted_by: OfGroup | Literal[""] = ""
    about: Key | None = None
    about_new: Annotated[int, Field(ge=0)] | None = None


class VerdictLine(Strict):
    commitment: Key
    group: OfGroup
    answer: Annotated[int, Field(ge=0, le=2)]
    note: Text = ""


class TellingLine(Strict):
    duty: Key
    group: OfGroup
    reached: bool = True
    what: Public = ""


class MeetingBody(Strict):
    """Five required fields: community, kind, date, place, and how many came (null: nobody counted)."""

    community: Key
    kind: Annotated[str, _among(Engagement.Kind)]
    date: datetime.date
    place: Annotated[str, _among(Engagement.Place)]
    attendance_total: Count | None
    place_detail: Line = ""
    found_nobody: bool = False
    attendance: Annotated[list[HeadcountLine], Field(max_length=200)] = []
    topics: Annotated[list[Key], Field(max_length=50)] = []
    agencies: Annotated[list[Key], Field(max_length=50)] = []
    counterpart: Key | None = None
    language: Key | None = None
    interpreter: Annotated[str, Field(max_length=120)] = ""
    read_back_in: Key | None = None
    agreed_by: Line = ""
    summary: Text = ""
    public_summary: Text = ""
    position: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None  # latitude, longitude
    concerns: Annotated[list[ConcernLine], Field(max_length=50)] = []
    commitments: Annotated[list[CommitmentLine], Field(max_length=50)] = []
    verdicts: Annotated[list[VerdictLine], Field(max_length=200)] = []
    tellings: Annotated[list[TellingLine], Field(max_length=200)] = []
    pulse: dict[Annotated[str, _among(Pulse.Answer)], Count] = {}


class ObservationBody(Strict):
    point: Key
    date: datetime.date
    state: Annotated[str, _among(ServiceState)]
    staffed: bool | None = None
    supplied: bool | None = None
    open_that_day: bool | None = None
    note: Text = ""


def command(content: bytes) -> Command:
    """Reads what was sealed. Raises ValueError when it is no command of any version we take."""
    given = json.loads(content)
    if not isinstance(given, dict):
        raise ValueError("no object")
    while (upgrade := UPGRADES.get(given.get("v", 0))) is not None:
        given = upgrade(given)
    return Command.model_validate(given)


def read(kind: type[Body], body: dict[str, Any]) -> Body:
    """The body of an entry. Raises Django's ValidationError, by path such as "concerns.0.topic"."""
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        raise Refused({_path(found["loc"]): _sentence(found) for found in error.errors()}) from error


def _path(places: tuple[int | str, ...]) -> str:
    return ".".join(str(place) for place in places if isinstance(place, int) or place.isidentifier())


def _sentence(found: Any) -> str:
    if found["type"] == "missing" or found["input"] in (None, ""):
        return _("This is still empty.")
    if found["type"] == "string_too_long":
        return _("This is too long: %(most)s characters at most.") % {"most": found["ctx"]["max_length"]}
    if found["type"].startswith("date"):
        return _("This is no day. Choose it in the calendar.")
    return _("This cannot be read. Choose or write it anew.")
