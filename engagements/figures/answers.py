"""Concerns: how long people wait for a first answer, what was solved, what became of what women asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from communities.arrays import as_table
from communities.models import Group
from communities.privacy import SMALLEST_PUBLIC_COUNT

from ..models import Concern
from ..models.concerns import OPEN
from ..models.publication import FROM_REVIEWED, not_hidden
from .figure import Figure, Rest
from .periods import Period
from .population import Population
from .promises import Promises

FIRST_ANSWER = "first_answered_on"  # the day of the first answer, in the rows of concerns
LIES_IN = Coalesce("community__area_id", "area_id", 0)  # the area of a concern; 0 for none
ANSWERED = [Concern.State.ANSWERED, Concern.State.CANNOT]


# --- Days to a first answer ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class FirstAnswer:
    """Days from a concern to its first answer, over all that were raised in the period.

    Those still waiting are longer than any answer: a share of the days that falls among them is None, "not yet".
    """

    raised: int
    waiting: int
    median: int | None
    ninetieth: int | None
    since: date
    until: date


def first_answer(population: Population, period: Period) -> FirstAnswer:
    """Median and 90th percentile by nearest rank: so many of a hundred had their answer within so many days."""
    rows = population.concerns().filter(period.holds("raised_on")).order_by()
    columns = rows.values_list("raised_on", FIRST_ANSWER, "community__publish_delay_days")
    counted = columns.annotate(Count("pk")).iterator()
    types = "raised M8[D]", "answered M8[D]", "delay i8", "n i8"
    found = as_table(((*days, delay or 0, n) for *days, delay, n in counted), *types)
    answered = _is_known(found["answered"], found["delay"], population)
    days = np.maximum((found["answered"] - found["raised"])[answered].astype(int), 0)
    many, whole = found["n"][answered], int(found["n"].sum())
    median, ninetieth = (_within(days, many, whole, percent) for percent in (50, 90))
    waiting = whole - int(many.sum())
    return FirstAnswer(whole, waiting, median, ninetieth, period.since, period.until)


def asked_in_all(population: Population, period: Period, first: FirstAnswer) -> int | None:
    """How many concerns were raised in the period in all, by whichever way and whether or not they have words for the
    public, of which `first` counts those that have. What hidden communities asked is in neither.

    None where it may not be told, within an area, or could be found to be a small number by subtraction.
    """
    if not population.is_public or population.area:
        return None
    rows = Concern.objects.filter(FROM_REVIEWED, not_hidden(), period.holds("raised_on"), topic__sealed=False)
    every = rows.exclude(state=Concern.State.MERGED).count()
    left_out = every - first.raised
    small = range(1, SMALLEST_PUBLIC_COUNT)
    return None if every < SMALLEST_PUBLIC_COUNT or left_out in small else every


def _is_known(answered: np.ndarray, delay: np.ndarray, population: Population) -> np.ndarray:
    """Which answers have been given, and may be known of. No day compares as false."""
    until = np.datetime64(population.today) - (delay if population.is_public else 0)
    return answered <= until


def _within(days: np.ndarray, many: np.ndarray, whole: int, percent: int) -> int | None:
    """The least number of days within which `percent` of `whole` had their answer; None while they have not.

    `many` concerns waited `days`: (n,) each.
    """
    rank = -(-whole * percent // 100)
    order = np.argsort(days)
    reached = np.cumsum(many[order])
    if not whole or not len(days) or reached[-1] < rank:
        return None
    return int(days[order][np.searchsorted(reached, rank)])


# --- Solved ---------------------------------------------------------------------------------------------------
def solved(population: Population, found: Promises, period: Period) -> Figure:
    """Of the concerns whose answer fell due in the period, those answered with promises that were all done.

    At least one promise that was not withdrawn, each of these done in full by evidence. `rest` tells apart those
    answered with promises that are not done, in words only, with "cannot, because", and those still waiting.
    """
    due = read_due(population, found, period)
    cannot = due.answered & ~due.promised & due.cannot
    parts = {
        Rest.WAITING: ~due.answered,
        Rest.PROMISED: due.answered & due.undone,
        Rest.WORDS: due.answered & ~due.promised & ~cannot,
        Rest.CANNOT: cannot,
    }
    rest = tuple((str(name), int(mask.sum())) for name, mask in parts.items())
    return Figure(int(due.solved.sum()), len(due.area), period.since, period.until, rest=rest)


@dataclass(frozen=True)
class Due:
    """Concerns whose answer fell due, a column (n,) each: the area where they lie, and what holds."""

    area: np.ndarray
    answered: np.ndarray
    promised: np.ndarray
    undone: np.ndarray
    cannot: np.ndarray

    @property
    def solved(self) -> np.ndarray:
        return self.answered & self.promised & ~self.undone


def read_due(population: Population, found: Promises, period: Period) -> Due:
    """Those of the period, as far as the population may know."""
    since, until = period.past
    rows = population.concerns().filter(due_on__gte=since, due_on__lt=until).order_by()
    columns = rows.values_list("pk", LIES_IN, "answered_on", "state", "community__publish_delay_days")
    types = "pk i8", "area i8", "answered M8[D]", "state U10", "delay i8"
    concerns = as_table(((*row, delay or 0) for *row, delay in columns.iterator()), *types)
    known = _is_known(concerns["answered"], concerns["delay"], population)
    return Due(
        area=concerns["area"],
        answered=known & np.isin(concerns["state"], ANSWERED),  # one that was opened again waits again
        promised=np.isin(concerns["pk"], found.concern[found.live]),
        undone=np.isin(concerns["pk"], found.concern[found.live & ~found.full]),
        cannot=concerns["state"] == Concern.State.CANNOT,
    )


def womens_concerns(population: Population, found: Promises, period: Period) -> Figure:
    """Of the concerns that women's groups raised in the period, those that became a promise not withdrawn since."""
    _areas, promised = read_womens(population, found, period)
    return Figure(int(promised.sum()), len(promised), period.since, period.until)


def read_womens(population: Population, found: Promises, period: Period) -> tuple[np.ndarray, np.ndarray]:
    """Of what women's groups raised in the period: where each concern lies, and whether it became a promise."""
    rows = population.concerns().filter(period.holds("raised_on"), raised_by=Group.WOMEN).order_by()
    asked = as_table(rows.values_list("pk", LIES_IN), "pk i8", "area i8")
    return asked["area"], np.isin(asked["pk"], found.concern[found.live])


# --- Overdue --------------------------------------------------------------------------------------------------
def overdue_answers(population: Population) -> QuerySet:
    """(agency or None, due day, count) of the answers that are overdue today, as far as the population may know."""
    return overdue_concerns(population).order_by().values_list("agency", F("due_on")).annotate(Count("pk"))


def overdue_concerns(population: Population) -> QuerySet[Concern]:
    waiting = Q(state__in=OPEN) | ~Q(population.known("answered_on", "community"))
    return population.concerns().filter(waiting, due_on__lt=population.today)
