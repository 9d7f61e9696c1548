"""The figures of an area, split over the areas within it: what adds up, and nothing else.

Each row is read once and counted for the one child it lies in, or for the area itself where it names nothing
smaller. So the parts add up to the area, however many children it has and at the same number of queries. A median,
a percentile and a share do not add up: they are on the sheet of each area alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

import numpy as np
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from communities.arrays import as_table
from communities.models import Area
from communities.models.reference import DEEPEST, DISTRICT

from ..models import Handover, Pulse, Question
from . import answers, meetings, promises
from .hearing import ABSENT, HEARD, SILENT, UNKNOWN
from .meetings import SILENT_DAYS
from .periods import Period
from .population import Population
from .sheet import Reading

ITSELF = 0  # in the place of a child's key: the area itself
OF_COMMUNITY = Coalesce("community__area_id", 0)
OF_MEETING = Coalesce("engagement__community__area_id", 0)
OF_DUTY = Coalesce("community__area_id", "concern__area_id", 0)


@dataclass(frozen=True)
class Share:
    """`part` of `whole`; `unknown` are in neither. Three numbers that add up."""

    part: int = 0
    whole: int = 0
    unknown: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.part + other.part, self.whole + other.whole, self.unknown + other.unknown)

    @property
    def percent(self) -> int | None:
        """Rounded down; without a whole there is none. It does not add up."""
        return self.part * 100 // self.whole if self.whole else None


@dataclass(frozen=True)
class Parts:
    """What one area contributes: shares and counts by name, in the order in which they are told."""

    shares: dict[str, Share] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        shares = any(share.whole or share.unknown for share in self.shares.values())
        return shares or any(self.counts.values())

    @classmethod
    def sum(cls, rows: Iterable[Parts]) -> Parts:
        shares: dict[str, Share] = {}
        counts: dict[str, int] = {}
        for row in rows:
            for name, share in row.shares.items():
                shares[name] = shares.get(name, Share()) + share
            for name, count in row.counts.items():
                counts[name] = counts.get(name, 0) + count
        return cls(shares, counts)


# --- Which child a row lies in ----------------------------------------------------------------------------
class Branches:
    """Every area's child of the one that is divided (`keys`), or ITSELF. Made by `branches_of`: one query."""

    def __init__(self, areas: np.ndarray, branch: np.ndarray):
        self.areas = areas
        self.keys: list[int] = sorted({ITSELF, *branch.tolist()})
        self._place = np.searchsorted(self.keys, branch)

    def sum(self, areas: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """(len(keys),) of int: how many rows lie in each, or the sum of their weights, given the area of each."""
        here = np.searchsorted(self.areas, areas)
        known = np.isin(areas, self.areas)
        place = np.where(known, self._place[np.where(known, here, 0)], 0) if len(self.areas) else here * 0
        many = len(self.keys)
        return np.bincount(place, weights=weights, minlength=many).round().astype(int)


def branches_of(area: Area | None, *, public: bool) -> Branches:
    """In public nothing smaller than a district is told apart."""
    columns = Area.objects.order_by("pk").values_list("pk", Coalesce("parent_id", 0))
    table = as_table(columns.iterator(), "pk i8", "parent i8")
    root, at, branch = area.pk if area else 0, table["pk"].copy(), np.zeros(len(table), int)
    if public and area and area.level >= DISTRICT:
        return Branches(table["pk"], branch)
    for _level in range(DEEPEST + 1):
        above = np.where(
            at > 0, table["parent"][np.searchsorted(table["pk"], np.maximum(at, 1)) % len(table)], 0
        )
        branch = np.where((branch == ITSELF) & (above == root) & (at > 0), at, branch)
        at = above
    return Branches(table["pk"], branch)


# --- What each contributes --------------------------------------------------------------------------------
Sums = dict[str, tuple[np.ndarray, ...]]  # name → part, whole and perhaps unknown, a number for each child


def parts_of(reading: Reading) -> dict[int, Parts]:
    """The key of a child, or ITSELF → what it contributes. Every key of the branches is there."""
    population = reading.population
    branches = branches_of(population.area, public=population.is_public)
    shares = _shares(reading, branches)
    counts = _counts(reading, branches)
    return {
        key: Parts(
            {name: Share(*(int(column[n]) for column in columns)) for name, columns in shares.items()},
            {name: int(column[n]) for name, column in counts.items()},
        )
        for n, key in enumerate(branches.keys)
    }


def _shares(reading: Reading, branches: Branches) -> Sums:
    population, period, found, met = reading.population, reading.period, reading.promises, reading.met
    due = promises.due_in(found, period)
    answer = answers.read_due(population, found, period)
    womens, promised = answers.read_womens(population, found, period)
    shares: Sums = {
        "kept": (branches.sum(found.area[due & found.kept]), branches.sum(found.area[due])),
        "told": _told(population, period, branches),
        "solved": (branches.sum(answer.area[answer.solved]), branches.sum(answer.area)),
        "womens_concerns": (branches.sum(womens[promised]), branches.sum(womens)),
        "rhythm": (branches.sum(met.area[met.within(met.rhythm)]), branches.sum(met.area)),
        "female_officers": _female_officers(population, period, branches),
        "groups": _groups(reading, branches),
    }
    if not population.is_public:  # between an area and its parts a small number of people could be found
        shares |= {"trust": _trust(population, period, branches)}
        shares |= _questions(population, period, branches)
    return shares


def _counts(reading: Reading, branches: Branches) -> dict[str, np.ndarray]:
    """What is owed is owed today, whatever the period."""
    population, period, met = reading.population, reading.period, reading.met
    raised, waiting = _raised(population, period, branches)
    overdue = (
        answers.overdue_concerns(population).order_by().values_list(answers.LIES_IN).annotate(Count("pk"))
    )
    counts = {
        "meetings": _grouped(meetings.held(population, period), branches, OF_COMMUNITY)[0],
        "raised": raised,
        "waiting": waiting,
        "commitments_overdue": branches.sum(reading.late["area"], reading.late["many"]),
        "answers_overdue": _summed(overdue, branches, 1)[0],
        "silent": branches.sum(met.area[~met.within(SILENT_DAYS - 1)]),
        "never": branches.sum(met.area[np.isnat(met.met)]),
    }
    if not population.is_public:
        counts |= {
            "asked": _grouped(asked(population, period), branches, Coalesce("area_id", 0))[0],
            "handed_over": _grouped(handed_over(population, period), branches, Coalesce("area_id", 0))[0],
        }
    return counts


def _grouped(rows: QuerySet, branches: Branches, where, **sums) -> tuple[np.ndarray, ...]:
    """Counted by area in the database and by child here; one query."""
    sums = sums or {"n": Count("pk")}
    grouped = rows.order_by().annotate(lies_in=where).values_list("lies_in").annotate(**sums)
    return _summed(grouped, branches, len(sums))


def _summed(grouped: QuerySet, branches: Branches, columns: int) -> tuple[np.ndarray, ...]:
    names = [f"n{number}" for number in range(columns)]
    table = as_table(
        ((area, *(number or 0 for number in numbers)) for area, *numbers in grouped.iterator()),
        "area i8",
        *(f"{name} i8" for name in names),
    )
    return tuple(branches.sum(table["area"], table[name]) for name in names)


def _told(population: Population, period: Period, branches: Branches) -> tuple[np.ndarray, ...]:
    due = promises.duties_due(population, period)
    return _grouped(due, branches, OF_DUTY, part=Count("pk", filter=Q(was_told=True)), whole=Count("pk"))


def _female_officers(population: Population, period: Period, branches: Branches) -> tuple[np.ndarray, ...]:
    part, whole = _grouped(
        meetings.counted_by_sex(population, period),
        branches,
        OF_MEETING,
        part=Count("engagement", distinct=True, filter=meetings.WOMAN_CAME),
        whole=Count("engagement", distinct=True),
    )
    (held,) = _grouped(meetings.held(population, period), branches, OF_COMMUNITY)
    return part, whole, np.maximum(held - whole, 0)


def _groups(reading: Reading, branches: Branches) -> tuple[np.ndarray, ...]:
    """Groups heard, over all communities that expect them."""
    heard, met = reading.heard, reading.met
    area = promises.beside(heard.pk, met.pk, met.area, 0)
    of = {state: (heard.state == state).sum(axis=1) for state in (HEARD, SILENT, ABSENT, UNKNOWN)}
    whole = of[HEARD] + of[SILENT] + of[ABSENT]
    return tuple(branches.sum(area, weights) for weights in (of[HEARD], whole, of[UNKNOWN]))


def _trust(population: Population, period: Period, branches: Branches) -> tuple[np.ndarray, ...]:
    """People who answered "yes", of all who answered. What those think who gave no answer is not known."""
    rows = population.at_meetings(Pulse.objects.filter(period.holds("engagement__date")))
    silent = Q(answer=Pulse.Answer.SILENT)
    sums = {
        "part": Sum("count", filter=Q(answer=Pulse.Answer.YES)),
        "whole": Sum("count", filter=~silent),
        "unknown": Sum("count", filter=silent),
    }
    return _grouped(rows, branches, OF_MEETING, **sums)


def _raised(population: Population, period: Period, branches: Branches) -> tuple[np.ndarray, ...]:
    """Concerns of the period, and those of them that wait for a first answer."""
    answered = Count("pk", filter=population.known(answers.FIRST_ANSWER, "community"))
    rows = raised(population, period)
    every, known = _grouped(rows, branches, answers.LIES_IN, every=Count("pk"), known=answered)
    return every, every - known


def _questions(population: Population, period: Period, branches: Branches) -> Sums:
    """Questions answered, and answered by their day, of those whose day lay in the period and has passed."""
    due = questions(population).fell_due(period.since, period.last_day)
    counts = {
        "answered": Count("pk", filter=Q(answered_on__isnull=False)),
        "in_time": Count("pk", filter=Q(answered_on__lte=F("due_on"))),
        "whole": Count("pk"),
    }
    answered, in_time, whole = _grouped(due, branches, Coalesce("area_id", 0), **counts)
    return {"answered": (answered, whole), "in_time": (in_time, whole)}


# --- What came in -------------------------------------------------------------------------------------------
def raised(population: Population, period: Period) -> QuerySet:
    return population.concerns().filter(period.holds("raised_on"))


def questions(population: Population):
    """Questions to headquarters that its reader may see; the public sees none."""
    if population.user is None:
        return Question.objects.none()
    return population.within(Question.objects.visible_to(population.user), "area")


def asked(population: Population, period: Period) -> QuerySet:
    return questions(population).filter(period.holds("asked_on"))


def handed_over(population: Population, period: Period) -> QuerySet:
    """Tips handed over in the period; the public sees none."""
    if population.user is None:
        return Handover.objects.none()
    rows = Handover.objects.visible_to(population.user).filter(handed_at__gte=_midnight(period.since))
    return population.within(rows.filter(handed_at__lt=_midnight(period.until)), "area")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
