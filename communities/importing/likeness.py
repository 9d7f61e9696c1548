"""Is a new row here already, under another code? One of the same name close by: a warning, never a refusal.

Rows are compared as points of one k-d tree whose fourth axis is the name, so that only the like-named are near.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from ..arrays import Latitude, Longitude, as_table
from ..geo import earth_centred
from .countries import plain
from .trying import AT_ONCE, Plan

NEAR_METRES = 500.0
APART = 10 * NEAR_METRES  # between two names on the fourth axis
NAMES = ("name", "name_fr", "name_ar")


@dataclass(frozen=True)
class Twin:
    """The stored row that a new one may be."""

    code: str
    name: str
    metres: int


def twins(made: Plan) -> dict[int, Twin]:
    """Row number of each new row that may be here already → the nearest such row, of those the person may see.

    They share a name in some language, accents and capitals aside, and whatever the resource's `alike_by` says.
    """
    new = [planned for planned in made.new if planned.values.get("location")]
    if made.resource.alike_by is None or not new:
        return {}
    at = np.array([planned.values["location"] for planned in new], float)
    stored, stored_at = _close_to(at, made)
    if not stored:
        return {}
    words: dict[tuple, int] = {}
    row, points = _spread([planned.values for planned in new], at, made.resource.alike_by, words)
    other, there = _spread(stored, stored_at, made.resource.alike_by, words)
    if not len(points) or not len(there):
        return {}
    metres, index = cKDTree(there).query(points, distance_upper_bound=NEAR_METRES)
    found: dict[int, Twin] = {}
    for i in np.argsort(metres)[: np.isfinite(metres).sum()]:  # the nearest first
        twin = stored[other[index[i]]]
        found.setdefault(new[row[i]].number, Twin(twin["code"], twin["name"], round(metres[i])))
    return found


def _close_to(at: np.ndarray, made: Plan) -> tuple[list[dict[str, Any]], np.ndarray]:
    """The stored rows near any of these places (n, 2), with what they are compared by, and their own places."""
    rows = made.resource.model._default_manager.exclude(location=None).order_by("pk")
    rows = rows.visible_to(made.by) if made.by else rows
    places = rows.values_list("pk", Longitude("location"), Latitude("location"))
    table = as_table(places, "pk i8", "x f8", "y f8")
    metres, _index = cKDTree(earth_centred(*at.T)).query(
        earth_centred(table["x"], table["y"]), distance_upper_bound=NEAR_METRES
    )
    near = table[np.isfinite(metres)]
    found: list[dict[str, Any]] = []
    for start in range(0, len(near), AT_ONCE):
        part = rows.filter(pk__in=near["pk"][start : start + AT_ONCE].tolist())
        found += part.values("code", *NAMES, *(made.resource.alike_by or ()))
    return found, np.column_stack((near["x"], near["y"]))


def _spread(
    rows: list[dict[str, Any]], at: np.ndarray, alike_by: tuple[str, ...], words: dict[tuple, int]
) -> tuple[np.ndarray, np.ndarray]:
    """One point (m, 4) for each name of each row, and the index (m,) of its row; `words` numbers the names."""
    index, names = [], []
    for i, row in enumerate(rows):
        besides = [getattr(row.get(field), "pk", row.get(field)) for field in alike_by]
        for word in {plain(row.get(name) or "") for name in NAMES} - {""}:
            index.append(i)
            names.append(words.setdefault((word, *besides), len(words)))
    at = at[np.array(index, int)]
    return np.array(index, int), np.column_stack((earth_centred(*at.T), np.array(names) * APART))
