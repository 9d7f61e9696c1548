"""Things one after another, as each language writes it: Arabic has a comma of its own."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def comma() -> str:
    """What stands between two things in a list, with its space."""
    return pgettext("between two things in a list, with its space", ", ")


def listed(things: Iterable[object]) -> str:
    return comma().join(str(thing) for thing in things)
