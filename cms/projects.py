"""Development projects as the public may read them: by district, without the name of a place that is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from communities.models import Area, Community
from services.models import Milestone, Project

from .places import with_areas
from .screening import withhold_kept

TEXTS = ["name", "name_fr", "name_ar", "summary", "summary_fr", "summary_ar"]
MILESTONE_TEXTS = ["name", "name_fr", "name_ar", "evidence"]


@dataclass(frozen=True)
class PublicProject:
    """A project whose texts name no place that is kept, and the districts (or wider) it is in."""

    row: Project
    districts: list[Area]


def published(rows: QuerySet[Project]) -> list[PublicProject]:
    areas = Prefetch("areas", with_areas(Area.objects.public()))
    found = list(rows.select_related("funder", "implementer", "sector").prefetch_related(areas))
    withhold_kept(found, TEXTS)
    return [PublicProject(row, _districts(row.areas.all())) for row in found]


def _districts(areas: Iterable[Area]) -> list[Area]:
    return sorted({area.district for area in areas}, key=lambda area: area.label)


def milestones(project: Project) -> list[Milestone]:
    rows = list(Milestone.objects.public().filter(project=project).order_by("due_on", "pk"))
    withhold_kept(rows, MILESTONE_TEXTS)
    return rows


def around(community: Community) -> QuerySet[Project]:
    """The projects that its page may list: where only its district is public, those of the whole district or a
    wider area. That one works in the community itself would tell more than the district."""
    rows = Project.objects.public()
    if community.shows_place:
        return rows.filter(communities=community)
    if not community.area:
        return rows.none()
    return rows.filter(areas__in=_with_wider(community.area.district)).distinct()


def _with_wider(area: Area) -> list[Area]:
    return [area, *(_with_wider(area.parent) if area.parent else [])]
