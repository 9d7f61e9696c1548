"""Rows with the areas around them, without the outlines: those are megabytes, and only a map needs them."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet)


def with_areas(rows: Rows, path: str = "") -> Rows:
    """`rows` with the area at `path` ("area__") and the two above it. With an empty path `rows` are areas."""
    outlines = [f"{path}{above}boundary" for above in ("", "parent__", "parent__parent__")]
    return rows.select_related(f"{path}parent__parent").defer(*outlines)


def in_place(rows: Rows, path: str = "") -> Rows:
    """`rows` with the areas and the border section of the community at `path` ("community__")."""
    placed = with_areas(rows, f"{path}area__")
    return placed.select_related(f"{path}section").defer(f"{path}section__line")
