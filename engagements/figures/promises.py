"""Promises: how each stands, how many were kept, and whether people were told how it ended.

Commitments are read once, a column each, with what stands beside them: a few flat queries whatever their number. What
a period asks about is read for it alone (`asked_of`); what is overdue, whatever the period, the database finds (`late`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, Rank, RowNumber
from django.utils import timezone

from communities.arrays import as_table

from ..models import Commitment, Concern, Duty, Evidence, Revision, Verdict
from ..models.commitments import Answer, Shown
from .figure import Figure, Rest
from .periods import Period
from .population import Population, Rows

NO_ANSWER = -1
NO_DAY = -(10**6)


@dataclass(frozen=True)
class Promises:
    """Commitments of a population by primary key, a column (n,) each: keys (0 for none), days, what holds.

    `concern` is the living one. `full`: evidence shows it done; `late`: open after its day; `owing`: late, or open
    and not found kept; `fell_due`: its first day has passed, and it was not withdrawn by then.
    """

    pk: np.ndarray
    community: np.ndarray
    area: np.ndarray
    concern: np.ndarray
    due: np.ndarray
    first_due: np.ndarray
    live: np.ndarray
    full: np.ndarray
    kept: np.ndarray
    refused: np.ndarray
    late: np.ndarray
    owing: np.ndarray
    fell_due: np.ndarray


def read_promises(
    population: Population, today: date | None = None, among: QuerySet[Any, Any] | None = None
) -> Promises:
    """How each stands on `today` (unless told, today), as far as the population may know: all of them, or those
    whose keys are `among` these."""
    today = today or timezone.localdate()
    found = _commitments(population, among)
    until = np.datetime64(today) - (found["delay"] if population.is_public else 0)
    cancelled = found["cancelled"] <= until  # an unset day is no day: it compares as false
    evidence = _beside(_evidence(population), among)
    shown, full, said = _latest(evidence), _first_full(evidence), _last_verdicts(population, among)
    keys, due, on = found["pk"], found["due"], np.datetime64(today)
    delivery = beside(keys, shown["key"], shown["shows"], 0)
    verdict = beside(keys, said["key"], said["answer"], NO_ANSWER)
    asked_on = beside(keys, said["key"], said["day"].astype(int), 0)
    asked_since = asked_on >= beside(keys, full["key"], full["day"].astype(int), 0)
    first_due = _first_due(_beside(population.beside_commitments(Revision.objects.all()), among), keys, due)
    done = ~cancelled & (delivery == Shown.FULL)
    open_ = ~cancelled & (delivery != Shown.FULL)
    late = open_ & (due < on)
    return Promises(
        pk=keys,
        community=found["community"],
        area=found["area"],
        concern=found["concern"],
        due=due,
        first_due=first_due,
        live=~cancelled,
        full=done,
        kept=done & (verdict == Answer.KEPT) & asked_since,
        refused=done & (verdict != Answer.KEPT) & (verdict != NO_ANSWER) & asked_since,
        late=late,
        owing=late | (open_ & (verdict == Answer.NOT_KEPT)),
        fell_due=(first_due < on) & ~(found["cancelled"] <= first_due),
    )


def beside(keys: np.ndarray, key: np.ndarray, value: np.ndarray, missing: int) -> np.ndarray:
    """The values in the order of the sorted `keys`; the least where a key comes twice."""
    values = np.full(len(keys), missing)
    known = np.isin(key, keys)
    key, value = key[known], value[known]
    order = np.argsort(-value, kind="stable")  # of several, the last one written stays
    values[np.searchsorted(keys, key[order])] = value[order]
    return values


def asked_of(*periods: Period) -> QuerySet[Any, Any]:
    """The keys of the commitments that figures of these periods ask about, and perhaps some more: due in one of them,
    now or before it was moved, or for a concern that was raised or due in it.

    Several questions put together: asked as alternatives of one, PostgreSQL goes through the long lists of the others
    once for each row.
    """

    def within(*days: str) -> Q:
        return Q(*(period.holds(day) for period in periods for day in days), _connector=Q.OR)

    concerns = Concern.objects.filter(within("raised_on", "due_on")).order_by().values("pk")
    moved = Revision.objects.filter(within("due_before")).order_by().values("commitment")
    rows = Commitment.objects.order_by()
    due, *others = (
        found.values("pk")
        for found in (
            rows.filter(within("due_on")),
            rows.filter(pk__in=moved),
            rows.filter(concern__in=concerns),
            rows.filter(concern__joined_to__in=concerns),
        )
    )
    return due.union(*others)


def late(population: Population) -> QuerySet[Commitment]:
    """Those that are overdue today: past their day, not withdrawn, and not done in full by their last evidence."""
    last = _evidence(population).filter(commitment=OuterRef("pk")).order_by("-date", "-pk").values("shows")
    rows = population.commitments().filter(due_on__lt=population.today)
    rows = rows.exclude(population.known("cancelled_on", "community"))
    return rows.annotate(last_shown=Coalesce(Subquery(last[:1]), 0)).exclude(last_shown=Shown.FULL)


def _beside(rows: Rows, among: QuerySet[Any, Any] | None) -> Rows:
    return rows if among is None else rows.filter(commitment__in=among)


def _commitments(population: Population, among: QuerySet[Any, Any] | None) -> np.ndarray:
    living = Coalesce("concern__joined_to_id", "concern_id", 0)
    rows = population.commitments()
    columns = (
        (rows if among is None else rows.filter(pk__in=among))
        .order_by("pk")
        .values_list(
            "pk",
            "community_id",
            Coalesce("community__area_id", 0),
            living,
            "due_on",
            "cancelled_on",
            "community__publish_delay_days",
        )
    )
    keys = "pk i8", "community i8", "area i8", "concern i8"
    return as_table(columns, *keys, "due M8[D]", "cancelled M8[D]", "delay i8")


def _latest(evidence: QuerySet[Evidence]) -> np.ndarray:
    newest = Window(RowNumber(), partition_by="commitment", order_by=[F("date").desc(), F("pk").desc()])
    found = evidence.annotate(place=newest).filter(place=1)
    return as_table(found.order_by().values_list("commitment_id", "shows"), "key i8", "shows i8")


def _first_full(evidence: QuerySet[Evidence]) -> np.ndarray:
    """The day on which each commitment that was done in full was first seen to be."""
    rows = evidence.filter(shows=Shown.FULL).order_by()
    return as_table(rows.values_list("commitment_id").annotate(Min("date")), "key i8", "day M8[D]")


def _evidence(population: Population) -> QuerySet[Evidence]:
    rows = Evidence.objects.filter(population.known("date", "commitment__community"), disputed=False)
    return population.beside_commitments(rows)


def _first_due(revisions: QuerySet[Revision], keys: np.ndarray, due: np.ndarray) -> np.ndarray:
    """The day first promised: the one before the first revision, where there is any."""
    first = Window(RowNumber(), partition_by="commitment", order_by=[F("at").asc(), F("pk").asc()])
    columns = (
        revisions.annotate(place=first).filter(place=1).order_by().values_list("commitment_id", "due_before")
    )
    moved = as_table(columns, "key i8", "day M8[D]")
    days = beside(keys, moved["key"], moved["day"].astype(int), NO_DAY)
    return np.where(days == NO_DAY, due, days.astype("M8[D]"))


def _last_verdicts(population: Population, among: QuerySet[Any, Any] | None) -> np.ndarray:
    """All groups' answers at the last reviewed meeting that asked."""
    last = Window(
        Rank(),
        partition_by="commitment",
        order_by=[F("engagement__date").desc(), F("engagement_id").desc()],
    )
    known = population.known("engagement__date", "commitment__community")
    rows = population.beside_commitments(Verdict.objects.filter(known, engagement__state="reviewed"))
    found = _beside(rows, among).annotate(place=last).filter(place=1).order_by()
    columns = found.values_list("commitment_id", "answer", "engagement__date")
    return as_table(columns, "key i8", "answer i8", "day M8[D]")


# --- Figures -----------------------------------------------------------------------------------------------
def due_in(found: Promises, period: Period) -> np.ndarray:
    """(n,) of bool: fell due in the period."""
    since, until = (np.datetime64(day) for day in (period.since, period.until))
    return found.fell_due & (found.first_due >= since) & (found.first_due < until)


def kept(found: Promises, period: Period) -> Figure:
    """Of the commitments that fell due in the period, how many were kept.

    Kept needs full delivery and, since then, the community's verdict "kept". The day first promised counts: moving
    it takes no miss away. A commitment withdrawn after its day counts as not kept; one withdrawn before its day
    never fell due. What was done and nobody was asked about is not kept yet: it is told apart in `rest`.
    """
    due = due_in(found, period)
    unconfirmed = found.full & ~found.kept & ~found.refused
    parts = {
        Rest.NOT_DONE: found.live & ~found.full,
        Rest.REFUSED: found.refused,
        Rest.WITHDRAWN: ~found.live,
        Rest.UNCONFIRMED: unconfirmed,
    }
    rest = tuple((str(name), int((due & mask).sum())) for name, mask in parts.items())
    return Figure(int((due & found.kept).sum()), int(due.sum()), period.since, period.until, rest=rest)


def told(population: Population, period: Period) -> Figure:
    """Of the duties to tell that fell due in the period, how many reached the people: the loop-closed rate.

    Tellings at meetings that nobody reviewed yet do not count.
    """
    sums = duties_due(population, period).aggregate(
        whole=Count("pk"), part=Count("pk", filter=Q(was_told=True))
    )
    return Figure(sums["part"], sums["whole"], period.since, period.until)


def duties_due(population: Population, period: Period) -> QuerySet[Duty]:
    """The duties to tell that fell due in the period, with `was_told`."""
    reached = population.tellings().about(OuterRef("pk"))
    due = population.duties().fell_due().filter(period.holds("due_on"))
    return due.annotate(was_told=Exists(reached))
