"""The honest figures of the public pages: each with its denominator, its period and its day.

Nothing here is stored. Rules: docs/privacy.md, "Figures"; the page "How we count" says them to the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils import timezone

from communities.models import Area, Community
from engagements.figures import Figure
from engagements.models import Commitment
from engagements.models.commitments import Answer, Shown

from .places import with_areas
from .standing import answered

__all__ = ["KEPT", "OPEN", "Figure", "Legend", "Standings", "by_community", "districts", "on_points"]
KEPT = Q(withdrawn=False, delivery=Shown.FULL, verdict=Answer.KEPT, verdict_on__gte=F("done_on"))
OPEN = Q(withdrawn=False) & ~Q(delivery=Shown.FULL)


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


def by_community(communities) -> dict[int, Standings]:
    """How the promises to each of these communities stand, by primary key; one query."""
    today = timezone.localdate()
    not_kept = Q(verdict=Answer.NOT_KEPT) | Q(due_on__lt=today)
    rows = (
        answered(Commitment.objects.public().filter(community__in=communities))
        .order_by()
        .values("community")
        .annotate(
            n=Count("pk", filter=Q(withdrawn=False)),
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


def districts() -> list[tuple[Area, int]]:
    """The districts of the communities that are public by district alone, with how many are in each."""
    rest = Community.objects.public().exclude(on_points()).filter(area__isnull=False)
    counts = dict(rest.order_by().values_list("area").annotate(n=Count("pk")))
    totals: dict[Area, int] = {}
    for area in with_areas(Area.objects.public().filter(pk__in=counts)):
        shown = area.district
        totals[shown] = totals.get(shown, 0) + counts[area.pk]
    return sorted(totals.items(), key=lambda pair: pair[0].label)
