"""Following by code: where a report stands, for whoever holds its code. Reading an answer with it counts as being told."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import codes, loop, sealed
from .models import Concern, Handover, SealedConcern
from .models.publication import FROM_REVIEWED


@dataclass(frozen=True)
class Step:
    """Something that happened to what was reported."""

    on: datetime.date
    words: str
    text: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a report stands, for whoever holds its code: newest step last. `takes` says whether they may add to it."""

    heading: str
    steps: list[Step]
    takes: bool
    is_sealed: bool = False


def follow(code: str, *, tells: bool = True) -> Standing | None:
    """Where what this code follows stands; None where no report has it. Reading an answer counts as being told, unless
    not `tells`: where it may not reach them whole.

    `code` is as codes.read returns it. Raises codes.Throttled.
    """
    found = codes.find(code)
    if found is None:
        return None
    if found.concern:
        return _of_concern(found.concern, tells)
    if found.sealed:
        return _of_sealed(found.sealed, code, tells)
    assert found.handover
    return _of_handover(found.handover)


def _of_concern(concern: Concern, tells: bool) -> Standing:
    living = Concern.objects.select_related("agency").get(pk=concern.living.pk)
    steps = [Step(concern.raised_on, _("You told us."))]
    steps += [
        Step(timezone.localdate(row.at), _("You added to it.")) for row in concern.report.additions.all()
    ]
    steps += [
        Step(row.on, _("It was given to %(agency)s, which must answer.") % {"agency": row.agency.label})
        for row in living.assignments.select_related("agency")
    ]
    for promise in (
        living.commitments.filter(FROM_REVIEWED, cancelled_on=None)
        .exclude(public_text="")
        .select_related("agency")
    ):
        said = _("%(agency)s promised, due on %(day)s:") % {
            "agency": promise.agency.label,
            "day": date_format(promise.due_on),
        }
        steps.append(Step(promise.promised_on, said, promise.public_text))
    steps.sort(key=lambda step: step.on)
    if living.is_answered and living.answered_on:
        said = living.get_because_display() if living.because else _("The answer:")
        steps.append(Step(living.answered_on, said, living.answer))
        if tells and concern.recorded_by_id is None:  # where an officer took it in, others may know the code
            loop.told_by_code(concern)
    heading = _heading(living)
    return Standing(heading, steps, takes=True)


def _heading(concern: Concern) -> str:
    if concern.state == Concern.State.CANNOT:
        return _("We cannot, and this is why")
    if concern.state == Concern.State.ANSWERED:
        return _("Answered")
    if concern.state == Concern.State.ASSIGNED:
        return _("Somebody must answer by %(day)s") % {"day": date_format(concern.due_on)}
    return _("Received, not looked at yet")


def _of_sealed(concern: SealedConcern, code: str, tells: bool) -> Standing:
    steps = [Step(concern.raised_on, _("You told us. Only the integrity officer can read it."))]
    for note in concern.notes.all():
        if note.kind == note.Kind.ADDED:
            steps.append(Step(note.on, _("You added to it.")))
        elif note.kind == note.Kind.ANSWER and note.to_reader:
            steps.append(Step(note.on, _("The answer:"), codes.open_with(code, note.to_reader)))
        elif note.kind == note.Kind.ANSWER:
            steps.append(Step(note.on, _whom_to_ask()))
    if tells and concern.reader:
        sealed.told_by_code(concern)
    heading = _("Received") if concern.state == SealedConcern.State.NEW else _("Answered")
    return Standing(heading, steps, takes=True, is_sealed=True)


def _whom_to_ask() -> str:
    """What stands in place of an answer that this code does not open."""
    if line := sealed.independent_line():
        return _("It was answered. Ask the integrity officer, or call the independent line: %(number)s.") % {
            "number": line.number
        }
    return _("It was answered. Ask the integrity officer.")


def _of_handover(tip: Handover) -> Standing:
    steps = [
        Step(
            timezone.localdate(tip.handed_at),
            _("It was handed over to %(agency)s. What you said is kept nowhere here.")
            % {"agency": tip.agency.label},
        )
    ]
    if tip.outcome_on:
        steps.append(Step(tip.outcome_on, tip.get_outcome_display()))
    return Standing(_("Handed over to the agency concerned"), steps, takes=False)
