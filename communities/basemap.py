"""The base layer of every map, from our own data: land, district lines, borders. No outside tile server.

One GeoJSON document, simplified and cut to three decimals (about 100 m), kept in the cache and addressed by
its own hash, so that browsers may keep a version for good.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page

from .models import Area, BorderSection

KEY = "basemap"
SECONDS = 600  # a changed boundary shows after this long at the latest; `forget` shows it at once
TOLERANCE = 0.004  # degrees, about 400 m: below what a national map can show
DECIMALS = 3


def url() -> str:
    """The address of the current version, which browsers may keep."""
    version = cache.get(f"{KEY}.version") or _stored()[0]
    return f"{reverse('basemap')}?v={version}"


def forget() -> None:
    """Called by whoever changed a boundary or a border line, such as an import."""
    cache.delete_many([KEY, f"{KEY}.version"])


@gzip_page
def serve(request: HttpRequest) -> HttpResponse:
    """GET /map/base.json: anyone may read it. Under its current version it never changes."""
    version, body = _stored()
    response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = f'"{version}"'
    asked = request.GET.get("v") == version
    response["Cache-Control"] = "public, max-age=31536000, immutable" if asked else "public, max-age=600"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _stored() -> tuple[str, str]:
    stored = cache.get(KEY)
    if stored is None:
        body = json.dumps(collection(), ensure_ascii=False, separators=(",", ":"))
        stored = hashlib.sha256(body.encode()).hexdigest()[:12], body
        cache.set(KEY, stored, SECONDS)
        cache.set(f"{KEY}.version", stored[0], SECONDS)
    return stored


def collection() -> dict[str, Any]:
    """A GeoJSON FeatureCollection; each feature's `kind` is land, neighbour, district or border."""
    areas = Area.objects.public().exclude(boundary=None)
    lands = list(areas.filter(level=0).only("code", "country", "level", "boundary"))
    features = _neighbours({land.country for land in lands})
    features += [_feature("land", land.boundary) for land in lands]
    features += [_feature("district", area.boundary, code=area.code) for area in areas.filter(level=2)]
    features += [
        _border(row, row.line) for row in BorderSection.objects.public().exclude(line=None) if row.line
    ]
    return {"type": "FeatureCollection", "features": features}


def _border(section: BorderSection, line: GEOSGeometry) -> dict[str, Any]:
    wording = {
        code: text
        for code, text in (("en", section.wording), ("fr", section.wording_fr), ("ar", section.wording_ar))
        if text
    }
    return _feature("border", line, status=section.status, water=section.kind, wording=wording)


def _neighbours(known: set[str]) -> list[dict[str, Any]]:
    """Land around the countries of the tracker, from the file the operator names; empty without one."""
    path = settings.BASEMAP_NEIGHBOURS
    if not path or not known:
        return []
    rows = json.loads(Path(path).read_text(encoding="utf-8"))["features"]
    others = [row for row in rows if row["properties"]["iso2"] not in known]
    return [_feature("neighbour", GEOSGeometry(json.dumps(row["geometry"])), coarse=4) for row in others]


def _feature(kind: str, shape: GEOSGeometry, coarse: int = 1, **properties: Any) -> dict[str, Any]:
    simple: Any = shape.simplify(TOLERANCE * coarse, preserve_topology=True)
    geometry = {"type": simple.geom_type, "coordinates": _cut(simple.coords)}
    return {"type": "Feature", "properties": {"kind": kind, **properties}, "geometry": geometry}


def _cut(coordinates: Any) -> Any:
    """The same nested coordinates, two numbers each, with three decimals."""
    if isinstance(coordinates[0], int | float):
        return [round(number, DECIMALS) for number in coordinates[:2]]
    return [_cut(part) for part in coordinates]


def outline(shape: GEOSGeometry) -> dict[str, Any]:
    """A boundary as the base layer draws it, for a district that a page points out."""
    return _feature("district", shape)["geometry"]
