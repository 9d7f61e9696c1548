"""What the ground floor tells the floors above it, without knowing them."""

from wagtail import hooks

COMMUNITIES_CHANGED = "communities_changed"


def communities_changed() -> None:
    """Communities, their places, people or presences changed. Called inside the transaction of the change.

    A higher floor registers a function without arguments under COMMUNITIES_CHANGED.
    """
    for told in hooks.get_hooks(COMMUNITIES_CHANGED):
        told()
