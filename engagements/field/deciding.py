"""What a person decides of entries from phones: hand a draft on, record what waits, or set it aside with a reason."""

from __future__ import annotations

import json

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities.changes import hold
from communities.models import Group, User
from communities.sight import is_field, lent, may, require, sight_of

from .. import meetings, sealed
from ..models import Concern, Engagement, Entry, Topic
from .payloads import MeetingBody, ObservationBody, read
from .recording import closed, parted, record_meeting, record_observation
from .sync import settle

State = Entry.State


@transaction.atomic
def hand_on(entry: Entry, *, to: User, by: User) -> None:
    """Gives an unfinished entry to a colleague, on whose phone it goes on."""
    require(by, "change", entry)
    hold(entry)
    if entry.state not in (State.DRAFT, State.REFUSED) or entry.engagement_id:
        raise ValidationError(_("Only a draft can be handed on."))
    if entry.community is None or not (is_field(to) and may(to, "view", entry.community)):
        raise ValidationError(_("This colleague does not meet this community."))
    if not _deliver_sealed(entry):
        raise ValidationError(_("A concern in it is not finished. Its author must finish it first."))
    entry.author, entry.device, entry.changed_at = to, None, timezone.now()
    entry.save(update_fields=["author", "device", "changed_at", "content"])
    log(entry, "engagements.hand_on", user=by)


@transaction.atomic
def record(entry: Entry, *, by: User) -> None:
    """Records what waits, in its author's name: `by` vouches for it with their own sight, and may review it later.

    Of a meeting that is there already it takes this version. Raises ValidationError where that cannot be.
    """
    _require_waiting(entry, by)
    body = json.loads(entry.content)["body"]
    meeting = _meeting_of(entry)
    author = meeting.author if meeting else entry.author
    try:
        with lent(author, sight_of(by)):
            if entry.kind == Entry.Kind.OBSERVATION:
                written = record_observation(read(ObservationBody, body), by=author)
            else:
                _open(meeting, by=by)
                written = record_meeting(
                    read(MeetingBody, body), uid=entry.uid, engagement=meeting, by=author
                )
    except PermissionDenied as refusal:
        raise ValidationError(_("This is outside what your posting covers.")) from refusal
    settle(entry, written)
    if entry.rival_of:
        Entry.objects.filter(pk=entry.rival_of.pk, engagement=None, observation=None).update(
            engagement=written.engagement, observation=written.observation, state=State.RECORDED, why=""
        )
    log(entry, "engagements.decide", user=by, data={"recorded": True})


def _meeting_of(entry: Entry) -> Engagement | None:
    """The meeting that an entry, or the one it is another version of, has become."""
    return entry.engagement or (entry.rival_of.engagement if entry.rival_of else None)


def _open(meeting: Engagement | None, *, by: User) -> None:
    """Lets a meeting be mended, unless it was accepted already."""
    if meeting is None:
        return
    hold(meeting)
    if meeting.state == Engagement.State.REVIEWED:
        raise ValidationError(_("This meeting was accepted already. Set this version aside, with a reason."))
    if meeting.state == Engagement.State.SUBMITTED:
        meetings.return_meeting(meeting, reason=_("The version from the phone was taken."), by=by)


@transaction.atomic
def set_aside(entry: Entry, *, reason: str, by: User) -> None:
    """Leaves what waits unrecorded. It stays on file, and its author reads the reason on the phone."""
    _require_waiting(entry, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: its author reads this.")})
    _deliver_sealed(entry)
    entry.state, entry.why, entry.reason = State.ASIDE, "", reason.strip()
    entry.save(update_fields=["state", "why", "reason", "content"])
    log(entry, "engagements.decide", user=by, data={"recorded": False})


def _deliver_sealed(entry: Entry) -> bool:
    """Sealed concerns reach the integrity role whatever is decided of the rest. Whether nothing is left that may be
    sealed: a concern without its topic or its words stays where it is.

    Who decides does not read them, nor hear whether there are any; who wrote them does not lose them.
    """
    given = json.loads(entry.content or '{"body": {}}')
    body, apart = parted(given["body"])
    if not apart:
        return True
    topics = Topic.objects.filter(sealed=True).in_bulk()
    open_ = sealed.current_key() is not None
    whole = [
        row for row in apart if open_ and row.get("topic") in topics and str(row.get("text", "")).strip()
    ]
    left = [row for row in apart if row not in whole]
    for row in whole if entry.community else []:
        sealed.receive(
            topic=topics[row["topic"]],
            text=row["text"],
            raised_by=row.get("raised_by") or Group.OTHER,
            raised_on=timezone.localdate(entry.changed_at),
            channel=Concern.Channel.MEETING,
            community=entry.community,
            engagement=_meeting_of(entry),
        )
    entry.content = json.dumps({**given, "body": {**body, "concerns": [*body.get("concerns", []), *left]}})
    return not left


def close_what_waits() -> None:
    """Seals what entries hold on sealed topics since before there was a key."""
    for entry in Entry.objects.exclude(content="").iterator():
        given = json.loads(entry.content)
        body = closed(given["body"])
        if body != given["body"]:
            entry.content = json.dumps({**given, "body": body})
            entry.save(update_fields=["content"])


def _require_waiting(entry: Entry, by: User) -> None:
    require(by, "change", entry)
    hold(entry)
    if entry.state != State.HELD:
        raise ValidationError(_("This was decided already."))


def forget() -> int:
    """Empties the content of entries for which their rows speak for good: how many."""
    done = Q(engagement__state=Engagement.State.REVIEWED) | Q(observation__isnull=False)
    return Entry.objects.filter(done, state=State.RECORDED).exclude(content="").update(content="")
