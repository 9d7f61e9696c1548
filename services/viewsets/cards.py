"""The office's screens for card schemes and drives."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column

from communities import menus
from communities.models import Community
from communities.office import AreaFilter, CodeFilter, DayColumn, Related, ScopedFilterSet, ScopedModelViewSet
from communities.viewsets.words import NAMES, names_panel

from .. import forms, views
from ..models import CardDrive, CardScheme


class CardSchemeViewSet(ScopedModelViewSet):
    model = CardScheme
    icon = "clipboard-list"
    menu_hook = menus.PROJECTS
    menu_order = 200
    row_actions = (views.OpenSchemeView, views.CloseSchemeView)
    base_form_class = forms.SchemeForm
    note = _("A scheme opens only with its agreement recorded.")
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        "state",
        DayColumn("valid_from", label=_("Valid from"), sort_key="valid_from"),
        DayColumn("valid_until", label=_("Valid until"), sort_key="valid_until"),
    ]
    list_filter = ["state"]
    search_fields = ["code", *NAMES]
    list_export = [
        "code",
        *NAMES,
        "state",
        "agreement",
        "parties",
        "scope",
        "legal_basis",
        "valid_from",
        "valid_until",
    ]
    panels = [
        FieldPanel("code"),
        names_panel(),
        MultiFieldPanel(
            [
                FieldPanel("agreement"),
                FieldPanel("parties"),
                FieldPanel("scope"),
                FieldPanel("legal_basis"),
                FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
            ],
            heading=_("Agreement"),
        ),
    ]


class DriveFilters(ScopedFilterSet):
    scheme = CodeFilter(field_name="scheme__code", label=_("Card scheme (code)"))
    community = CodeFilter(method="with_community", label=_("Community (code)"))
    area = AreaFilter()

    class Meta:
        model = CardDrive
        fields: list[str] = []

    def with_community(self, rows, _name, code):
        seen = Community.objects.visible_to(self.request.user).filter(code__iexact=code)
        return rows.filter(communities__in=seen.values("pk")).distinct()


class CardDriveViewSet(ScopedModelViewSet):
    model = CardDrive
    icon = "calendar-check"
    menu_hook = menus.PROJECTS
    menu_order = 210
    row_actions = (views.CountsView,)
    edit_view_class = views.DriveEditView
    inspect_view_class = views.DriveDetailView
    base_form_class = forms.DriveForm
    note = _("Counts by community and step. No names: the registry holds those.")
    list_display = [
        "code",
        Related("scheme", label=_("Card scheme"), sort_key="scheme__code"),
        Related("agency.code", label=_("Agency"), sort_key="agency__code"),
        Related("area", label=_("Area"), sort_key="area__code"),
        Related("days", label=_("Days"), sort_key="starts"),
    ]
    list_select_related = ("scheme", "agency", "area")
    filterset_class = DriveFilters
    search_fields = ["code", "scheme__code", "scheme__name"]
    list_export = ["code", "scheme.code", "agency.code", "area.code", "starts", "ends"]
    export_headings = {"scheme.code": _("card scheme"), "agency.code": _("agency"), "area.code": _("area")}
    panels = [
        FieldPanel("code"),
        FieldPanel("scheme"),
        FieldRowPanel([FieldPanel("agency"), FieldPanel("area")]),
        FieldPanel("communities"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
    ]
    inspect_view_fields = ["code", "scheme", "agency", "area", "starts", "ends"]
