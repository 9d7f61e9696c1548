"""What follows from a community's place: its area, its border section, its distance to the border."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from django.db import transaction

from . import geo
from .models import Community

NEAR_KM = 100.0  # a section farther away than this is not "its" section
BATCH = 1000


@transaction.atomic
def place_communities(ids: Iterable[int]) -> None:
    """Works out area and section where they are empty, and the distance to the border, for these communities.

    Without a place there is no distance: None, never zero.
    """
    wanted = list(ids)
    finder, border = geo.AreaFinder(), geo.border_pieces()
    for start in range(0, len(wanted), BATCH):
        _place(list(Community.objects.filter(pk__in=wanted[start : start + BATCH])), finder, border)


def _place(communities: list[Community], finder: geo.AreaFinder, border) -> None:
    placed = [c for c in communities if c.location]
    for community in communities:
        community.border_km = None
    points = np.array([c.location.coords[:2] for c in placed]).reshape(-1, 2)
    km, sections = geo.border_distance(points, border)
    for community, distance, section in zip(placed, km, sections, strict=True):
        if community.area_id is None:
            community.area = finder.at(community.location)
        if section >= 0:
            community.border_km = round(float(distance), 3)
            if community.section_id is None and distance <= NEAR_KM:
                community.section_id = int(section)
    Community.objects.bulk_update(communities, ["area", "section", "border_km"])
