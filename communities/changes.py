"""How rows change: one at a time, and what the ground floor tells the floors above it, without knowing them."""

from django.db.models import Model
from wagtail import hooks

COMMUNITIES_CHANGED = "communities_changed"


def communities_changed() -> None:
    """Communities, their places, people or presences changed. Called inside the transaction of the change.

    A higher floor registers a function without arguments under COMMUNITIES_CHANGED.
    """
    for told in hooks.get_hooks(COMMUNITIES_CHANGED):
        told()


def hold(row: Model) -> None:
    """Reads `row` anew and keeps it from others until the transaction ends: what it was may have changed."""
    row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update())
