"""The office's screens for what reaches people: services, deliveries, cards, projects."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn

from communities import menus
from communities.office import (
    AreaFilter,
    CodeFilter,
    PeriodFilter,
    Related,
    ScopedChooserViewSet,
    ScopedFilterSet,
    ScopedModelViewSet,
)
from communities.sight import today
from communities.viewsets import NAMES, names_panel

from . import forms, money, points, views
from .models import (
    CardDrive,
    CardScheme,
    Delivery,
    Milestone,
    Observation,
    Project,
    Sector,
    ServicePoint,
    ServiceState,
    ServiceType,
)

FRESHNESS = [("fresh", _("Fresh")), ("stale", _("Out of date")), ("never", _("Nobody has looked"))]


class PointChooser(ScopedChooserViewSet):
    model = ServicePoint
    icon = "thumbtack"
    choose_one_text = _("Choose a service point")
    choose_another_text = _("Choose another service point")


class ProjectChooser(ScopedChooserViewSet):
    model = Project
    icon = "folder-open-inverse"
    choose_one_text = _("Choose a project")
    choose_another_text = _("Choose another project")


# --- Reference data ------------------------------------------------------------------------------------
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


# --- Service points and what was seen there --------------------------------------------------------------
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
        field_name="point__type", queryset=ServiceType.objects.all(), label=_("Service type")
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
    add_view_class = views.ObserveView
    note = _("What was seen stays as it was written. A new observation stands beside the earlier ones.")
    list_display = [
        DateColumn("date", label=_("Date"), sort_key="date"),
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
        "note",
        "by",
        "at",
    ]
    base_form_class = forms.ObservationForm
    form_fields = ["point", "date", "state", "method", "source", "staffed", "supplied", "note"]


class DeliveryFilters(ScopedFilterSet):
    community = CodeFilter(field_name="community__code", label=_("Community (code)"))
    agency = CodeFilter(field_name="agency__code", label=_("Agency (code)"))
    area = AreaFilter(field_name="community__area")
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
    add_view_class = views.DeliverView
    note = _("What came to people, and what did not. A dash means that nobody counted, not that nobody came.")
    list_display = [
        DateColumn("date", label=_("Date"), sort_key="date"),
        Related("type", label=_("Service type"), sort_key="type__position"),
        Related("community.code", label=_("Community"), sort_key="community__code"),
        Related("agency.code", label=_("Agency"), sort_key="agency__code"),
        "result",
        Related("people_reached", label=_("People reached"), sort_key="people_reached"),
    ]
    list_select_related = ("type", "community", "agency")
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


# --- Cards ---------------------------------------------------------------------------------------------
class CardSchemeViewSet(ScopedModelViewSet):
    model = CardScheme
    icon = "clipboard-list"
    menu_hook = menus.PROJECTS
    menu_order = 200
    row_actions = (views.OpenSchemeView, views.CloseSchemeView)
    note = _("A scheme opens only with its agreement recorded.")
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        "state",
        DateColumn("valid_from", label=_("Valid from"), sort_key="valid_from"),
        DateColumn("valid_until", label=_("Valid until"), sort_key="valid_until"),
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
        return rows.filter(communities__code__iexact=code).distinct()


class CardDriveViewSet(ScopedModelViewSet):
    model = CardDrive
    icon = "calendar-check"
    menu_hook = menus.PROJECTS
    menu_order = 210
    row_actions = (views.CountsView,)
    base_form_class = forms.DriveForm
    note = _("Counts by community and step. No names: the registry holds those.")
    list_display = [
        "code",
        Related("scheme", label=_("Card scheme"), sort_key="scheme__code"),
        Related("agency.code", label=_("Agency"), sort_key="agency__code"),
        Related("area", label=_("Area"), sort_key="area__code"),
        DateColumn("starts", label=_("From"), sort_key="starts"),
        DateColumn("ends", label=_("Until"), sort_key="ends"),
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


# --- Projects ------------------------------------------------------------------------------------------
class BudgetColumn(Column):
    def get_value(self, instance):
        return money.amount(instance.budget, instance.currency)


class ProjectFilters(ScopedFilterSet):
    implementer = CodeFilter(field_name="implementer__code", label=_("Implementer (code)"))
    funder = CodeFilter(field_name="funder__code", label=_("Funder (code)"))
    area = AreaFilter(field_name="areas")
    currency = CodeFilter(label=_("Currency"))

    class Meta:
        model = Project
        fields = ["state", "sector"]

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).distinct()


class ProjectViewSet(ScopedModelViewSet):
    model = Project
    icon = "folder-open-inverse"
    menu_hook = menus.PROJECTS
    menu_order = 100
    index_view_class = views.ProjectListView
    base_form_class = forms.ProjectForm
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        "state",
        Related("implementer.code", label=_("Implementer"), sort_key="implementer__code"),
        Related("funder.code", label=_("Funder"), sort_key="funder__code"),
        BudgetColumn("budget", label=_("Budget")),
        DateColumn("ends", label=_("Until"), sort_key="ends"),
    ]
    list_select_related = ("implementer", "funder")
    filterset_class = ProjectFilters
    search_fields = ["code", *NAMES]
    list_export = [
        "code",
        *NAMES,
        "state",
        "implementer.code",
        "funder.code",
        "sector.code",
        "budget",
        "currency",
        "starts",
        "ends",
    ]
    export_headings = {
        "implementer.code": _("implementer"),
        "funder.code": _("funder"),
        "sector.code": _("sector"),
    }
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("state")]),
        names_panel(),
        MultiFieldPanel(
            [FieldPanel("summary"), FieldPanel("summary_fr"), FieldPanel("summary_ar")], heading=_("Summary")
        ),
        FieldRowPanel([FieldPanel("implementer"), FieldPanel("funder")]),
        FieldPanel("sector"),
        MultiFieldPanel(
            [
                HelpPanel(
                    _("Leave the amount empty when it is not known. It needs its currency, such as XOF.")
                ),
                FieldRowPanel([FieldPanel("budget"), FieldPanel("currency")]),
            ],
            heading=_("Budget"),
        ),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
        MultiFieldPanel([FieldPanel("areas"), FieldPanel("communities")], heading=_("Where")),
    ]
    inspect_view_fields = [
        "code",
        *NAMES,
        "state",
        "summary",
        "implementer",
        "funder",
        "sector",
        "budget",
        "currency",
        "starts",
        "ends",
        "areas",
    ]


class MilestoneFilters(ScopedFilterSet):
    project = CodeFilter(field_name="project__code", label=_("Project (code)"))
    done = django_filters.BooleanFilter(
        field_name="done_on", lookup_expr="isnull", exclude=True, label=_("Done")
    )
    overdue = django_filters.BooleanFilter(method="late", label=_("Overdue"))

    class Meta:
        model = Milestone
        fields: list[str] = []

    def late(self, rows, _name, wanted):
        owed = {"done_on": None, "due_on__lt": today()}
        return rows.filter(**owed) if wanted else rows.exclude(**owed)


class MilestoneViewSet(ScopedModelViewSet):
    model = Milestone
    icon = "circle-check"
    menu_hook = menus.PROJECTS
    menu_order = 110
    list_display = [
        Column("label", label=_("Milestone"), sort_key="name"),
        Related("project.code", label=_("Project"), sort_key="project__code"),
        DateColumn("due_on", label=_("Due on"), sort_key="due_on"),
        DateColumn("done_on", label=_("Done on"), sort_key="done_on"),
        Column("days_late", label=_("Days late")),
        BooleanColumn("evidence", label=_("Evidence")),
    ]
    list_select_related = ("project",)
    filterset_class = MilestoneFilters
    search_fields = ["name", "name_fr", "name_ar", "project__code"]
    list_export = ["project.code", *NAMES, "due_on", "done_on", "days_late", "evidence"]
    export_headings = {"project.code": _("project"), "days_late": _("days late")}
    panels = [
        FieldPanel("project"),
        names_panel(),
        FieldPanel("due_on"),
        MultiFieldPanel(
            [FieldPanel("done_on"), FieldPanel("evidence", help_text=_("What shows that it was done."))],
            heading=_("Done"),
        ),
    ]
