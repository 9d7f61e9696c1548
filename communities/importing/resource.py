"""What an importable list states about itself, and the register of all of them.

A resource is django-import-export's, so that exports, field order and widgets are its own; what a row goes
through on its way in is in trying.py, column by column, because row by row is ten times slower.
Each app registers its own resources: a lower app never names a higher one's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.gis.db import models as gis
from django.db import models
from django.http import Http404
from django.utils.text import capfirst
from import_export.resources import ModelResource

from .columns import Column, latitude_column, longitude_column, widget_for

if TYPE_CHECKING:
    from .trying import Plan, Planned

Row = Any  # a row of the resource's model
ModelOf = Any  # that model: a class whose manager is scoped
_RESOURCES: dict[str, type[ImportResource]] = {}
_AFTER: dict[ModelOf, list[Callable[[list[int]], None]]] = {}


class ImportResource(ModelResource):
    """Base of every importable list. Subclasses state `Meta.model`, `Meta.fields` and the natural key.

    `synonyms`: field → headers that usually mean it, in any language, beyond the common ones.
    `place_needed`: a row without coordinates is refused unless the person importing says otherwise.
    `append_only`: a stored row is never changed by an import; a different one under its key is refused.
    `export_only`: fields that leave with an export and are never read back → the sentence that says why.
    `alike_by`: what a new row shares, besides its name and place, with a stored one that it may be; None: not asked.
    `joins_shapes`: rows that differ in their shape alone are parts of one shape.
    `derived`: fields that `derive` fills: they are not missed while another cell of the row is refused.
    `placeless_kinds`: of the field "kind", those that may go without coordinates.
    """

    name: ClassVar[str]
    synonyms: ClassVar[dict[str, tuple[str, ...]]] = {}
    prefixable: ClassVar[tuple[str, ...]] = ("code",)
    export_only: ClassVar[dict[str, Any]] = {}
    apart: ClassVar[tuple[str, ...]] = ()  # values that `derive` makes for `beside`, no fields of the model
    alike_by: ClassVar[tuple[str, ...] | None] = None
    derived: ClassVar[tuple[str, ...]] = ()
    placeless_kinds: ClassVar[tuple[str, ...]] = ()
    place_needed = False
    append_only = False
    joins_shapes = False

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        return Column(
            field_name,
            widget=widget_for(django_field),
            model_field=django_field,
            by_source=field_name == "source",
            prefixable=field_name in cls.prefixable,
        )

    # --- What it is ------------------------------------------------------------------------------------
    @property
    def model(self) -> ModelOf:
        return self._meta.model

    @property
    def key(self) -> list[str]:
        """The fields of the natural key."""
        return list(self._meta.import_id_fields)

    @cached_property
    def columns(self) -> dict[str, Column]:
        return {name: self.fields[name] for name in self._meta.import_order}

    @cached_property
    def many(self) -> list[str]:
        """The fields that hold several rows of another list."""
        return [name for name, column in self.columns.items() if column.many]

    @property
    def has_place(self) -> bool:
        return "latitude" in self.fields

    @property
    def shape(self) -> str:
        """The name of its line or boundary field, or nothing."""
        names = (n for n, c in self.fields.items() if isinstance(c.model_field, gis.GeometryField))
        return next(names, "")

    @property
    def title(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    # --- What a row must hold besides its cells ---------------------------------------------------------
    def expect(self, cells: dict[str, list[str]]) -> None:
        """Told the texts of the mapped fields before any is judged."""

    def derive(self, values: dict[str, Any], row: dict[str, str]) -> None:
        """Fills in what follows from the other values of the row, in place."""

    def objections(self, values: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
        """Rules across fields: (field, what was expected, suggestion) for each that is broken."""
        return ()

    def beside(self, plan: Plan, rows: list[Planned]) -> None:
        """Adds what the rows bring along for other models, to `row.beside` and `row.differences`."""

    def complete(self, rows: list[Row]) -> set[str]:
        """Works out what is computed, in place, before rows are written; the names of the fields it set."""
        return set()

    # --- Exports -----------------------------------------------------------------------------------------
    def for_export(self, queryset: models.QuerySet) -> models.QuerySet:
        return queryset

    def dehydrate_latitude(self, row: Row) -> float | str:
        return row.location.y if row.location else ""

    def dehydrate_longitude(self, row: Row) -> float | str:
        return row.location.x if row.location else ""


class PlacedResource(ImportResource):
    """A list whose rows have a point: two columns in files, one field of the model."""

    latitude = latitude_column()
    longitude = longitude_column()

    class Meta:
        model = None


def register(resource: type[ImportResource]) -> type[ImportResource]:
    """Makes a list importable, under its `name`. Used as a decorator."""
    fields = list(resource._meta.fields)
    resource._meta.export_order = fields
    resource._meta.import_order = [name for name in fields if name not in resource.export_only]
    _RESOURCES[resource.name] = resource
    return resource


def resources() -> list[ImportResource]:
    """One of each registered resource, by title."""
    return sorted((resource() for resource in _RESOURCES.values()), key=lambda resource: resource.title)


def resource_named(name: str) -> ImportResource:
    """A fresh resource. Raises Http404 for a list that is not importable."""
    if name not in _RESOURCES:
        raise Http404(name)
    return _RESOURCES[name]()


def after(model: ModelOf) -> Callable:
    """Decorator: call this with the primary keys of the rows an import wrote, inside its transaction."""

    def add(callback: Callable[[list[int]], None]) -> Callable[[list[int]], None]:
        _AFTER.setdefault(model, []).append(callback)
        return callback

    return add


def told_after(model: ModelOf, ids: list[int]) -> None:
    for callback in _AFTER.get(model, []):
        callback(ids)
