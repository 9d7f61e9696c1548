"""Who must answer: the mandates of the nearest area upwards, and after how many days what is overdue climbs.

Read-only. See docs/inbox.md and docs/the-loop.md, "Escalation".
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from communities.models import Area, Tree

from .models import Mandate, Topic
from .models.concerns import DAYS_TO_HEADQUARTERS, DAYS_TO_SUPERVISOR


def mandates_for(topic: Topic, area: Area | None) -> list[Mandate]:
    """The mandates of the nearest area upwards from `area`: none when no agency answers for the topic there, several
    when agencies overlap."""
    lineage = [row.pk for row in area.upwards()] if area else []
    found = list(
        Mandate.objects.filter(topic=topic, area__in=lineage).select_related("agency").order_by("pk")
    )
    nearest = min((lineage.index(row.area_id) for row in found), default=None)
    return [row for row in found if lineage.index(row.area_id) == nearest]


def mandate_for(topic: Topic, area: Area | None) -> Mandate | None:
    """The first of them, or None."""
    return next(iter(mandates_for(topic, area)), None)


class Days(NamedTuple):
    """After how many days what is overdue climbs."""

    to_supervisor: int = DAYS_TO_SUPERVISOR
    to_headquarters: int = DAYS_TO_HEADQUARTERS

    @property
    def between(self) -> int:
        return self.to_headquarters - self.to_supervisor


class Mandates:
    """All mandates and the tree of areas, read once: which one governs a row is asked without a query."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.days: dict[tuple[int, int], dict[int, Days]] = defaultdict(dict)
        columns = ("topic", "area", "agency", "days_to_supervisor", "days_to_headquarters")
        for topic, area, agency, *days in Mandate.objects.order_by("pk").values_list(*columns):
            self.days[topic, area][agency] = Days(*days)

    @cached_property
    def soonest(self) -> int:
        """No row climbs before it is this many days late."""
        given = [days.to_supervisor for by_agency in self.days.values() for days in by_agency.values()]
        return min([*given, DAYS_TO_SUPERVISOR])

    def governing(self, topic: int | None, agency: int | None, area: int | None) -> Days:
        """That of the nearest area upwards for this agency; else the nearest of any; else the usual days."""
        nearest = None
        for here in self.tree.upwards(area) if topic else ():
            by_agency = self.days.get((topic, here), {}) if topic else {}
            if agency in by_agency:
                return by_agency[agency]
            nearest = nearest or next(iter(by_agency.values()), None)
        return nearest or Days()
