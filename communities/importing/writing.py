"""Files out: exports that can be edited and imported back, templates, and the refused rows of an import."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.db import models

from ..models import ImportRun
from .reading import ERROR_SUFFIX, Table, protected
from .resource import ImportResource

BOM = "\ufeff"  # spreadsheets take a CSV without it for Windows-1252


def as_csv(header: list[str], rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([protected(name) for name in header])
    writer.writerows([protected(cell) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def as_workbook(header: list[str], rows: Iterable[Iterable[Any]]) -> bytes:
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([header, *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, bool | int | float):
                    sheet.write(at, column, cell)
                elif cell not in ("", None):
                    sheet.write_string(at, column, str(protected(str(cell))))
    return content.getvalue()


def table_fields(resource: ImportResource) -> list[str]:
    """The fields of a table to bring in: lines and boundaries do not fit into cells, they leave as GeoJSON."""
    return [name for name in resource.columns if name != resource.shape]


def _exported_fields(resource: ImportResource) -> list[str]:
    return [name for name in resource._meta.export_order if name != resource.shape]


def exported(resource: ImportResource, queryset: models.QuerySet) -> tuple[list[str], list[list[Any]]]:
    """Header and rows of a table of `queryset`, as the import reads them."""
    fields = _exported_fields(resource)
    related = [n for n in fields if (f := resource.fields[n].model_field) is not None and f.is_relation]
    single = [n for n in related if not resource.fields[n].many]
    rows = (
        resource.for_export(queryset).select_related(*single).prefetch_related(*(set(related) - set(single)))
    )
    rows = rows.defer(*_shapes(resource, single)).order_by(*resource.key)
    columns = resource.get_export_fields(fields)
    return fields, [[resource.export_field(column, row) for column in columns] for row in rows]


def _shapes(resource: ImportResource, related: list[str]) -> list[str]:
    shapes = [resource.shape] if resource.shape else []
    for name in related:
        model = resource.fields[name].model_field.related_model
        shapes += [f"{name}__{f.name}" for f in model._meta.fields if hasattr(f, "geom_type")]
    return shapes


def as_geojson(resource: ImportResource, queryset: models.QuerySet) -> bytes:
    """A feature collection with the shape of each row, or its point."""
    fields, rows = exported(resource, queryset)
    shape = resource.shape or "location"
    shapes = dict(queryset.values_list("pk", shape))
    keys = list(queryset.order_by(*resource.key).values_list("pk", flat=True))
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapes[pk].json) if shapes[pk] else None,
            "properties": dict(zip(fields, map(_plain, row), strict=True)),
        }
        for pk, row in zip(keys, rows, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def refused_rows(run: ImportRun, table: Table) -> bytes:
    """The refused rows as they came, with `<column>_error` beside each refused field's column."""
    remarks: dict[int, dict[str, str]] = {}
    for refusal in run.findings.get("refused", []):
        said = remarks.setdefault(refusal["row"], {})
        words = [said.get(refusal["column"], ""), refusal["expected"], refusal.get("suggestion", "")]
        said[refusal["column"]] = " – ".join(filter(None, words))
    faulty = {column for said in remarks.values() for column in said}
    header = list(_beside(table.header, faulty))
    return as_csv(header, _mendable(table, header, remarks))


def _beside(header: list[str], faulty: set[str]) -> Iterator[str]:
    for name in header:
        yield name
        if name in faulty:
            yield name + ERROR_SUFFIX
    for name in sorted(faulty - set(header)):  # a field the file has no column for: the place to add it
        yield name
        yield name + ERROR_SUFFIX


def _mendable(table: Table, header: list[str], remarks: dict[int, dict[str, str]]) -> Iterator[list[str]]:
    for number, cells in table.rows:
        if said := remarks.get(number):
            values = dict(zip(table.header, cells, strict=True))
            values |= {column + ERROR_SUFFIX: text for column, text in said.items()}
            yield [values.get(name, "") for name in header]
