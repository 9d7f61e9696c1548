"""All figures of one population and one period, on one sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from . import answers, hearing, meetings, promises
from .answers import FirstAnswer
from .figure import Figure
from .hearing import GroupHeard, Trust
from .meetings import Silence
from .overdue import Overdue, overdue_by_agency
from .periods import Period
from .population import Population


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


def sheet_of(population: Population, period: Period) -> Sheet:
    began, on = timezone.now(), period.last_known_day
    found, met = promises.read_promises(population), meetings.last_met(population, on)
    return Sheet(
        at=began,
        period=period,
        kept=promises.kept(found, period),
        told=promises.told(population, period),
        first_answer=answers.first_answer(population, period),
        solved=answers.solved(population, found, period),
        womens_concerns=answers.womens_concerns(population, found, period),
        overdue=overdue_by_agency(population, found),
        rhythm=meetings.rhythm(met, period),
        silence=meetings.silence(met, on),
        groups=hearing.who_was_heard(population, on).counts(),
        female_officers=meetings.female_officers(population, period),
        trust=hearing.trust(population, period),
    )
