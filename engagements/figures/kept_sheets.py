"""Sheets kept for settings.PUBLIC_FIGURES_SECONDS, each for whom it was worked out: a national one takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache

from .periods import Period
from .population import Population
from .sheet import Sheet, sheet_of

Found = TypeVar("Found")
VERSION = "figures.version"


def sheet_for(population: Population, period: Period) -> Sheet:
    return kept_for("figures", sheet_of, population, period)


def kept_for(
    name: str, work: Callable[[Population, Period], Found], population: Population, period: Period
) -> Found:
    """What `work` found last for the same reader, area and period: at most those seconds ago."""
    who = population.user.pk if population.user else "public"
    where = population.area.pk if population.area else ""
    key = f"{name}.{cache.get(VERSION, '')}.{who}.{where}.{period.since}.{period.until}.{period.step}"
    found: Found | None = cache.get(key)
    if found is None:
        found = work(population, period)
        cache.set(key, found, settings.PUBLIC_FIGURES_SECONDS)
    return found


def forget() -> None:
    """A community became less public, or moved: no number that knew it stays."""
    cache.set(VERSION, uuid4().hex, None)
