"""A commitment as it stood on a past day: what had been recorded by the end of it. Read-only.

Evidence, revisions and tellings count from the moment they were written down (`at`); a verdict counts, and disputes
evidence, from the moment its meeting was reviewed. No row says when it was disputed: that is worked out from
these moments, as the verbs in loop.py did it. See docs/the-loop.md, "As of a past day".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Agency

from .models import Commitment, Engagement, Evidence, Revision, Telling, Verdict
from .models.commitments import Answer, Shown, Standing, standing_of


class Schedule(models.TextChoices):
    """From dates alone; it never moves delivery."""

    DUE = "due", _("Not due yet")
    LATE = "late", _("Late")
    DONE = "done", _("Done in time")
    DONE_LATE = "done_late", _("Done late")


@dataclass(frozen=True)
class Past:
    """What was known of a commitment at the end of `day`. Its answers read as those of `with_answers`."""

    day: date
    commitment: Commitment
    words: str  # in force that day; `commitment.words` are the first ones
    due_on: date
    withdrawn: bool
    delivery: int
    done_on: date | None
    verdict: int | None
    verdict_on: date | None
    evidence: tuple[Evidence, ...]  # `disputed` as it was
    verdicts: tuple[Verdict, ...]  # all that were written down; `verdict` is of those that counted
    revisions: tuple[Revision, ...]
    tellings: tuple[Telling, ...]

    @property
    def is_promised(self) -> bool:
        return self.day >= self.commitment.promised_on

    @property
    def recorded_on(self) -> date:
        return timezone.localdate(self.commitment.at)

    @property
    def is_recorded(self) -> bool:
        return self.day >= self.recorded_on

    @property
    def promised_on(self) -> date:
        return self.commitment.promised_on

    @property
    def agency(self) -> Agency:
        return self.commitment.agency

    @property
    def standing(self) -> str:
        return standing_of(self, self.day)

    @property
    def standing_label(self) -> str:
        return str(Standing(self.standing).label)

    @property
    def delivery_label(self) -> str:
        return str(Shown(self.delivery).label)

    @property
    def verdict_label(self) -> str:
        return str(_("Not asked")) if self.verdict is None else str(Answer(self.verdict).label)

    @property
    def schedule(self) -> Schedule:
        if self.delivery == Shown.FULL:
            return Schedule.DONE_LATE if self.days_late else Schedule.DONE
        return Schedule.LATE if self.days_late else Schedule.DUE

    @property
    def days_late(self) -> int:
        """Days after the due date in force, until it was done or that day."""
        done_on = self.done_on if self.delivery == Shown.FULL else None
        return max(0, ((done_on or self.day) - self.due_on).days)


def as_of(commitment: Commitment, day: date) -> Past:
    """How `commitment` stood at the end of `day`. Four queries, over the rows of one commitment."""
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    verdicts = list(commitment.verdicts.select_related("engagement"))
    evidence = list(Evidence.objects.filter(commitment=commitment, at__lt=end).order_by("-date", "-pk"))
    revisions = list(Revision.objects.filter(commitment=commitment).order_by("at", "pk"))
    tellings = Telling.objects.filter(duty__commitment=commitment, at__lt=end).select_related("duty")
    _dispute_as_then(evidence, verdicts, end)
    known = [row for row in revisions if row.at < end]
    standing_evidence = [row for row in evidence if not row.disputed]
    verdict, verdict_on = _last_answer(row for at, row in _heard(verdicts) if at < end)
    return Past(
        day=day,
        commitment=commitment,
        words=next((row.words for row in reversed(known) if row.words), commitment.words),
        due_on=_due(commitment, known, revisions),
        withdrawn=bool(commitment.cancelled_on and commitment.cancelled_on <= day),
        delivery=standing_evidence[0].shows if standing_evidence else Shown.NOTHING,
        done_on=min((row.date for row in standing_evidence if row.shows == Shown.FULL), default=None),
        verdict=verdict,
        verdict_on=verdict_on,
        evidence=tuple(evidence),
        verdicts=tuple(row for row in verdicts if row.at < end),
        revisions=tuple(known),
        tellings=tuple(tellings),
    )


def _due(commitment: Commitment, known: list[Revision], all_of_them: list[Revision]) -> date:
    """The due date in force: that of the last revision by then, or the first one."""
    if known:
        return known[-1].due_on
    return all_of_them[0].due_before if all_of_them else commitment.due_on


def _last_answer(verdicts: Iterable[Verdict]) -> tuple[int | None, date | None]:
    """The least content group's answer at the last meeting that asked, and that meeting's day."""
    said = sorted((-row.engagement.date.toordinal(), -row.engagement_id, row.answer) for row in verdicts)
    return (said[0][2], date.fromordinal(-said[0][0])) if said else (None, None)


# --- Disputes ----------------------------------------------------------------------------------------------
def _dispute_as_then(evidence: list[Evidence], verdicts: list[Verdict], end: datetime) -> None:
    """Sets `disputed` of each row in memory to what it was before `end`. A mark that no verdict explains, on a row
    that did not come through the verbs, counts on every day."""
    marked = [row for row in evidence if row.disputed]
    explained = disputed_before(None, marked, verdicts)
    then = disputed_before(end, marked, verdicts)
    for row in marked:
        row.disputed = row.pk in then or row.pk not in explained


def disputed_before(end: datetime | None, evidence: list[Evidence], verdicts: list[Verdict]) -> set[int]:
    """The keys of what the verbs had marked as disputed before `end` (None: ever): a mark is never taken back."""
    heard = [(at, row) for at, row in _heard(verdicts) if end is None or at < end]
    moments = sorted({at for at, _row in heard} | {row.at for row in evidence})
    return {pk for at in moments for pk in _disputed_at(at, evidence, heard)}


def _heard(verdicts: Iterable[Verdict]) -> list[tuple[datetime, Verdict]]:
    """Those that count, each with the moment from which on it did."""
    return [(at, row) for row in verdicts if (at := _in_force_from(row))]


def _in_force_from(verdict: Verdict) -> datetime | None:
    """From when on a verdict counts: once it is written down and its meeting reviewed."""
    meeting = verdict.engagement
    if meeting.state != Engagement.State.REVIEWED or meeting.reviewed_at is None:
        return None
    return max(verdict.at, meeting.reviewed_at)


def _disputed_at(
    at: datetime, evidence: list[Evidence], heard: list[tuple[datetime, Verdict]]
) -> Iterable[int]:
    """What the last meeting that was heard by `at` disputes, of the evidence there was: see loop.dispute."""
    answer, asked_on = _last_answer(row for since, row in heard if since <= at)
    if answer != Answer.NOT_KEPT or asked_on is None:
        return []
    return [row.pk for row in evidence if row.at <= at and row.date <= asked_on]
