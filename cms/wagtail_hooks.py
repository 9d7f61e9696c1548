"""What the public door adds to the office: the editors' screens, their menu entry and buttons."""

from django.db import transaction
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button

from communities.changes import COMMUNITIES_CHANGED
from communities.sight import is_editor

from . import countrywide, home, office_urls
from .models import OutcomePage


@hooks.register(COMMUNITIES_CHANGED)
def forget_the_figures():
    """Now, and once more when the change is there for others to read."""
    countrywide.forget()
    transaction.on_commit(countrywide.forget)


@hooks.register("register_admin_urls")
def office_screens():
    return [path("outcomes/", include(office_urls))]


class ReadyMenuItem(MenuItem):
    def is_shown(self, request):
        return is_editor(request.user)


@hooks.register("register_admin_menu_item")
def ready_to_publish():
    return ReadyMenuItem(
        _("Ready to publish"), reverse("cms:ready"), name="ready-to-publish", icon_name="doc-full", order=110
    )


@hooks.register("construct_homepage_panels")
def what_waits(request, panels):
    panels.extend(home.panels(request.user))


@hooks.register("register_page_header_buttons")
def withdraw_button(page, user, view_name, next_url=None):
    if isinstance(page, OutcomePage) and page.permissions_for_user(user).can_unpublish():
        yield Button(
            _("Withdraw now"),
            reverse("cms:withdraw_outcome", args=[page.pk]),
            icon_name="cross",
            priority=5,
        )


@hooks.register("register_log_actions")
def outcome_actions(actions):
    actions.register_action("cms.withdraw", _("Withdraw"), _("Withdrawn from the public site"))
