"""What a phone sent becomes rows, once: through the same verbs as in the office. See docs/sync.md.

One version of one entry is one sealed message. A repeat gets the first answer; a version that is older than what
came already changes nothing; a version that differs from what came under its number, or mends a meeting that was
changed meanwhile, waits for a supervisor. Nothing that was received is ever dropped.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from datetime import timezone as zone
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from communities.models import User
from communities.sight import lent, sight_of

from ..models import Device, Engagement, Entry, Receipt, Upload
from . import devices, photos, sealing
from .payloads import Command, MeetingBody, ObservationBody, command, read
from .recording import (
    Written,
    community_of,
    point_of,
    record_meeting,
    record_observation,
    without_sealed,
)

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
PLAIN = str.maketrans(BASE32, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ")  # no 0, 1, I and O
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


def receive(sealed: bytes) -> dict[str, Any]:
    """Takes one sealed message and answers it. Raises Unreadable, devices.Unknown."""
    try:
        content = sealing.unseal(sealed)
        given = command(content)
    except (sealing.Unreadable, ValueError) as error:
        raise Unreadable from error
    device = devices.known(given.device, given.token)
    devices.greet(device)
    digest = hashlib.sha256(content).hexdigest()
    with translation.override(given.lang), timezone.override(zone(timedelta(minutes=given.zone))):
        answer = _once(given, device, digest)
        answer["photos"] = photos.still_to_come(given.id)
        answer["empty"] = devices.must_empty(device)
    return answer


def _once(given: Command, device: Device, digest: str) -> dict[str, Any]:
    if there := _answered(given, digest):
        return there
    try:
        with transaction.atomic():
            return _take(given, device, digest)
    except IntegrityError:  # the same was sent twice at once
        if there := _answered(given, digest):
            return there
        raise


def _answered(given: Command, digest: str) -> dict[str, Any] | None:
    receipt = Receipt.objects.filter(uid=given.id, seq=given.seq, digest=digest).first()
    return json.loads(receipt.answer) if receipt else None


def code_for(given: Command, digest: str) -> str:
    """Six signs that are not mistaken for one another, such as K7F-2Q9."""
    said = f"{given.id}:{given.seq}:{digest}".encode()
    mac = hmac.digest(settings.SECRET_KEY.encode(), said, "sha256")
    six = base64.b32encode(mac)[:6].decode().translate(PLAIN)
    return f"{six[:3]}-{six[3:]}"


def _take(given: Command, device: Device, digest: str) -> dict[str, Any]:
    entry = Entry.objects.select_for_update().filter(uid=given.id).first()
    answer = Answer("received", code_for(given, digest), given.seq)
    if entry and _differs(entry, given, device):
        entry = _rival(entry, given, device, Why.DIFFERS)
        answer.status, answer.why = "held", Why.DIFFERS
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
    return vars(answer)


def _status(entry: Entry) -> str:
    return "received" if entry.state == State.RECORDED else entry.state


def _version(entry: Entry) -> int | None:
    return entry.engagement.version if entry.engagement else None


def _differs(entry: Entry, given: Command, device: Device) -> bool:
    """Whether somebody else has this entry now, or something else came under the number of this version."""
    same_number = Receipt.objects.filter(uid=given.id, seq=given.seq).exists()
    return same_number or entry.author_id != device.user_id or entry.kind != given.kind


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
    if was == State.RECORDED and not given.draft and _says_the_same(entry, given):
        entry.seq = given.seq
        entry.save(update_fields=["seq"])
        _announce(entry, given)
        answer.version = _version(entry)
        return entry
    _filled(entry, given, device)
    if given.drop and was != State.RECORDED:
        entry.state, entry.content = State.ASIDE, ""
        entry.save()
        answer.status = State.ASIDE
        return entry
    if given.draft and not device.revoked_at:
        entry.state = was or State.DRAFT
        entry.save()
        answer.status, answer.version = "draft", _version(entry)
        return entry
    entry.state, entry.why = State.REFUSED, ""
    entry.save()
    _announce(entry, given)
    try:
        if device.revoked_at:
            raise _Held(Why.REVOKED)
        with transaction.atomic():
            written = _record_as_posted(entry, given, by=device.user)
    except ValidationError as refusal:
        answer.status, answer.problems = "refused", _sentences(refusal)
    except _Held as held:
        if entry.engagement_id or entry.observation_id:  # what is recorded stays; this stands beside it
            entry.refresh_from_db(fields=["engagement", "observation"])
            rival = _rival(entry, given, device, held.why)
            Upload.objects.filter(entry=entry, done=False).update(entry=rival)
            Entry.objects.filter(pk=entry.pk).update(state=State.RECORDED, content="")
            entry = rival
        else:
            entry.state, entry.why = State.HELD, held.why
            entry.save(update_fields=["state", "why"])
        answer.status, answer.why = "held", held.why
    else:
        settle(entry, written)
        answer.notes, answer.version = written.notes, _version(entry)
    return entry


def _says_the_same(entry: Entry, given: Command) -> bool:
    """Whether a later version of what is recorded brings nothing new: it was handed in twice."""
    sent = json.loads(without_sealed(json.dumps({"body": given.body})))
    return bool(entry.content) and json.loads(entry.content)["body"] == sent["body"]


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
