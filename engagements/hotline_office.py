"""The office's directory of numbers, and the page that shows how each district is reached."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from communities import menus
from communities.commas import listed
from communities.models import Area, Community
from communities.office import (
    AreaFilter,
    CodeFilter,
    CodesField,
    Related,
    ScopedFilterSet,
    ScopedForm,
    ScopedIndexView,
    ScopedModelViewSet,
    YesNoColumn,
)
from communities.office_columns import NOTHING_KNOWN
from communities.sight import ScopedPolicy, SignedInRequest, works_here

from . import hotlines
from .hotlines import Passing
from .models import Hotline, Report

PAGE = 25
PURPOSES = ["purpose", "purpose_fr", "purpose_ar"]


def passed_on(passing: Passing) -> str:
    """ "1.4 times on average (5 of 7 asked)": nobody asked is not known, not zero."""
    if passing.mean is None:
        return _("not known: nobody was asked") if passing.spoken else NOTHING_KNOWN
    words = _("%(mean)s times on average (%(asked)s of %(spoken)s asked)")
    mean = number_format(passing.mean, decimal_pos=1, use_l10n=True)
    return words % {"mean": mean, "asked": passing.asked, "spoken": passing.spoken}


def counts_reports(user: Any) -> bool:
    """Whether this user may see any report at all: to whoever may not, their number is not known, and not zero."""
    return ScopedPolicy(Report).user_has_permission(user, "view")


class ThroughColumn(Column):
    """What came in by a line, of what the reader may see, in `words`."""

    def __init__(self, name: str, *, words: Any, **kwargs):
        super().__init__(name, **kwargs)
        self.words = words

    def get_value(self, instance):
        return NOTHING_KNOWN if instance.passing is None else self.words(instance.passing)


class HotlineFilters(ScopedFilterSet):
    area = AreaFilter(field_name="areas")
    agency = CodeFilter(field_name="agency__code", label=gettext_lazy("Agency (code)"))
    takes_messages = django_filters.BooleanFilter(label=gettext_lazy("Takes text messages"))
    reaches = CodeFilter(method="reaching", label=gettext_lazy("Reaches the community (code)"))

    class Meta:
        model = Hotline
        fields = ["working", "is_independent"]

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).distinct()

    def reaching(self, rows, name, code):
        """Of communities that its reader may see."""
        known = Community.objects.visible_to(self.request.user).select_related("area")
        community = known.filter(code__iexact=code).first()
        return rows.reaching(community.area) if community else rows.none()


class HotlineForm(ScopedForm):
    """Areas by their codes: there are thousands to choose from."""

    areas = CodesField(Area.objects.defer("boundary"), label=gettext_lazy("Areas it serves (P-codes)"))

    class Meta(ScopedForm.Meta):
        pass


class HotlineIndex(ScopedIndexView):
    def paginate_queryset(self, queryset, page_size):
        paginated = super().paginate_queryset(queryset, page_size)
        user = self.request.user
        counted = hotlines.through(self.shown, user) if counts_reports(user) else None
        for line in self.shown:
            line.passing = None if counted is None else counted.get(line.pk, Passing())
        return paginated

    @property
    def header_buttons(self):
        way = HeaderButton(_("How districts are reached"), url=reverse("hotline:reach"), icon_name="view")
        return [*super().header_buttons, way]


class ReachView(WagtailAdminTemplateMixin, TemplateView):
    """By district: which numbers, whose, where two agencies answer for the same, how often people were passed on."""

    request: SignedInRequest
    template_name = "engagements/office/reach.html"
    page_title = gettext_lazy("How districts are reached")
    header_icon = "comment"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not works_here(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        lines = {"url": reverse("hotline:index"), "label": _("Hotlines")}
        return [*self.breadcrumbs_items, lines, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        user, query = self.request.user, self.request.GET.get("q", "").strip()
        rows = hotlines.districts(user, query=query).select_related("parent__parent")
        rows = rows.defer("boundary", "parent__boundary", "parent__parent__boundary")
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("p"))
        counted = counts_reports(user)
        found = [(row, self.words(row, counted)) for row in hotlines.reach(page, user)]
        return super().get_context_data(page_obj=page, query=query, rows=found, counted=counted, **kwargs)

    @staticmethod
    def words(row: hotlines.Reach, counted: bool) -> dict[str, Any]:
        number = len(row.lines)
        return {
            "number": ngettext("%(number)d number", "%(number)d numbers", number) % {"number": number},
            "agencies": listed(sorted({line.agency.label for line in row.lines})),
            "passed_on": passed_on(row.passing) if counted else NOTHING_KNOWN,
            "not_asked": row.passing.not_asked if counted and row.passing.mean is not None else 0,
        }


class HotlineViewSet(ScopedModelViewSet):
    model = Hotline
    icon = "mobile-alt"
    url_prefix = "hotlines"
    menu_hook = menus.REFERENCE
    menu_label = gettext_lazy("Hotlines")
    note = gettext_lazy(
        "Every number that reaches a community. What came through is counted of the reports you may see; "
        "sealed ones are counted nowhere."
    )
    base_form_class = HotlineForm
    index_view_class = HotlineIndex
    list_select_related = ("agency",)
    filterset_class = HotlineFilters
    search_fields = ["number", *PURPOSES, "agency__code", "agency__name"]
    list_display = [
        Related("number", label=gettext_lazy("Number"), sort_key="number"),
        Related("agency.label", label=gettext_lazy("Agency")),
        Related("is_for", label=gettext_lazy("What it is for")),
        Related("hours", label=gettext_lazy("Hours")),
        YesNoColumn("takes_messages", label=gettext_lazy("Takes text messages")),
        YesNoColumn("working", label=gettext_lazy("In service"), sort_key="working"),
        ThroughColumn("came", label=gettext_lazy("Reports through it"), words=lambda of: str(of.taken)),
        ThroughColumn("passed", label=gettext_lazy("Passed on before"), words=passed_on),
    ]
    list_export = [
        "number",
        "agency.code",
        *PURPOSES,
        "hours",
        "is_free",
        "takes_messages",
        "is_independent",
        "working",
    ]
    export_headings = {"agency.code": gettext_lazy("agency")}
    panels = [
        FieldRowPanel([FieldPanel("number"), FieldPanel("agency")]),
        FieldPanel("purpose"),
        FieldRowPanel([FieldPanel("purpose_fr"), FieldPanel("purpose_ar")]),
        FieldPanel("areas"),
        FieldRowPanel([FieldPanel("hours"), FieldPanel("languages"), FieldPanel("is_free")]),
        MultiFieldPanel(
            [
                HelpPanel(
                    gettext_lazy(
                        "A text message lies in the area of the number it came to: in the narrowest one around all "
                        "that are named above."
                    )
                ),
                FieldPanel("takes_messages"),
            ],
            heading=gettext_lazy("Text messages"),
        ),
        FieldRowPanel([FieldPanel("is_independent"), FieldPanel("working")]),
    ]
    inspect_view_fields = [
        "number",
        "agency",
        *PURPOSES,
        "areas",
        "hours",
        "languages",
        "is_free",
        "takes_messages",
        "is_independent",
        "working",
    ]

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("reach/", ReachView.as_view(), name="reach")]
