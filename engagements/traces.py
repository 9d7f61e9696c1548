"""Taking a concern out of the open with every trace of it: it goes to the sealed channel, or is handed over as a tip.

The verbs are reports.seal and reports.hand_over_concern. What the officers' chain keeps of a concern is named here, row
by row: what stands on a concern and is not named stops its taking out, and nothing of it is lost unseen.
"""

from __future__ import annotations

from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from communities.changes import hold
from communities.commas import listed
from communities.models import Agency, User

from . import deadlines
from .models import (
    Addition,
    Assignment,
    Commitment,
    Concern,
    Duty,
    EarlierAnswer,
    Entry,
    Evidence,
    Handover,
    Question,
    ReportPhoto,
    Revision,
    SealedConcern,
    Telling,
    TrackingCode,
)


def hold_with_repeats(concern: Concern, *, by: User) -> list[Concern]:
    """The concern and what was joined to it, kept from others until the transaction ends; the concern comes first.

    Raises PermissionDenied where `by` does not triage it, ValidationError where a promise stands on one of them that
    was made at a meeting, or that a community has answered. One that its agency made on its page is taken out with it:
    no agency keeps a complaint in the open by promising.
    """
    with_repeats = Concern.objects.filter(Q(pk=concern.pk) | Q(joined_to=concern.pk))
    list(with_repeats.select_for_update().order_by("pk"))  # as joining holds them: two at once wait, not lock
    if not with_repeats.filter(pk=concern.pk).triaged_by(by).exists():
        raise PermissionDenied(_("This is outside what your posting covers."))
    hold(concern)
    rows = [concern, *concern.repeats.order_by("pk")]
    promises = Commitment.objects.filter(concern__in=rows)
    if promises.filter(Q(engagement__isnull=False) | Q(verdicts__isnull=False)).exists():
        raise ValidationError(_stays_promised())
    return rows


def _stays_promised() -> str:
    return _(
        "A promise was made for this, and people are to be told how it ends: it cannot be taken out. Write down "
        "anew what must be sealed or handed over."
    )


def words_of(concern: Concern) -> list[str]:
    """What people said: first, and later by their code."""
    return [concern.text, *(row.text for row in Addition.objects.filter(report=concern.pk))]


def done_in_the_open(concern: Concern) -> list[str]:
    """What was done about it before it was sealed, for the integrity officer: nobody else reads that again."""
    said = []
    had_it = Agency.objects.filter(Q(assignments__concern=concern) | Q(pk=concern.agency_id)).distinct()
    if names := listed(agency.label for agency in had_it.order_by("code")):
        said.append(_("Before it was sealed, it was with: %(agencies)s") % {"agencies": names})
    for opening in _openings(concern).order_by("timestamp").select_related("user"):
        who = {"name": opening.user_display_name, "moment": date_format(opening.timestamp, "DATETIME_FORMAT")}
        said.append(_("How to reach them was read by %(name)s: %(moment)s") % who)
    for promise in concern.commitments.select_related("agency"):
        told = {
            "agency": promise.agency.label,
            "day": date_format(promise.due_on),
            "words": promise.words,
        }
        said.append(_("%(agency)s promised, due on %(day)s: %(words)s") % told)
    for earlier in concern.earlier_answers.all():
        said.append(_("The answer it was given in the open: %(answer)s") % {"answer": earlier.text})
    if concern.answer:
        said.append(_("The answer it was given in the open: %(answer)s") % {"answer": concern.answer})
    for question in concern.questions.order_by("pk"):
        said.append(_("Asked of headquarters: %(question)s") % {"question": question.text})
        if question.answer:
            said.append(_("Answered by headquarters: %(answer)s") % {"answer": question.answer})
    return said


def take_out(concern: Concern, **follows: Handover | SealedConcern) -> None:
    """Takes a concern out with all that was said, done and written down of it. Its code leads to what `follows`.

    `concern` itself still knows what it was: where the transaction fails, it is still there.
    """
    TrackingCode.objects.filter(concern=concern).update(concern=None, **follows)
    for photo in ReportPhoto.objects.filter(report=concern.pk):
        transaction.on_commit(partial(photo.file.delete, save=False))
    promises = Commitment.objects.filter(concern=concern)
    for evidence in Evidence.objects.filter(commitment__in=promises).exclude(file=""):
        transaction.on_commit(partial(evidence.file.delete, save=False))
    Evidence.objects.filter(commitment__in=promises).delete()
    Revision.objects.filter(commitment__in=promises).delete()
    duties = Duty.objects.filter(Q(concern=concern) | Q(commitment__in=promises))
    Telling.objects.filter(duty__in=duties).delete()
    _delete_with_its_log(duties)  # their steps up the chain go along, as the concern's own do
    _delete_with_its_log(Question.objects.filter(Q(concern=concern) | Q(commitment__in=promises)))
    try:
        _delete_with_its_log(promises)
    except ProtectedError as error:  # a page tells of it
        raise ValidationError(_stays_promised()) from error
    Assignment.objects.filter(concern=concern).delete()
    EarlierAnswer.objects.filter(concern=concern).delete()
    joinings = ModelLogEntry.objects.filter(action="engagements.join", data__into=concern.pk)
    joinings.update(data={})  # of what was joined to it once, and with it to another
    if concern.engagement_id:  # reviewed: what the phone sent is not needed any more
        sent = Entry.objects.filter(engagement=concern.engagement_id, state=Entry.State.RECORDED)
        sent.exclude(content="").update(content="")
    if tip := follows.get("handover"):  # who read how to reach them stays on record with the receipt
        kind = ContentType.objects.get_for_model(tip)
        _openings(concern).update(content_type=kind, object_id=str(tip.pk), label=str(tip))
    living = concern.joined_to
    _delete_with_its_log(Concern.objects.filter(pk=concern.pk))
    if living:
        deadlines.as_old_as_what_is_left(living)


def _openings(concern: Concern) -> QuerySet[ModelLogEntry]:
    kind = ContentType.objects.get_for_model(Concern)
    return ModelLogEntry.objects.filter(
        content_type=kind, object_id=str(concern.pk), action="engagements.open_contact"
    )


def _delete_with_its_log(rows: QuerySet) -> None:
    keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
    kind = ContentType.objects.get_for_model(rows.model)
    ModelLogEntry.objects.filter(content_type=kind, object_id__in=keys).delete()
    rows.delete()
