"""The verbs of the loop: concern → mandate → commitment → evidence → verdict → telling.

Every door (office, field app, imports, demo) calls these, and nothing else changes these rows but wording.py, which
corrects the words for the public. Each checks that its actor may, works in one transaction and leaves one line in the
log, without any free text in it. The moves a concern may make are the table MOVES. See docs/the-loop.md.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities import uploads
from communities.changes import hold
from communities.models import Agency, Area, Community, User
from communities.sight import require
from services.models import Observation

from . import deadlines, escalation
from .deadlines import tell_by
from .mandates import mandate_for
from .models import (
    Addition,
    Assignment,
    Commitment,
    Concern,
    Duty,
    EarlierAnswer,
    Engagement,
    Evidence,
    Revision,
    Telling,
    Topic,
    Verdict,
)
from .models.commitments import Answer
from .wording import fit_for_the_public, public_words

ANSWER = ["answer", "because", "answered_on", "answered_at", "answered_by"]

State = Concern.State
MOVES: dict[str, set[str]] = {
    State.NEW: {State.ASSIGNED, State.ANSWERED, State.CANNOT, State.MERGED},
    State.ASSIGNED: {State.ASSIGNED, State.ANSWERED, State.CANNOT, State.MERGED},
    State.ANSWERED: set(),
    State.CANNOT: {State.ASSIGNED},
    State.MERGED: set(),
}


def why_not(concern: Concern, to: str) -> str:
    """Why `concern` cannot move to state `to`; empty when it can."""
    if to in MOVES[concern.state]:
        return ""
    return _("A concern that is “%(now)s” cannot become “%(then)s”.") % {
        "now": concern.get_state_display(),
        "then": State(to).label,
    }


def _move(concern: Concern, to: str) -> None:
    if reason := why_not(concern, to):
        raise ValidationError(reason)
    concern.state = to
    Addition.objects.of(concern).filter(waits=True).update(waits=False)  # decided with these in sight


def _not_in_future(day: date, field: str) -> None:
    if day > timezone.localdate():
        raise ValidationError({field: _("This day is still to come.")})


# --- Concerns --------------------------------------------------------------------------------------------
@transaction.atomic
def raise_concern(
    *,
    topic: Topic,
    raised_by: str,
    text: str,
    raised_on: date,
    by: User | None,
    community: Community | None = None,
    area: Area | None = None,
    public_text: str = "",
    engagement: Engagement | None = None,
    channel: str = Concern.Channel.MEETING,
    urgency: str = Concern.Urgency.NORMAL,
) -> Concern:
    """Records what was asked, with the days of the mandate that governs it, and creates the duty to tell.

    It lies at a community or, where none is known, in an area. `by` is nobody where people wrote it themselves.
    What a meeting asked goes to the agency of the mandate at once; all else waits for triage without one.
    Raises ValidationError by field, PermissionDenied when the place is out of `by`'s sight. A concern on a sealed
    topic is none of these: see sealed.receive.
    """
    _not_in_future(raised_on, "raised_on")
    if topic.sealed:
        raise ValidationError({"topic": _("This topic is sealed: it goes to the integrity officer alone.")})
    mandate = mandate_for(topic, community.area if community else area)
    concern = Concern(
        community=community,
        area=area,
        topic=topic,
        channel=channel,
        engagement=engagement,
        raised_by=raised_by,
        raised_on=raised_on,
        text=text,
        public_text=public_text,
        urgency=urgency,
        look_by=timezone.now() + deadlines.CLOCK[Concern.Urgency(urgency)],
        agency=mandate.agency if mandate and channel == Concern.Channel.MEETING else None,
        due_on=raised_on + timedelta(days=mandate.days if mandate else topic.days_to_answer),
        recorded_by=by,
    )
    concern.full_clean()
    concern.save()
    if by:
        require(by, "add", concern)
    fit_for_the_public(community or area, public_text=concern.public_text)
    Duty.objects.create(community=community, concern=concern, due_on=tell_by(concern.due_on))
    log(concern, "engagements.raise", user=by)
    return concern


@transaction.atomic
def place(concern: Concern, *, community: Community, by: User) -> None:
    """Says which community a concern is from that named an area alone. Its duty to tell goes along."""
    hold(concern)
    _require_triage(concern, by)
    if concern.community_id:
        raise ValidationError(_("Its community is known already."))
    require(by, "view", community)
    concern.community, concern.area = community, None
    fit_for_the_public(community, **{name: getattr(concern, name) for name in public_words(concern)})
    deadlines.redate(concern)
    concern.full_clean()
    concern.save(update_fields=["community", "area", "due_on"])
    concern.duties.update(community=community)
    log(concern, "engagements.place", user=by)


@transaction.atomic
def sort(concern: Concern, *, topic: Topic, urgency: str, by: User) -> None:
    """Corrects the topic and the urgency of an open concern. Its clock starts from when it came in, its days from
    the day it was asked."""
    hold(concern)
    _require_triage(concern, by)
    if not concern.is_open:
        raise ValidationError(_("This was answered already."))
    if topic.sealed:
        raise ValidationError({"topic": _("This topic is sealed: it goes to the integrity officer alone.")})
    concern.topic, concern.urgency = topic, urgency
    deadlines.set_clock(concern)
    deadlines.redate(concern)
    concern.full_clean()
    concern.save(update_fields=["topic", "urgency", "look_by", "due_on"])
    log(concern, "engagements.sort", user=by)


def _require_triage(concern: Concern, by: User) -> None:
    if not Concern.objects.filter(pk=concern.pk).triaged_by(by).exists():
        raise PermissionDenied(_("This is outside what your posting covers."))


@transaction.atomic
def assign(concern: Concern, *, agency: Agency, by: User) -> None:
    """Gives a concern to the agency that must answer it."""
    hold(concern)
    require(by, "change", concern)
    _move(concern, State.ASSIGNED)
    concern.agency = agency
    concern.save(update_fields=["state", "agency"])
    Assignment.objects.create(concern=concern, agency=agency, by=by)
    log(concern, "engagements.assign", user=by, data={"agency": agency.code})


@transaction.atomic
def answer(concern: Concern, *, text: str, by: User, on: date | None = None, because: str = "") -> None:
    """Answers a concern or, where `because` names a reason, says why not. Neither tells anybody: the duty to tell
    stays open."""
    hold(concern)
    require(by, "change", concern)
    on = on or timezone.localdate()
    _not_in_future(on, "answered_on")
    if not text.strip():
        raise ValidationError({"answer": _("Write the answer: people will be told these words.")})
    if because and because not in Concern.Because.values:
        raise ValidationError({"because": _("Say why not: choose the reason.")})
    if on < concern.raised_on:
        raise ValidationError({"answered_on": _("The answer comes after the concern.")})
    fit_for_the_public(concern.community or concern.area, answer=text)
    _move(concern, State.CANNOT if because else State.ANSWERED)
    _keep_answer(concern)
    concern.answer, concern.because, concern.answered_on, concern.answered_by = text.strip(), because, on, by
    concern.answered_at = timezone.now()
    concern.first_answered_on = concern.first_answered_on or on
    concern.save(update_fields=["state", *ANSWER, "first_answered_on"])
    log(concern, "engagements.answer", user=by, data={"because": because})


def _keep_answer(concern: Concern) -> None:
    """What was answered before it was opened again stays on record."""
    if concern.answer and concern.answered_on:
        EarlierAnswer.objects.create(
            concern=concern,
            text=concern.answer,
            because=concern.because,
            on=concern.answered_on,
            by=concern.answered_by,
        )


@transaction.atomic
def join(concern: Concern, *, into: Concern, by: User) -> None:
    """Joins a repeat, with all that was joined to it, to the living concern, which is as old and as late as the
    oldest of them. Each keeps its duty: those who repeated it are to be told as well.

    Nothing is joined to what was answered already: an answer from before a repeat does not answer it.
    """
    for row in sorted(
        (concern, into), key=lambda row: row.pk
    ):  # always in this order: two at once wait, not lock
        hold(row)
    require(by, "change", concern)
    require(by, "change", into)
    here = (concern.community_id, concern.area_id)
    if into.pk == concern.pk or into.joined_to_id or (into.community_id, into.area_id) != here:
        raise ValidationError(_("Choose a living concern of the same community."))
    if not into.is_open:
        raise ValidationError(
            _("%(concern)s was answered already, before this came: answer this one for itself.")
            % {"concern": into.number}
        )
    _move(concern, State.MERGED)
    concern.joined_to = into
    concern.save(update_fields=["state", "joined_to"])
    deadlines.as_old_as(into, concern)
    into.save(update_fields=deadlines.DAYS)
    concern.repeats.update(joined_to=into)
    concern.commitments.update(concern=into)  # what was promised for it was promised for the living one
    log(concern, "engagements.join", user=by, data={"into": into.pk})


# --- Commitments -----------------------------------------------------------------------------------------
@transaction.atomic
def promise(
    *,
    community: Community,
    words: str,
    agency: Agency,
    promised_on: date,
    due_on: date,
    by: User,
    public_text: str = "",
    engagement: Engagement | None = None,
    concern: Concern | None = None,
    accepted_by: str = "",
) -> Commitment:
    """Records what an agency promised, in the words spoken, and creates the duty to tell how it ended.

    Raises ValidationError by field, PermissionDenied when the community is out of `by`'s sight.
    """
    _not_in_future(promised_on, "promised_on")
    if concern:
        hold(concern)
    if concern and (concern.community_id != community.pk or concern.joined_to_id):
        raise ValidationError({"concern": _("Choose a concern of this community.")})
    commitment = Commitment(
        community=community,
        words=words,
        public_text=public_text,
        agency=agency,
        promised_on=promised_on,
        due_on=due_on,
        engagement=engagement,
        concern=concern,
        accepted_by=accepted_by,
        recorded_by=by,
    )
    commitment.full_clean()
    commitment.save()
    require(by, "add", commitment)
    fit_for_the_public(community, public_text=public_text)
    Duty.objects.create(community=community, commitment=commitment, due_on=tell_by(due_on))
    log(commitment, "engagements.promise", user=by, data={"due_on": due_on.isoformat()})
    return commitment


@transaction.atomic
def revise(commitment: Commitment, *, reason: str, by: User, due_on: date, words: str = "") -> Revision:
    """A dated change of the due date or the words. The first words are never touched."""
    hold(commitment)
    require(by, "change", commitment)
    if commitment.cancelled_on:
        raise ValidationError(_("This commitment was withdrawn."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it changes.")})
    revision = Revision(
        commitment=commitment,
        words=words,
        due_before=commitment.due_on,
        due_on=due_on,
        reason=reason,
        by=by,
    )
    revision.full_clean()
    revision.save()
    commitment.due_on = due_on
    commitment.full_clean()
    commitment.save(update_fields=["due_on"])
    still_to_come = commitment.duties.filter(due_on__gte=timezone.localdate())
    still_to_come.update(due_on=tell_by(due_on))
    log(commitment, "engagements.revise", user=by, data={"due_on": due_on.isoformat()})
    return revision


@transaction.atomic
def cancel(commitment: Commitment, *, reason: str, by: User, on: date | None = None) -> None:
    """Withdraws a commitment: with a reason and a name. People are still to be told."""
    hold(commitment)
    require(by, "change", commitment)
    if commitment.cancelled_on:
        raise ValidationError(_("This commitment was withdrawn already."))
    if not reason.strip():
        raise ValidationError({"cancel_reason": _("Say why: people will be told these words.")})
    on = on or timezone.localdate()
    _not_in_future(on, "cancelled_on")
    fit_for_the_public(commitment.community, cancel_reason=reason)
    commitment.cancelled_on, commitment.cancel_reason, commitment.cancelled_by = (
        on,
        reason.strip(),
        by,
    )
    commitment.save(update_fields=["cancelled_on", "cancel_reason", "cancelled_by"])
    log(commitment, "engagements.cancel", user=by)


@transaction.atomic
def show(
    commitment: Commitment,
    *,
    kind: str,
    on: date,
    shows: int,
    by: User,
    note: str = "",
    public_note: str = "",
    file: File | None = None,
    observation: Observation | None = None,
) -> Evidence:
    """Adds evidence of delivery. Only evidence moves delivery; a date never does."""
    hold(commitment)
    _not_in_future(on, "date")
    if commitment.cancelled_on:
        raise ValidationError(_("This commitment was withdrawn."))
    if on < commitment.promised_on:
        raise ValidationError({"date": _("Evidence cannot be older than the promise.")})
    if kind in (Evidence.Kind.PHOTO, Evidence.Kind.DOCUMENT) and not file:
        raise ValidationError({"file": _("Add the photo or the document.")})
    evidence = Evidence(
        commitment=commitment,
        kind=kind,
        date=on,
        shows=shows,
        note=note,
        public_note=public_note,
        file=uploads.cleaned(file) if file else None,
        observation=observation,
        disputed=_disputed(commitment, on),
        by=by,
    )
    evidence.full_clean()
    evidence.save()
    require(by, "change", evidence)
    fit_for_the_public(commitment.community, public_note=public_note)
    log(commitment, "engagements.show", user=by, data={"shows": int(shows)})
    return evidence


@transaction.atomic
def give_verdict(
    commitment: Commitment, *, engagement: Engagement, group: str, answer: int, by: User, note: str = ""
) -> Verdict:
    """Records a group's answer at a meeting. "Not kept" reopens it once the meeting is reviewed."""
    hold(commitment)
    if commitment.community_id != engagement.community_id:
        raise ValidationError(_("This commitment was made to another community."))
    if commitment.cancelled_on:
        raise ValidationError(_("This commitment was withdrawn."))
    verdict = Verdict(
        commitment=commitment, engagement=engagement, group=group, answer=answer, note=note, by=by
    )
    verdict.full_clean()
    verdict.save()
    require(by, "change", verdict)
    if engagement.state == Engagement.State.REVIEWED:
        dispute(engagement)
    log(commitment, "engagements.verdict", user=by, data={"answer": int(answer), "group": group})
    return verdict


def dispute(engagement: Engagement) -> None:
    """Disputes the evidence on what was found "not kept" at a reviewed meeting, and so reopens it; it climbs to the
    supervisor at once.

    Nothing that an unreviewed meeting says moves delivery, nor does one that is reviewed after a later meeting
    has answered.
    """
    not_kept = engagement.verdicts.filter(answer=Answer.NOT_KEPT).select_related("commitment")
    for verdict in not_kept.order_by("commitment"):  # always in this order: two at once wait, not lock
        hold(verdict.commitment)
        if _disputed(verdict.commitment, engagement.date):
            verdict.commitment.evidence.filter(date__lte=engagement.date).update(disputed=True)
            escalation.take_to_supervisor(verdict.commitment, engagement.date)


def _disputed(commitment: Commitment, day: date) -> bool:
    """Whether the last reviewed meeting that was asked, on this day or later, said "not kept"."""
    heard = commitment.verdicts.filter(engagement__state=Engagement.State.REVIEWED)
    last = (
        heard.order_by("-engagement__date", "-engagement_id", "answer").select_related("engagement").first()
    )
    return last is not None and last.answer == Answer.NOT_KEPT and last.engagement.date >= day


# --- The duty to tell --------------------------------------------------------------------------------------
def _not_before_the_news(day: date, duty: Duty) -> None:
    if day >= duty.news_on:
        return
    if duty.commitment:
        sentence = _("This was promised on %(day)s: nobody was told of it before.")
    elif duty.concern and duty.concern.living.is_answered:
        sentence = _("The answer came on %(day)s: nobody was told of it before.")
    else:
        sentence = _("This was asked on %(day)s: nobody was told of it before.")
    raise ValidationError({"date": sentence % {"day": date_format(duty.news_on)}})


@transaction.atomic
def tell(
    duty: Duty,
    *,
    on: date,
    how: str,
    group: str,
    by: User,
    reached: bool = True,
    what: str = "",
    engagement: Engagement | None = None,
) -> Telling:
    """Records that people were told, or that nobody was reached. Only a telling that reached closes a duty.

    Raises ValidationError by field, also for a day on which there was nothing to tell yet.
    """
    _not_in_future(on, "date")
    _not_before_the_news(on, duty)
    telling = Telling(
        duty=duty, date=on, how=how, group=group, reached=reached, what=what, engagement=engagement, by=by
    )
    telling.full_clean()
    telling.save()
    require(by, "change", telling)
    log(duty, "engagements.tell", user=by, data={"reached": reached})
    return telling


def told_by_code(concern: Concern) -> None:
    """Whoever asked read the answer with their code: that tells them. Written down once for each answer."""
    living = concern.living
    duty = concern.duties.first()
    if duty is None or not living.is_answered or Duty.objects.filter(pk=duty.pk).closed().exists():
        return
    Telling.objects.create(
        duty=duty, date=timezone.localdate(), how=Telling.How.CODE, group=concern.raised_by, by=None
    )
