"""Are the coordinates of a file possible? Swapped, out of range, in another country.

A country's outline is its own boundary, or else the areas of its highest level that has boundaries. Coarse
lines cut corners, so that a place up to TOLERANCE_KM outside is let through.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from ..geo import border_distance, outline_pieces
from ..models import Area

TOLERANCE_KM = 5.0


class Outline:
    """One country: which of many points lie in it, or near enough."""

    def __init__(self, boundaries: list):
        self._shapes = [(b.extent, b.prepared) for b in boundaries]
        self._boundaries = boundaries
        self._pieces: tuple[np.ndarray, np.ndarray] | None = None

    def holds(self, places: np.ndarray) -> np.ndarray:
        """Mask (n,) of the places (n, 2) that lie inside, or within the tolerance."""
        inside = np.zeros(len(places), bool)
        for (west, south, east, north), shape in self._shapes:
            lon, lat = places.T
            near = ~inside & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
            for i in np.nonzero(near)[0]:
                inside[i] = shape.covers(Point(*places[i]))
        outside = np.nonzero(~inside)[0]
        if len(outside):
            inside[outside] = border_distance(places[outside], self._lines())[0] <= TOLERANCE_KM
        return inside

    def _lines(self) -> tuple[np.ndarray, np.ndarray]:
        if self._pieces is None:
            pieces = np.vstack([outline_pieces(boundary) for boundary in self._boundaries])
            self._pieces = pieces, np.zeros(len(pieces), int)
        return self._pieces


def outlines(countries: set[str]) -> dict[str, Outline]:
    """The outline of each of these countries that has one."""
    rows = Area.objects.filter(country__in=countries).exclude(boundary=None)
    highest: dict[str, int] = {}
    for country, level in rows.values_list("country", "level"):
        highest[country] = min(level, highest.get(country, level))
    found: dict[str, list] = {}
    for country, level in highest.items():
        found[country] = list(rows.filter(country=country, level=level).values_list("boundary", flat=True))
    return {country: Outline(boundaries) for country, boundaries in found.items()}


def out_of_range(lat: float, lon: float) -> tuple[str, str, str] | None:
    """Why two numbers are no coordinates: (field, expected, suggestion); None when they may be some."""
    if abs(lat) <= 90 and abs(lon) <= 180:
        if lat == lon == 0:
            return "latitude", _("a place: 0, 0 lies in the sea. Leave both empty when it is not known"), ""
        return None
    if abs(lat) <= 180 and abs(lon) <= 90:
        return "latitude", _("a latitude between -90 and 90"), swapped(lat, lon)
    field = "latitude" if abs(lat) > 90 else "longitude"
    return field, _("degrees: a latitude between -90 and 90, a longitude between -180 and 180"), ""


def swapped(lat: float, lon: float) -> str:
    return _("latitude %(lat)s, longitude %(lon)s: the two look swapped") % {"lat": lon, "lon": lat}


def out_of_country(
    places: Sequence[tuple[float, float] | None], countries: Sequence[str | None]
) -> dict[int, tuple[str, str, str]]:
    """Places (longitude, latitude) that do not lie in their row's country: index → (field, expected, suggestion)."""
    by_country: dict[str, list[int]] = {}
    for i, (place, country) in enumerate(zip(places, countries, strict=True)):
        if place and country:
            by_country.setdefault(country, []).append(i)
    wrong: dict[int, tuple[str, str, str]] = {}
    for country, outline in outlines(set(by_country)).items():
        rows = np.array(by_country[country])
        at = np.array([places[i] for i in rows])
        outside = np.nonzero(~outline.holds(at))[0]
        turned = outline.holds(at[outside][:, ::-1]) if len(outside) else ()
        for i, other_way in zip(outside.tolist(), turned, strict=True):
            lon, lat = at[i].tolist()
            hint = swapped(lat, lon) if other_way else ""
            wrong[int(rows[i])] = ("latitude", _("a place in %(country)s") % {"country": country}, hint)
    return wrong
