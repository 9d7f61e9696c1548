"""The verbs on sealed concerns: take one in, add to it, answer it, tell, follow it by its code.

A sealed text is encrypted to the integrity body's public key before it is stored; what opens it is with that body
alone. None of these verbs writes to a log: logs are read by the very chain a concern is sealed from. Nothing here
raises or counts anything that the chain could see. Rules: docs/privacy.md, "Sealed concerns".
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from communities.changes import hold
from communities.commas import listed
from communities.models import Area, Community, User
from communities.privacy import cipher, keyed_hashes
from communities.sight import is_integrity, require

from . import codes, sealing
from .models import (
    Concern,
    Engagement,
    Hotline,
    IntegrityKey,
    SealedConcern,
    SealedNote,
    SealedOpening,
    SealedPhoto,
    Topic,
    TrackingCode,
)

CLOSED = "SC1:"  # what begins so was sealed already: "SC1:" key number ":" mark ":" sealed text in base64
State = SealedConcern.State
THEY_WROTE = (Concern.Channel.WEB, Concern.Channel.SMS)  # themselves: no officer was told the code
ONE_OPENING = timedelta(minutes=30)  # as long as an opened key stays in the browser


# --- The key of the integrity body -----------------------------------------------------------------------------
def current_key() -> IntegrityKey | None:
    """The key to which new sealed text is encrypted; None where no sealed channel is set up."""
    return IntegrityKey.objects.first()


def independent_line() -> Hotline | None:
    """What to offer instead where there is no sealed channel."""
    return Hotline.objects.independent().select_related("agency").first()


@transaction.atomic
def set_key(public: str, *, by: User) -> IntegrityKey:
    """Puts a new public key in use; `public` is SPKI in base64. What was sealed to older keys stays readable with these.

    What waited under the server's own key, from before there was one, is sealed to it.
    """
    if not is_integrity(by):
        raise PermissionDenied
    try:
        sealing.public_key(public)
    except ValueError as error:
        raise ValidationError(_("This is no public key. Make a new one on this page.")) from error
    print_ = sealing.fingerprint(public)
    if there := IntegrityKey.objects.filter(fingerprint=print_).first():
        return there
    key = IntegrityKey.objects.create(public=public, fingerprint=print_, by=by)
    waiting: list[SealedConcern | SealedNote] = [
        *SealedConcern.objects.filter(key=None),
        *SealedNote.objects.filter(key=None).exclude(text=""),
    ]
    for row in waiting:
        row.text, row.key = _sealed(cipher().decrypt(row.text.encode()).decode(), key), key
        row.save(update_fields=["text", "key"])
    return key


def _sealed(text: str, key: IntegrityKey) -> str:
    return base64.b64encode(sealing.seal(text.encode(), key)).decode()


# --- Sealing before anything is kept ------------------------------------------------------------------------------
def close(text: str) -> str:
    """`text` sealed, as it may be kept and handed on until it is received. As it is where it was sealed before, and
    where there is no key."""
    key = current_key()
    if key is None or is_closed(text):
        return text
    return f"{CLOSED}{key.pk}:{mark(text)}:{_sealed(text, key)}"


def is_closed(text: str) -> bool:
    return text.startswith(CLOSED)


def mark(text: str) -> str:
    """What a sealed text is known again by: a keyed hash."""
    return keyed_hashes(text.strip(), purpose="sealed-text")[0]


def mark_of(text: str) -> str:
    """The mark of a text, sealed or not."""
    return text.split(":", 3)[2] if is_closed(text) and text.count(":") >= 3 else mark(text)


def _parted(text: str) -> tuple[IntegrityKey, str, str]:
    """The key, the sealed text and the mark. Raises ValidationError where there is no key."""
    closed = close(text.strip())
    if not is_closed(closed):
        raise ValidationError({"topic": no_channel()})
    _prefix, number, marked, text = closed.split(":", 3)
    key = IntegrityKey.objects.filter(pk=number).first() if number.isdigit() else None
    if key is None:
        raise ValidationError({"text": _("This cannot be read. Choose or write it anew.")})
    return key, text, marked


def offered(topics: QuerySet[Topic]) -> QuerySet[Topic]:
    """Those of `topics` on which concerns are taken in: without a key, none that is sealed."""
    return topics if current_key() else topics.filter(sealed=False)


def instead() -> str:
    """What to do with concerns on sealed topics where there is no sealed channel; empty where there is one."""
    names = [topic.label for topic in Topic.objects.filter(sealed=True)]
    if not names or current_key():
        return ""
    return _("Not taken in here: %(topics)s.") % {"topics": listed(names)} + " " + no_channel()


def no_channel() -> str:
    line = independent_line()
    if line is None:
        return _("No sealed channel is set up here, so this is not taken in.")
    said = {"number": line.number, "agency": line.agency.label}
    return (
        _(
            "No sealed channel is set up here, so this is not taken in. Give people the number of the independent line: %(number)s (%(agency)s)."
        )
        % said
    )


# --- Verbs -------------------------------------------------------------------------------------------------------
@transaction.atomic
def receive(
    *,
    topic: Topic,
    text: str,
    raised_by: str,
    raised_on: date,
    channel: str,
    community: Community | None = None,
    area: Area | None = None,
    engagement: Engagement | None = None,
    code: str = "",
    theirs_alone: bool = True,
    photos: Iterable[bytes] = (),
) -> SealedConcern:
    """Takes in a concern on a sealed topic; `text` may be sealed already. From a meeting the same text is taken once.

    Answers are sealed to the code where it is `theirs_alone`: an officer who took it in knows it too. `photos` are
    contents drawn anew. Raises ValidationError by field, also where no key is set up.
    """
    if not topic.sealed:
        raise ValidationError({"topic": _("This topic is not sealed.")})
    if current_key() is None:
        raise ValidationError({"topic": no_channel()})
    if not text.strip():
        raise ValidationError({"text": _("Write what happened.")})
    key, sealed, marked = _parted(text)
    if engagement and (there := of_meeting(engagement).filter(topic=topic, mark=marked).first()):
        return there
    row = SealedConcern(
        topic=topic,
        community=community,
        area=area,
        channel=channel,
        raised_by=raised_by,
        raised_on=raised_on,
        due_on=raised_on + timedelta(days=topic.days_to_answer),
        key=key,
        text=sealed,
        mark=marked if engagement else "",
        reader=codes.reader(code) if code and theirs_alone else "",
        engagement=engagement,
    )
    row.full_clean()
    row.save()
    if code:
        TrackingCode.objects.create(digest=codes.digest(code), sealed=row)
    for content in photos:
        SealedPhoto.objects.create(concern=row, key=key, content=sealing.seal(content, key, compress=False))
    return row


def of_meeting(engagement: Engagement) -> QuerySet[SealedConcern]:
    """What a meeting brought to the sealed channel. Never shown to whoever may see the meeting."""
    return SealedConcern.objects.filter(engagement=engagement)


def holds(engagement: Engagement | None, rows: Iterable[dict[str, Any]]) -> bool:
    """Whether each of `rows`, as a phone sent them, came in from this meeting before."""
    known = set(of_meeting(engagement).values_list("topic_id", "mark")) if engagement else set()
    return {(row.get("topic"), mark_of(str(row.get("text", "")))) for row in rows} <= known


def redate(engagement: Engagement, *, moved: timedelta) -> None:
    """What a meeting brought moves with its day."""
    of_meeting(engagement).update(raised_on=engagement.date, due_on=F("due_on") + moved)


@sensitive_variables()
@transaction.atomic
def add(concern: SealedConcern, *, text: str) -> None:
    """What the holder of its code adds. The words they add are sealed to the integrity body alone."""
    key, sealed, _mark = _parted(text)
    SealedNote.objects.create(concern=concern, kind=SealedNote.Kind.ADDED, key=key, text=sealed)


@sensitive_variables()
@transaction.atomic
def answer(
    concern: SealedConcern, *, text: str, by: User, on: date | None = None, cannot: bool = False
) -> None:
    """Answers whoever raised it: sealed to the integrity body, and to the holder of the code where there is one."""
    hold(concern)
    require(by, "change", concern)
    on = on or timezone.localdate()
    if not text.strip():
        raise ValidationError({"text": _("Write the answer: whoever asked will read these words.")})
    if not concern.raised_on <= on <= timezone.localdate():
        raise ValidationError({"on": _("The answer comes after the concern, and not in the future.")})
    key, sealed, _mark = _parted(text)
    to_reader = codes.seal_to(concern.reader, text.strip()) if concern.reader else ""
    SealedNote.objects.create(
        concern=concern, kind=SealedNote.Kind.ANSWER, on=on, key=key, text=sealed, to_reader=to_reader, by=by
    )
    concern.state, concern.answered_on = State.CANNOT if cannot else State.ANSWERED, on
    concern.save(update_fields=["state", "answered_on"])


@transaction.atomic
def tell(concern: SealedConcern, *, on: date, how: str, by: User) -> None:
    """Records that whoever raised it was told. The duty to tell of a sealed concern is the integrity role's."""
    hold(concern)
    require(by, "change", concern)
    if concern.answered_on is None or not concern.answered_on <= on <= timezone.localdate():
        raise ValidationError({"on": _("People are told after the answer, and not in the future.")})
    SealedNote.objects.create(concern=concern, kind=SealedNote.Kind.TOLD, on=on, how=how, by=by)


class Reach(Enum):
    """Whom an answer can reach by the code."""

    THEIRS = "theirs"  # whoever reported, and nobody else
    KNOWN = "known"  # nobody: an officer who wrote it down knows the code too
    MOVED = "moved"  # nobody: it came in openly, when nothing was made from the code to seal to
    NO_CODE = "no_code"


def reach(concern: SealedConcern) -> Reach:
    if concern.reader:
        return Reach.THEIRS
    if not TrackingCode.objects.filter(sealed=concern).exists():
        return Reach.NO_CODE
    return Reach.MOVED if concern.channel in THEY_WROTE else Reach.KNOWN


def given_out(concern: SealedConcern, *, to: User) -> None:
    """Writes down that somebody's browser was given these texts: once in half an hour. Only integrity officers see it."""
    if not concern.openings.filter(by=to, at__gt=timezone.now() - ONE_OPENING).exists():
        SealedOpening.objects.create(concern=concern, by=to)


def told_by_code(concern: SealedConcern) -> None:
    """They read the answer with their code: that tells them. Written down once for each answer."""
    last = concern.notes.exclude(kind=SealedNote.Kind.ADDED).last()
    if last and last.kind == SealedNote.Kind.ANSWER:
        SealedNote.objects.create(concern=concern, kind=SealedNote.Kind.TOLD, how="code")
