"""Where a report lies: a community that has a public page, a district or a region, by references that are public.

Only communities that are public by name are found by searching or listed: what is shown by its district alone, or
hidden, is told by no answer. A community's own page may name it by its reference, which is on that page already.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from communities.models import Area, Community

from .places import in_place, with_areas

MOST_FOUND = 20
PER_PAGE = 40
REGION, DISTRICT = 1, 2  # levels of the areas that a report may name


@dataclass(frozen=True)
class Place:
    """A community or an area: one of the two."""

    reference: str
    label: str
    community: Community | None = None
    area: Area | None = None

    @property
    def lies_in(self) -> Area | None:
        return self.community.area if self.community else self.area

    @property
    def known_in(self) -> Area | None:
        """The area whose numbers and days may be told of it: no smaller than anybody may know it by."""
        by_name = self.community and self.community.public_place == Community.PublicPlace.EXACT
        return self.lies_in if by_name or self.area else self.district

    @property
    def district(self) -> Area | None:
        return self.lies_in.district if self.lies_in else None


def find(reference: str) -> Place | None:
    """The place with this reference; None for a hidden, closed or unknown one, and nothing tells which."""
    community = in_place(Community.objects.public()).filter(public_reference=reference).first()
    if community:
        return Place(reference, community.public_label, community=community)
    area = _areas().filter(code=reference, level__in=(REGION, DISTRICT)).first()
    return Place(reference, area.label, area=area) if area else None


def search(words: str) -> list[Place]:
    """Regions, districts and communities that are public by name, whose name holds these words; the first few."""
    named = Q(name__icontains=words) | Q(name_fr__icontains=words) | Q(name_ar__icontains=words)
    areas = _areas().filter(named, level__in=(REGION, DISTRICT)).order_by("level", "code")[:MOST_FOUND]
    rows = named_communities().filter(named)[:MOST_FOUND]
    found = [Place(row.code, row.label, area=row) for row in areas]
    return found + [Place(row.public_reference, row.label, community=row) for row in rows]


def named_communities() -> QuerySet[Community]:
    rows = Community.objects.public().filter(public_place=Community.PublicPlace.EXACT)
    return in_place(rows).order_by("name", "public_reference")


def within(district: Area) -> QuerySet[Community]:
    """The communities of a district that are public by name."""
    return named_communities().filter(area__in=Area.objects.within([district.pk]))


def browsed(code: str) -> Area | None:
    """The country, region or district that a reader went down to."""
    return _areas().filter(code=code, level__lte=DISTRICT).first() if code else None


def below(area: Area | None) -> list[Area]:
    """The regions or districts inside `area`, or the countries in which there are any."""
    inside = Q(parent=area) if area else Q(level=0) & Exists(Area.objects.filter(parent=OuterRef("pk")))
    rows = _areas().filter(inside, level__lte=DISTRICT)
    return sorted(rows, key=lambda row: row.label)


def regions() -> list[tuple[str, str]]:
    """Reference and name of every region, under its country: for somebody whose place is not found any more."""
    rows = _areas().filter(level=REGION)
    named = [(f"{row.parent.label}: {row.label}" if row.parent else row.label, row.code) for row in rows]
    return [(code, label) for label, code in sorted(named)]


def _areas() -> QuerySet[Area]:
    return with_areas(Area.objects.public())
