"""From the body of an entry to the verbs: what it names is looked up within its author's sight.

What a meeting says of things that changed meanwhile (a promise was withdrawn, a duty went to others) is not lost:
it is set aside into the notes for colleagues, and the phone is told so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from communities.models import Agency, Community, Group, Language, User
from communities.sight import ScopedQuerySet
from services import points
from services.models import Observation, ServicePoint

from .. import sealed
from ..meetings import Asked, Headcount, Judged, Minutes, Promised, Told, log_meeting, mend_meeting
from ..mending import settle
from ..models import Commitment, Concern, Duty, Engagement, Topic
from ..models.commitments import Answer
from .payloads import MeetingBody, ObservationBody

DETAILS = ("place_detail", "found_nobody", "interpreter", "agreed_by", "summary", "public_summary")


@dataclass
class Written:
    """What became of an entry, and what could not be recorded as it was meant."""

    engagement: Engagement | None = None
    observation: Observation | None = None
    notes: list[str] = field(default_factory=list)


# --- Where an entry belongs, whatever else is wrong with it ----------------------------------------------
def community_of(body: dict[str, Any]) -> Community | None:
    """The community an entry is about, with what it was merged into since."""
    key = body.get("community")
    community = Community.objects.filter(pk=key).first() if isinstance(key, int) else None
    return living(community) if community else None


def living(community: Community) -> Community:
    """The community that stands for this one now."""
    passed = {community.pk}
    while community.merged_into and community.merged_into_id not in passed:
        community = community.merged_into
        passed.add(community.pk)
    return community


def point_of(body: dict[str, Any]) -> ServicePoint | None:
    key = body.get("point")
    return ServicePoint.objects.filter(pk=key).first() if isinstance(key, int) else None


def parted(body: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A body as colleagues may read it, and its concerns that are sealed, or may turn out to be: those are for the
    integrity role alone. A concern whose topic is not chosen yet is one of them."""
    rows = body.get("concerns")
    if not rows:
        return body, []
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    opened = set(Topic.objects.filter(sealed=False).values_list("pk", flat=True))
    kept = [row for row in rows if isinstance(row.get("topic"), int) and row["topic"] in opened]
    return {**body, "concerns": kept}, [row for row in rows if row not in kept]


def closed(body: dict[str, Any]) -> dict[str, Any]:
    """A body as it may be kept: what is said on sealed topics, or on none yet, is sealed to the integrity body first."""
    _kept, apart = parted(body)
    if not apart:
        return body
    return {**body, "concerns": [_closed(row) if row in apart else row for row in body["concerns"]]}


def _closed(row: dict[str, Any]) -> dict[str, Any]:
    """Without a key, what is said on a sealed topic is not kept: it stays on the phone, which is told why. Words
    without a topic are then kept as those of any draft."""
    text = row.get("text")
    said = sealed.close(text) if isinstance(text, str) and text.strip() else ""
    kept = sealed.is_closed(said) or row.get("topic") is None
    return {**row, "text": said if kept else "", "public_text": ""}


def without_sealed(content: str) -> str:
    """The content of an entry as colleagues may read it."""
    given = json.loads(content)
    return json.dumps({**given, "body": parted(given["body"])[0]})


# --- Meetings ---------------------------------------------------------------------------------------------
def record_meeting(body: MeetingBody, *, uid: UUID, engagement: Engagement | None, by: User) -> Written:
    """Logs a meeting and hands it in, or mends the one that was returned, so that it says what `body` says.

    Raises ValidationError by field, PermissionDenied when the community is out of `by`'s sight.
    """
    notes: list[str] = []
    minutes = _Reader(by, notes).minutes(body, uid)
    if engagement is None:
        return Written(log_meeting(minutes, by=by, submit=True), notes=notes)
    taken_out, rest = settle(engagement, minutes)
    mend_meeting(engagement, rest, by=by, submit=True, taken_out=taken_out)
    return Written(engagement, notes=notes)


@contextmanager
def _of(rows: str, place: int) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise ValidationError({f"{rows}.{place}.{k}": v for k, v in error.error_dict.items()}) from error


class _Reader:
    """Looks up what a body names. Each look-up is asked once, within the author's sight."""

    def __init__(self, by: User, notes: list[str]):
        self.by, self.notes = by, notes

    def one(self, rows: ScopedQuerySet, key: int | None, name: str) -> Any:
        if key is None:
            return None
        found = rows.visible_to(self.by).filter(pk=key).first()
        if found is None:
            raise ValidationError({name: _("This is no longer in the list. Choose again.")})
        return found

    def several(self, rows: ScopedQuerySet, keys: list[int]) -> list[Any]:
        return list(rows.visible_to(self.by).filter(pk__in=keys))

    def community(self, key: int) -> Community:
        found = community_of({"community": key})
        if found is None or not Community.objects.visible_to(self.by).filter(pk=found.pk).exists():
            raise PermissionDenied(_("This community is outside what your posting covers."))
        return found

    def minutes(self, body: MeetingBody, uid: UUID) -> Minutes:
        community = self.community(body.community)
        judged, told = self.verdicts(body, community), self.tellings(body, community)
        details = {name: getattr(body, name) for name in DETAILS}
        details["summary"] = "\n\n".join(filter(None, [body.summary, *self.notes]))
        details["counterpart"] = self.one(Agency.objects.all(), body.counterpart, "counterpart")
        for name in ("language", "read_back_in"):
            details[name] = self.one(Language.objects.all(), getattr(body, name), name)
        if body.position:
            details["position"] = Point(body.position[1], body.position[0], srid=4326)
        return Minutes(
            community=community,
            uid=uid,
            kind=body.kind,
            date=body.date,
            place=body.place,
            attendance_total=body.attendance_total,
            details=details,
            topics=self.several(Topic.objects.filter(sealed=False), body.topics),
            agencies=self.several(Agency.objects.all(), body.agencies),
            attendance=self.headcounts(body),
            asked=self.concerns(body),
            promised=self.commitments(body, community),
            judged=judged,
            told=told,
            pulse={str(answer): count for answer, count in body.pulse.items()},
        )

    def headcounts(self, body: MeetingBody) -> list[Headcount]:
        lines = []
        for place, line in enumerate(body.attendance):
            with _of("attendance", place):
                agency = self.one(Agency.objects.all(), line.agency, "agency")
            lines.append(Headcount(**{**line.model_dump(), "agency": agency}))
        return lines

    def concerns(self, body: MeetingBody) -> list[Asked]:
        asked = []
        for place, line in enumerate(body.concerns):
            with _of("concerns", place):
                topic = self.one(Topic.objects.all(), line.topic, "topic")
                if sealed.is_closed(line.text) and topic and not topic.sealed:
                    raise ValidationError(
                        {"text": _("These words were sealed. Write them anew for this topic.")}
                    )
            asked.append(Asked(**{**line.model_dump(), "topic": topic}))
        return asked

    def commitments(self, body: MeetingBody, community: Community) -> list[Promised]:
        promised = []
        for place, line in enumerate(body.commitments):
            given = line.model_dump(exclude={"about", "about_new"})
            with _of("commitments", place):
                given["agency"] = self.one(Agency.objects.all(), line.agency, "agency")
                if line.about_new is not None and line.about_new >= len(body.concerns):
                    raise ValidationError({"about_new": _("That concern is empty.")})
            promised.append(Promised(**given, about=self.about(line, community)))
        return promised

    def about(self, line: Any, community: Community) -> Concern | int | None:
        """The concern a promise answers. One that was joined to another stands for that other."""
        if line.about_new is not None:
            return line.about_new
        rows = Concern.objects.visible_to(self.by).filter(community=community)
        found = rows.filter(pk=line.about).select_related("joined_to").first() if line.about else None
        return found.joined_to or found if found else None

    def verdicts(self, body: MeetingBody, community: Community) -> list[Judged]:
        rows = Commitment.objects.visible_to(self.by).filter(community=community)
        known = {row.pk: row for row in rows.filter(pk__in=[line.commitment for line in body.verdicts])}
        judged = []
        for line in body.verdicts:
            commitment = known.get(line.commitment)
            if commitment is None or commitment.cancelled_on:
                self._set_aside_verdict(line, commitment)
            else:
                judged.append(Judged(commitment, line.group, line.answer, line.note))
        return judged

    def _set_aside_verdict(self, line: Any, commitment: Commitment | None) -> None:
        said = {
            "group": Group(line.group).label,
            "answer": Answer(line.answer).label,
            "number": line.commitment,
        }
        if commitment is None:
            self.notes.append(
                _(
                    "Set aside: %(group)s said “%(answer)s” of promise P%(number)s, which is not in your sight now."
                )
                % said
            )
            return
        said["day"] = date_format(cast(Any, commitment.cancelled_on))
        self.notes.append(
            _(
                "Set aside: %(group)s said “%(answer)s” of promise P%(number)s, which was withdrawn on %(day)s."
            )
            % said
        )

    def tellings(self, body: MeetingBody, community: Community) -> list[Told]:
        rows = Duty.objects.filter(community=community).tellable_by(self.by)
        known = {row.pk: row for row in rows.filter(pk__in=[line.duty for line in body.tellings])}
        told = []
        for line in body.tellings:
            if (duty := known.get(line.duty)) and duty.news_on <= body.date:
                told.append(Told(duty, line.group, line.reached, line.what))
            else:
                said = {"group": Group(line.group).label, "what": line.what or f"D{line.duty}"}
                self.notes.append(_("Set aside: %(group)s was told: %(what)s.") % said)
        return told


# --- Observations -----------------------------------------------------------------------------------------
def record_observation(body: ObservationBody, *, by: User) -> Written:
    """Raises ValidationError by field, PermissionDenied when the point is out of `by`'s areas."""
    point = ServicePoint.objects.visible_to(by).open().filter(pk=body.point).first()
    if point is None:
        raise ValidationError({"point": _("This service point has left the register. Choose another.")})
    given = body.model_dump(exclude={"point"})
    return Written(
        observation=points.observe(point=point, source=_("An officer on the spot"), by=by, **given)
    )
