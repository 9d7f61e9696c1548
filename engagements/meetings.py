"""The verbs on meetings: log, rewrite, submit, return, review. A meeting and all it brings is one entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities.changes import hold
from communities.models import Agency, Community, User
from communities.sight import require

from . import loop, mending, sealed
from .models import Attendance, Commitment, Concern, Duty, Engagement, Pulse, Topic

State = Engagement.State
MOVES: dict[str, set[str]] = {
    State.DRAFT: {State.SUBMITTED},
    State.RETURNED: {State.SUBMITTED},
    State.SUBMITTED: {State.RETURNED, State.REVIEWED},
    State.REVIEWED: set(),
}


# --- What a meeting brings ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Headcount:
    """One line of the attendance: how many people (or officers), by sex, age, group or agency."""

    count: int
    who: str = Attendance.Who.PEOPLE
    sex: str = Attendance.Sex.NOT_COUNTED
    age: str = Attendance.Age.NOT_COUNTED
    group: str = ""
    agency: Agency | None = None


@dataclass(frozen=True)
class Asked:
    """A concern raised at the meeting."""

    topic: Topic
    raised_by: str
    text: str
    public_text: str = ""
    urgency: str = Concern.Urgency.NORMAL


@dataclass(frozen=True)
class Promised:
    """A commitment made at the meeting. `about` is an earlier concern, or the place of one in `asked`."""

    words: str
    agency: Agency
    due_on: date
    public_text: str = ""
    accepted_by: str = ""
    about: Concern | int | None = None


@dataclass(frozen=True)
class Judged:
    """A group's verdict on an earlier commitment."""

    commitment: Commitment
    group: str
    answer: int
    note: str = ""


@dataclass(frozen=True)
class Told:
    """Somebody was told about an earlier concern or commitment."""

    duty: Duty
    group: str
    reached: bool = True
    what: str = ""


@dataclass(frozen=True)
class Minutes:
    """Everything one meeting brings. `details` are further fields of Engagement, by name.

    `uid` names the entry, wherever it was written: the same entry is logged once.
    """

    community: Community
    kind: str
    date: date
    place: str = Engagement.Place.USUAL
    attendance_total: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    topics: list[Topic] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    attendance: list[Headcount] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    promised: list[Promised] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    pulse: dict[str, int] = field(default_factory=dict)  # answer of the trust pulse → how many gave it
    uid: UUID | None = None


# --- Verbs ------------------------------------------------------------------------------------------------
def log_meeting(minutes: Minutes, *, by: User, submit: bool = False) -> Engagement:
    """Records a meeting with its concerns, commitments, verdicts and tellings: all of it or nothing.

    What `by` logged before under the same uid is returned as it is, also when both are sent at once.
    Raises ValidationError by field, PermissionDenied when the community is out of `by`'s sight.
    """
    if there := _logged_before(minutes, by):
        return there
    try:
        return _log(minutes, by=by, submit=submit)
    except (IntegrityError, ValidationError):
        if there := _logged_before(minutes, by):
            return there
        raise


def _logged_before(minutes: Minutes, by: User) -> Engagement | None:
    return Engagement.objects.filter(uid=minutes.uid, author=by).first() if minutes.uid else None


@transaction.atomic
def _log(minutes: Minutes, *, by: User, submit: bool) -> Engagement:
    engagement = Engagement(author=by, uid=minutes.uid or uuid4())
    _write(engagement, minutes)
    require(by, "add", engagement)
    _bring(engagement, minutes, by=by)
    log(engagement, "wagtail.create", user=by)
    if submit:
        submit_meeting(engagement, by=by)
    return engagement


@transaction.atomic
def mend_meeting(
    engagement: Engagement,
    minutes: Minutes,
    *,
    by: User,
    submit: bool = False,
    taken_out: Sequence[mending.Brought] = (),
) -> None:
    """Rewrites a draft or a returned meeting. `minutes` may bring more; what it brought before stays, on the
    meeting's day, but for `taken_out`: concerns, commitments, verdicts and tellings of this meeting.
    """
    hold(engagement)
    require(by, "change", engagement)
    day_before = engagement.date
    mending.take_out(taken_out, engagement=engagement, by=by)
    if minutes.community.pk != engagement.community_id:
        raise ValidationError({"community": _("A meeting stays with its community.")})
    engagement.version += 1
    _write(engagement, minutes)
    mending.redate(engagement, day_before=day_before)
    _bring(engagement, minutes, by=by)
    log(engagement, "wagtail.edit", user=by)
    if submit:
        submit_meeting(engagement, by=by)


def _write(engagement: Engagement, minutes: Minutes) -> None:
    engagement.community = minutes.community
    engagement.kind, engagement.date, engagement.place = minutes.kind, minutes.date, minutes.place
    engagement.attendance_total = minutes.attendance_total
    for name, value in minutes.details.items():
        setattr(engagement, name, value)
    if engagement.date > timezone.localdate():
        raise ValidationError({"date": _("A meeting is logged after it took place.")})
    if engagement.kind == Engagement.Kind.CROSS_BORDER and not engagement.counterpart:
        raise ValidationError({"counterpart": _("A cross-border meeting names the counterpart agency.")})
    engagement.full_clean()
    engagement.save()
    engagement.topics.set(minutes.topics)
    engagement.agencies.set(minutes.agencies)
    _count(engagement, minutes.attendance)
    engagement.pulse.all().delete()
    Pulse.objects.bulk_create(
        Pulse(engagement=engagement, answer=answer, count=count) for answer, count in minutes.pulse.items()
    )


def _count(engagement: Engagement, lines: list[Headcount]) -> None:
    """Writes the attendance, refusing lines that add up to more than the total."""
    rows = [Attendance(engagement=engagement, **vars(line)) for line in lines]
    for row in rows:
        row.full_clean(exclude=["engagement"], validate_constraints=False)
    by_sex = sum(
        r.count for r in rows if r.who == "people" and r.sex != "all" and r.age == "all" and not r.group
    )
    if engagement.attendance_total is not None and by_sex > engagement.attendance_total:
        raise ValidationError({"attendance_total": _("Women and men together are more than all who came.")})
    engagement.attendance.all().delete()
    Attendance.objects.bulk_create(rows)


def _bring(engagement: Engagement, minutes: Minutes, *, by: User) -> None:
    common: dict[str, Any] = {"community": engagement.community, "engagement": engagement, "by": by}
    concerns = []
    for place, asked in enumerate(minutes.asked):
        with _named("concerns", place):
            concerns.append(_ask(engagement, asked, by=by))
    for place, promised in enumerate(minutes.promised):
        with _named("commitments", place):
            given = dict(vars(promised))
            about = given.pop("about")
            concern = concerns[about] if isinstance(about, int) else about
            if isinstance(about, int) and concern is None:
                raise ValidationError(_("No promise can be tied to a sealed concern."))
            loop.promise(concern=concern, promised_on=engagement.date, **given, **common)
    for place, judged in enumerate(minutes.judged):
        with _named("verdicts", place):
            loop.give_verdict(engagement=engagement, by=by, **vars(judged))
    for place, told in enumerate(minutes.told):
        with _named("tellings", place):
            loop.tell(on=engagement.date, how="meeting", engagement=engagement, by=by, **vars(told))


def _ask(engagement: Engagement, asked: Asked, *, by: User) -> Concern | None:
    """Records what was asked. What is sealed goes its own way, and nothing of it comes back."""
    if not asked.topic.sealed:
        return loop.raise_concern(
            community=engagement.community,
            engagement=engagement,
            raised_on=engagement.date,
            by=by,
            **vars(asked),
        )
    sealed.receive(
        topic=asked.topic,
        text=asked.text,
        raised_by=asked.raised_by,
        raised_on=engagement.date,
        channel=Concern.Channel.MEETING,
        community=engagement.community,
        engagement=engagement,
    )
    return None


@contextmanager
def _named(rows: str, place: int) -> Iterator[None]:
    """What a verb refuses is said of the row it stands in: "concerns.0.text"."""
    try:
        yield
    except ValidationError as refusal:
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {"": refusal.error_list}
        raise ValidationError(
            {f"{rows}.{place}.{name}".rstrip("."): said for name, said in by_field.items()}
        ) from refusal


def _move(engagement: Engagement, to: str) -> None:
    if to not in MOVES[engagement.state]:
        raise ValidationError(
            _("A meeting that is “%(now)s” cannot become “%(then)s”.")
            % {"now": engagement.get_state_display(), "then": State(to).label}
        )
    engagement.state = to


@transaction.atomic
def submit_meeting(engagement: Engagement, *, by: User) -> None:
    """Hands a draft, or a mended returned meeting, to the supervisor."""
    hold(engagement)
    require(by, "change", engagement)
    _move(engagement, State.SUBMITTED)
    engagement.save(update_fields=["state"])
    log(engagement, "engagements.submit", user=by)


def _require_reviewer(engagement: Engagement, by: User) -> None:
    if not Engagement.objects.filter(pk=engagement.pk).reviewable_by(by).exists():
        raise PermissionDenied(_("Somebody else, posted to review this area, must review it."))


@transaction.atomic
def return_meeting(engagement: Engagement, *, reason: str, by: User) -> None:
    """Returns a meeting to its author with a reason, which its author sees."""
    hold(engagement)
    _require_reviewer(engagement, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is to be mended.")})
    _move(engagement, State.RETURNED)
    engagement.return_reason = reason.strip()
    engagement.save(update_fields=["state", "return_reason"])
    log(engagement, "engagements.return", user=by)


@transaction.atomic
def review_meeting(engagement: Engagement, *, by: User) -> None:
    """Accepts a meeting: from now on it counts, and what may be public of it may be published."""
    hold(engagement)
    _require_reviewer(engagement, by)
    _move(engagement, State.REVIEWED)
    engagement.reviewer, engagement.reviewed_at = by, timezone.now()
    engagement.return_reason = ""
    engagement.save(update_fields=["state", "reviewer", "reviewed_at", "return_reason"])
    loop.dispute(engagement)
    log(engagement, "engagements.review", user=by)
