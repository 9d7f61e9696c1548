"""Every public promise and community at once: the two figures, what is longest overdue, the legend, the map.

Worked out in a few flat queries over whole tables (seconds at a million meetings), so the result is kept for
settings.PUBLIC_FIGURES_SECONDS; after that the worker renews it while readers still get the last one. When a
community's public place changes it is forgotten at once. Texts and names are never kept here: pages read them
from `.public()` each time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Rank, RowNumber
from django.utils import timezone
from django_tasks import task

from communities.arrays import Latitude, Longitude, as_table
from communities.models import Community
from engagements.models import Commitment, Duty, Evidence, Revision, Telling, Verdict
from engagements.models.commitments import Answer, Shown
from engagements.models.publication import from_reviewed

from .figures import OPEN, Figure, Legend, on_points
from .kept import forget as forget_names
from .places import with_areas
from .screening import withhold
from .standing import answered, public_day

PERIOD_DAYS = 365
MOST_OWED = 200
NO_ANSWER = -1
NO_DAY = -(10**6)
STATES = ["overdue", "open", "kept", "unknown"]
KEY = "countrywide"
GRACE = 20


@dataclass(frozen=True)
class Promises:
    """Every public commitment, a column each: (n,) of keys, days, and what holds for it."""

    pk: np.ndarray
    community: np.ndarray
    due: np.ndarray
    first_due: np.ndarray
    live: np.ndarray
    kept: np.ndarray
    late: np.ndarray
    owing: np.ndarray
    fell_due: np.ndarray


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
    """As it was worked out last: at most GRACE times settings.PUBLIC_FIGURES_SECONDS ago, mostly once."""
    found = cache.get(_key())
    fresh = timedelta(seconds=settings.PUBLIC_FIGURES_SECONDS)
    age = timezone.now() - found.at if found else fresh * GRACE
    if age >= fresh * GRACE:
        return _renewed()
    if age >= fresh and cache.add(f"{KEY}.renewing", True, settings.PUBLIC_FIGURES_SECONDS):
        renew.enqueue()
    return found


@task()
def renew() -> None:
    _renewed()


def _renewed() -> Countrywide:
    key = _key()  # asked first: what is forgotten meanwhile stays forgotten
    found = work_out()
    cache.set(key, found, settings.PUBLIC_FIGURES_SECONDS * GRACE)
    return found


def forget() -> None:
    cache.set(f"{KEY}.version", uuid4().hex, None)


def forget_at_once() -> None:
    """Everything kept of what is public: now, and once more when the change is there for others to read."""
    for each in (forget, forget_names):
        each()
        transaction.on_commit(each)


def _key() -> str:
    return f"{KEY}.{cache.get(f'{KEY}.version', '')}"


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
    began, today = timezone.now(), timezone.localdate()
    promises = _promises(today)
    places = _places(promises)
    return Countrywide(
        at=began,
        kept=_kept(promises, today),
        told=_told(today),
        longest_overdue=_longest_overdue(promises),
        legend=_legend(places),
        places=places,
    )


def _promises(today: date) -> Promises:
    """Every public commitment, with its delivery and verdict as the public may know them."""
    rows = Commitment.objects.public().order_by("pk")
    columns = rows.values_list(
        "pk", "community_id", "due_on", "cancelled_on", "community__publish_delay_days"
    )
    found = as_table(columns, "pk i8", "community i8", "due M8[D]", "cancelled M8[D]", "delay i8")
    until = np.datetime64(today) - found["delay"]
    cancelled = found["cancelled"] <= until  # an unset day is no day: it compares as false
    shown, full, said, moved = _latest_evidence(), _first_full(), _last_verdicts(), _first_due()
    keys, due, on = found["pk"], found["due"], np.datetime64(today)
    delivery = _beside(keys, shown["key"], shown["shows"], 0)
    verdict = _beside(keys, said["key"], said["answer"], NO_ANSWER)
    asked_since = _beside(keys, said["key"], said["day"].astype(int), 0) >= _beside(
        keys, full["key"], full["day"].astype(int), 0
    )
    first_due = _beside(keys, moved["key"], moved["day"].astype(int), NO_DAY)
    first_due = np.where(first_due == NO_DAY, due, first_due.astype("M8[D]"))
    kept = ~cancelled & (delivery == Shown.FULL) & (verdict == Answer.KEPT) & asked_since
    open_ = ~cancelled & (delivery != Shown.FULL)
    late = open_ & (due < on)
    fell_due = (first_due < on) & ~(found["cancelled"] <= first_due)
    owing = late | (open_ & (verdict == Answer.NOT_KEPT))
    return Promises(keys, found["community"], due, first_due, ~cancelled, kept, late, owing, fell_due)


def _beside(keys: np.ndarray, key: np.ndarray, value: np.ndarray, missing: int) -> np.ndarray:
    """The values in the order of the sorted `keys`; the least where a key comes twice."""
    values = np.full(len(keys), missing)
    known = np.isin(key, keys)
    key, value = key[known], value[known]
    order = np.argsort(-value, kind="stable")  # of several, the last one written stays
    values[np.searchsorted(keys, key[order])] = value[order]
    return values


def _latest_evidence() -> np.ndarray:
    newest = Window(RowNumber(), partition_by="commitment", order_by=[F("date").desc(), F("pk").desc()])
    rows = Evidence.objects.filter(disputed=False, date__lte=public_day("commitment__community"))
    found = rows.annotate(place=newest).filter(place=1).values_list("commitment_id", "shows")
    return as_table(found, "key i8", "shows i8")


def _first_full() -> np.ndarray:
    """The day on which each commitment that was done in full was first seen to be."""
    until = public_day("commitment__community")
    rows = Evidence.objects.filter(shows=Shown.FULL, disputed=False, date__lte=until)
    return as_table(rows.order_by().values_list("commitment_id").annotate(Min("date")), "key i8", "day M8[D]")


def _first_due() -> np.ndarray:
    """The day first promised, of each commitment whose day was moved since."""
    first = Window(RowNumber(), partition_by="commitment", order_by=[F("at").asc(), F("pk").asc()])
    found = Revision.objects.annotate(place=first).filter(place=1).values_list("commitment_id", "due_before")
    return as_table(found, "key i8", "day M8[D]")


def _last_verdicts() -> np.ndarray:
    """All groups' answers at the last reviewed meeting that asked."""
    last = Window(
        Rank(),
        partition_by="commitment",
        order_by=[F("engagement__date").desc(), F("engagement_id").desc()],
    )
    until = public_day("commitment__community")
    rows = Verdict.objects.filter(engagement__state="reviewed", engagement__date__lte=until)
    found = rows.annotate(place=last).filter(place=1)
    columns = found.values_list("commitment_id", "answer", "engagement__date")
    return as_table(columns, "key i8", "answer i8", "day M8[D]")


def _period(today: date) -> tuple[date, date]:
    return today - timedelta(days=PERIOD_DAYS), today


def _kept(promises: Promises, today: date) -> Figure:
    """Of the public commitments that fell due in the last twelve months, how many were kept.

    Kept needs full delivery and, since then, the community's verdict "kept". The day first promised counts:
    moving it takes no miss away. A commitment withdrawn after its day counts
    as not kept; one withdrawn before its day never fell due.
    """
    since, until = _period(today)
    due = promises.fell_due & (promises.first_due >= np.datetime64(since))
    return Figure(int((due & promises.kept).sum()), int(due.sum()), since, until)


def _told(today: date) -> Figure:
    """Of the duties to tell that fell due in the last twelve months, how many reached the people: the
    loop-closed rate. Tellings at meetings that nobody reviewed yet do not count."""
    since, until = _period(today)
    reached = Telling.objects.filter(from_reviewed()).about(OuterRef("pk"))
    due = Duty.objects.public().fell_due().filter(due_on__gte=since)
    sums = due.annotate(was_told=Exists(reached)).aggregate(
        whole=Count("pk"), part=Count("pk", filter=Q(was_told=True))
    )
    return Figure(sums["part"], sums["whole"], since, until)


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
