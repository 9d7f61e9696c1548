"""How many reports are taken in an hour: for the whole site and for each district, counted without any address.

One address may stand for a whole village, so that nothing is limited by it. What comes above these numbers is no
village but a machine: people are then shown the numbers they can call. A photo weighs a thousand times what a
sentence does, so that photos have a limit of their own, above which reports are taken without them.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communities import hourly

SITE_PER_HOUR = 2000
DISTRICT_PER_HOUR = 300
PHOTOS_PER_HOUR = 1000  # on the whole site


class Full(ValidationError):
    """More came in within this hour than people would send."""


@transaction.atomic
def make_room(*, district: int | None, photos: int) -> None:
    """Counts a report with so many photos. Raises Full, or ValidationError for the field "photos", and counts nothing,
    where this hour's are too many already."""
    place = f"district-{district}" if district else "elsewhere"
    if photos and not hourly.count("reports.photos", many=photos, most=PHOTOS_PER_HOUR):
        raise ValidationError(
            {"photos": _("Too many photos came in lately. Send your report without them, or in an hour.")}
        )
    for of, most in (("site", SITE_PER_HOUR), (place, DISTRICT_PER_HOUR)):
        if not hourly.count(f"reports.{of}", most=most):
            raise Full(_("Too many reports came in lately. Try again in an hour, or call."))
