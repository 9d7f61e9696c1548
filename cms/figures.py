"""The honest figures of the public pages: each with its denominator, its period and its day.

Nothing here is stored. Rules: docs/privacy.md, "Figures"; the page "How we count" says them to the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from communities.models import Area, Community
from engagements.models import Commitment, Duty, Telling
from engagements.models.commitments import Answer, Shown

from .screening import withhold
from .standing import answered

PERIOD_DAYS = 365
KEPT = Q(cancelled_on__isnull=True, delivery=Shown.FULL, verdict=Answer.KEPT)
OPEN = Q(cancelled_on__isnull=True) & ~Q(delivery=Shown.FULL)


@dataclass(frozen=True)
class Figure:
    """`part` of `whole`, between two days. Without a whole there is no share: nothing has fallen due yet."""

    part: int
    whole: int
    since: date
    until: date

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all of them."""
        return self.part * 100 // self.whole if self.whole else None

    @property
    def missed(self) -> int:
        return self.whole - self.part


@dataclass(frozen=True)
class Standings:
    """How a community's promises stand: `owed` and `kept` of `promised`."""

    promised: int = 0
    kept: int = 0
    owed: int = 0

    @property
    def state(self) -> str:
        if self.owed:
            return "overdue"
        if not self.promised:
            return "unknown"
        return "kept" if self.kept == self.promised else "open"


def period() -> tuple[date, date]:
    today = timezone.localdate()
    return today - timedelta(days=PERIOD_DAYS), today


def kept() -> Figure:
    """Of the public commitments that fell due in the last twelve months, how many were kept.

    Kept needs full delivery and the community's verdict "kept". A commitment withdrawn after its day counts
    as not kept; one withdrawn before its day never fell due.
    """
    since, until = period()
    due = answered(Commitment.objects.public().filter(due_on__gte=since, due_on__lt=until))
    due = due.exclude(cancelled_on__lte=F("due_on"))
    sums = due.aggregate(whole=Count("pk"), part=Count("pk", filter=KEPT))
    return Figure(sums["part"], sums["whole"], since, until)


def told() -> Figure:
    """Of the duties to tell that fell due in the last twelve months, how many reached the people: the
    loop-closed rate. Tellings at meetings that nobody reviewed yet do not count."""
    since, until = period()
    reviewed = Q(engagement__isnull=True) | Q(engagement__state="reviewed")
    reached = Telling.objects.filter(reviewed, duty=OuterRef("pk"), reached=True)
    due = Duty.objects.public().fell_due().filter(due_on__gte=since)
    sums = due.annotate(was_told=Exists(reached)).aggregate(
        whole=Count("pk"), part=Count("pk", filter=Q(was_told=True))
    )
    return Figure(sums["part"], sums["whole"], since, until)


def owed(limit: int = 5) -> list[Commitment]:
    """The public commitments that are longest overdue."""
    rows = answered(Commitment.objects.public()).overdue().order_by("due_on", "pk")
    found = list(rows.select_related("agency", "community__area__parent__parent")[:limit])
    for row in found:
        withhold(row, ["public_text"], row.community)
    return found


def by_community(communities) -> dict[int, Standings]:
    """How the promises to each of these communities stand, by primary key; one query."""
    today = timezone.localdate()
    not_kept = Q(verdict=Answer.NOT_KEPT) | Q(due_on__lt=today)
    rows = (
        answered(Commitment.objects.public().filter(community__in=communities))
        .order_by()
        .values("community")
        .annotate(
            n=Count("pk", filter=Q(cancelled_on__isnull=True)),
            n_kept=Count("pk", filter=KEPT),
            n_owed=Count("pk", filter=OPEN & not_kept),
        )
    )
    return {row["community"]: Standings(row["n"], row["n_kept"], row["n_owed"]) for row in rows}


@dataclass(frozen=True)
class Legend:
    """Every public community, once: by state where it has a place on the map, else by how it is shown."""

    states: dict[str, int]
    in_districts: int
    without_place: int

    @property
    def total(self) -> int:
        return sum(self.states.values()) + self.in_districts + self.without_place


def on_points() -> Q:
    """Communities whose point may be drawn. A nomadic group's never is."""
    return Q(public_place="exact", location__isnull=False) & ~Q(kind="nomadic")


def legend() -> Legend:
    """What the map shows, counted, without reading the rows one by one."""
    public = Community.objects.public()
    points = public.filter(on_points())
    counts = by_community(points.values("pk"))
    states = {"overdue": 0, "open": 0, "kept": 0, "unknown": points.count()}
    for count in counts.values():
        states[count.state] += 1
        states["unknown"] -= 1
    rest = public.exclude(pk__in=points.values("pk"))
    placed = rest.filter(area__isnull=False).count()
    return Legend(states, placed, rest.count() - placed)


def districts() -> list[tuple[Area, int]]:
    """The districts of the communities that are public by district alone, with how many are in each."""
    rest = Community.objects.public().filter(~on_points(), area__isnull=False)
    counts = dict(rest.order_by().values_list("area").annotate(n=Count("pk")))
    totals: dict[Area, int] = {}
    for area in Area.objects.public().filter(pk__in=counts).select_related("parent__parent"):
        shown = area.district
        totals[shown] = totals.get(shown, 0) + counts[area.pk]
    return sorted(totals.items(), key=lambda pair: pair[0].label)
