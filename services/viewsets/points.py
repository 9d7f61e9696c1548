"""The office's screens for service points, what was seen there, and what came to people."""

import django_filters
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column

from communities import menus
from communities.office import (
    AreaFilter,
    CodeFilter,
    DayColumn,
    MapOfCommunities,
    OfCommunities,
    PeriodFilter,
    PlaceColumn,
    PlaceFilters,
    PlacesMapView,
    Related,
    ScopedChooserViewSet,
    ScopedFilterSet,
    ScopedModelViewSet,
)
from communities.sight import today
from communities.viewsets.words import NAMES, names_panel

from .. import forms, points, views
from ..models import Delivery, Observation, ServicePoint, ServiceState, ServiceType

FRESHNESS = [("fresh", _("Fresh")), ("stale", _("Out of date")), ("never", _("Nobody has looked"))]


class PointChooser(ScopedChooserViewSet):
    model = ServicePoint
    icon = "thumbtack"
    choose_one_text = _("Choose a service point")
    choose_another_text = _("Choose another service point")


class StateColumn(Column):
    """The latest observation: its shape, its words, its date."""

    cell_template_name = "services/state_cell.html"

    def get_value(self, instance):
        return points.standing(instance, on=today())


class PointFilters(ScopedFilterSet):
    area = AreaFilter()
    agency = CodeFilter(field_name="agency__code", label=_("Run by (code)"))
    state = django_filters.ChoiceFilter(
        field_name="seen_state", choices=ServiceState.choices, label=_("State")
    )
    freshness = django_filters.ChoiceFilter(
        choices=FRESHNESS, method="by_freshness", label=_("Last observation")
    )
    without_place = django_filters.BooleanFilter(
        field_name="location", lookup_expr="isnull", label=_("Without a place on the map")
    )
    retired = django_filters.BooleanFilter(
        field_name="retired_on", lookup_expr="isnull", exclude=True, label=_("No longer in the register")
    )

    class Meta:
        model = ServicePoint
        fields = ["type", "country", "serves_across_border"]

    def by_freshness(self, rows, _name, wanted):
        if wanted == "never":
            return rows.filter(seen_on=None)
        seen, fresh = rows.exclude(seen_on=None), points.fresh(on=today())
        return seen.filter(fresh) if wanted == "fresh" else seen.exclude(fresh)


class ServicePointViewSet(ScopedModelViewSet):
    model = ServicePoint
    icon = "thumbtack"
    menu_hook = menus.SERVICES
    menu_order = 100
    map_field = "location"
    index_view_class = views.PointListView
    map_view_class = views.PointMapView
    add_view_class = views.PointCreateView
    edit_view_class = views.PointEditView
    inspect_view_class = views.PointDetailView
    row_actions = (views.RetireView,)
    base_form_class = forms.PointForm
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        Related("type", label=_("Service type"), sort_key="type__position"),
        StateColumn("standing", label=_("Last seen"), sort_key="seen_on"),
        Related("area", label=_("Area"), sort_key="area__code"),
        Related("agency.code", label=_("Run by"), sort_key="agency__code"),
    ]
    list_select_related = ("type", "area", "agency")
    filterset_class = PointFilters
    search_fields = ["code", *NAMES]
    list_export = [
        "code",
        *NAMES,
        "type.code",
        "country",
        "area.code",
        "agency.code",
        "location.y",
        "location.x",
        "precision",
        "serves_across_border",
        "kind_detail",
        "source",
        "seen_state",
        "seen_on",
        "seen_method",
        "retired_on",
    ]
    export_headings = {
        "type.code": _("service type"),
        "area.code": _("area"),
        "agency.code": _("run by"),
        "location.y": _("latitude"),
        "location.x": _("longitude"),
        "seen_state": _("state"),
        "seen_on": _("seen on"),
        "seen_method": _("how it is known"),
    }
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("type")]),
        names_panel(),
        MultiFieldPanel(
            [
                FieldPanel("location"),
                FieldRowPanel([FieldPanel("precision"), FieldPanel("country")]),
                FieldPanel("area"),
                FieldPanel("serves_across_border"),
            ],
            heading=_("Place"),
        ),
        FieldPanel("agency"),
        FieldRowPanel([FieldPanel("kind_detail"), FieldPanel("source")]),
    ]


class ObservationFilters(ScopedFilterSet):
    point = CodeFilter(field_name="point__code", label=_("Service point (code)"))
    type = django_filters.ModelChoiceFilter(
        field_name="point__type",
        queryset=lambda request: ServiceType.objects.visible_to(request.user),
        label=_("Service type"),
    )
    date = PeriodFilter(label=_("Date"))

    class Meta:
        model = Observation
        fields = ["state", "method"]


class ObservationViewSet(ScopedModelViewSet):
    model = Observation
    icon = "view"
    menu_hook = menus.SERVICES
    menu_order = 110
    may_edit = False
    map_field = "point__location"
    map_view_class = PlacesMapView
    add_view_class = views.ObserveView
    note = _("What was seen stays as it was written. A new observation stands beside the earlier ones.")
    list_display = [
        DayColumn("date", label=_("Date"), sort_key="date"),
        Related("point", label=_("Service point"), sort_key="point__code"),
        "state",
        "method",
        "source",
    ]
    list_select_related = ("point",)
    filterset_class = ObservationFilters
    search_fields = ["point__code", "point__name", "source"]
    list_export = ["date", "point.code", "state", "method", "staffed", "supplied", "source"]
    export_headings = {"point.code": _("service point")}
    inspect_view_fields = [
        "point",
        "date",
        "state",
        "method",
        "source",
        "staffed",
        "supplied",
        "open_that_day",
        "note",
        "by",
        "at",
    ]
    base_form_class = forms.ObservationForm
    form_fields = ["point", "date", "state", "method", "source", "staffed", "supplied", "note"]

    def get_urlpatterns(self):
        photo = path("photo/<int:pk>/", views.observation_photo, name="photo")
        return [*super().get_urlpatterns(), photo]


class DeliveryFilters(PlaceFilters):
    agency = CodeFilter(field_name="agency__code", label=_("Agency (code)"))
    date = PeriodFilter(label=_("Date"))

    class Meta:
        model = Delivery
        fields = ["type", "result"]


class DeliveryViewSet(ScopedModelViewSet):
    model = Delivery
    icon = "date"
    menu_hook = menus.SERVICES
    menu_order = 120
    may_edit = False
    index_view_class = OfCommunities
    map_field = "community__location"
    map_view_class = MapOfCommunities
    add_view_class = views.DeliverView
    note = _("What came to people, and what did not. A dash means that nobody counted, not that nobody came.")
    list_display = [
        DayColumn("date", label=_("Date"), sort_key="date"),
        Related("type", label=_("Service type"), sort_key="type__position"),
        PlaceColumn(),
        Related("agency.code", label=_("Agency"), sort_key="agency__code"),
        "result",
        Related("people_reached", label=_("People reached"), sort_key="people_reached"),
    ]
    list_select_related = ("type", PlaceColumn.reads, "agency")
    filterset_class = DeliveryFilters
    search_fields = ["community__code", "agency__code", "type__name"]
    list_export = [
        "date",
        "type.code",
        "community.code",
        "agency.code",
        "result",
        "people_reached",
        "women_reached",
    ]
    export_headings = {
        "type.code": _("service type"),
        "community.code": _("community"),
        "agency.code": _("agency"),
    }
    base_form_class = forms.DeliveryForm
    form_fields = [
        "type",
        "community",
        "agency",
        "date",
        "result",
        "people_reached",
        "women_reached",
        "note",
    ]
