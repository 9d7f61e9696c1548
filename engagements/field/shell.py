"""What the phone keeps of the app itself: its page, its scripts and styles, its words, the base map. No data."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse

from communities import basemap

MODULES = sorted(
    f"field/{path.relative_to(folder).as_posix()}"
    for folder in [Path(__file__).parent.parent / "static" / "field"]
    for path in folder.rglob("*")
    if path.suffix in (".js", ".css", ".svg", ".png")
)
BORROWED = ["leaflet/leaflet.js", "leaflet/leaflet.css", "communities/basemap.js"]


def addresses() -> list[str]:
    """Everything that must be on the phone before the app works without signal."""
    languages = [reverse("field:words", args=[code]) for code, _name in settings.LANGUAGES]
    return [
        reverse("field:shell"),
        reverse("field:manifest"),
        *languages,
        *(static(name) for name in (*MODULES, *BORROWED)),
        basemap.url(),
    ]


def version(page: str, words: list[str]) -> str:
    """Changes when anything of the app changes: the worker then fetches all of it anew, beside the old."""
    said = hashlib.sha256("\n".join([page, *words, *addresses(), _contents()]).encode())
    return said.hexdigest()[:12]


@lru_cache
def _contents() -> str:
    """The hash of our static files as they are: where their addresses do not carry one, they must not be missed."""
    said = hashlib.sha256()
    for name in (*MODULES, *BORROWED):
        found = finders.find(name)
        assert isinstance(found, str), f"{name} is missing"
        said.update(Path(found).read_bytes())
    return said.hexdigest()
