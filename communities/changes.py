"""How rows change: one at a time, and what the ground floor tells the floors above it, without knowing them."""

from django.db.models import Model
from wagtail import hooks

COMMUNITIES_CHANGED = "communities_changed"
PUBLIC_PLACES_CHANGED = "public_places_changed"


def communities_changed(*, in_public: bool = True) -> None:
    """Communities, their places, people or presences changed; `in_public`, perhaps what the public may know of one.
    Called inside the transaction of the change.

    A higher floor registers a function without arguments under COMMUNITIES_CHANGED, or under PUBLIC_PLACES_CHANGED
    what forgets what it keeps of the public's.
    """
    names = [COMMUNITIES_CHANGED, PUBLIC_PLACES_CHANGED] if in_public else [COMMUNITIES_CHANGED]
    for name in names:
        for told in hooks.get_hooks(name):
            told()


def hold(row: Model) -> None:
    """Reads `row` anew and keeps it from others until the transaction ends: what it was may have changed."""
    row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update())
