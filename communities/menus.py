"""The office's menu: its groups, filled by name from every floor."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.widgets.button import Button

from .sight import ScopedPolicy

COMMUNITIES = "register_communities_menu_item"
SERVICES = "register_services_menu_item"
PROJECTS = "register_projects_menu_item"
REFERENCE = "register_reference_menu_item"
PEOPLE = "register_people_menu_item"


def submenu(label: Any, *, hook: str, icon: str, order: int) -> SubmenuMenuItem:
    """A group of the menu. It shows what its user may list, and nothing when that is nothing."""
    return SubmenuMenuItem(
        label,
        Menu(register_hook_name=hook),
        name=hook.removeprefix("register_").removesuffix("_menu_item"),
        icon_name=icon,
        order=order,
    )


def list_button(
    model: type[Model], label: Any, *, icon: str, user: Any, url_name: str = "", **query: str
) -> Iterator[Button]:
    """A button to the filtered list of `model`, for whom that list may show anything at all."""
    if ScopedPolicy(model).user_has_permission(user, "view"):
        url = f"{reverse(url_name or f'{model._meta.model_name}:index')}?{urlencode(query)}"
        yield Button(label, url=url, icon_name=icon)
