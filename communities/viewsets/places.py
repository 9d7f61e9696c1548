"""The office's screens for communities: the register, presence, ties."""

import django_filters
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, NumberColumn

from .. import forms, menus, views
from ..models import Community, Presence, Tie
from ..office import (
    AreaFilter,
    CodeFilter,
    Related,
    ScopedChooserViewSet,
    ScopedFilterSet,
    ScopedModelViewSet,
)
from .words import NAMES


class CommunityChooser(ScopedChooserViewSet):
    model = Community
    icon = "home"
    choose_view_class = views.ChooseCommunityView
    choose_results_view_class = views.ChooseCommunityResultsView
    choose_one_text = _("Choose a community")
    choose_another_text = _("Choose another community")


class DistanceColumn(Column):
    """Kilometres, one decimal."""

    def get_value(self, instance):
        km = getattr(instance, self.accessor)
        return "–" if km is None else _("%(km)s km") % {"km": number_format(round(km, 1), use_l10n=True)}


class CommunityFilters(ScopedFilterSet):
    area = AreaFilter()
    without_place = django_filters.BooleanFilter(
        field_name="location", lookup_expr="isnull", label=_("Without a place on the map")
    )
    border_km = django_filters.NumberFilter(
        field_name="border_km", lookup_expr="lte", label=_("At most this far from the border, km")
    )

    class Meta:
        model = Community
        fields = ["kind", "country", "section", "public_place", "at_risk", "status", "languages"]


class CommunityViewSet(ScopedModelViewSet):
    model = Community
    icon = "home"
    menu_hook = menus.COMMUNITIES
    menu_order = 100
    map_field = "location"
    add_view_class = views.CommunityCreateView
    edit_view_class = views.CommunityEditView
    inspect_view_class = views.CommunityPage
    base_form_class = forms.CommunityForm
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        Related("area", label=_("Area"), sort_key="area__code"),
        "kind",
        Related("population", label=_("Population"), sort_key="population"),
        DistanceColumn("border_km", label=_("To the border"), sort_key="border_km"),
        "public_place",
        "status",
    ]
    list_select_related = ("area",)
    filterset_class = CommunityFilters
    search_fields = ["code", *NAMES]
    list_export = [
        "code",
        *NAMES,
        "kind",
        "country",
        "area.code",
        "section.code",
        "location.y",
        "location.x",
        "border_km",
        "population",
        "population_source",
        "population_date",
        "rhythm_days",
        "public_place",
        "at_risk",
        "status",
    ]
    export_headings = {
        "area.code": _("area"),
        "section.code": _("border section"),
        "location.y": _("latitude"),
        "location.x": _("longitude"),
    }
    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("code"), FieldPanel("kind")]),
                FieldPanel("name"),
                FieldRowPanel([FieldPanel("name_fr"), FieldPanel("name_ar")]),
            ],
            heading=_("Name"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("location"),
                FieldPanel("country"),
                FieldRowPanel([FieldPanel("area"), FieldPanel("section")]),
            ],
            heading=_("Place"),
        ),
        MultiFieldPanel(
            [
                HelpPanel(_("Leave the figure empty when nobody knows it. It needs its source.")),
                FieldPanel("population"),
                FieldRowPanel([FieldPanel("population_source"), FieldPanel("population_date")]),
                FieldPanel("languages"),
                FieldPanel("rhythm_days"),
            ],
            heading=_("People"),
        ),
        MultiFieldPanel(
            [FieldPanel("public_place"), FieldPanel("publish_delay_days"), FieldPanel("at_risk")],
            heading=_("What the public sees"),
        ),
        MultiFieldPanel(
            [FieldPanel("status"), FieldPanel("merged_into"), FieldPanel("notes")],
            heading=_("Status and notes"),
        ),
    ]
    inspect_view_fields = [
        "code",
        *NAMES,
        "kind",
        "country",
        "area",
        "section",
        "location",
        "border_km",
        "population",
        "population_source",
        "population_date",
        "languages",
        "rhythm_days",
        "public_place",
        "publish_delay_days",
        "at_risk",
        "status",
        "merged_into",
        "notes",
    ]


class PresenceFilters(ScopedFilterSet):
    community = CodeFilter(field_name="community__code", label=_("Community (code)"))
    month = django_filters.NumberFilter(method="present_in", label=_("Present in month (1–12)"))

    class Meta:
        model = Presence
        fields = ["kind", "confidence"]

    def present_in(self, rows, _name, month):
        return rows.in_month(int(month))


class PresenceViewSet(ScopedModelViewSet):
    model = Presence
    icon = "calendar-alt"
    add_view_class = views.PresenceCreateView
    edit_view_class = views.PresenceEditView
    menu_hook = menus.COMMUNITIES
    menu_order = 110
    map_field = "location"
    note = _("Where a community is in which months, as people say. No herd and no person is tracked.")
    list_display = [
        Related("community.code", label=_("Community"), sort_key="community__code"),
        "kind",
        NumberColumn("first_month", label=_("From month"), sort_key="first_month"),
        NumberColumn("last_month", label=_("To month"), sort_key="last_month"),
        Related("area", label=_("Area"), sort_key="area__code"),
        "confidence",
        "source",
    ]
    list_select_related = ("community", "area")
    filterset_class = PresenceFilters
    search_fields = ["community__code", "source"]
    list_export = ["community.code", "kind", "first_month", "last_month", "area.code", "source", "confidence"]
    export_headings = {"community.code": _("community"), "area.code": _("area")}
    panels = [
        FieldPanel("community"),
        FieldRowPanel([FieldPanel("first_month"), FieldPanel("last_month")]),
        FieldPanel("kind", help_text=_("Then give the point, the area or the route.")),
        FieldPanel("location"),
        FieldPanel("area"),
        FieldPanel("route"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("confidence")]),
    ]


class TieFilters(ScopedFilterSet):
    community = CodeFilter(field_name="community__code", label=_("Community (code)"))

    class Meta:
        model = Tie
        fields = ["kind"]


class TieViewSet(ScopedModelViewSet):
    model = Tie
    icon = "link"
    menu_hook = menus.COMMUNITIES
    menu_order = 120
    index_view_class = views.TieListView
    inspect_view_class = views.TieDetailView
    base_form_class = forms.TieForm
    ordering = ("community__code", "pk")
    list_display = [
        Related("community.code", label=_("Community"), sort_key="community__code"),
        "kind",
        Related("other_code", label=_("Other community")),
        Related("other_name", label=_("Other community, not registered")),
        Related("other_country", label=_("Country")),
    ]
    list_select_related = ("community",)
    filterset_class = TieFilters
    search_fields = ["community__code", "other_name"]
    list_export = ["community.code", "kind", "other_code", "other_name", "other_country"]
    export_headings = {"community.code": _("community"), "other_code": _("other community")}
    panels = [
        FieldPanel("community"),
        FieldPanel("kind"),
        FieldPanel("other"),
        FieldRowPanel([FieldPanel("other_name"), FieldPanel("other_country")]),
        FieldPanel("note"),
    ]
