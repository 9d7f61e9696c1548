"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_bidi


def site(request: HttpRequest) -> dict:
    """Site name, reading direction and the address of outside tiles (empty: none)."""
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "text_direction": "rtl" if get_language_bidi() else "ltr",
        "outside_tiles": settings.OUTSIDE_TILES,
    }
