"""What a phone sent becomes rows, once: through the same verbs as in the office. See docs/sync.md.

One version of one entry is one sealed message. A repeat gets the first answer; a version that is older than what
came already changes nothing; a version that differs from what came under its number, or mends a meeting that was
changed meanwhile, waits for a supervisor. Nothing that was received is ever dropped.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from datetime import timezone as zone
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from communities.models import User
from communities.sight import lent, sight_of

from .. import sealed
from ..models import Device, Engagement, Entry, Receipt, Upload
from ..sealing import Unreadable as NotSealed
from . import devices, photos, server_key
from .payloads import Command, MeetingBody, ObservationBody, command, read
from .recording import (
    Written,
    closed,
    community_of,
    parted,
    point_of,
    record_meeting,
    record_observation,
    without_sealed,
)

PLAIN = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I and O
KEPT_DAYS = 365  # what is sent after its author's posting ended is taken for so long
Why, State = Entry.Why, Entry.State


class Unreadable(Exception):
    """This is nothing that a phone of ours sends."""


@dataclass
class Answer:
    """What a phone is told of one version of an entry."""

    status: str  # draft, received, refused, held
    receipt: str
    seq: int
    problems: dict[str, list[str]] = field(default_factory=dict)  # sentences by field
    notes: list[str] = field(default_factory=list)  # what could not be recorded as it was meant
    why: str = ""
    version: int | None = None  # of the meeting, for mending it later


class _Held(Exception):
    """A person must decide. Carries why."""

    def __init__(self, why: str):
        self.why = why


def receive(message: bytes) -> dict[str, Any]:
    """Takes one sealed message and answers it. Raises Unreadable, devices.Unknown."""
    try:
        content = server_key.unseal(message)
        given = command(content)
    except (NotSealed, ValueError, RecursionError) as error:
        raise Unreadable from error
    device = devices.known(given.device, given.token)
    devices.greet(device)
    digest = hashlib.sha256(content).hexdigest()
    given.body = closed(given.body)  # before anything of it is kept
    with translation.override(given.lang), timezone.override(zone(timedelta(minutes=given.zone))):
        answer = _once(given, device, digest)
        answer["empty"] = devices.must_empty(device)
    return answer


def _once(given: Command, device: Device, digest: str) -> dict[str, Any]:
    if there := _answered(given, digest):
        return there
    try:
        with transaction.atomic():
            return _take(given, device, digest)
    except IntegrityError:  # the same entry was sent twice at once: now the other is there
        if there := _answered(given, digest):
            return there
        with transaction.atomic():
            return _take(given, device, digest)


def _answered(given: Command, digest: str) -> dict[str, Any] | None:
    receipt = Receipt.objects.filter(uid=given.id, seq=given.seq, digest=digest).first()
    return json.loads(receipt.answer) if receipt else None


def new_code() -> str:
    """Six signs that are not mistaken for one another, such as K7F-2Q9."""
    six = get_random_string(6, PLAIN)
    return f"{six[:3]}-{six[3:]}"


def _take(given: Command, device: Device, digest: str) -> dict[str, Any]:
    entry = Entry.objects.select_for_update().filter(uid=given.id).first()
    answer = Answer("received", new_code(), given.seq)
    if entry and given.drop and not _may_drop(entry, given, device):
        answer.status, answer.version = _status(entry), _version(entry)  # it stays
    elif entry and (why := _why_apart(entry, given, device)):
        entry = _rival(entry, given, device, why)
        answer.status, answer.why = "held", why
    elif entry and given.seq < entry.seq:
        answer.status, answer.version = _status(entry), _version(entry)  # a newer version came before it
    else:
        entry = entry or Entry(uid=given.id, kind=given.kind, author=device.user)
        entry = _write(entry, given, device, answer)
    Receipt.objects.create(
        uid=given.id,
        seq=given.seq,
        digest=digest,
        entry=entry,
        code=answer.receipt,
        answer=json.dumps(vars(answer)),
    )
    if entry.state == State.DRAFT:  # of a draft, the newest version is all there is to answer for
        entry.receipts.filter(seq__lt=given.seq).delete()
    return vars(answer)


def _status(entry: Entry) -> str:
    return "received" if entry.state == State.RECORDED else entry.state


def _version(entry: Entry) -> int | None:
    return entry.engagement.version if entry.engagement else None


def _may_drop(entry: Entry, given: Command, device: Device) -> bool:
    """An author throws away their own draft; nothing that was handed in, and nothing from a phone that is lost."""
    unfinished = entry.state in (State.DRAFT, State.REFUSED) and not entry.engagement_id
    return unfinished and not device.revoked_at and not _why_apart(entry, given, device)


def _why_apart(entry: Entry, given: Command, device: Device) -> str:
    """Why a version is kept beside what came before it; empty when it goes on with it. The phone is lost, somebody
    else has the entry, something else came under this number, or another phone went on and this one does not know."""
    if device.revoked_at:
        return Why.REVOKED
    same_number = Receipt.objects.filter(uid=given.id, seq=given.seq).exists()
    passed_by = entry.device_id != device.pk and given.after != entry.seq
    if same_number or passed_by or entry.author_id != device.user_id or entry.kind != given.kind:
        return Why.DIFFERS
    return ""


def _filled(entry: Entry, given: Command, device: Device) -> Entry:
    entry.device, entry.seq, entry.changed_at = device, given.seq, timezone.now()
    entry.content = json.dumps(
        {"body": given.body, "photos": [photo.model_dump(mode="json") for photo in given.photos]}
    )
    entry.community, entry.point = community_of(given.body), point_of(given.body)
    return entry


def _rival(entry: Entry, given: Command, device: Device, why: str) -> Entry:
    """Keeps a version beside the one it would have replaced."""
    rival = Entry(kind=given.kind, author=device.user, rival_of=entry, engagement=entry.engagement)
    _filled(rival, given, device)
    rival.state, rival.why = State.HELD, why
    rival.save()
    _announce(rival, given)
    return rival


def _announce(entry: Entry, given: Command) -> None:
    for photo in given.photos:
        Upload.objects.get_or_create(
            uid=photo.id, defaults={"entry": entry, "size": photo.size, "sha256": photo.sha256}
        )


def _write(entry: Entry, given: Command, device: Device, answer: Answer) -> Entry:
    """Keeps the newest version of an entry, and records it unless it is a draft."""
    was = entry.state
    reopened = entry.engagement is not None and _mends(entry.engagement, given)
    if was == State.RECORDED and not reopened and (given.draft or _says_the_same(entry, given)):
        entry.seq = given.seq  # it was handed in already, and nothing new comes
        entry.save(update_fields=["seq"])
        answer.version = _version(entry)
        return entry
    if given.drop:
        return _dropped(entry, given, device, answer)
    _filled(entry, given, device)
    if given.draft and not device.revoked_at:
        entry.state = was or State.DRAFT
        entry.save()
        answer.status, answer.version = "draft", _version(entry)
        return entry
    entry.state, entry.why = State.REFUSED, ""
    entry.save()
    _announce(entry, given)
    return _recorded(entry, given, device, answer)


def _dropped(entry: Entry, given: Command, device: Device, answer: Answer) -> Entry:
    """Its author threw this draft away."""
    entry.device, entry.seq, entry.changed_at = device, given.seq, timezone.now()
    entry.state, entry.content = State.ASIDE, ""
    entry.save()
    answer.status = State.ASIDE
    return entry


def _recorded(entry: Entry, given: Command, device: Device, answer: Answer) -> Entry:
    """Records a whole entry; what cannot be recorded is refused with sentences, or waits for a person."""
    try:
        if device.revoked_at:
            raise _Held(Why.REVOKED)
        with transaction.atomic():
            written = _record_as_posted(entry, given, by=device.user)
    except ValidationError as refusal:
        answer.status, answer.problems = "refused", _sentences(refusal)
    except (DataError, IntegrityError):
        answer.status = "refused"
        answer.problems = {"": [_("This could not be recorded as it is. Ask your supervisor for help.")]}
    except _Held as held:
        answer.status, answer.why = "held", held.why
        return _waiting(entry, given, device, held.why)
    else:
        settle(entry, written)
        photos.keep_only(entry, {photo.id for photo in given.photos})
        answer.notes, answer.version = written.notes, _version(entry)
    return entry


def _waiting(entry: Entry, given: Command, device: Device, why: str) -> Entry:
    """Keeps a version for a person to decide: beside what is recorded already, where something is."""
    if not (entry.engagement_id or entry.observation_id):
        entry.state, entry.why = State.HELD, why
        entry.save(update_fields=["state", "why"])
        return entry
    rival = _rival(entry, given, device, why)
    Upload.objects.filter(entry=entry, done=False).update(entry=rival)
    Entry.objects.filter(pk=entry.pk).update(state=State.RECORDED, content="")
    return rival


def _says_the_same(entry: Entry, given: Command) -> bool:
    """Whether a later version of what is recorded brings nothing new: it was handed in twice."""
    if not entry.content:
        return False
    kept, apart = parted(given.body)
    return json.loads(entry.content)["body"] == kept and sealed.holds(entry.engagement, apart)


def _record_as_posted(entry: Entry, given: Command, *, by: User) -> Written:
    """As `by` is posted today or, where that posting has ended since, as they were posted on the day itself."""
    try:
        with transaction.atomic():
            return _record(entry, given, by=by)
    except PermissionDenied:
        day = _day(given.body)
        if day is None or not timezone.localdate() - timedelta(days=KEPT_DAYS) <= day < timezone.localdate():
            raise _Held(Why.OUTSIDE) from None
    try:
        with transaction.atomic(), lent(by, sight_of(by, on=day)):
            return _record(entry, given, by=by)
    except PermissionDenied:
        raise _Held(Why.OUTSIDE) from None


def _day(body: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(body["date"])
    except (KeyError, TypeError, ValueError):
        return None


def _record(entry: Entry, given: Command, *, by: User) -> Written:
    if given.kind == Entry.Kind.OBSERVATION:
        if entry.observation_id:
            raise _Held(Why.CHANGED)
        return record_observation(read(ObservationBody, given.body), by=by)
    body = read(MeetingBody, given.body)
    if entry.engagement and not _mends(entry.engagement, given):
        raise _Held(Why.CHANGED)
    return record_meeting(body, uid=entry.uid, engagement=entry.engagement, by=by)


def _mends(engagement: Engagement, given: Command) -> bool:
    """Whether the meeting is still as the phone knew it, and open to its author."""
    engagement.refresh_from_db()
    return engagement.is_open_to_change and given.mends == engagement.version


def settle(entry: Entry, written: Written) -> None:
    """An entry is recorded: its rows speak for it now, and photos that came before it find their place."""
    entry.engagement, entry.observation = written.engagement, written.observation
    entry.state, entry.why = State.RECORDED, ""
    entry.content = without_sealed(entry.content)
    entry.save()
    photos.attach(entry)


def _sentences(refusal: ValidationError) -> dict[str, list[str]]:
    return refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
