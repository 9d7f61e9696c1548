"""Meetings: against the rhythm that was agreed, communities not met for long, officers who are women."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from communities.arrays import as_table

from ..models import Attendance, Engagement
from .figure import Figure, Rest
from .periods import Period
from .population import Population

SILENT_DAYS = 180
FOUND = Q(found_nobody=False)  # a visit that met nobody is no meeting
WOMAN_CAME = Q(sex=Attendance.Sex.WOMEN, count__gt=0)


@dataclass(frozen=True)
class LastMet:
    """Every active community by primary key: the day it was last met (no day for never), and on which to ask.

    In public that day is as much earlier as the community's delay: nobody looks late for a meeting that is not
    told yet.
    """

    pk: np.ndarray
    area: np.ndarray
    rhythm: np.ndarray
    met: np.ndarray
    asked_on: np.ndarray

    def within(self, days: np.ndarray | int) -> np.ndarray:
        """(n,) of bool: met in so many days before the day that is asked for. Never met is not."""
        return self.met >= self.asked_on - days


def last_met(population: Population, on: date) -> LastMet:
    rows = _with_last_met(population, on).order_by("pk")
    columns = rows.values_list("pk", Coalesce("area_id", 0), "rhythm_days", "publish_delay_days", "last_met")
    found = as_table(columns.iterator(), "pk i8", "area i8", "rhythm i8", "delay i8", "met M8[D]")
    known = np.datetime64(population.today) - found["delay"]
    day = np.full(len(found), np.datetime64(on))
    asked_on = np.minimum(day, known) if population.is_public else day
    return LastMet(found["pk"], found["area"], found["rhythm"], found["met"], asked_on)


def _with_last_met(population: Population, on: date) -> QuerySet:
    """Active communities with `last_met`: asked one by one, the index answers with the first row it finds."""
    theirs = population.meetings().filter(FOUND, community=OuterRef("pk"), date__lte=on)
    newest: Any = Subquery(theirs.order_by("-date", "-pk").values("date")[:1])
    return population.communities().annotate(last_met=newest)


def rhythm(found: LastMet, period: Period) -> Figure:
    """Of the active communities, those whose last reviewed meeting lies within their agreed days before the
    period's end (today, while it lasts)."""
    met, never = found.within(found.rhythm), np.isnat(found.met)
    rest = ((str(Rest.NEVER), int(never.sum())), (str(Rest.LATE), int((~met & ~never).sum())))
    return Figure(int(met.sum()), len(found.pk), period.since, period.until, rest=rest)


@dataclass(frozen=True)
class Silence:
    """Communities not met for `days` or longer, of all that are active; `never` of them were never met."""

    count: int
    never: int
    whole: int
    days: int
    on: date


def silence(found: LastMet, on: date, days: int = SILENT_DAYS) -> Silence:
    quiet = ~found.within(days - 1)
    return Silence(int(quiet.sum()), int(np.isnat(found.met).sum()), len(found.pk), days, on)


def not_met(population: Population, on: date, days: int = SILENT_DAYS) -> QuerySet:
    """The communities behind `silence`, for colleagues: with `last_met`, never met first, then the longest ago."""
    since = on - timedelta(days=days - 1)
    return by_last_met(population, on).filter(Q(last_met__isnull=True) | Q(last_met__lt=since))


def by_last_met(population: Population, on: date) -> QuerySet:
    """All active communities with `last_met`, those not met for longest first."""
    return _with_last_met(population, on).order_by(F("last_met").asc(nulls_first=True), "code")


def female_officers(population: Population, period: Period) -> Figure:
    """Of the meetings in the period where officers were counted by sex, those where at least one was a woman.

    Meetings that did not count them so are `unknown`.
    """
    by_sex = counted_by_sex(population, period)
    sums = by_sex.aggregate(
        whole=Count("engagement", distinct=True), part=Count("engagement", distinct=True, filter=WOMAN_CAME)
    )
    unknown = max(0, held(population, period).count() - sums["whole"])
    return Figure(sums["part"], sums["whole"], period.since, period.until, unknown=unknown)


def held(population: Population, period: Period) -> QuerySet[Engagement]:
    """The meetings of the period."""
    return population.meetings().filter(FOUND, period.holds("date"))


def counted_by_sex(population: Population, period: Period) -> QuerySet[Attendance]:
    """Lines on officers by sex, at meetings of the period."""
    by_sex = Attendance.objects.filter(
        period.holds("engagement__date"),
        engagement__found_nobody=False,
        who=Attendance.Who.OFFICERS,
        sex__in=[Attendance.Sex.WOMEN, Attendance.Sex.MEN],
    )
    return population.at_meetings(by_sex)
