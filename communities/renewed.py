"""What takes seconds to work out and many readers ask for: kept, and renewed by the worker while readers still get
the last one. All of it is forgotten at once when what the public may know of a community changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

GRACE = 20  # times settings.PUBLIC_FIGURES_SECONDS: as old as anything may be shown that is soon worked out
LONGEST = 24 * 60  # times the same: as old as what takes longer than SOON may be shown, with its moment
SOON = 2.0  # seconds
AT_MOST = 120  # seconds that one reader waits for what another works out
PAUSE = 0.1  # seconds
VERSION = "renewed.version"


class Dated(Protocol):
    @property
    def at(self) -> datetime: ...


Found = TypeVar("Found", bound=Dated)


@dataclass(frozen=True)
class Kept(Generic[Found]):
    found: Found
    took: float  # seconds

    @property
    def may_be_shown(self) -> bool:
        return self.took > SOON or self._is_within(GRACE)

    @property
    def is_fresh(self) -> bool:
        return self._is_within(1)

    def _is_within(self, times: int) -> bool:
        return timezone.now() - self.found.at < times * timedelta(seconds=settings.PUBLIC_FIGURES_SECONDS)


def now(name: str, work_out: Callable[[], Found], renew: Callable[[], object]) -> Found:
    """As it was worked out last, or worked out now where nothing is kept that may be shown.

    `renew` has the worker call `again` with the same name.
    """
    kept: Kept[Found] | None = cache.get(_key(name))
    if kept is None or not kept.may_be_shown:
        return _by_one(name, work_out, kept)
    if not kept.is_fresh and cache.add(f"{name}.renewing", True, settings.PUBLIC_FIGURES_SECONDS):
        renew()
    return kept.found


def again(name: str, work_out: Callable[[], Found]) -> Found:
    key = _key(name)  # asked first: what is forgotten meanwhile stays forgotten
    began = time.monotonic()
    kept = Kept(work_out(), time.monotonic() - began)
    cache.set(key, kept, settings.PUBLIC_FIGURES_SECONDS * LONGEST)
    return kept.found


def _by_one(name: str, work_out: Callable[[], Found], before: Kept[Found] | None) -> Found:
    """One reader works it out and the others wait for that: ten at once would each take ten times as long."""
    key = _key(name)
    for _turn in range(int(AT_MOST / PAUSE)):
        if cache.add(f"{key}.begun", True, AT_MOST):
            try:
                return again(name, work_out)
            finally:
                cache.delete(f"{key}.begun")
        time.sleep(PAUSE)
        kept: Kept[Found] | None = cache.get(key)
        if kept is not None and (before is None or kept.found.at > before.found.at):
            return kept.found
    return again(name, work_out)


def forget() -> None:
    cache.set(VERSION, uuid4().hex, None)


def _key(name: str) -> str:
    return f"kept.{name}.{cache.get(VERSION, '')}"
