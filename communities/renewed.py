"""What takes seconds to work out and many readers ask for: kept, and renewed by the worker while readers still get
the last one. All of it is forgotten at once when a community's public place changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

GRACE = 20
VERSION = "renewed.version"


class Dated(Protocol):
    @property
    def at(self) -> datetime: ...


Found = TypeVar("Found", bound=Dated)


def now(name: str, work_out: Callable[[], Found], renew: Callable[[], object]) -> Found:
    """As it was worked out last: at most GRACE times settings.PUBLIC_FIGURES_SECONDS ago, mostly once.

    `renew` has the worker call `again` with the same name.
    """
    found = cache.get(_key(name))
    fresh = timedelta(seconds=settings.PUBLIC_FIGURES_SECONDS)
    age = timezone.now() - found.at if found else fresh * GRACE
    if age >= fresh * GRACE:
        return again(name, work_out)
    if age >= fresh and cache.add(f"{name}.renewing", True, settings.PUBLIC_FIGURES_SECONDS):
        renew()
    return found


def again(name: str, work_out: Callable[[], Found]) -> Found:
    key = _key(name)  # asked first: what is forgotten meanwhile stays forgotten
    found = work_out()
    cache.set(key, found, settings.PUBLIC_FIGURES_SECONDS * GRACE)
    return found


def forget() -> None:
    cache.set(VERSION, uuid4().hex, None)


def _key(name: str) -> str:
    return f"{name}.{cache.get(VERSION, '')}"
