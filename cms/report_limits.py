"""How many reports are taken in an hour: for the whole site and for each district, counted without any address.

One address may stand for a whole village, so that nothing is limited by it. What comes above these numbers is no
village but a machine: people are then shown the numbers they can call. A photo weighs a thousand times what a
sentence does, so that photos have a limit of their own, above which reports are taken without them.
"""

from __future__ import annotations

import time

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SITE_PER_HOUR = 2000
DISTRICT_PER_HOUR = 300
PHOTOS_PER_HOUR = 1000  # on the whole site
HOUR = 3600  # seconds


class Full(ValidationError):
    """More came in within this hour than people would send."""


def _counter(of: str) -> str:
    return f"reports.{of}.{int(time.time()) // HOUR}"


def _limits(district: int | None, photos: int) -> list[tuple[str, int, int]]:
    """What is counted, by how many, up to how many an hour."""
    place = f"district-{district}" if district else "elsewhere"
    return [("site", 1, SITE_PER_HOUR), (place, 1, DISTRICT_PER_HOUR), ("photos", photos, PHOTOS_PER_HOUR)]


def require_room(*, district: int | None, photos: int) -> None:
    """Raises Full, or ValidationError for the field "photos", where this hour's reports are too many already."""
    for of, more, most in _limits(district, photos):
        if not more or cache.get(_counter(of), 0) + more <= most:
            continue
        if of == "photos":
            raise ValidationError(
                {"photos": _("Too many photos came in lately. Send your report without them, or in an hour.")}
            )
        raise Full(_("Too many reports came in lately. Try again in an hour, or call."))


def count(*, district: int | None, photos: int) -> None:
    for of, more, _most in _limits(district, photos):
        if more:
            cache.set(_counter(of), cache.get(_counter(of), 0) + more, HOUR)
