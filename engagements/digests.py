"""The digest of an area and a period: its figures, the parts they add up from, what came in, what is owed longest,
and what headquarters answered.

It counts what its reader sees, as known on the day it is made. docs/figures.md, "Digests", says what adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from django.db.models import Count, Q, QuerySet
from django_tasks import task

from communities.models import Area
from communities.models.reference import DEEPEST, DISTRICT

from .escalation import overdue_duties
from .figures import FirstAnswer, Period, Population, Sheet, answers
from .figures.kept_sheets import again_for, ahead_for, kept_for
from .figures.parts import (
    ITSELF,
    Parts,
    asked,
    handed_over,
    parts_of,
    questions,
    raised,
)
from .figures.promises import late
from .figures.sheet import read, sheet_from
from .models import Commitment, Concern, Duty, Handover, Question, Topic

LONGEST = 10  # overdue rows in a digest
QUESTIONS = 30  # of each kind in a digest; the list has them all


# --- Numbers: kept a while, without a word of anybody's -----------------------------------------------------
@dataclass(frozen=True)
class Row:
    """What one area within contributes; without an area, what names the divided one itself and nothing smaller."""

    area: Area | None
    parts: Parts


@dataclass(frozen=True)
class Numbers:
    """The sheet of a period, its parts by area, and the same of the period before.

    What is owed is owed today: of the period before it is not known, and `before` says it of today.
    """

    sheet: Sheet
    rows: list[Row]
    before: Parts
    first_answer_before: FirstAnswer
    longest: list[tuple[str, int]]  # (kind, primary key), the longest overdue first

    @property
    def at(self) -> datetime:
        return self.sheet.at

    @property
    def total(self) -> Parts:
        return Parts.sum(row.parts for row in self.rows)


def numbers_of(population: Population, period: Period) -> Numbers:
    now = read(population, period)
    then = read(population, period.previous, now.late)
    parts = parts_of(now)
    names = Area.objects.defer("boundary").in_bulk([key for key in parts if key != ITSELF])
    rows = [Row(names.get(key), each) for key, each in parts.items()]
    return Numbers(
        sheet=sheet_from(now),
        rows=sorted(rows, key=lambda row: (row.area is None, row.area.code if row.area else "")),
        before=Parts.sum(parts_of(then).values()),
        first_answer_before=answers.first_answer(population, period.previous),
        longest=_longest(population),
    )


def ahead(population: Population, period: Period) -> None:
    ahead_for("digest", numbers_of, population, period)


@task()
def renew(*asked) -> None:
    again_for("digest", numbers_of, *asked)


def _longest(population: Population) -> list[tuple[str, int]]:
    """What is overdue longest: commitments not done, concerns not answered, people not told."""
    kinds: dict[str, QuerySet] = {
        "commitment": late(population),
        "concern": answers.overdue_concerns(population),
        "duty": _not_told(population),
    }
    rows: list[tuple[date, str, int]] = []
    for kind, owed in kinds.items():
        first = owed.order_by("due_on", "pk").values_list("due_on", "pk")[:LONGEST]
        rows += [(due, kind, pk) for due, pk in first]
    return [(kind, pk) for _due, kind, pk in sorted(rows)[:LONGEST]]


def _not_told(population: Population) -> QuerySet[Duty]:
    overdue = overdue_duties(population.today)
    return population.duties().filter(pk__in=overdue.order_by().values("pk"))


# --- The digest --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CameIn:
    """What came in during the period: (value of Concern.Channel, count), (topic, count), (category, count)."""

    channels: list[tuple[str, int]]
    topics: list[tuple[Topic, int]]
    tips: list[tuple[str, int]]


@dataclass(frozen=True)
class Asked:
    """Questions to headquarters: `sent_down`, answered in the period, and `others`, asked in it and not answered
    in it. `more` of each are left out."""

    sent_down: list[Question]
    others: list[Question]
    more_sent_down: int
    more_others: int


@dataclass(frozen=True)
class Digest:
    """Of one reader, area and period. The public's (an editor's) has no channels, tips or questions."""

    population: Population
    period: Period
    made_on: date
    numbers: Numbers
    came_in: CameIn
    longest: list[Commitment | Concern | Duty]
    asked: Asked

    @property
    def area(self) -> Area | None:
        return self.population.area

    @property
    def rows(self) -> list[Row]:
        """Those that contribute anything; none where nothing smaller is told apart."""
        rows = [row for row in self.numbers.rows if row.parts]
        return rows if any(row.area for row in rows) else []


def digest_of(population: Population, period: Period) -> Digest:
    numbers = kept_for("digest", numbers_of, renew, population, period)
    return Digest(
        population=population,
        period=period,
        made_on=population.today,
        numbers=numbers,
        came_in=_came_in(population, period),
        longest=_rows(population, numbers.longest),
        asked=_asked(population, period),
    )


def has_news(population: Population, period: Period) -> bool:
    """Whether anything of the period is worth a reader's way to its digest: a meeting, something that came in, a
    promise, a question asked or answered. Cheap: it stops at the first."""
    answered = questions(population).filter(period.holds("answered_on"))
    rows = (
        population.meetings().filter(period.holds("date")),
        raised(population, period),
        population.commitments().filter(period.holds("promised_on")),
        handed_over(population, period),
        asked(population, period),
        answered,
    )
    return any(each.exists() for each in rows)


def _came_in(population: Population, period: Period) -> CameIn:
    rows = raised(population, period).order_by()
    topics = dict(rows.values_list("topic").annotate(Count("pk")))
    channels = [] if population.is_public else list(rows.values_list("channel").annotate(Count("pk")))
    tips = list(handed_over(population, period).order_by().values_list("category").annotate(Count("pk")))
    named = [(topic, topics[topic.pk]) for topic in Topic.objects.filter(pk__in=topics)]
    return CameIn(
        channels=_in_order(channels, Concern.Channel.values),
        topics=sorted(named, key=lambda row: (-row[1], row[0].code)),
        tips=_in_order(tips, Handover.Category.values),
    )


def _in_order(counted: list[tuple[str, int]], values: list[str]) -> list[tuple[str, int]]:
    return sorted(counted, key=lambda row: values.index(row[0]))


def _rows(population: Population, longest: list[tuple[str, int]]) -> list:
    """The rows behind the keys, as far as they are still there to see."""
    keys = {kind: [pk for each, pk in longest if each == kind] for kind in ("commitment", "concern", "duty")}
    found = chain(
        _placed(population.commitments().filter(pk__in=keys["commitment"]), "agency"),
        _placed(population.concerns().filter(pk__in=keys["concern"]), "agency", "topic", areas="area"),
        _placed(population.duties().filter(pk__in=keys["duty"]), areas="concern__area"),
    )
    by_key = {(row._meta.model_name, row.pk): row for row in found}
    return [by_key[key] for key in longest if key in by_key]


def _placed(rows: QuerySet, *named: str, areas: str = "") -> QuerySet:
    """With their places up to the district, without the shapes of these."""
    smallest = ["community__area", *([areas] if areas else [])]
    upwards = [area + "__parent" * step for area in smallest for step in range(DEEPEST - DISTRICT + 1)]
    shapes = ["community__location", *(f"{area}__boundary" for area in upwards)]
    return rows.select_related("community", *upwards, *named).defer(*shapes)


def _asked(population: Population, period: Period) -> Asked:
    answered = Q(answered_on__gte=period.since, answered_on__lt=period.until)
    every = questions(population).select_related("area").defer("area__boundary")
    sent_down = every.filter(answered).order_by("answered_on", "pk")
    others = asked(population, period).exclude(answered & Q(answered_on__isnull=False))
    others = others.select_related("area").defer("area__boundary").order_by("due_on", "pk")
    return Asked(
        sent_down=list(sent_down[:QUESTIONS]),
        others=list(others[:QUESTIONS]),
        more_sent_down=max(0, sent_down.count() - QUESTIONS),
        more_others=max(0, others.count() - QUESTIONS),
    )
