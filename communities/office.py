"""The office's building parts: scoped viewsets and choosers, their forms, the map field, the list map.

Wagtail does not scope rows: a stock viewset lists, exports, opens and saves rows that its user must not
see. These narrow every queryset, check the fetched object, and check again after saving, inside the
transaction, so that no row can be created in, or moved to, a place its author cannot see.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.gis.db import models as gis
from django.contrib.gis.gdal.error import GDALException
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Media, ModelChoiceField, ModelMultipleChoiceField
from django.forms.models import modelform_factory
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from leaflet import app_settings as leaflet_settings
from leaflet.forms.widgets import LeafletWidget
from wagtail.admin.forms.models import WagtailAdminModelForm, register_form_field_override
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from .privacy import Level
from .sight import ScopedQuerySet, may

LIST_MAP_LIMIT = 2000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; the data is kept whole."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


# --- Forms ---------------------------------------------------------------------------------------------
class GeoWidget(LeafletWidget):
    """django-leaflet's field as a custom element: works in Wagtail's forms, in inline rows and under CSP.

    Latitude and longitude boxes stand beside the map of a point, for the keyboard.
    """

    include_media = True
    template_name = "communities/geo_field.html"

    @property
    def media(self):
        return super().media + Media(
            js=["communities/basemap.js", "communities/geo-field.js"],
            css={"screen": ["communities/geo-field.css"]},
        )

    def deserialize(self, value):
        try:
            return super().deserialize(value)
        except GDALException:  # a malformed shape is an error of the form, not of the server
            return None

    def get_context(self, name, value, attrs):
        field_id = (attrs or {}).get("id") or f"id_{name}"
        context = super().get_context(name, value, dict(attrs or {}))
        options = {
            "geom_type": context["widget"]["attrs"]["geom_name"],
            "srid": 4326,
            "modifiable": self.modifiable,
            "precision": 6,
            "center": leaflet_settings["DEFAULT_CENTER"],
            "zoom": leaflet_settings["DEFAULT_ZOOM"],
        }
        context.update(
            field_id=field_id, options=json.dumps(options), is_point=options["geom_type"] == "Point"
        )
        return context


for geometry_field in (gis.PointField, gis.MultiLineStringField, gis.MultiPolygonField):
    register_form_field_override(geometry_field, override={"widget": GeoWidget})


class ScopedForm(WagtailAdminModelForm):
    """Every choice of the form is narrowed to what its user may see."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, ModelChoiceField | ModelMultipleChoiceField):
                self.narrow(field)

    def narrow(self, field: ModelChoiceField) -> None:
        if isinstance(field.queryset, ScopedQuerySet) and self.for_user:
            field.queryset = field.queryset.visible_to(self.for_user)


# --- Views ---------------------------------------------------------------------------------------------
class ScopedView:
    """Mixed in front of every view of a scoped viewset."""

    scope_model: type[models.Model]

    def setup(self, request: HttpRequest, *args, **kwargs):
        self.refuse_what_is_out_of_sight(request, kwargs.get("pk", args[0] if args else None))
        super().setup(request, *args, **kwargs)

    def refuse_what_is_out_of_sight(self, request: HttpRequest, pk: Any) -> None:
        if pk is None:
            return
        rows = self.scope_model._default_manager.visible_to(request.user)
        if not rows.filter(pk=unquote(str(pk))).exists():
            raise Http404

    def _scoped(self, rows):
        return rows.visible_to(self.request.user) if rows.model is self.scope_model else rows

    def get_base_queryset(self):
        return self._scoped(super().get_base_queryset())

    def get_object_list(self, *args, **kwargs):
        return self._scoped(super().get_object_list(*args, **kwargs))

    def get_objects(self, pks):
        return self._scoped(super().get_objects(pks))


class ScopedIndexView(generic.IndexView):
    """A list that exports safely and, where its rows have a place, shows a map beside it."""

    template_name = "communities/office/list.html"
    map_url_name = None

    def get_edit_url(self, instance):
        """Rows that may only be read open for reading."""
        return super().get_edit_url(instance) if instance.pk in self.editable_on_page else None

    @cached_property
    def editable_on_page(self) -> set:
        shown = [row.pk for row in getattr(self, "object_list", [])[: self.paginate_by or 50]]
        rows = self.model._default_manager.filter(pk__in=shown)
        return set(rows.editable_by(self.request.user).values_list("pk", flat=True))

    def preprocess_field_value(self, field, value, export_format):
        return safe_cell(super().preprocess_field_value(field, value, export_format))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.map_url_name:
            context["map_url"] = self.map_url
        return context

    @property
    def map_url(self) -> str:
        query = self.request.GET.urlencode()
        return reverse(self.map_url_name) + (f"?{query}" if query else "")


class ListMapView(ScopedIndexView):
    """The rows of a list as GeoJSON, filtered as the list is: at most LIST_MAP_LIMIT, and says what is left out."""

    map_field = "location"

    def get(self, request, *args, **kwargs):
        rows = self.filter_queryset(self.search_queryset(self.get_base_queryset()))
        placed = rows.exclude(**{self.map_field: None})
        features = [self.feature(row) for row in placed[:LIST_MAP_LIMIT]]
        counts = {"total": rows.count(), "placed": placed.count()}
        return JsonResponse({"type": "FeatureCollection", "features": features, **counts})

    def feature(self, row: models.Model) -> dict:
        shape = getattr(row, self.map_field)
        properties = {
            "label": getattr(row, "label", str(row)),
            "code": getattr(row, "code", str(row.pk)),
            "url": self.get_inspect_url(row),
            "state": getattr(row, "map_state", ""),
        }
        return {"type": "Feature", "geometry": json.loads(shape.json), "properties": properties}


class CheckedSave:
    """Checks the saved row again inside the transaction."""

    checked_action = "add"

    def save_instance(self):
        row = super().save_instance()
        if not may(self.request.user, self.checked_action, row):
            raise PermissionDenied(_("This is outside what your posting covers. Nothing was saved."))
        return row


class ScopedCreateView(CheckedSave, generic.CreateView):
    pass


class ScopedEditView(CheckedSave, generic.EditView):
    checked_action = "change"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        rows = self.model._default_manager.editable_by(request.user)
        self.may_change = rows.filter(pk=unquote(str(kwargs.get("pk")))).exists()

    def dispatch(self, request, *args, **kwargs):
        if not self.may_change:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ScopedInspectView(generic.InspectView):
    """Reading a row. Shapes are drawn, not printed."""

    template_name = "communities/office/inspect.html"

    def get_edit_url(self):
        rows = self.model._default_manager.filter(pk=self.object.pk)
        return super().get_edit_url() if rows.editable_by(self.request.user).exists() else None

    def get_fields(self):
        """Never a name or a phone: those are opened one by one, and each opening is logged."""
        kept = {Level.PERSONAL, Level.SEALED}
        return [name for name in super().get_fields() if self.model.privacy.get(name) not in kept]

    def get_fields_context(self):
        return [self.get_context_for_field(name) for name in self.fields if name not in self.shape_names]

    @cached_property
    def shape_names(self) -> set[str]:
        return {f.name for f in self.model._meta.get_fields() if isinstance(f, gis.GeometryField)}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        shapes = (getattr(self.object, name) for name in self.fields if name in self.shape_names)
        context["shapes"] = [json.loads(shape.json) for shape in shapes if shape]
        return context


class ScopedHistoryView(history.HistoryView):
    any_permission_required = ["view", "change"]


# --- Viewsets -------------------------------------------------------------------------------------------
class ScopedViewSetMixin:
    """Every view this viewset builds is narrowed to its user's sight."""

    def construct_view(self, view_class, **kwargs):
        scoped = type(f"Scoped{view_class.__name__}", (ScopedView, view_class), {"scope_model": self.model})
        return super().construct_view(scoped, **kwargs)


class ScopedModelViewSet(ScopedViewSetMixin, ModelViewSet):
    """List, create, edit, inspect and history for a domain model. Nothing is deleted or copied here."""

    index_view_class = ScopedIndexView
    add_view_class = ScopedCreateView
    edit_view_class = ScopedEditView
    inspect_view_class = ScopedInspectView
    history_view_class = ScopedHistoryView
    map_view_class = ListMapView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    map_field = ""
    may_add = may_edit = True
    list_per_page = 25
    base_form_class = ScopedForm

    def get_common_view_kwargs(self, **kwargs):
        common = {**super().get_common_view_kwargs(**kwargs), "usage_url_name": None, "delete_url_name": None}
        if not self.may_edit:
            common["edit_url_name"] = None
        if not self.may_add:
            common["add_url_name"] = None
        return common

    def get_index_view_kwargs(self, **kwargs):
        kwargs = super().get_index_view_kwargs(**kwargs)
        if self.map_field:
            kwargs["map_url_name"] = self.get_url_name("map")
        return kwargs

    def get_form_class(self, for_update=False):
        if self._edit_handler:
            return self._edit_handler.get_form_class()
        return modelform_factory(
            self.model,
            form=self.base_form_class,
            fields=self.get_form_fields(),
            exclude=self.get_exclude_form_fields(),
        )

    @property
    def map_view(self):
        return self.construct_view(
            self.map_view_class, **self.get_index_view_kwargs(), map_field=self.map_field, results_only=True
        )

    def get_urlpatterns(self):
        dropped = {"delete", "usage"}
        if not self.may_add:
            dropped.add("add")
        if not self.may_edit:
            dropped.add("edit")
        patterns = [p for p in super().get_urlpatterns() if p.name not in dropped]
        if self.map_field:
            patterns.append(path("map/", self.map_view, name="map"))
        return patterns


class ScopedChooserViewSet(ScopedViewSetMixin, ChooserViewSet):
    """Chooses among the rows its user may see."""
