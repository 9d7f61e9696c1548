"""Where a community lies, for the public: its areas in words, and what the small map beside a story draws.

Rows come without the outlines: those are megabytes, and only a map needs them.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import QuerySet

from communities import basemap
from communities.models import Community

Rows = TypeVar("Rows", bound=QuerySet)


def with_areas(rows: Rows, path: str = "") -> Rows:
    """`rows` with the area at `path` ("area__") and the two above it. With an empty path `rows` are areas."""
    outlines = [f"{path}{above}boundary" for above in ("", "parent__", "parent__parent__")]
    return rows.select_related(f"{path}parent__parent").defer(*outlines)


def in_place(rows: Rows, path: str = "") -> Rows:
    """`rows` with the areas and the border section of the community at `path` ("community__")."""
    placed = with_areas(rows, f"{path}area__")
    return placed.select_related(f"{path}section").defer(f"{path}section__line")


def on_map(community: Community) -> dict[str, Any] | None:
    """What the small map draws: the point of a community that shows it, else its district's outline. Of a
    community that is not public, nothing."""
    if community.public_place == Community.PublicPlace.HIDDEN:
        return None
    if community.shows_place and community.location:
        spot = community.location
        return {"point": [round(spot.y, 4), round(spot.x, 4)], "label": community.label}
    district = community.area.district if community.area else None
    if district and (boundary := district.boundary):
        return {"outline": basemap.outline(boundary), "label": district.label}
    return None
