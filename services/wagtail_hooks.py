from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from communities import menus
from communities.changes import COMMUNITIES_CHANGED
from communities.models import Community
from communities.sight import may, reads_internal, scope_app
from services import gap_views, home, viewsets
from services.gaps import mark_all_changed
from services.models import CardDrive, CardScheme, Delivery, Milestone, Observation, Project, ServicePoint

scope_app("services")
hooks.register(COMMUNITIES_CHANGED, mark_all_changed)


@hooks.register("register_admin_viewset")
def service_screens():
    return [
        viewsets.PointChooser("point_chooser"),
        viewsets.ProjectChooser("project_chooser"),
        viewsets.ServicePointViewSet(),
        viewsets.ObservationViewSet(),
        viewsets.DeliveryViewSet(),
        viewsets.ProjectViewSet(),
        viewsets.MilestoneViewSet(),
        viewsets.CardSchemeViewSet(),
        viewsets.CardDriveViewSet(),
        viewsets.ServiceTypeViewSet(),
        viewsets.SectorViewSet(),
    ]


@hooks.register("register_admin_menu_item")
def services_menu():
    return menus.submenu(_("Services"), hook=menus.SERVICES, icon="thumbtack", order=300)


@hooks.register("register_admin_menu_item")
def projects_menu():
    return menus.submenu(_("Projects and cards"), hook=menus.PROJECTS, icon="folder-open-inverse", order=400)


@hooks.register("register_admin_urls")
def gap_map_urls():
    return gap_views.urlpatterns


@hooks.register("register_admin_menu_item")
def gap_map_menu_item():
    return gap_views.menu_item()


@hooks.register("register_log_actions")
def service_log_actions(actions):
    actions.register_action("services.observe", _("Observe"), _("Recorded what was seen"))
    actions.register_action("services.retire", _("Take out"), _("Taken out of the register"))
    actions.register_action("services.deliver", _("Deliver"), _("Recorded a delivery"))
    actions.register_action("services.open_scheme", _("Open the scheme"), _("Opened the scheme"))
    actions.register_action("services.close_scheme", _("Close"), _("Closed the scheme"))
    actions.register_action("services.count", _("Count"), _("Recorded a count"))


@hooks.register("office_row_buttons")
def from_a_row(row, user):
    """From a row to what hangs on it on this floor, each for whom it may show anything."""
    match row:
        case ServicePoint() if may(user, "change", row):
            url = f"{reverse('observation:add')}?point={row.code}"
            yield Button(_("Record an observation"), url=url, icon_name="plus")
        case Community():
            here = {"user": user, "community": row.code}
            yield from menus.list_button(Delivery, _("Deliveries"), icon="date", **here)
            yield from menus.list_button(CardDrive, _("Card drives"), icon="calendar-check", **here)
        case CardScheme():
            yield from menus.list_button(
                CardDrive, _("Drives"), icon="calendar-check", user=user, scheme=row.code
            )
        case Project():
            yield from menus.list_button(
                Milestone, _("Milestones"), icon="circle-check", user=user, project=row.code
            )
        case Observation() if row.photo and reads_internal(user):
            yield Button(_("Photo"), url=reverse("observation:photo", args=[row.pk]), icon_name="image")


@hooks.register("construct_homepage_panels")
def what_waits(request, panels):
    panels.extend(home.panels(request.user))
