"""Where things lie: the area around a place, the border section near it, how far the border is.

Computed from places, boundaries and border lines, so computed again whenever one of these changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django_tasks import task

from . import basemap
from .changes import communities_changed
from .geo import AreaFinder, border_distance, border_pieces
from .models import Community

NEAR_KM = 100.0  # a community farther from every border line than this belongs to no section
AT_ONCE = 500
LATER_ABOVE = 2000  # communities; more are placed anew in the background


def find_areas(rows: Sequence[Any]) -> set[str]:
    """Gives each row that has a location and no area the deepest area around it, unsaved.

    Returns the names of the fields it set.
    """
    lost = [row for row in rows if row.area_id is None and row.location is not None]
    if not lost:
        return set()
    for row, area in zip(lost, AreaFinder().at_many(_coordinates(lost)), strict=True):
        row.area = area
    return {"area"}


def find_border(rows: Sequence[Community]) -> set[str]:
    """Gives each community its distance to the border, and the nearest section within NEAR_KM where it
    has none, unsaved. Without a place the distance is not known. Returns the names of the fields it set."""
    for row in rows:
        row.border_km = None
    placed = [row for row in rows if row.location is not None]
    if placed:
        km, sections = border_distance(_coordinates(placed), border_pieces())
        for row, distance, section in zip(placed, km.tolist(), sections.tolist(), strict=True):
            row.border_km = None if np.isnan(distance) else round(distance, 3)
            if row.section_id is None and section != -1 and distance <= NEAR_KM:
                row.section_id = section
    return {"border_km", "section"}


def place_communities(ids: Iterable[int] | None = None) -> int:
    """Works out area, section and distance to the border of these communities (None: all); how many.

    A stated area or section is kept: only what is missing is filled in.
    """
    rows = Community.objects.all() if ids is None else Community.objects.filter(pk__in=list(ids))
    found = list(rows.only("location", "area_id", "section_id", "border_km"))
    fields = find_areas(found) | find_border(found)
    Community.objects.bulk_update(found, sorted(fields), batch_size=AT_ONCE)
    return len(found)


def boundaries_redrawn() -> None:
    """New boundaries may hold communities that had no area. Called inside the transaction of the change."""
    lost = Community.objects.filter(area=None).exclude(location=None).values_list("pk", flat=True)
    place_communities(lost)
    _redrawn()


def lines_redrawn() -> None:
    """Another line is another distance, for every community. Called inside the transaction of the change."""
    if Community.objects.count() > LATER_ABOVE:
        transaction.on_commit(place_all.enqueue)
        transaction.on_commit(basemap.forget)
    else:
        place_communities()
        _redrawn()


@task()
@transaction.atomic
def place_all() -> None:
    place_communities()
    communities_changed()


def _redrawn() -> None:
    communities_changed()
    transaction.on_commit(basemap.forget)


def _coordinates(rows: Sequence[Any]) -> np.ndarray:
    return np.array([(row.location.x, row.location.y) for row in rows])
