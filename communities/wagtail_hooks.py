from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from communities import import_views, menus, viewsets
from communities.models import Community, Contact, ContactOpening, Presence, Tie
from communities.sight import is_administrator, is_editor, scope_app

scope_app("communities")


@hooks.register("register_admin_viewset")
def office_screens():
    return [
        viewsets.AgencyChooser("agency_chooser"),
        viewsets.AreaChooser("area_chooser"),
        viewsets.CommunityChooser("community_chooser"),
        viewsets.CommunityViewSet(),
        viewsets.PresenceViewSet(),
        viewsets.TieViewSet(),
        viewsets.ContactViewSet(),
        viewsets.ContactOpeningViewSet(),
        viewsets.AgencyViewSet(),
        viewsets.AreaViewSet(),
        viewsets.BorderSectionViewSet(),
        viewsets.CrossingPointViewSet(),
        viewsets.LanguageViewSet(),
        viewsets.PostingViewSet(),
    ]


@hooks.register("register_admin_menu_item")
def communities_menu():
    return menus.submenu(_("Communities"), hook=menus.COMMUNITIES, icon="home", order=200)


@hooks.register("register_admin_menu_item")
def reference_menu():
    return menus.submenu(_("Reference data"), hook=menus.REFERENCE, icon="table", order=800)


@hooks.register("register_admin_menu_item")
def people_menu():
    return menus.submenu(_("People"), hook=menus.PEOPLE, icon="user", order=900)


@hooks.register("register_admin_urls")
def import_urls():
    return import_views.urlpatterns


class HistoryMenuItem(MenuItem):
    def is_shown(self, request):
        return is_administrator(request.user)


@hooks.register(menus.PEOPLE)
def history_menu_item():
    """Who changed what administrators manage; nothing of meetings, concerns or contacts."""
    url = reverse("wagtailadmin_reports:site_history")
    return HistoryMenuItem(_("Site history"), url, name="site-history", icon_name="history", order=900)


class ImportsMenuItem(MenuItem):
    def is_shown(self, request):
        return import_views.may_import(request.user)


@hooks.register("register_admin_menu_item")
def imports_menu():
    return ImportsMenuItem(
        _("Imports"), reverse("imports:index"), name="imports", icon_name="upload", order=850
    )


@hooks.register("insert_global_admin_css")
def office_identity():
    return format_html('<link rel="stylesheet" href="{}">', static("communities/office.css"))


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("communities.invite", _("Invite"), _("An invitation was sent"))
    actions.register_action("communities.forget_file", _("Forget"), _("The uploaded file was deleted"))


@hooks.register("office_row_buttons")
def from_a_community(row, user):
    """From a community to what hangs on it: each list is filtered, and offered to whom it may show anything."""
    if not isinstance(row, Community):
        return
    here = {"user": user, "community": row.code}
    yield from menus.list_button(Presence, _("Presence"), icon="calendar-alt", **here)
    yield from menus.list_button(Tie, _("Ties"), icon="link", **here)
    yield from menus.list_button(Contact, _("Contacts"), icon="group", **here)
    yield from menus.list_button(ContactOpening, _("Openings"), icon="lock-open", **here)


@hooks.register("construct_main_menu")
def only_what_is_of_use(request, items):
    """Wagtail's guides speak of another product; its reports are for those who publish."""
    hidden = set() if is_editor(request.user) else {"reports"}
    items[:] = [item for item in items if item.name not in hidden | {"help"}]
