"""What is overdue today, agency by agency, the worst first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from communities.models import Agency

from .answers import overdue_answers
from .population import Population
from .promises import Promises

MOST_AGENCIES = 10


@dataclass(frozen=True)
class Owing:
    """What one agency owes today; `agency` is None for concerns that nobody was named to answer."""

    agency: Agency | None
    commitments: int
    answers: int
    oldest_days: int

    @property
    def both(self) -> int:
        return self.commitments + self.answers


@dataclass(frozen=True)
class Overdue:
    """`agencies` are at most MOST_AGENCIES; the sums are over all of them, `others` says how many are left out."""

    agencies: list[Owing]
    others: int
    commitments: int
    answers: int
    oldest_days: int


def overdue_by_agency(population: Population, found: Promises) -> Overdue:
    """Overdue commitments and answers by agency: those who owe most first, of these who owe for longest."""
    commitments, answers, oldest = Counter[int](), Counter[int](), {}
    keys, position, counts = np.unique(found.agency[found.late], return_inverse=True, return_counts=True)
    days = (np.datetime64(population.today) - found.due[found.late]).astype(int)
    for n, (key, count) in enumerate(zip(keys.tolist(), counts.tolist(), strict=True)):
        commitments[key], oldest[key] = count, int(days[position == n].max())
    for agency, due_on, count in overdue_answers(population):
        key = agency or 0
        answers[key] += count
        oldest[key] = max(oldest.get(key, 0), (population.today - due_on).days)
    worst = sorted(oldest, key=lambda key: (-(commitments[key] + answers[key]), -oldest[key], key))
    shown = worst[:MOST_AGENCIES]
    names = Agency.objects.in_bulk([key for key in shown if key])
    return Overdue(
        agencies=[Owing(names.get(key), commitments[key], answers[key], oldest[key]) for key in shown],
        others=len(worst) - len(shown),
        commitments=commitments.total(),
        answers=answers.total(),
        oldest_days=max(oldest.values(), default=0),
    )
