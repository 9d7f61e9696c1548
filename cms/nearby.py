"""What reaches a community, as its public page may tell it: services, deliveries, card drives.

A community shown by its district alone gets the services of the district: distances would give it away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.contrib.gis.geos import Point, Polygon
from django.db.models import Q
from django.utils.translation import gettext as _

from communities.geo import geodesic_km
from communities.models import Area, Community
from communities.privacy import SMALLEST_PUBLIC_COUNT, people, publishable_parts
from communities.sight import today
from services import points
from services.cards import STANDS_ON
from services.models import CardCount, CardDrive, Delivery, ServicePoint, Step

from .screening import holds, named_places
from .timeline import last_public_day

REACH_DEGREES = 0.7  # about 75 km: farther than any standard for a nearest service
MOST_POINTS = 30
MOST_DELIVERIES = 20


@dataclass(frozen=True)
class Nearby:
    """A service point, its distance in km (None where only the district is told), what its latest observation
    says today, and its public name.

    The name is empty where it would give away a community that is not public by name.
    """

    point: ServicePoint
    km: float | None
    standing: points.Standing
    name: str

    @property
    def is_too_far(self) -> bool:
        """Whether it is farther than the standard of its type. No standard, or no distance told: no."""
        farthest = self.point.type.max_km
        return self.km is not None and farthest is not None and self.km > farthest


def services(community: Community) -> list[Nearby]:
    """The nearest point of each service type, or the points of the district."""
    if community.shows_place and community.location:
        found = _nearest(community, community.location)
    else:
        found = _in_district(community)
    kept = Community.objects.exclude(public_place=Community.PublicPlace.EXACT)
    kept = kept.filter(country__in={point.country for point, _km in found})
    places = named_places("\n".join(point.label for point, _km in found), kept)
    return [
        Nearby(point, km, points.standing(point, on=today()), _public_name(point, places))
        for point, km in found
    ]


def _public_name(point: ServicePoint, kept: set[str]) -> str:
    return "" if any(holds(point.label, place) for place in kept) else point.label


def _in_district(community: Community) -> list[tuple[ServicePoint, float | None]]:
    if not community.area:
        return []
    area = community.area.district
    rows = ServicePoint.objects.public().filter(area__in=Area.objects.within([area.pk]))
    rows = rows.with_latest().select_related("type").order_by("type__position", "type__code", "code")
    return [(point, None) for point in rows[:MOST_POINTS]]


def _nearest(community: Community, place: Point) -> list[tuple[ServicePoint, float | None]]:
    x, y = place.coords[:2]
    box = Polygon.from_bbox((x - REACH_DEGREES, y - REACH_DEGREES, x + REACH_DEGREES, y + REACH_DEGREES))
    box.srid = 4326
    usable = Q(country=community.country) | Q(serves_across_border=True)
    rows = ServicePoint.objects.public().filter(usable, location__within=box)
    found = [
        (pk, type_id, *point.coords[:2])
        for pk, type_id, point in rows.values_list("pk", "type_id", "location")
    ]
    if not found:
        return []
    lon, lat = np.array([row[2:] for row in found], dtype=float).T
    km = geodesic_km(np.full(len(lon), x), np.full(len(lat), y), lon, lat)
    best: dict[int, tuple[float, int]] = {}
    for (pk, type_id, *_place), far in zip(found, km.tolist(), strict=True):
        best[type_id] = min(best.get(type_id, (far, pk)), (far, pk))
    km_of = {pk: far for far, pk in best.values()}
    nearest = ServicePoint.objects.public().filter(pk__in=km_of).with_latest().select_related("type")
    return [(point, km_of[point.pk]) for point in nearest.order_by("type__position", "type__code")]


@dataclass(frozen=True)
class Reached:
    """A delivery with its counts as the public may read them."""

    delivery: Delivery
    people: str
    women: str


def deliveries(community: Community) -> list[Reached]:
    rows = Delivery.objects.public().filter(community=community, date__lte=last_public_day(community))
    rows = rows.select_related("type", "agency")
    return [_reached(row) for row in rows[:MOST_DELIVERIES]]


def _reached(row: Delivery) -> Reached:
    total, women = row.people_reached, row.women_reached
    if women is None or total is None:
        return Reached(row, people(total), people(women) if women is not None else "")
    shown, _rest = publishable_parts([women, total - women], total)
    return Reached(row, people(total), people(shown) if shown is not None else _("left out (small number)"))


@dataclass
class DriveCounts:
    """A card drive in one community: each step with its count in words and its day."""

    drive: CardDrive
    steps: list[tuple[str, str, date]] = field(default_factory=list)


def card_drives(community: Community) -> list[DriveCounts]:
    rows = CardCount.objects.public().filter(community=community, date__lte=last_public_day(community))
    rows = rows.select_related("drive__scheme", "drive__agency").order_by("-drive__starts", "drive__code")
    drives: dict[int, list[CardCount]] = {}
    for row in rows:
        drives.setdefault(row.drive_id, []).append(row)
    order = list(Step.values)
    return [
        DriveCounts(counts[0].drive, public_steps(sorted(counts, key=lambda row: order.index(row.step))))
        for counts in drives.values()
    ]


def public_steps(counts: list[CardCount]) -> list[tuple[str, str, date]]:
    """Label, count in words and day of each step. A count is left out where what is published would tell by
    subtraction of 1 to 4 people: between two steps, or between one and several that share it out."""
    shown: dict[str, int] = {}
    steps = []
    for row in counts:
        small = 0 < row.count < SMALLEST_PUBLIC_COUNT
        told = not small and not _tells_few(shown | {row.step: row.count})
        shown |= {row.step: row.count} if told else {}
        words = people(row.count) if told or small else _("left out (small number)")
        steps.append((row.get_step_display(), words, row.date))
    return steps


def _tells_few(shown: dict[str, int]) -> bool:
    """Whether 1 to 4 people are left of a step when steps that stand on it, none on another, are taken away."""
    left = (count - part for step, count in shown.items() for part in _sums_above(step, shown))
    return any(0 < abs(rest) < SMALLEST_PUBLIC_COUNT for rest in left)


def _sums_above(step: str, shown: dict[str, int]) -> set[int]:
    sums = {0}
    for above in (above for above, below in STANDS_ON.items() if below == step):
        ways = _sums_above(above, shown) | ({shown[above]} if above in shown else set())
        sums = {one + way for one in sums for way in ways}
    return sums
