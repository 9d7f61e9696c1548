"""The office's screens of an import: choose a file, say which column is which, look, confirm."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import include, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import registry as log_registry

from . import importing
from .import_forms import ColumnsForm, UploadForm
from .importing import writing
from .models import ColumnMapping, ImportRun
from .sight import sight_of

SHOWN = 50
RUNS_PER_PAGE = 20
State = ImportRun.State
WRITERS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def may_import(user: Any) -> bool:
    """Whether this person may bring files in, and take the lists out."""
    return ImportRun.objects.none().grounds("add").open_to(sight_of(user))


class ImportsView(WagtailAdminTemplateMixin, View):
    """Mixed into nothing: the base of every screen here. It refuses all who may not import."""

    header_icon = "upload"
    request: Any  # whose user is signed in: the office lets nobody else come here
    page_title = gettext_lazy("Imports")

    def setup(self, request: HttpRequest, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not may_import(request.user):
            raise PermissionDenied

    def get_breadcrumbs_items(self):
        here = [] if isinstance(self, IndexView) else [{"url": "", "label": self.get_page_title()}]
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("imports:index"), "label": _("Imports")},
            *here,
        ]

    def show(self, **context) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))


class RunView(ImportsView):
    """Base of the screens of one run, found among those its user may see."""

    @cached_property
    def import_run(self) -> ImportRun:
        importing.give_up_lost()
        return get_object_or_404(ImportRun.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    @cached_property
    def resource(self) -> importing.ImportResource:
        return importing.resource_named(self.import_run.what)

    def get_page_title(self):
        return f"{self.resource.title}: {self.import_run.file_name}"

    def get_context_data(self, **kwargs):
        return super().get_context_data(run=self.import_run, resource=self.resource, **kwargs)

    def back(self) -> HttpResponse:
        return redirect("imports:run", self.import_run.pk)


class IndexView(ImportsView):
    template_name = "communities/imports/index.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        importing.give_up_lost()
        runs = ImportRun.objects.visible_to(request.user).select_related("by").defer("findings", "mapping")
        page = Paginator(runs, RUNS_PER_PAGE).get_page(request.GET.get("p"))
        titles = {resource.name: resource.title for resource in importing.resources()}
        run: Any  # each takes the title of its list along
        for run in page.object_list:
            run.title = titles.get(run.what, run.what)
        return self.show(resources=importing.resources(), page=page)


class UploadView(ImportsView):
    template_name = "communities/imports/upload.html"

    @cached_property
    def resource(self) -> importing.ImportResource:
        return importing.resource_named(self.kwargs["what"])

    def get_page_title(self):
        return _("Import: %(list)s") % {"list": self.resource.title}

    def get(self, request: HttpRequest, what: str) -> HttpResponse:
        return self.form(UploadForm(initial={"source": request.GET.get("source", "")}))

    def post(self, request: Any, what: str) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.form(form)
        file, source = form.cleaned_data["file"], form.cleaned_data["source"]
        try:
            run = importing.begin(file.read(), file.name, what, source=source, by=request.user)
        except importing.Unreadable as error:
            form.add_error("file", str(error))
            return self.form(form)
        return redirect("imports:columns", run.pk)

    def form(self, form: UploadForm) -> HttpResponse:
        known = ColumnMapping.objects.visible_to(self.request.user).filter(what=self.resource.name)
        sources = known.values_list("source", flat=True).order_by("source")
        return self.show(form=form, resource=self.resource, sources=sources)


class ColumnsView(RunView):
    """Which column is which. A run that was imported, or whose file is gone, keeps its columns."""

    template_name = "communities/imports/columns.html"

    def dispatch(self, request, *args, **kwargs):
        if self.import_run.state in (State.WORKING, State.DONE) or not self.import_run.file:
            return self.back()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        table = importing.table_of(self.import_run)
        initial = ColumnsForm.initial_from(self.import_run.mapping)
        return self.form(ColumnsForm(resource=self.resource, table=table, initial=initial), table)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if "use-sheet" in request.POST:
            return self.use_sheet(request.POST.get("sheet", ""))
        table = importing.table_of(self.import_run)
        form = ColumnsForm(request.POST, resource=self.resource, table=table)
        if not form.is_valid():
            return self.form(form, table)
        accept = form.cleaned_data.get("accept_without_place", False)
        importing.choose_columns(self.import_run, form.mapping(), accept_without_place=accept)
        return self.back()

    def use_sheet(self, sheet: str) -> HttpResponse:
        try:
            importing.choose_sheet(self.import_run, sheet)
        except importing.Unreadable as error:
            messages.error(self.request, str(error))
        return redirect("imports:columns", self.import_run.pk)

    def form(self, form: ColumnsForm, table: importing.Table) -> HttpResponse:
        unread = [why for name, why in self.resource.export_only.items() if name in table.header]
        return self.show(form=form, table=table, unread=unread)


class SummaryView(RunView):
    """What the file would do, or did."""

    template_name = "communities/imports/run.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.import_run
        if run.state == State.UPLOADED:
            return redirect("imports:columns", pk)
        found = run.findings
        response = self.show(
            waiting=run.state == State.WORKING,
            done=run.state == State.DONE,
            confirmable=run.state == State.TRIED and run.new + run.changed > 0,
            new=found.get("new", [])[: max(SHOWN, found.get("alike", 0))],
            changed=found.get("changed", [])[:SHOWN],
            refused=found.get("refused", [])[:SHOWN],
            more_refused=max(0, len(found.get("refused", [])) - SHOWN),
            log=log_registry.get_logs_for_instance(run).select_related("user"),
        )
        if run.state == State.WORKING:
            response["Refresh"] = "3"
        return response


class ConfirmView(RunView):
    http_method_names = ["post"]

    def post(self, request: Any, pk: int) -> HttpResponse:
        seen = request.POST.get("fingerprint", "")
        if not importing.confirm(self.import_run, by=request.user, seen=seen):
            messages.warning(
                request, _("This import is not waiting to be confirmed as you saw it. Look at it again.")
            )
        return self.back()


class RefusedView(RunView):
    """The refused rows, to be mended and loaded again, as long as the file is kept."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.import_run.file:
            raise Http404
        content = writing.refused_rows(self.import_run, importing.table_of(self.import_run))
        return _download(content, WRITERS["csv"], f"refused-{self.resource.name}-{pk}.csv")


class TemplateView(ImportsView):
    """An empty file with the header of a list."""

    def get(self, request: HttpRequest, what: str) -> HttpResponse:
        resource = importing.resource_named(what)
        content = writing.as_csv(writing.table_fields(resource), [])
        return _download(content, WRITERS["csv"], f"{resource.name}.csv")


class ExportView(ImportsView):
    """A list as it stands, in the very columns in which it comes back."""

    def get(self, request: HttpRequest, what: str, form: str) -> HttpResponse:
        resource = importing.resource_named(what)
        rows = resource.model._default_manager.visible_to(request.user)
        if form == "geojson" and (resource.shape or resource.has_place):
            content, kind = writing.as_geojson(resource, rows), "application/geo+json"
        elif form in WRITERS:
            write = writing.as_csv if form == "csv" else writing.as_workbook
            content, kind = write(*writing.exported(resource, rows)), WRITERS[form]
        else:
            raise Http404(form)
        return _download(content, kind, f"{resource.name}.{form}")


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


patterns = [
    path("", IndexView.as_view(), name="index"),
    path("new/<slug:what>/", UploadView.as_view(), name="upload"),
    path("template/<slug:what>/", TemplateView.as_view(), name="template"),
    path("export/<slug:what>/<slug:form>/", ExportView.as_view(), name="export"),
    path("<int:pk>/", SummaryView.as_view(), name="run"),
    path("<int:pk>/columns/", ColumnsView.as_view(), name="columns"),
    path("<int:pk>/confirm/", ConfirmView.as_view(), name="confirm"),
    path("<int:pk>/refused/", RefusedView.as_view(), name="refused"),
]
urlpatterns = [path("imports/", include((patterns, "imports")))]
