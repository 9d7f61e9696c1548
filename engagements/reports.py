"""The verbs on reports: take one in from any channel, add to it, hand a tip over. Followed is in following.py.

Every channel brings the same: a topic, a place, what happened. A report becomes a concern that waits in the inbox, or
a sealed concern, or, where it is a tip, is handed over and kept nowhere. No address, device or name goes with it.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from smtplib import SMTPException

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile, File
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from wagtail.log_actions import log

from communities import uploads
from communities.changes import hold
from communities.models import Agency, Area, Community, User
from communities.privacy import keyed_hashes
from communities.sight import is_field, may, require, serves

from . import codes, loop, sealed, traces
from .following import Standing as Standing  # doors ask one module for all that concerns reports
from .following import follow as follow
from .models import (
    Addition,
    Concern,
    Handover,
    Hotline,
    Report,
    ReportPhoto,
    SealedConcern,
    Topic,
    TrackingCode,
)

LONGEST = 4000  # characters of a report or an addition
MOST_PHOTOS = 3
LONGEST_SIDE = 1600  # pixels of a photo: enough to read a sign by, and no more to keep
MOST_ADDITIONS = 20  # by one code
ADDED_ONCE = 15 * 60  # seconds within which the same words, by the same code, are one addition
SHOWN_AGAIN = datetime.timedelta(minutes=10)  # to whoever sends the same form twice over a bad line


@dataclass(frozen=True)
class Told:
    """What somebody reported, whatever the channel. It lies at a `community` or, where none is known, in an `area`."""

    topic: Topic
    text: str
    channel: str
    community: Community | None = None
    area: Area | None = None
    raised_by: str = "person"
    raised_on: datetime.date | None = None  # today unless told
    urgency: str = Concern.Urgency.NORMAL
    language: str = ""
    contact: str = ""
    point: Point | None = None
    hotline: Hotline | None = None
    transfers: int | None = None
    photos: Sequence[File] = field(default_factory=tuple)


# --- Taking in ------------------------------------------------------------------------------------------------
@sensitive_variables()  # a report of a fault holds no word of what people say
def take(told: Told, *, by: User | None = None, token: str = "") -> str:
    """Takes a report in and returns its code, which is shown once and kept as a hash alone.

    `by` is nobody where people wrote it themselves. `token` names the form it was sent with: sent twice, it is one
    report, with the same code. Raises ValidationError by field, PermissionDenied where the place is out of sight.
    """
    _check(told)
    code = _code_for(token, _said(told))
    photos = [_photo(file) for file in told.photos]
    try:
        with transaction.atomic():
            _take(told, photos, code, by)
    except IntegrityError:
        _require_just_now(code)
    return code


def _code_for(token: str, said: list[str]) -> str:
    """The code of a form and what was said with it: sent again with other words, it is another report."""
    if not token:
        return codes.new()
    return codes.of_form(f"{token}:{hashlib.sha256(json.dumps(said).encode()).hexdigest()}")


def _said(told: Told) -> list[str]:
    place = f"c{told.community.pk}" if told.community else f"a{told.area.pk}" if told.area else ""
    point = told.point.wkt if told.point else ""
    photos = [f"{photo.name}:{photo.size}" for photo in told.photos]
    return [str(told.topic.pk), place, told.channel, told.text, told.contact, point, *photos]


def _require_just_now(code: str) -> None:
    """After an IntegrityError: passes where what has this code came in a moment ago, with the same form. Raises
    ValidationError where that is long ago, and the error itself where it had another reason."""
    found = TrackingCode.objects.filter(digest=codes.digest(code)).first()
    if found is None:
        raise
    if found.received_at < timezone.now() - SHOWN_AGAIN:
        raise ValidationError(_("This was sent before, and was taken in then. It is not taken in twice."))


def _check(told: Told) -> None:
    wrong = {}
    if not told.text.strip():
        wrong["text"] = _("Write what happened.")
    if len(told.text) > LONGEST:
        wrong["text"] = _("This is too long: %(most)s characters at most.") % {"most": LONGEST}
    if len(told.photos) > MOST_PHOTOS:
        wrong["photos"] = _("At most %(most)d photos.") % {"most": MOST_PHOTOS}
    if bool(told.community) == bool(told.area):
        wrong["place"] = _("Choose a place.")
    if wrong:
        raise ValidationError(wrong)


def _photo(file: File) -> ContentFile:
    """A photo drawn anew. A PDF would be kept with what its writer's program put into it: it is not taken."""
    try:
        photo = uploads.cleaned(file, longest=LONGEST_SIDE)
    except ValidationError as error:
        raise ValidationError({"photos": error.messages}) from error
    if str(photo.name).endswith(".pdf"):
        raise ValidationError({"photos": _("Send photos (JPEG, PNG, WebP): this file is none.")})
    return photo


def _all_said(*words: str, contact: str, point: Point | None) -> str:
    """What is sealed: the words and, where they were offered, how to reach whoever wrote them and the point."""
    more = []
    if contact.strip():
        more.append(_("How to reach them: %(contact)s") % {"contact": contact.strip()})
    if point:
        more.append(_("Point: %(at)s") % {"at": f"{point.y:.4f}, {point.x:.4f}"})
    return "\n\n".join([*(text.strip() for text in words), *more])


def _take(told: Told, photos: list[ContentFile], code: str, by: User | None) -> None:
    raised_on = told.raised_on or timezone.localdate()
    if told.topic.sealed:
        _require_place(told, by)
        sealed.receive(
            topic=told.topic,
            text=_all_said(told.text, contact=told.contact, point=told.point),
            raised_by=told.raised_by,
            raised_on=raised_on,
            channel=told.channel,
            code=code,
            theirs_alone=by is None,
            photos=[photo.read() for photo in photos],
            community=told.community,
            area=told.area,
        )
        return
    concern = loop.raise_concern(
        topic=told.topic,
        text=told.text.strip(),
        raised_by=told.raised_by,
        raised_on=raised_on,
        channel=told.channel,
        urgency=told.urgency,
        by=by,
        community=told.community,
        area=told.area,
    )
    report = Report(
        concern=concern,
        language=told.language,
        contact=told.contact.strip(),
        point=told.point,
        hotline=told.hotline,
        transfers=told.transfers,
    )
    report.full_clean()
    report.save(force_insert=True)
    TrackingCode.objects.create(digest=codes.digest(code), concern=concern)  # sent twice, it ends here
    for photo in photos:
        ReportPhoto.objects.create(report=report, file=photo)


def _require_place(told: Told, by: User | None) -> None:
    """Somebody who writes down what was said does so for the places they serve."""
    if by is None:
        return
    there = may(by, "view", told.community) if told.community else told.area and serves(by, told.area)
    if not there:
        raise PermissionDenied(_("This is outside what your posting covers."))


# --- Adding by code ---------------------------------------------------------------------------------------------
@sensitive_variables()
def add(code: str, *, text: str) -> None:
    """Adds to what this code follows. The same words sent again within ADDED_ONCE are one addition.

    Raises ValidationError, codes.Throttled.
    """
    found = codes.find(code)  # outside the transaction: a wrong code counts, whatever becomes of this
    if found is None:
        raise ValidationError(_("No report has this code."))
    if not text.strip():
        raise ValidationError({"text": _("Write what you want to add.")})
    if len(text) > LONGEST:
        raise ValidationError(
            {"text": _("This is too long: %(most)s characters at most.") % {"most": LONGEST}}
        )
    once = (
        "added." + keyed_hashes(f"{code}:{text.strip()}", purpose="addition")[0]
    )  # the code is kept nowhere
    with transaction.atomic():
        _hold_what_it_follows(found)
        many = _many_added(found)
        if not cache.add(once, True, ADDED_ONCE):
            return
        try:
            _require_room(many)
            _add(found, text)
        except BaseException:
            cache.delete(once)
            raise


def _hold_what_it_follows(found: TrackingCode) -> None:
    """Keeps it from being sealed, handed over or decided on until the transaction ends; where that has happened just
    now, `found` follows what became of it."""
    concern = found.concern
    try:
        for row in sorted({concern, concern.living}, key=lambda row: row.pk) if concern else ():
            hold(row)
    except Concern.DoesNotExist:
        pass  # it was taken out while its code was looked up
    found.refresh_from_db()


def _many_added(found: TrackingCode) -> int:
    """How often they added by this code. Raises ValidationError where it takes no additions."""
    if found.sealed:
        return found.sealed.notes.filter(kind="added").count()
    if found.concern is None:
        raise ValidationError(_("No report has this code."))
    return found.concern.report.additions.count()


def _require_room(many: int) -> None:
    if many >= MOST_ADDITIONS:
        raise ValidationError(_("You have added %(many)d times. Call or visit us for more.") % {"many": many})


def _add(found: TrackingCode, text: str) -> None:
    if found.sealed:
        sealed.add(found.sealed, text=text)
        return
    assert found.concern
    decided = found.concern.living.state != Concern.State.NEW
    Addition.objects.create(report=found.concern.report, text=text.strip(), waits=decided)


@transaction.atomic
def read_additions(concern: Concern, *, up_to: int, by: User) -> None:
    """A supervisor read what was added since the last answer or decision: it waits for nobody any more. `up_to` is the
    number of the last addition that was shown."""
    hold(concern)
    if not Concern.objects.filter(pk=concern.pk).triaged_by(by).exists():
        raise PermissionDenied(_("This is outside what your posting covers."))
    Addition.objects.of(concern).filter(pk__lte=up_to, waits=True).update(waits=False)
    log(concern, "engagements.read", user=by)


# --- How to reach them --------------------------------------------------------------------------------------------
@transaction.atomic
def open_contact(report: Report, *, by: User) -> str:
    """How whoever reported can be reached. The opening is logged before anything is shown."""
    if not Report.objects.filter(pk=report.pk).opened_by(by).exists():
        raise PermissionDenied
    log(report.concern, "engagements.open_contact", user=by)
    return report.contact


# --- Tips: handed over, kept nowhere ---------------------------------------------------------------------------------
@sensitive_variables()
def hand_over(
    *,
    text: str,
    category: str,
    area: Area,
    agency: Agency,
    by: User,
    transfers: int | None = None,
    token: str = "",
) -> str:
    """Mails a tip to the agency concerned and returns the receipt code. The text is kept nowhere: it is neither
    stored nor queued, and where it cannot be mailed nothing remains of it but what stands in the form.

    `token` names the form it was sent with: sent twice, it is mailed once, with the same code.
    Raises ValidationError by field, PermissionDenied where the area is out of `by`'s sight.
    """
    code = _code_for(token, [category, str(area.pk), str(agency.pk), text])
    try:
        with transaction.atomic():
            tip = _receipt(category, area, agency, transfers, by=by)
            TrackingCode.objects.create(digest=codes.digest(code), handover=tip)
            _mail(tip, text)  # last: where it fails, nothing of this was done
    except IntegrityError:
        _require_just_now(code)
    return code


def _receipt(
    category: str,
    area: Area,
    agency: Agency,
    transfers: int | None,
    *,
    by: User,
    received_at: datetime.datetime | None = None,
) -> Handover:
    """What stays of a tip. It was received now, unless told."""
    if not (is_field(by) and serves(by, area)):
        raise PermissionDenied(_("This is outside what your posting covers."))
    if not agency.tips_to:
        raise ValidationError({"agency": _("This agency has no address for tips. Call it instead.")})
    tip = Handover(
        category=category,
        area=area.district,
        agency=agency,
        transfers=transfers,
        received_at=received_at or timezone.now(),
    )
    tip.full_clean()
    tip.save()
    log(tip, "engagements.hand_over", user=by, data={"agency": agency.code})
    return tip


@sensitive_variables()
def _mail(tip: Handover, text: str) -> None:
    if not text.strip():
        raise ValidationError({"text": _("Write what was said.")})
    subject = _("Tip %(number)s") % {"number": tip.number}
    body = _("Handed over to you. No copy is kept. Give its outcome in the tracker, under %(number)s.") % {
        "number": tip.number
    }
    try:
        EmailMessage(
            subject,
            f"{text.strip()}\n\n{tip.get_category_display()}, {tip.area.label}\n\n{body}",
            to=[tip.agency.tips_to],
            connection=get_connection(settings.TIPS_EMAIL_BACKEND),
        ).send()
    except (SMTPException, OSError) as error:
        raise ValidationError(
            _("It could not be mailed, so nothing was handed over and nothing is kept. Try again, or call.")
        ) from error


@sensitive_variables()
@transaction.atomic
def hand_over_concern(concern: Concern, *, category: str, agency: Agency, by: User) -> int:
    """What came in as a concern and is a tip: mailed to the agency with what was joined to it, then taken out of here
    with all it said. Its codes lead to the receipt from now on. Returns how many photos were deleted and not mailed.

    Raises ValidationError, also where a promise stands on it; PermissionDenied.
    """
    rows = traces.hold_with_repeats(concern, by=by)
    report = Report.objects.filter(concern=concern).first()
    tip = _receipt(
        category,
        _area_of(concern),
        agency,
        report.transfers if report else None,
        by=by,
        received_at=report.received_at if report else concern.at,
    )
    words = [said for row in rows for said in traces.words_of(row)]
    photos = ReportPhoto.objects.filter(report__concern__in=rows).count()
    for row in reversed(rows):  # what was joined to it stands on it
        traces.take_out(row, handover=tip)
    _mail(tip, "\n\n".join(words))  # last: where it fails, the concern is where it was
    return photos


@sensitive_variables()
@transaction.atomic
def seal(concern: Concern, *, topic: Topic, by: User) -> None:
    """What came in as an open concern and belongs to the sealed channel: goes there with all it said, with what was
    joined to it, and is taken out of here with every trace, whatever was done about it so far. Whoever has its code
    follows it there; who read it before cannot read it again.

    Raises ValidationError, also where a promise stands on it; PermissionDenied.
    """
    for row in reversed(traces.hold_with_repeats(concern, by=by)):  # what was joined to it stands on it
        traces.take_out(row, sealed=_apart(row, topic))


def _apart(concern: Concern, topic: Topic) -> SealedConcern:
    """The same in the sealed channel, with what was done about it in the open."""
    report = Report.objects.filter(concern=concern).first()
    words = [*traces.words_of(concern), *traces.done_in_the_open(concern)]
    return sealed.receive(
        topic=topic,
        text=_all_said(
            *words, contact=report.contact if report else "", point=report.point if report else None
        ),
        raised_by=concern.raised_by,
        raised_on=concern.raised_on,
        channel=concern.channel,
        community=concern.community,
        area=concern.area,
        photos=[photo.file.read() for photo in ReportPhoto.objects.filter(report=concern.pk)],
    )


def _area_of(concern: Concern) -> Area:
    if concern.lies_in is None:
        raise ValidationError(_("Name its community first."))
    return concern.lies_in


@transaction.atomic
def give_outcome(tip: Handover, *, outcome: str, by: User, on: datetime.date | None = None) -> None:
    """What became of a tip, in one of a few words: whoever gave it reads them with their code."""
    hold(tip)
    require(by, "change", tip)
    if outcome not in Handover.Outcome.values or outcome == Handover.Outcome.WAITING:
        raise ValidationError({"outcome": _("Choose what became of it.")})
    tip.outcome, tip.outcome_on = outcome, on or timezone.localdate()
    tip.full_clean()
    tip.save(update_fields=["outcome", "outcome_on"])
    log(tip, "engagements.give_outcome", user=by, data={"outcome": outcome})
