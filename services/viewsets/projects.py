"""The office's screens for projects and their milestones."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column

from communities import menus
from communities.office import (
    AreaFilter,
    CodeFilter,
    DayColumn,
    DueColumn,
    Related,
    ScopedChooserViewSet,
    ScopedFilterSet,
    ScopedModelViewSet,
    YesNoColumn,
)
from communities.sight import today
from communities.viewsets.words import NAMES, names_panel

from .. import forms, money, views
from ..models import Milestone, Project


class ProjectChooser(ScopedChooserViewSet):
    model = Project
    icon = "folder-open-inverse"
    choose_one_text = _("Choose a project")
    choose_another_text = _("Choose another project")


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
        DayColumn("ends", label=_("Until"), sort_key="ends"),
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
        Related("label", label=_("Milestone"), sort_key="name"),
        Related("project.code", label=_("Project"), sort_key="project__code"),
        DueColumn("due_on", owed="is_open", label=_("Due on"), sort_key="due_on"),
        DayColumn("done_on", label=_("Done on"), sort_key="done_on"),
        YesNoColumn("evidence", label=_("Evidence")),
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
