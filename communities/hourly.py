"""Limits by the hour, for what anybody may send: counted in one statement, so that a hundred requests at once count
as a hundred. Names stand for places, lines and beginnings of codes, never for an address or a person."""

from __future__ import annotations

import time

from django.db.models import Case, F, Q, When

from .models import HourCount

HOUR = 3600  # seconds


def _now() -> int:
    return int(time.time()) // HOUR


def count(name: str, *, most: int, many: int = 1) -> bool:
    """Counts `many` more of `name` in this hour. False, and not counted, where that would be more than `most`."""
    hour = _now()
    if many > most:
        return False
    HourCount.objects.bulk_create([HourCount(name=name, hour=hour)], ignore_conflicts=True)
    has_room = HourCount.objects.filter(~Q(hour=hour) | Q(many__lte=most - many), name=name)
    counted = Case(When(hour=hour, then=F("many") + many), default=many)
    return has_room.update(many=counted, hour=hour) == 1


def take_back(name: str) -> None:
    """One that was counted in this hour is not to count after all: nothing is left that says when it came."""
    rows = HourCount.objects.filter(name=name, hour=_now())
    if not rows.filter(many__lte=1).delete()[0]:
        rows.update(many=F("many") - 1)


def forget() -> int:
    """What earlier hours counted: nothing asks for it any more. Returns how many counts that were."""
    return HourCount.objects.filter(hour__lt=_now()).delete()[0]
