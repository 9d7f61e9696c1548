"""What a person decides of entries from phones: hand a draft on, record what waits, or set it aside with a reason."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities.changes import hold
from communities.models import User
from communities.sight import is_field, lent, may, require, sight_of

from .. import meetings
from ..models import Engagement, Entry
from .payloads import MeetingBody, ObservationBody, read
from .recording import Written, record_meeting, record_observation
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
    entry.author, entry.device, entry.changed_at = to, None, timezone.now()
    entry.save(update_fields=["author", "device", "changed_at"])
    log(entry, "engagements.hand_on", user=by)


@transaction.atomic
def record(entry: Entry, *, by: User) -> None:
    """Records what waits, in its author's name: `by` vouches for it with their own sight, and may review it later.

    Of a meeting that is there already it takes this version. Raises ValidationError where that cannot be.
    """
    _require_waiting(entry, by)
    body = json.loads(entry.content)["body"]
    with lent(entry.author, sight_of(by)):
        if entry.kind == Entry.Kind.OBSERVATION:
            written = record_observation(read(ObservationBody, body), by=entry.author)
        else:
            written = _record_meeting(entry, read(MeetingBody, body), by=by)
    settle(entry, written)
    log(entry, "engagements.decide", user=by, data={"recorded": True})


def _record_meeting(entry: Entry, body: Any, *, by: User) -> Written:
    meeting = entry.engagement
    if meeting:
        hold(meeting)
        if meeting.state == Engagement.State.REVIEWED:
            raise ValidationError(
                _("This meeting was accepted already. Set this version aside, with a reason.")
            )
        if meeting.state == Engagement.State.SUBMITTED:
            meetings.return_meeting(meeting, reason=_("The version from the phone was taken."), by=by)
    return record_meeting(body, uid=entry.uid, engagement=meeting, by=entry.author)


@transaction.atomic
def set_aside(entry: Entry, *, reason: str, by: User) -> None:
    """Leaves what waits unrecorded. It stays on file, and its author reads the reason on the phone."""
    _require_waiting(entry, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: its author reads this.")})
    entry.state, entry.why, entry.reason = State.ASIDE, "", reason.strip()
    entry.save(update_fields=["state", "why", "reason"])
    log(entry, "engagements.decide", user=by, data={"recorded": False})


def _require_waiting(entry: Entry, by: User) -> None:
    require(by, "change", entry)
    hold(entry)
    if entry.state != State.HELD:
        raise ValidationError(_("This was decided already."))


def forget() -> int:
    """Empties the content of entries for which their rows speak for good: how many."""
    done = Q(engagement__state=Engagement.State.REVIEWED) | Q(observation__isnull=False)
    return Entry.objects.filter(done, state=State.RECORDED).exclude(content="").update(content="")
