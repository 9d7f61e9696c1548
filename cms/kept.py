"""Live pages whose words name a place that is not public by name: it was when they were published.

Every page is read once and the result kept, without the names, until a community changes or a page is published.
"""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, prefetch_related_objects
from wagtail.models import Page

from .screening import holds, kept_places

KEY = "pages-naming-kept-places"


def pages() -> list[int]:
    """The primary keys of these pages."""
    state = Page.objects.live().aggregate(last=Max("last_published_at"), many=Count("pk"))
    key = f"{KEY}.{cache.get(f'{KEY}.version', '')}.{state['many']}.{state['last']}".replace(" ", "_")
    found = cache.get(key)
    if found is None:
        found = _worked_out()
        cache.set(key, found, settings.PUBLIC_FIGURES_SECONDS)
    return found


def forget() -> None:
    cache.set(f"{KEY}.version", uuid4().hex, None)


def _worked_out() -> list[int]:
    rows = list(Page.objects.live().filter(depth__gt=1).specific())
    prefetch_related_objects([page for page in rows if hasattr(page, "photos")], "photos")
    texts = {page.pk: "\n".join(page.public_texts().values()) for page in rows}
    names = kept_places("\n".join(texts.values()))
    return [pk for pk, text in texts.items() if any(holds(text, name) for name in names)]
