"""The office's lists, narrowed to their reader's sight: their columns, exports and maps."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.utils import unquote
from django.contrib.gis.db import models as gis
from django.db import models
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import ngettext
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views import generic

from .office_columns import Related, followed
from .office_forms import ScopedFilterSet
from .privacy import Level
from .sight import ScopedPolicy, reads_internal

LIST_MAP_LIMIT = 2000
LIST_SHAPE_DEGREES = 0.005  # boundaries are drawn in a list to about 500 m
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CARRIED = ("community", "point", "project", "drive", "scheme")  # from a list's filter to its new row


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; the data is kept whole."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def shape_fields(model: type[models.Model]) -> set[str]:
    return {f.name for f in model._meta.get_fields() if isinstance(f, gis.GeometryField)}


def followed_model(model: Any, links: list[str]) -> Any:
    """The model that a path of relations leads to."""
    for link in links:
        model = model._meta.get_field(link).related_model
    return model


class ScopedView:
    """Mixed in front of every view of a scoped viewset."""

    scope_model: Any  # the model whose rows these are

    def setup(self, request, *args, **kwargs):
        self.refuse_what_is_out_of_sight(request, kwargs.get("pk", args[0] if args else None))
        super().setup(request, *args, **kwargs)

    def refuse_what_is_out_of_sight(self, request: HttpRequest, pk: Any) -> None:
        if pk is None:
            return
        rows = self.scope_model._default_manager.visible_to(request.user)
        key = unquote(str(pk))
        if not key.isdigit() or not rows.filter(pk=key).exists():
            raise Http404

    def _scoped(self, rows):
        return rows.visible_to(self.request.user) if rows.model is self.scope_model else rows

    def get_base_queryset(self):
        return self._scoped(super().get_base_queryset())

    def get_object_list(self, *args, **kwargs):
        return self._scoped(super().get_object_list(*args, **kwargs))

    def get_objects(self, pks):
        return self._scoped(super().get_objects([pk for pk in pks if str(pk).isdigit()]))


class ScopedIndexView(generic.IndexView):
    """A list that exports safely and, where its rows have a place, shows a map beside it."""

    template_name = "communities/office/list.html"
    base_filterset_class = ScopedFilterSet
    list_select_related: tuple = ()
    map_field = ""
    map_url_name = None
    unread: tuple = ()  # columns that a list has no business with, such as encrypted ones
    note = ""

    def get_base_queryset(self):
        rows = super().get_base_queryset().defer(*self.unread_shapes, *self.unread)
        if not self.is_export:  # rows joined to others would not be read along the index of their order
            return rows.prefetch_related(*self.named().values())
        return rows.select_related(*self.list_select_related) if self.list_select_related else rows

    def named(self) -> dict[str, models.Prefetch]:
        """What the rows of a page name, without its shapes, by path."""
        found = {}
        for related in self.list_select_related:
            model, path = self.model, ""
            for name in related.split("__"):
                model, path = followed_model(model, [name]), f"{path}__{name}".lstrip("_")
                found[path] = models.Prefetch(path, model._base_manager.defer(*shape_fields(model)))
        return found

    @cached_property
    def unread_shapes(self) -> set[str]:
        """Geometry is heavy, and no list prints it; neither that of the row nor that of what it names."""
        unread = shape_fields(self.model)
        for related in self.list_select_related:
            model, prefix = self.model, ""
            for name in related.split("__"):
                model, prefix = followed_model(model, [name]), f"{prefix}{name}__"
                unread |= {prefix + shape for shape in shape_fields(model)}
        written = {path.split(".")[0] for path in self.list_export} if self.is_export else set()
        return unread - written

    @cached_property
    def columns(self):
        """The first column opens the row, whatever it shows."""
        first, *others = super().columns
        return [self.opening(first) if isinstance(first, Related) else first, *others]

    def opening(self, column: Related) -> TitleColumn:
        linked = {"cell_template_name": TitleColumn.cell_template_name}
        kind = self._get_title_column_class(type("Opening", (type(column), TitleColumn), linked))
        shown = {"label": column.label, "accessor": column.accessor, "sort_key": column.sort_key}
        return kind(
            column.name, get_url=lambda row: self.get_edit_url(row) or self.get_inspect_url(row), **shown
        )

    def get_table_kwargs(self):
        """Its rows stack as cards on a narrow screen: beside the first columns the others would not be seen."""
        stacks = {"classname": "listing stacks", "template_name": "communities/office/table.html"}
        return {**super().get_table_kwargs(), **stacks}

    def get_add_url(self):
        """Adding from the list of one community, point or project starts with that one."""
        url = super().get_add_url()
        kept = {name: self.request.GET[name] for name in CARRIED if self.request.GET.get(name)}
        return f"{url}?{urlencode(kept)}" if url and kept else url

    def get_edit_url(self, instance):
        """Rows that may only be read open for reading."""
        return super().get_edit_url(instance) if instance.pk in self.editable_on_page else None

    def paginate_queryset(self, queryset, page_size):
        paginated = super().paginate_queryset(queryset, page_size)
        self.shown = list(paginated[2])
        return paginated

    @cached_property
    def editable_on_page(self) -> set:
        rows = self.model._default_manager.filter(pk__in=[row.pk for row in getattr(self, "shown", [])])
        return set(rows.editable_by(self.request.user).values_list("pk", flat=True))

    def to_row_dict(self, item):
        return {field: followed(item, field) for field in self.list_export}

    def preprocess_field_value(self, field, value, export_format):
        value = "" if value is None else value  # unknown is an empty cell, never a zero
        return safe_cell(super().preprocess_field_value(field, value, export_format))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["note"] = self.note
        if self.map_url_name and ScopedPolicy(self.placed_model).user_has_permission(
            self.request.user, "view"
        ):
            context["map_url"] = self.map_url
        return context

    @cached_property
    def placed_model(self) -> Any:
        """Whose place is drawn: the rows' own, or that of what `map_field` leads to."""
        return followed_model(self.model, self.map_field.split("__")[:-1])

    @property
    def map_url(self) -> str:
        query = self.request.GET.urlencode()
        return reverse(self.map_url_name) + (f"?{query}" if query else "")


def read_by_anyone(model: Any, path: str) -> bool:
    """Whether what `path` leads to, such as "community.code", may be public; what is computed may be."""
    *links, name = path.replace("__", ".").split(".")
    return followed_model(model, links).privacy.get(name, Level.PUBLIC) == Level.PUBLIC


class InsideIndex(ScopedIndexView):
    """A list of which editors search and export what may be public alone."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not reads_internal(request.user):
            self.list_export = [path for path in self.list_export if read_by_anyone(self.model, path)]
            self.search_fields = [path for path in self.search_fields if read_by_anyone(self.model, path)]


class OfCommunities(InsideIndex):
    """A list of what communities asked, heard and were given. To editors a community goes by its public name."""


# --- Maps ----------------------------------------------------------------------------------------------
class ListMapView(ScopedIndexView):
    """The rows of a list as GeoJSON, filtered as the list is: at most LIST_MAP_LIMIT, and says what is left out."""

    map_field = "location"

    @cached_property
    def unread_shapes(self) -> set[str]:
        return super().unread_shapes - {self.map_field}

    def get(self, request, *args, **kwargs):
        rows = self.filter_queryset(self.search_queryset(self.get_base_queryset()))
        found = {"total": rows.count(), **self.drawn(rows)}
        return JsonResponse({"type": "FeatureCollection", **found})

    def drawn(self, rows: models.QuerySet) -> dict:
        """The features, how many of the rows they stand for, and how many have a place."""
        placed = rows.exclude(**{self.map_field: None})
        features = [self.feature(row) for row in placed[:LIST_MAP_LIMIT]]
        return {"features": features, "drawn": len(features), "placed": placed.count()}

    def feature(self, row: models.Model) -> dict:
        shape = getattr(row, self.map_field)
        if shape.geom_type != "Point":
            shape = shape.simplify(LIST_SHAPE_DEGREES, preserve_topology=True)
        properties = {
            "label": getattr(row, "label", str(row)),
            "code": getattr(row, "code", str(row.pk)),
            "url": self.get_inspect_url(row),
            "state": getattr(row, "map_state", ""),
        }
        return {"type": "Feature", "geometry": json.loads(shape.json), "properties": properties}


class PlacesMapView(ListMapView):
    """Where a list's rows lie when the place is another row's, such as their community's: one mark per place.

    `map_field` is a path of one link, such as "community__location", and the list has a filter by that name.
    A place is drawn for whoever may see the row that it belongs to: no list tells more of where a community
    lies than the register does.
    """

    @property
    def link(self) -> str:
        return self.map_field.split("__")[0]

    def drawn(self, rows):
        shape = self.map_field.split("__")[1]
        places = self.placed_model._default_manager.visible_to(self.request.user).exclude(**{shape: None})
        here = self.model._base_manager.filter(
            pk__in=rows.order_by().values("pk"), **{f"{self.link}__in": places.values("pk")}
        )
        counted = here.values_list(self.link).annotate(rows=models.Count("pk")).order_by("-rows", self.link)
        counts = dict(counted[:LIST_MAP_LIMIT])
        features = [self.place_feature(place, shape, counts) for place in places.filter(pk__in=counts)]
        return {"features": features, "drawn": sum(counts.values()), "placed": here.count()}

    def place_feature(self, place: Any, shape: str, counts: dict[int, int]) -> dict:
        """A place, how many rows lie there, and the way to these."""
        number = counts[place.pk]
        query = {**self.request.GET.dict(), self.link: place.code}
        query.pop("p", None)
        properties = {
            "label": place.label,
            "code": place.code,
            "url": f"{reverse(self.index_url_name)}?{urlencode(query)}",
            "words": ngettext("%(number)s in this list", "%(number)s in this list", number)
            % {"number": number_format(number, use_l10n=True, force_grouping=True)},
        }
        return {
            "type": "Feature",
            "geometry": json.loads(getattr(place, shape).json),
            "properties": properties,
        }


class MapOfCommunities(OfCommunities, PlacesMapView):
    """The communities of a list's rows."""
