"""What is overdue today, agency by agency, the worst first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Min
from django.db.models.functions import Coalesce

from communities.arrays import as_table
from communities.models import Agency

from .answers import overdue_answers
from .population import Population
from .promises import late

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


def late_by_agency(population: Population) -> np.ndarray:
    """What is overdue of the promises: agency, area (0 for none), how many, and the longest overdue one's day."""
    grouped = late(population).order_by().values_list("agency", Coalesce("community__area_id", 0))
    rows = grouped.annotate(many=Count("pk"), oldest=Min("due_on"))
    return as_table(rows.iterator(), "agency i8", "area i8", "many i8", "oldest M8[D]")


def overdue_by_agency(population: Population, promised: np.ndarray) -> Overdue:
    """Overdue commitments (as `late_by_agency` reads them) and answers by agency: those who owe most first, of these
    who owe for longest."""
    today = population.today
    commitments, answers, oldest = Counter[int](), Counter[int](), Counter[int]()
    for agency, _area, many, due_on in promised.tolist():
        commitments[agency] += many
        oldest[agency] = max(oldest[agency], (today - due_on).days)
    for agency, due_on, count in overdue_answers(population):
        answers[agency or 0] += count
        oldest[agency or 0] = max(oldest[agency or 0], (today - due_on).days)
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
