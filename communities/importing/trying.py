"""The dry run: what a file would do. New, changed, unchanged and refused rows, with the differences.

Cells are judged column by column, each distinct value once; stored rows are read in one query per thousand
keys. Nothing is written. The same plan, made again at that moment, is what confirming.py writes.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import models
from django.db.models.fields import NOT_PROVIDED
from django.utils.text import slugify
from django.utils.translation import gettext as _

from .columns import Column, Keep, Refused
from .mapping import Mapping
from .placing import out_of_country, out_of_range
from .reading import Table
from .resource import ImportResource, Row

AT_ONCE = 1000  # keys per query
CODE_LENGTH = 32  # of a code made from a name, before its prefix


@dataclass(frozen=True)
class Objection:
    """Why a row is refused: which column, what stood there, what was expected, what it probably should be."""

    field: str
    column: str
    value: str
    expected: str
    suggestion: str = ""


@dataclass(eq=False)
class Planned:
    """A row that can be taken. `values` maps field names to values; many-to-many ones stand apart."""

    number: int
    key: tuple
    values: dict[str, Any]
    many: dict[str, tuple] = field(default_factory=dict)
    apart: dict[str, Any] = field(default_factory=dict)  # for the resource's `beside`: no fields of the row
    stored: Row | None = None
    born: Callable[[], Row] | None = None  # makes the new row, which most dry runs never need
    changed_fields: set[str] = field(default_factory=set)
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    beside: list[Row] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.stored is None

    @cached_property
    def row(self) -> Row:
        """The stored row with the file's values, or the new one."""
        return self.born() if self.born else self.stored


@dataclass
class Plan:
    resource: ImportResource
    table: Table
    mapping: Mapping
    source: str
    by: Any
    accept_without_place: bool = False
    new: list[Planned] = field(default_factory=list)
    changed: list[Planned] = field(default_factory=list)
    unchanged: list[Planned] = field(default_factory=list)
    refused: dict[int, list[Objection]] = field(default_factory=dict)
    without_place: int = 0

    def refuse(self, number: int, name: str, expected: str, suggestion: str = "", value: str = "") -> None:
        column = self.mapping.get(name, {}).get("column") or name
        objection = Objection(name, column, value, expected, suggestion)
        self.refused.setdefault(number, []).append(objection)

    @property
    def fingerprint(self) -> str:
        """The same for two plans that would write the same over the same."""
        digest = hashlib.sha256()
        for planned in self.new + self.changed:
            digest.update(repr(self._told(planned)).encode())
        digest.update(repr((sorted(self.refused), len(self.unchanged))).encode())
        return digest.hexdigest()

    def _told(self, planned: Planned) -> list:
        """What a row would write, and over what; in no language, since it is compared between sessions."""
        names = planned.values if planned.is_new else planned.changed_fields
        written = {name: planned.values[name] for name in names} | planned.many | planned.apart
        before = [each for each in planned.differences if each[0] != self.resource.shape]
        values = [(name, _stable(value)) for name, value in sorted(written.items())]
        return [planned.is_new, planned.number, _stable(planned.key), values, before]


def _stable(value: Any) -> Any:
    """A value as it reads the same in every process and language."""
    if isinstance(value, models.Model):
        return getattr(value, "code", value.pk)
    if isinstance(value, GEOSGeometry):
        return hashlib.sha256(value.wkb).hexdigest()
    return tuple(map(_stable, value)) if isinstance(value, tuple | list) else value


def plan(
    resource: ImportResource,
    table: Table,
    mapping: Mapping,
    *,
    source: str,
    by: Any,
    accept_without_place: bool = False,
) -> Plan:
    """What importing `table` would do. `by` is the person, None for the command line, which sees all."""
    made = Plan(resource, table, _usable(resource, table, mapping, source), source, by, accept_without_place)
    cells = _cells(made)
    resource.expect(cells)
    values = _judged(made, cells)
    if resource.has_place:
        _place(made, values, cells)
    rows = _rows(made, values, cells)
    rows = _once(made, rows)
    _compare(made, rows)
    resource.beside(made, made.new + made.changed + made.unchanged)
    _sort(made, rows)
    return made


def _usable(resource: ImportResource, table: Table, mapping: Mapping, source: str) -> Mapping:
    usable = {}
    for name, column in resource.columns.items():
        given = mapping.get(name, {})
        if given.get("column") in table.header or given.get("constant"):
            usable[name] = given
        elif column.by_source and name in resource.key:
            usable[name] = {"constant": source}
    return usable


# --- Cells ---------------------------------------------------------------------------------------------------
def _cells(made: Plan) -> dict[str, list[str]]:
    """The text of each mapped field, row by row, with its prefix or its constant."""
    return {name: _texts(made, name, given) for name, given in made.mapping.items()}


def _texts(made: Plan, name: str, given: dict[str, str]) -> list[str]:
    constant = given.get("constant", "") or (made.source if made.resource.columns[name].by_source else "")
    if given.get("column") not in made.table.header:
        return [constant] * len(made.table.rows)
    texts = made.table.column(given["column"])
    if given.get("slug"):
        texts = [slugify(text).upper()[:CODE_LENGTH] for text in texts]
    if prefix := given.get("prefix", ""):
        texts = [prefix + text if text else "" for text in texts]
    return [text or constant for text in texts] if constant else texts


def _judged(made: Plan, cells: dict[str, list[str]]) -> dict[str, list[Any]]:
    for number in sorted(made.table.overlong):
        made.refuse(number, made.resource.key[0], _("no more cells than there are column names"))
    return {name: _judge(made, made.resource.columns[name], name, texts) for name, texts in cells.items()}


def _judge(made: Plan, column: Column, name: str, texts: list[str]) -> list[Any]:
    known: dict[str, Any] = {}
    values = []
    for at, text in enumerate(texts):
        try:
            value = known[text]
        except KeyError:
            value = known[text] = column.verdict(text)
        if type(value) is Refused:
            made.refuse(made.table.rows[at][0], name, value.message, value.suggestion, text)
            value = None
        values.append(value)
    return values


# --- Places ----------------------------------------------------------------------------------------------------
def _place(made: Plan, values: dict[str, list[Any]], cells: dict[str, list[str]]) -> None:
    """Latitude and longitude become `location`: (longitude, latitude), None, or nothing when not mapped."""
    if not {"latitude", "longitude"} <= values.keys():
        return
    places: list[tuple[float, float] | None] = []
    pairs = zip(values.pop("latitude"), values.pop("longitude"), strict=True)
    for at, (lat, lon) in enumerate(pairs):
        places.append(_one_place(made, at, lat, lon, cells))
    values["location"] = places


def _check_countries(made: Plan, rows: list[Planned]) -> None:
    """A place lies in its row's country: the one the file gives, or else the one that is stored."""
    placed = [p for p in rows if p.number not in made.refused and p.values.get("location")]
    countries = [p.values.get("country") or getattr(p.stored, "country", None) for p in placed]
    wrong = out_of_country([p.values["location"] for p in placed], countries)
    for at, (name, expected, suggestion) in wrong.items():
        lon, lat = placed[at].values["location"]
        made.refuse(placed[at].number, name, expected, suggestion, f"{lat}, {lon}")


def _one_place(made: Plan, at: int, lat, lon, cells) -> tuple[float, float] | None:
    if lat is not None and lon is not None:
        if wrong := out_of_range(lat, lon):
            made.refuse(made.table.rows[at][0], *wrong, f"{cells['latitude'][at]}, {cells['longitude'][at]}")
            return None
        return lon, lat
    number = made.table.rows[at][0]
    if bool(cells["latitude"][at]) != bool(cells["longitude"][at]):
        name = "longitude" if cells["latitude"][at] else "latitude"
        made.refuse(number, name, _("both a latitude and a longitude, or neither"))
    return None


def _must_have_place(made: Plan, planned: Planned) -> bool:
    """Counts a row without a place, or refuses it. False when refused."""
    row = planned.values
    known = row.get("location")
    if known is not None or row.get("kind") == "nomadic":
        return True
    if made.resource.place_needed and not made.accept_without_place:
        sentence = _("no coordinates: give a latitude and a longitude, or accept rows without a place")
        made.refuse(planned.number, "latitude", sentence)
        return False
    made.without_place += 1
    return True


# --- Rows --------------------------------------------------------------------------------------------------------
def _rows(made: Plan, values: dict[str, list[Any]], cells: dict[str, list[str]]) -> list[Planned]:
    """The rows whose cells are good, with what follows from them; rules across fields are asked here."""
    resource, rows = made.resource, []
    names, lists = list(values), list(values.values())
    many = {name for name in names if name in resource.columns and resource.columns[name].many}
    for at, (number, raw) in enumerate(made.table.rows):
        if number in made.refused:
            continue
        row = {n: v[at] for n, v in zip(names, lists, strict=True) if v[at] is not Keep}
        resource.derive(row, _Raw(made.table.header, raw))
        broken = list(resource.objections(row))
        broken += [(n, _("a value: it is needed here"), "") for n in resource.key if row.get(n) in (None, "")]
        for name, expected, suggestion in broken:
            made.refuse(number, name, expected, suggestion, cells[name][at] if name in cells else "")
        if not broken:
            lists_of_rows = {name: row.pop(name) for name in many if name in row}
            apart = {name: row.pop(name) for name in resource.apart if name in row}
            rows.append(Planned(number, tuple(row[n] for n in resource.key), row, lists_of_rows, apart))
    return rows


class _Raw(dict):
    """The cells of a row by header, made only when asked for."""

    def __init__(self, header: list[str], cells: list[str]):
        super().__init__()
        self._of = (header, cells)

    def __missing__(self, name: str) -> str:
        header, cells = self._of
        return cells[header.index(name)] if name in header else ""


def _once(made: Plan, rows: list[Planned]) -> list[Planned]:
    """Each key once: a second row is refused, or joined when the list's shapes come in parts."""
    first: dict[tuple, Planned] = {}
    for planned in rows:
        earlier = first.setdefault(planned.key, planned)
        if earlier is planned:
            continue
        if made.resource.joins_shapes and _joined(made.resource.shape, earlier, planned):
            continue
        name = made.resource.key[0]
        expected = _("a code used once: row %(row)s of this file has it too") % {"row": earlier.number}
        made.refuse(planned.number, name, expected, value=_shown(planned.key))
    return list(first.values())


def _joined(shape: str, one: Planned, other: Planned) -> bool:
    if {**one.values, shape: None} != {**other.values, shape: None} or not one.values.get(shape):
        return False
    parts = list(one.values[shape]) + list(other.values.get(shape) or [])
    one.values[shape] = type(one.values[shape])(parts, srid=4326)
    return True


def _shown(key: tuple) -> str:
    return " · ".join(getattr(part, "code", None) or str(part) for part in key)


# --- Against what is stored ------------------------------------------------------------------------------------------
def _compare(made: Plan, rows: list[Planned]) -> None:
    stored = stored_rows(made, rows)
    for planned in rows:
        planned.stored = stored.get(_key_of(planned.key))
    for planned in _foreign(made, [planned for planned in rows if planned.is_new]):
        expected = _("a row that your posting covers")
        made.refuse(planned.number, made.resource.key[0], expected, value=_shown(planned.key))
    _check_countries(made, rows)
    for planned in rows:
        if planned.number not in made.refused and _placed_as_needed(made, planned):
            _begin(made, planned) if planned.is_new else _differ(made, planned)
    _sort(made, rows)


def _placed_as_needed(made: Plan, planned: Planned) -> bool:
    asked = "location" in planned.values or (planned.is_new and made.resource.has_place)
    return not asked or _must_have_place(made, planned)


def _key_of(key: Iterable) -> tuple:
    return tuple(getattr(part, "pk", part) for part in key)


def stored_rows(made: Plan, rows: list[Planned]) -> dict[tuple, Row]:
    """The stored rows that the file's keys name and the person may change, by key."""
    resource = made.resource
    found = resource.model._default_manager.all()
    found = found.editable_by(made.by) if made.by else found
    if resource.shape and resource.shape not in made.mapping:
        found = found.defer(resource.shape)
    found = found.prefetch_related(*(n for n, c in resource.columns.items() if c.many and n in made.mapping))
    stored = {}
    for row in _by_key(found, resource, rows):
        stored[tuple(getattr(row, resource.model._meta.get_field(n).attname) for n in resource.key)] = row
    return stored


def _by_key(found: models.QuerySet, resource: ImportResource, rows: list[Planned]) -> Iterable[Row]:
    name = resource.key[0]
    heads = sorted({_key_of(planned.key)[0] for planned in rows})
    for start in range(0, len(heads), AT_ONCE):
        yield from found.filter(**{f"{name}__in": heads[start : start + AT_ONCE]})


def _foreign(made: Plan, fresh: list[Planned]) -> list[Planned]:
    """Rows that look new only because the person may not change the stored one."""
    if made.by is None or not fresh:
        return []
    resource = made.resource
    attnames = [resource.model._meta.get_field(n).attname for n in resource.key]
    heads = sorted({_key_of(planned.key)[0] for planned in fresh})
    there: set[tuple] = set()
    for start in range(0, len(heads), AT_ONCE):
        part = {f"{resource.key[0]}__in": heads[start : start + AT_ONCE]}
        there.update(resource.model._default_manager.filter(**part).values_list(*attnames))
    return [planned for planned in fresh if _key_of(planned.key) in there]


def _begin(made: Plan, planned: Planned) -> None:
    """A new row: whatever it needs must be there."""
    for name, column in made.resource.columns.items():
        if column.by_source and name not in planned.values:
            planned.values[name] = made.source
        if column.needed and planned.values.get(name, planned.many.get(name)) in (None, ""):
            made.refuse(planned.number, name, _("a value: a new row needs it"))
    planned.born = partial(_new_row, made, planned.values)


def _new_row(made: Plan, values: dict[str, Any]) -> Row:
    return made.resource.model(**{name: _stored_form(made, name, value) for name, value in values.items()})


def _stored_form(made: Plan, name: str, value: Any) -> Any:
    if name == "location":
        return Point(value[0], value[1], srid=4326) if value else None
    if value is None and (model_field := made.resource.model._meta.get_field(name)).null is False:
        return "" if model_field.default is NOT_PROVIDED else model_field.get_default()
    return value


def _differ(made: Plan, planned: Planned) -> None:
    """A stored row: which fields the file changes."""
    for name, new in planned.values.items():
        old = _old(made, planned.row, name)
        if not _same(old, new):
            planned.changed_fields.add(name)
            planned.differences.append((name, _rendered(made, name, old), _rendered(made, name, new)))
    for name, rows in planned.many.items():
        old_rows = tuple(sorted(getattr(planned.row, name).all(), key=lambda row: row.code))
        if old_rows != rows:
            planned.differences.append((name, _rendered(made, name, old_rows), _rendered(made, name, rows)))
        else:
            planned.many = {n: r for n, r in planned.many.items() if n != name}
    if planned.differences and made.resource.append_only:
        expected = _("another date or source: what was recorded is never overwritten")
        made.refuse(planned.number, planned.differences[0][0], expected, value=planned.differences[0][2])
        return
    for name in planned.changed_fields:
        setattr(planned.row, name, _stored_form(made, name, planned.values[name]))


def _old(made: Plan, row: Row, name: str) -> Any:
    if name == "location":
        return (row.location.x, row.location.y) if row.location else None
    model_field = made.resource.model._meta.get_field(name)
    if model_field.is_relation and name in made.resource.columns:
        return made.resource.columns[name].widget.by_pk(getattr(row, model_field.attname))
    return getattr(row, name)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, GEOSGeometry):
        return new is not None and old.equals_exact(new, 1e-9)
    if isinstance(old, str):
        return old.strip() == (new or "")
    if isinstance(old, float) and isinstance(new, float):  # a workbook keeps 16 digits, not 17
        return math.isclose(old, new, rel_tol=1e-12)
    if isinstance(old, tuple) and isinstance(new, tuple):
        return all(map(_same, old, new))
    return old == new


def _rendered(made: Plan, name: str, value: Any) -> str:
    if name == "location":
        return f"{value[1]:.6f}, {value[0]:.6f}" if value else ""
    if name == made.resource.shape:
        return _("a shape of %(points)s points") % {"points": value.num_coords} if value else ""
    column = made.resource.columns.get(name)
    return str(column.widget.render(value)) if column else str(value)


def _sort(made: Plan, rows: list[Planned]) -> None:
    good = [planned for planned in rows if planned.number not in made.refused]
    made.new = [planned for planned in good if planned.is_new]
    made.changed = [p for p in good if not p.is_new and (p.differences or p.beside)]
    made.unchanged = [p for p in good if not p.is_new and not (p.differences or p.beside)]
