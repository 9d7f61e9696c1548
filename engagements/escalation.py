"""The verb of escalation: what is overdue climbs from the officer to the supervisor and to headquarters.

Nobody is asked and nobody decides: `climb` runs once a day, and may run again without harm. The steps it records
are their own dated record, so that no further line goes into the log. After how many days a step is due the
mandate says. See docs/the-loop.md, "Escalation".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from .mandates import Days, Mandates
from .models import Assignment, Commitment, Concern, Duty, Escalation
from .models.commitments import CommitmentQuerySet
from .models.concerns import ConcernQuerySet
from .models.publication import handed_in
from .models.tellings import DutyQuerySet

BATCH = 1000  # steps written in one statement
AREA = "here"  # where an overdue row lies: each of the querysets below annotates it, and since when
Level = Escalation.Level


class Overdue(NamedTuple):
    """One overdue row."""

    pk: int
    due_on: date
    since: date  # its due day, or a later one: of the news, of "not kept", on which it was opened again
    reopened_on: date | None  # of a commitment found "not kept" after its day: when the supervisor had it
    topic: int | None
    agency: int | None
    area: int | None
    climbed: bool  # it is with the supervisor already


# --- What is overdue ---------------------------------------------------------------------------------------
def _stepped(name: str, level: str) -> Exists:
    """Whether it took this step already, since it is overdue; needs `since`."""
    return Exists(
        Escalation.objects.filter(**{name: OuterRef("pk")}, level=level, since__gte=OuterRef("since"))
    )


def late_concerns(rows: ConcernQuerySet, before: date) -> ConcernQuerySet:
    """Those that are late before a day. Lists and mails count by these three, so that they count alike."""
    return rows.filter(handed_in()).overdue(before)


def late_commitments(rows: CommitmentQuerySet, before: date) -> CommitmentQuerySet:
    """Needs `with_answers`."""
    return rows.filter(handed_in()).overdue(before)


def late_duties(rows: DutyQuerySet, before: date) -> DutyQuerySet:
    """Those that have something to tell: before an answer there is nothing to be late with."""
    happened = handed_in("concern__") & handed_in("commitment__")
    return rows.filter(happened).fell_due(before).with_news().open()


def overdue_concerns(before: date) -> ConcernQuerySet:
    """Whose day to be answered lies before `before`, and that nobody answered. One that was opened again after an
    answer is overdue anew since that day."""
    given = Assignment.objects.filter(concern=OuterRef("pk"), on__gte=OuterRef("answered_on"))
    reopened_on = Subquery(given.order_by("on").values("on")[:1])
    return late_concerns(Concern.objects.all(), before).annotate(
        here=Coalesce("community__area", "area"),
        since=Greatest("due_on", Coalesce(reopened_on, "due_on")),
    )


def overdue_commitments(before: date) -> CommitmentQuerySet:
    """Whose day lies before `before`, and that nobody saw done. What was found "not kept" after its day is overdue
    anew since the first such answer that headquarters do not know of; `reopened` says when the supervisor had it.
    What the supervisor had before, because it was late, goes on climbing from its day."""
    steps = Escalation.objects.filter(commitment=OuterRef("pk"), since__gte=OuterRef("due_on"))
    to_the_top = steps.filter(level=Level.HEADQUARTERS)
    told_on = Coalesce(Subquery(to_the_top.order_by("-on").values("on")[:1]), date.min)
    again = steps.filter(why=Escalation.Why.NOT_KEPT, on__gt=OuterRef("told_on")).order_by("since")
    on_its_way = Q(Exists(steps.filter(level=Level.SUPERVISOR, why=Escalation.Why.LATE)), told_on=date.min)
    rows = late_commitments(Commitment.objects.with_answers(), before)
    return rows.annotate(told_on=told_on).annotate(
        here=F("community__area"),
        since=Case(
            When(on_its_way, then="due_on"), default=Coalesce(Subquery(again.values("since")[:1]), "due_on")
        ),
        reopened=Case(When(on_its_way, then=None), default=Subquery(again.values("on")[:1])),
    )


def overdue_duties(before: date) -> DutyQuerySet:
    """Whose day to tell lies before `before`, that have something to tell and were not told; since the day of the
    news, where that came later."""
    withdrawn_before = When(
        commitment__cancelled_on__lt=F("commitment__due_on"), then="commitment__cancelled_on"
    )
    news_on = Coalesce(
        "concern__joined_to__answered_on",
        "concern__answered_on",
        Case(withdrawn_before, default="commitment__due_on"),
    )
    rows = late_duties(Duty.objects.all(), before)
    return rows.annotate(here=Coalesce("community__area", "concern__area"), since=Greatest("due_on", news_on))


def _concerns(before: date) -> Iterator[Overdue]:
    for pk, due, since, *others in _listed(overdue_concerns(before), "concern", "topic", "agency"):
        yield Overdue(pk, due, since, None, *others)


def _commitments(before: date) -> Iterator[Overdue]:
    columns = ("reopened", "concern__topic", "agency")
    for row in _listed(overdue_commitments(before), "commitment", *columns):
        yield Overdue(*row)


def _duties(before: date) -> Iterator[Overdue]:
    rows = overdue_duties(before).annotate(
        topic=Coalesce("concern__topic", "commitment__concern__topic"),
        agency=Coalesce("concern__agency", "commitment__agency"),
    )
    for pk, due, since, *others in _listed(rows, "duty", "topic", "agency"):
        yield Overdue(pk, due, since, None, *others)


def _listed(rows: QuerySet, name: str, *columns: str) -> Iterator[tuple]:
    """Key, due day, since when, these columns, area, whether the supervisor has it: of what headquarters have not."""
    rows = rows.filter(~Q(_stepped(name, Level.HEADQUARTERS)))
    rows = rows.annotate(climbed=_stepped(name, Level.SUPERVISOR)).order_by("pk")
    return rows.values_list("pk", "due_on", "since", *columns, AREA, "climbed").iterator()


# --- The climb ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Climbed:
    """How many steps were recorded."""

    to_supervisor: int = 0
    to_headquarters: int = 0


def climb(on: date | None = None) -> Climbed:
    """Records the steps that are due on a day (today unless told), as things stand now. Running it again records
    nothing twice. Reads open overdue rows alone, in a number of queries that does not grow with them, and writes
    in batches.

    Raises ValidationError for a day that is still to come.
    """
    on = on or timezone.localdate()
    if on > timezone.localdate():
        raise ValidationError(_("This day is still to come."))
    mandates = Mandates()
    before = on - timedelta(days=max(mandates.soonest - 1, 0))
    counts = dict.fromkeys(Level.values, 0)
    for name, rows in (
        ("concern", _concerns(before)),
        ("commitment", _commitments(before)),
        ("duty", _duties(before)),
    ):
        steps = [step for row in rows for step in _steps(name, row, mandates, on)]
        Escalation.objects.bulk_create(steps, batch_size=BATCH, ignore_conflicts=True)
        for step in steps:
            counts[step.level] += 1
    return Climbed(counts[Level.SUPERVISOR], counts[Level.HEADQUARTERS])


def _steps(name: str, row: Overdue, mandates: Mandates, on: date) -> Iterator[Escalation]:
    days = mandates.governing(row.topic, row.agency, row.area)
    for level in _levels(row, days, on):
        late = (on - row.due_on).days
        yield Escalation(**{f"{name}_id": row.pk}, level=level, since=row.since, on=on, days_late=late)


def _levels(row: Overdue, days: Days, on: date) -> Iterable[str]:
    """The steps that a row has still to take on this day. Nobody is late with telling before there is news, and
    what "not kept" took to the supervisor stays there for as long as anything else does."""
    late = (on - row.since).days
    if row.reopened_on:
        return [Level.HEADQUARTERS] if (on - row.reopened_on).days >= days.between else []
    found = [] if row.climbed or late < days.to_supervisor else [Level.SUPERVISOR]
    return [*found, Level.HEADQUARTERS] if late >= days.to_headquarters else found


def take_to_supervisor(commitment: Commitment, said_on: date, on: date | None = None) -> None:
    """What a community found "not kept" at a meeting climbs to the supervisor at once, whatever its day."""
    on = on or timezone.localdate()
    if commitment.cancelled_on is None:
        Escalation.objects.get_or_create(
            commitment=commitment,
            level=Level.SUPERVISOR,
            why=Escalation.Why.NOT_KEPT,
            since=said_on,
            defaults={
                "on": on,
                "days_late": max(0, (on - commitment.due_on).days),
            },
        )
