"""Rows as numpy arrays, and points thinned to a grid of counts, for what looks at every community at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from django.db.models import Field, Func

BOX = tuple[float, float, float, float]  # west, south, east, north in degrees


class Longitude(Func):
    """A point's longitude, as a number: no geometry is built."""

    function = "ST_X"
    output_field = Field()  # the database gives a float: a FloatField would convert each once more


class Latitude(Func):
    """A point's latitude, as a number."""

    function = "ST_Y"
    output_field = Field()


def as_table(rows: Iterable, *names_and_types: str) -> np.ndarray:
    """A values_list as one array with named columns: "pk i8", "country U2" … NULL becomes NaN in a float column."""
    return np.fromiter(rows, np.dtype([tuple(column.split()) for column in names_and_types]))


def asked_box(text: str) -> BOX | None:
    """ "west,south,east,north" in degrees as numbers, None for an empty text. Raises ValueError."""
    if not text:
        return None
    west, south, east, north = (float(part) for part in text.split(","))
    return west, south, east, north


def inside(xy: np.ndarray, box: BOX | None) -> np.ndarray:
    """Which of the points (n, 2) lie in a box: (n,) of bool. Without a box, all."""
    if box is None:
        return np.ones(len(xy), bool)
    west, south, east, north = box
    x, y = xy.T
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def bounds(xy: np.ndarray) -> list[float] | None:
    """West, south, east, north of the points (n, 2); None where there are none."""
    return [*xy.min(axis=0).round(4).tolist(), *xy.max(axis=0).round(4).tolist()] if len(xy) else None


def cells(xy: np.ndarray, state: np.ndarray, *, states: int, across: int) -> list[list]:
    """A square grid of `across` cells on its longer side: [x, y, count of state 0, of state 1, …] for each
    cell that holds any of the points (n, 2) with their states (n,); x and y are the middle of its points."""
    low = xy.min(axis=0)
    size = max((xy.max(axis=0) - low).max() / across, 1e-6)
    cell, member = np.unique(((xy - low) // size).astype(int), axis=0, return_inverse=True)
    member = member.ravel()
    counts = np.zeros((len(cell), states), int)
    np.add.at(counts, (member, state), 1)
    every = counts.sum(axis=1)
    middle = np.column_stack([np.bincount(member, weights=xy[:, i]) / every for i in (0, 1)]).round(4)
    return [[*at, *count] for at, count in zip(middle.tolist(), counts.tolist(), strict=True)]
