"""The office's screens for reference data: service types with their standards, sectors."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column

from communities import menus
from communities.office import Related, ScopedModelViewSet
from communities.viewsets.words import NAMES, names_panel

from .. import views
from ..models import Sector, ServiceType


class ServiceTypeViewSet(ScopedModelViewSet):
    model = ServiceType
    icon = "list-ul"
    menu_hook = menus.REFERENCE
    menu_order = 200
    add_view_class = views.TypeCreateView
    edit_view_class = views.TypeEditView
    note = _("The standards that the gap map measures against. Each names its source.")
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        Related("max_km", label=_("Farthest, km"), sort_key="max_km"),
        Related("max_people", label=_("Most people per point")),
        Related("max_visit_gap_days", label=_("Longest gap, days")),
        Related("fresh_days", label=_("Fresh for, days")),
        Related("standard_source", label=_("Source")),
    ]
    search_fields = ["code", *NAMES]
    list_export = [
        "code",
        *NAMES,
        "max_km",
        "max_people",
        "max_visit_gap_days",
        "fresh_days",
        "standard_source",
        "position",
    ]
    panels = [
        FieldPanel("code"),
        names_panel(),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("max_km"), FieldPanel("max_people")]),
                FieldRowPanel([FieldPanel("max_visit_gap_days"), FieldPanel("fresh_days")]),
                FieldPanel("standard_source"),
            ],
            heading=_("Standard"),
        ),
        FieldPanel("position"),
    ]


class SectorViewSet(ScopedModelViewSet):
    model = Sector
    icon = "tag"
    menu_hook = menus.REFERENCE
    menu_order = 210
    note = _("Purpose codes of the OECD Development Assistance Committee.")
    list_display = ["code", *NAMES]
    search_fields = ["code", *NAMES]
    list_export = ["code", *NAMES]
    panels = [FieldPanel("code"), names_panel()]
