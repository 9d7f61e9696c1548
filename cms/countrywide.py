"""Every public promise and community at once: the two figures, what is longest overdue, the legend, the map.

Worked out in a few flat queries over whole tables (seconds at a million meetings), so the result is kept for
settings.PUBLIC_FIGURES_SECONDS; after that the worker renews it while readers still get the last one. When a
community's public place changes it is forgotten at once. Texts and names are never kept here: pages read them
from `.public()` each time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django_tasks import task

from communities import renewed
from communities.arrays import Latitude, Longitude, as_table
from communities.models import Community
from engagements.figures import Population, Promises, kept, last_twelve_months, read_promises, told
from engagements.models import Commitment

from .figures import OPEN, Figure, Legend, on_points
from .kept import forget as forget_names
from .places import with_areas
from .screening import withhold
from .standing import answered

MOST_OWED = 200
STATES = ["overdue", "open", "kept", "unknown"]
KEY = "countrywide"


@dataclass(frozen=True)
class Places:
    """Every community whose point may be drawn: keys (n,), longitude and latitude (n, 2), index into STATES (n,)."""

    pk: np.ndarray
    xy: np.ndarray
    state: np.ndarray


@dataclass(frozen=True)
class Countrywide:
    """`longest_overdue` are primary keys of commitments."""

    at: datetime
    kept: Figure
    told: Figure
    longest_overdue: list[int]
    legend: Legend
    places: Places


def now() -> Countrywide:
    """As it was worked out last."""
    return renewed.now(KEY, work_out, renew.enqueue)


def again() -> Countrywide:
    return renewed.again(KEY, work_out)


@task()
def renew() -> None:
    again()


forget = renewed.forget


def forget_at_once() -> None:
    """Everything kept of what is public: now, and once more when the change is there for others to read."""
    for each in (forget, forget_names):
        each()
        transaction.on_commit(each)


def owed(longest_overdue: list[int], *, without: Collection[int] = (), limit: int = 5) -> list[Commitment]:
    """Of these public commitments the ones that are longest overdue, as they stand now."""
    wanted = set(longest_overdue).difference(without)
    rows = answered(Commitment.objects.public().filter(pk__in=wanted)).filter(OPEN)
    rows = with_areas(rows.select_related("agency"), "community__area__").order_by("due_on", "pk")
    found = list(rows[:limit])
    for row in found:
        withhold(row, ["public_text"], row.community)
    return found


# --- Working it out ----------------------------------------------------------------------------------------
def work_out() -> Countrywide:
    began, year = timezone.now(), last_twelve_months(timezone.localdate())
    everyone = Population.public()
    promises = read_promises(everyone)
    places = _places(promises)
    return Countrywide(
        at=began,
        kept=kept(promises, year),
        told=told(everyone, year),
        longest_overdue=_longest_overdue(promises),
        legend=_legend(places),
        places=places,
    )


def _longest_overdue(promises: Promises) -> list[int]:
    late, due = promises.pk[promises.late], promises.due[promises.late]
    return late[np.lexsort((late, due))][:MOST_OWED].tolist()


def _places(promises: Promises) -> Places:
    points: QuerySet = Community.objects.public().filter(on_points()).order_by("pk")
    columns = points.values_list("pk", Longitude("location"), Latitude("location"))
    found = as_table(columns, "pk i8", "x f8", "y f8")
    promised, kept, owing = (
        _per_community(found["pk"], promises.community[mask])
        for mask in (promises.live, promises.kept, promises.owing)
    )
    state = np.where(owing > 0, 0, np.where(promised == 0, 3, np.where(kept == promised, 2, 1)))
    return Places(found["pk"], np.column_stack((found["x"], found["y"])), state.astype("i1"))


def _per_community(keys: np.ndarray, communities: np.ndarray) -> np.ndarray:
    """How often each of the sorted `keys` comes among `communities`."""
    known = communities[np.isin(communities, keys)]
    return np.bincount(np.searchsorted(keys, known), minlength=len(keys))


def _legend(places: Places) -> Legend:
    counts = np.bincount(places.state, minlength=len(STATES)).tolist()
    rest = Community.objects.public().exclude(on_points())
    sums = rest.aggregate(every=Count("pk"), placed=Count("pk", filter=Q(area__isnull=False)))
    return Legend(dict(zip(STATES, counts, strict=True)), sums["placed"], sums["every"] - sums["placed"])
