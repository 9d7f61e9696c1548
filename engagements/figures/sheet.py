"""All figures of one population and one period, on one sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.utils import timezone

from . import answers, hearing, meetings, promises
from .answers import FirstAnswer
from .figure import Figure
from .hearing import GroupHeard, Hearing, Trust
from .meetings import LastMet, Silence
from .overdue import Overdue, late_by_agency, overdue_by_agency
from .periods import Period
from .population import Population
from .promises import Promises


@dataclass(frozen=True)
class Sheet:
    """Worked out `at` a moment. What is overdue is so on that day, whatever the period."""

    at: datetime
    period: Period
    kept: Figure
    told: Figure
    first_answer: FirstAnswer
    solved: Figure
    womens_concerns: Figure
    overdue: Overdue
    rhythm: Figure
    silence: Silence
    groups: list[GroupHeard]
    female_officers: Figure
    trust: list[Trust]
    asked_in_all: int | None = None  # in public, for everywhere at once


@dataclass(frozen=True)
class Reading:
    """What several figures are worked out from, read once."""

    at: datetime
    population: Population
    period: Period
    promises: Promises
    late: np.ndarray  # as late_by_agency reads it
    met: LastMet
    heard: Hearing


def read(population: Population, period: Period, late: np.ndarray | None = None) -> Reading:
    """`late` is the same for every period: read again unless given."""
    on = period.last_known_day
    return Reading(
        at=timezone.now(),
        population=population,
        period=period,
        promises=promises.read_promises(population, among=promises.asked_of(period)),
        late=late_by_agency(population) if late is None else late,
        met=meetings.last_met(population, on),
        heard=hearing.who_was_heard(population, on),
    )


def sheet_of(population: Population, period: Period) -> Sheet:
    return sheet_from(read(population, period))


def sheet_from(reading: Reading) -> Sheet:
    population, period, found, met = reading.population, reading.period, reading.promises, reading.met
    first = answers.first_answer(population, period)
    return Sheet(
        at=reading.at,
        period=period,
        kept=promises.kept(found, period),
        told=promises.told(population, period),
        first_answer=first,
        solved=answers.solved(population, found, period),
        womens_concerns=answers.womens_concerns(population, found, period),
        overdue=overdue_by_agency(population, reading.late),
        rhythm=meetings.rhythm(met, period),
        silence=meetings.silence(met, period.last_known_day),
        groups=reading.heard.counts(),
        female_officers=meetings.female_officers(population, period),
        trust=hearing.trust(population, period),
        asked_in_all=answers.asked_in_all(population, period, first),
    )
