"""The gap map in the office: map, table, list, export. Whoever may see gaps sees those in their own sight."""

from __future__ import annotations

import csv
import io
from typing import Any, cast

import xlsxwriter
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from communities.arrays import asked_box
from communities.models import Area, Community, Presence
from communities.office import safe_cell
from communities.sight import SignedInRequest, sight_of

from . import gap_tables as tables
from .gaps import keep_current
from .models import Gap, GapState, ServiceType
from .models.gaps import GapQuerySet

PER_PAGE = 50
UP_THE_TREE = ["community__area" + "__parent" * level for level in range(5)]


class GapFilter(forms.Form):
    """What the reader chose. The type always has a value: the first one unless another is asked for."""

    type = forms.ModelChoiceField(
        ServiceType.objects.none(), to_field_name="code", empty_label=None, label=gettext_lazy("Service type")
    )
    area = forms.ModelChoiceField(
        Area.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("All areas"),
        label=gettext_lazy("Area"),
    )
    state = forms.ChoiceField(
        choices=[("", gettext_lazy("All states")), *GapState.choices],
        required=False,
        label=gettext_lazy("State"),
    )

    def __init__(self, data, *, types: QuerySet[ServiceType], areas: QuerySet[Area]):
        super().__init__(data)
        cast("forms.ModelChoiceField", self.fields["type"]).queryset = types
        cast("forms.ModelChoiceField", self.fields["area"]).queryset = areas


class GapView(PermissionCheckedMixin, View):
    """What all three doors share: who may come in, which type, which rows."""

    request: SignedInRequest
    model = Gap
    permission_required = "view"

    @cached_property
    def types(self) -> list[ServiceType]:
        return list(ServiceType.objects.visible_to(self.request.user))

    @cached_property
    def service_type(self) -> ServiceType:
        """The type asked for, or the first. Http404: an unknown code, or there is no type at all."""
        code = self.request.GET.get("type")
        for kind in self.types:
            if not code or kind.code == code:
                return kind
        raise Http404

    @cached_property
    def filter(self) -> GapFilter:
        kinds = ServiceType.objects.visible_to(self.request.user)
        data = {**self.request.GET.dict(), "type": self.service_type.code}
        form = GapFilter(data, types=kinds, areas=self.areas_with_communities())
        form.full_clean()
        return form

    def areas_with_communities(self) -> QuerySet[Area]:
        """Areas down to districts that hold, or whose parts hold, a community in sight."""
        held = tables.rows_in_sight(self.request.user, self.service_type).order_by()
        paths = held.values_list(*UP_THE_TREE).distinct()
        around = {pk for upwards in paths for pk in upwards if pk}
        rows = Area.objects.visible_to(self.request.user).filter(pk__in=around, level__lte=2)
        return rows.defer("boundary").order_by("code")

    @property
    def area(self) -> Area | None:
        return self.filter.cleaned_data.get("area")

    @property
    def state(self) -> str:
        return self.filter.cleaned_data.get("state", "")

    @property
    def sort(self) -> str:
        asked = self.request.GET.get("ordering", "")
        return asked if asked.removeprefix("-") in tables.SORTS else tables.DEFAULT_SORT

    def rows(self):
        rows = tables.rows_in_sight(self.request.user, self.service_type, self.area)
        return rows.filter(state=self.state) if self.state else rows

    def address(self, name: str, **more: str) -> str:
        """The address of one of the three doors with the same choices."""
        query = self.request.GET.copy()
        query["type"] = self.service_type.code
        query.pop("p", None)
        query.update(more)
        return f"{reverse(name)}?{query.urlencode()}"


class CommunityPaginator(WagtailPaginator):
    verbose_name = Community._meta.verbose_name
    verbose_name_plural = Community._meta.verbose_name_plural


class GapMapView(WagtailAdminTemplateMixin, GapView):
    template_name = "services/gaps/map.html"
    page_title = gettext_lazy("Gap map")
    header_icon = "globe"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.types and not request.GET.get("type"):
            return self.render_to_response(self.get_context_data(service_type=None))
        return self.render_to_response(self.get_context_data(**self.shown()))

    def shown(self) -> dict[str, Any]:
        run = keep_current(self.service_type)
        paginator = CommunityPaginator(tables.in_order(self.rows(), self.sort), PER_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        for gap in page.object_list:
            gap.shape = tables.SHAPES[gap.state]
        return {
            "service_type": self.service_type,
            "filter": self.filter,
            "run": run,
            "outdated": run.is_due(timezone.localdate()),
            "legend": tables.legend(self.request.user, self.service_type, self.area),
            "columns": self.columns(),
            "page": page,
            "elided_page_range": paginator.get_elided_page_range(page.number),
            "map_url": self.address("gap_map_marks"),
            "exports": {kind: self.address("gap_map_export", format=kind) for kind in ("xlsx", "csv")},
            "words": self.words(),
        }

    def columns(self) -> list[dict[str, str]]:
        """The head of the list: each column with the address that sorts by it, and how it is sorted now."""
        labels = {
            "community": _("Community"),
            "district": _("District"),
            "state": _("State and why"),
            "near": _("Nearest working, km"),
            "across": _("Across the border, km"),
            "population": _("Population"),
        }
        return [self.column(name, label) for name, label in labels.items()]

    def column(self, name: str, label: str) -> dict[str, str]:
        up, down = self.sort == name, self.sort == f"-{name}"
        url = self.address("gap_map", ordering=f"-{name}" if up else name)
        return {"name": name, "label": label, "url": url, "aria": ("ascending" * up) + ("descending" * down)}

    @staticmethod
    def words() -> dict[str, Any]:
        """What the map's script says, in the reader's language."""
        return {
            "states": dict(GapState.choices),
            "reasons": {value: str(label) for value, label in Gap.Reason.choices},
            "near": _("Nearest working point on the same side: %(km)s km"),
            "across": _("Across the border: %(km)s km"),
            "cells": _("Circles stand for several communities: come closer to see each."),
            "failed": _("The map could not be loaded. The table and the list are complete."),
        }


class GapMarksView(GapView):
    """The map's marks, as compact JSON. `box`: west,south,east,north in degrees."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            box = asked_box(request.GET.get("box", ""))
        except ValueError:
            return HttpResponseBadRequest(_("A box is four numbers: west, south, east, north."))
        presences = Presence.objects.visible_to(request.user)
        found = tables.marks(self.rows(), presences, on=timezone.localdate(), box=box)
        return JsonResponse(found, json_dumps_params={"separators": (",", ":")})


class GapExportView(GapView):
    """The list as it is filtered and sorted, all pages: CSV, or XLSX with the table on a second sheet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        writers = {"csv": self.as_csv, "xlsx": self.as_xlsx}
        kind = request.GET.get("format", "xlsx")
        if kind not in writers:
            raise Http404
        rows = tables.sheet_rows(tables.in_order(self.rows(), self.sort))
        response = writers[kind]([tables.sheet_header(), *rows])
        name = f"gaps-{self.service_type.code}-{timezone.localdate():%Y-%m-%d}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def as_csv(self, rows: list[list]) -> HttpResponse:
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")  # for Excel
        csv.writer(response).writerows([safe_cell(value) for value in row] for row in rows)
        return response

    def as_xlsx(self, rows: list[list]) -> HttpResponse:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            self.write_sheet(book, _("Communities"), rows)
            self.write_sheet(book, _("Table"), self.summary())
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return HttpResponse(file.getvalue(), content_type=kind)

    @staticmethod
    def write_sheet(book: xlsxwriter.Workbook, name: str, rows: list[list]) -> None:
        sheet = book.add_worksheet(name[:31])
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [safe_cell(value) for value in row])
        sheet.freeze_panes(1, 0)

    def summary(self) -> list[list]:
        """The numbers of the page's table, with what they are measured by and as of when."""
        kind, run = self.service_type, keep_current(self.service_type)
        head = [_("State"), _("Communities"), _("People"), _("Communities without a figure")]
        tallies = tables.legend(self.request.user, kind, self.area)
        as_of = timezone.localtime(run.computed_at).isoformat(" ", "minutes") if run.computed_at else ""
        return [
            head,
            *([t.label, t.communities, t.people, t.uncounted] for t in tallies),
            [],
            [str(capfirst(kind._meta.verbose_name)), kind.label],
            [_("Area"), self.area.label if self.area else _("All areas")],
            [_("Computed at"), as_of],
            [_("Source of the standard"), kind.standard_source],
        ]


# --- Where they are ----------------------------------------------------------------------------------------
class GapMenuItem(MenuItem):
    """Shown to those who may see gaps."""

    def is_shown(self, request: HttpRequest) -> bool:
        return GapQuerySet.seen.open_to(sight_of(request.user))


def menu_item() -> MenuItem:
    return GapMenuItem(gettext_lazy("Gap map"), reverse("gap_map"), icon_name="globe", order=250)


urlpatterns = [
    path("gaps/", GapMapView.as_view(), name="gap_map"),
    path("gaps/marks.json", GapMarksView.as_view(), name="gap_map_marks"),
    path("gaps/export/", GapExportView.as_view(), name="gap_map_export"),
]
