"""The numbers that reach a district, whose they are, and how often people are passed on before somebody listens.

Figures are of the reports and tips that their reader may see; sealed ones are in none of them. Nobody asked is unknown,
not zero. All is read for one page of districts at a time, with the same number of queries for one as for many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from communities.models import Area
from communities.models.reference import DISTRICT

from .models import Handover, Hotline, Report


@dataclass
class Passing:
    """Of `taken` reports somebody `spoken` with brought these; `asked` of them were asked how often they had been passed
    on: `times` in all."""

    taken: int = 0
    spoken: int = 0
    asked: int = 0
    times: int = 0

    def count(self, taken: int, spoken: int, asked: int, times: int | None) -> None:
        self.taken, self.spoken = self.taken + taken, self.spoken + spoken
        self.asked, self.times = self.asked + asked, self.times + (times or 0)

    @property
    def mean(self) -> float | None:
        """None where nobody was asked."""
        return self.times / self.asked if self.asked else None

    @property
    def not_asked(self) -> int:
        return self.spoken - self.asked


@dataclass
class Reach:
    """One district: the lines that reach it or a part of it, and how calls from it went."""

    area: Area
    lines: list[Hotline] = field(default_factory=list)
    passing: Passing = field(default_factory=Passing)

    @property
    def overlaps(self) -> list[list[Hotline]]:
        """Lines of several agencies for one purpose."""
        purposes: dict[str, list[Hotline]] = defaultdict(list)
        for line in self.lines:
            purposes[line.purpose.strip().casefold()].append(line)
        return [
            lines
            for purpose, lines in sorted(purposes.items())
            if purpose and len({line.agency_id for line in lines}) > 1
        ]


def districts(user: Any, *, query: str = "") -> QuerySet[Area]:
    """The districts, by code; those found by code or name where something is looked for."""
    rows = Area.objects.visible_to(user).filter(level=DISTRICT).defer("boundary").order_by("code")
    return rows.named(query) if query else rows


def reach(areas: Iterable[Area], user: Any) -> list[Reach]:
    """How these districts are reached, in their order."""
    found = {area.pk: Reach(area) for area in areas}
    parts = _parts(found)
    _lines(found, parts)
    _passing(found, parts, user)
    return list(found.values())


def _parts(found: dict[int, Reach]) -> dict[int, int]:
    """Every area in these districts → its district."""
    above = dict(Area.objects.within(found).values_list("pk", "parent_id"))
    parts = {}
    for pk in above:
        area: int | None = pk
        while area is not None and area not in found:
            area = above.get(area)
        if area is not None:
            parts[pk] = area
    return parts


def _lines(found: dict[int, Reach], parts: dict[int, int]) -> None:
    """A line of an area reaches what lies in it; a line of a part of a district reaches that part."""
    for_area = defaultdict(set)
    for part, district in parts.items():
        for_area[part].add(district)
    for row in found.values():
        for above in row.area.upwards():
            for_area[above.pk].add(row.area.pk)
    through = Hotline.areas.through.objects.filter(area__in=list(for_area), hotline__working=True)
    reached: dict[int, set[int]] = defaultdict(set)
    for number, area in through.values_list("hotline_id", "area_id"):
        reached[number] |= for_area[area]
    for line in Hotline.objects.filter(pk__in=list(reached)).select_related("agency"):
        for pk in reached[line.pk]:
            found[pk].lines.append(line)


ASKED = {"asked": Count("transfers"), "times": Sum("transfers")}
SPOKEN = ~Q(concern__channel__in=["web", "sms"])  # whoever writes to us alone is passed on by nobody
OF_REPORTS = {"taken": Count("pk"), "spoken": Count("pk", filter=SPOKEN), **ASKED}
OF_TIPS = {"taken": Count("pk"), "spoken": Count("pk"), **ASKED}


def _passing(found: dict[int, Reach], parts: dict[int, int], user: Any) -> None:
    reports = Report.objects.visible_to(user)
    for path in ("concern__community__area", "concern__area"):
        _count(reports, path, OF_REPORTS, found, parts)
    _count(Handover.objects.visible_to(user), "area", OF_TIPS, found, parts)


def _count(
    rows: QuerySet, path: str, counted: dict[str, Any], found: dict[int, Reach], parts: dict[int, int]
) -> None:
    here = rows.filter(**{f"{path}__in": list(parts)}).order_by().values_list(path)
    for area, *numbers in here.annotate(**counted).values_list(path, *counted):
        found[parts[area]].passing.count(*numbers)


def through(lines: Iterable[Hotline], user: Any) -> dict[int, Passing]:
    """What came in by each of these lines, of what `user` may see."""
    rows = Report.objects.visible_to(user).filter(hotline__in=list(lines)).order_by().values_list("hotline")
    found: dict[int, Passing] = defaultdict(Passing)
    for line, *numbers in rows.annotate(**OF_REPORTS).values_list("hotline", *OF_REPORTS):
        found[line].count(*numbers)
    return found
