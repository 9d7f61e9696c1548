"""The dry run: what a file would do. New, changed, unchanged and refused rows, with the differences.

Cells are judged column by column, each distinct value once; stored rows are read in one query per thousand
keys. A refused row is judged on by the cells that could be read, so that all that is wrong with it is said at
once. Nothing is written. The same plan, made again at that moment, is what confirming.py writes.
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
PLACE = ("latitude", "longitude")
NOTHING: frozenset[str] = frozenset()
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
    """A row of the file. `values` maps field names to values; many-to-many ones stand apart.

    `unread` names the fields whose cells were refused, which `values` lacks. `key` is empty where a part of it
    could not be read.
    """

    number: int
    key: tuple
    values: dict[str, Any]
    many: dict[str, tuple] = field(default_factory=dict)
    apart: dict[str, Any] = field(default_factory=dict)  # for the resource's `beside`: no fields of the row
    unread: frozenset[str] = NOTHING
    beyond: bool = False  # stored, where the person importing may not change it
    stored: Row | None = None
    born: Callable[[], Row] | None = None  # makes the new row, which most dry runs never need
    changed_fields: set[str] = field(default_factory=set)
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    beside: list[Row] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.stored is None and bool(self.key) and not self.beyond

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
            value = Keep
        values.append(value)
    return values


# --- Places ----------------------------------------------------------------------------------------------------
def _place(made: Plan, values: dict[str, list[Any]], cells: dict[str, list[str]]) -> None:
    """Latitude and longitude become `location`: (longitude, latitude), None, or nothing when not mapped."""
    if not set(PLACE) <= values.keys():
        return
    pairs = zip(values.pop("latitude"), values.pop("longitude"), strict=True)
    values["location"] = [_one_place(made, at, lat, lon, cells) for at, (lat, lon) in enumerate(pairs)]


def _one_place(made: Plan, at: int, lat, lon, cells) -> Any:
    """(longitude, latitude), None where both are empty, Keep where no place could be read."""
    number, texts = made.table.rows[at][0], [cells[name][at] for name in PLACE]
    if bool(texts[0]) != bool(texts[1]):
        made.refuse(number, PLACE[bool(texts[0])], _("both a latitude and a longitude, or neither"))
        return Keep
    if Keep in (lat, lon):
        return Keep
    if lat is None:
        return None
    if wrong := out_of_range(lat, lon):
        made.refuse(number, *wrong, ", ".join(texts))
        return Keep
    return lon, lat


def _check_countries(made: Plan, rows: list[Planned]) -> None:
    """A place lies in its row's country: the one the file gives, or else the one that is stored."""
    placed = [p for p in rows if p.values.get("location") and "country" not in p.unread]
    countries = [p.values.get("country") or getattr(p.stored, "country", None) for p in placed]
    wrong = out_of_country([p.values["location"] for p in placed], countries)
    for at, (name, expected, suggestion) in wrong.items():
        lon, lat = placed[at].values["location"]
        made.refuse(placed[at].number, name, expected, suggestion, f"{lat}, {lon}")


def _check_placed(made: Plan, rows: list[Planned]) -> None:
    if not made.resource.place_needed or made.accept_without_place:
        return
    sentence = _("no coordinates: give a latitude and a longitude, or accept rows without a place")
    for planned in rows:
        if _lacks_place(made, planned):
            made.refuse(planned.number, "latitude", sentence)


def _lacks_place(made: Plan, planned: Planned) -> bool:
    """Whether a row does not say where it is, and should: a stored one may leave it out."""
    values, free = planned.values, made.resource.placeless_kinds
    if values.get("location") or planned.unread.intersection(PLACE):
        return False
    if "location" not in values and not (planned.is_new and made.resource.has_place):
        return False
    return not free or ("kind" not in planned.unread and values.get("kind") not in free)


# --- Rows --------------------------------------------------------------------------------------------------------
def _rows(made: Plan, values: dict[str, list[Any]], cells: dict[str, list[str]]) -> list[Planned]:
    """The rows, with what follows from their cells; rules across fields are asked here.

    A row with more cells than the header is left out: nobody knows which of them is which.
    """
    rows = []
    names, lists = list(values), list(values.values())
    for at, (number, raw) in enumerate(made.table.rows):
        if number in made.table.overlong:
            continue
        row = {n: v[at] for n, v in zip(names, lists, strict=True) if v[at] is not Keep}
        unread = _unread(made, number)
        made.resource.derive(row, _Raw(made.table.header, raw))
        for name, expected, suggestion in _broken(made.resource, row, unread):
            made.refuse(number, name, expected, suggestion, cells[name][at] if name in cells else "")
        rows.append(_planned(made.resource, number, row, unread))
    return rows


def _unread(made: Plan, number: int) -> frozenset[str]:
    """The fields of a row that no cell could be read for, and those that would have followed from them."""
    refused = [objection.field for objection in made.refused.get(number, ())]
    return frozenset([*refused, *made.resource.derived]) if refused else NOTHING


def _broken(resource: ImportResource, row: dict[str, Any], unread: frozenset[str]) -> list[tuple]:
    """The rules across fields that a row breaks; nothing is said of a field that could not be read."""
    broken = list(resource.objections(row))
    broken += [(n, _("a value: it is needed here"), "") for n in resource.key if row.get(n) in (None, "")]
    return [each for each in broken if each[0] not in unread]


def _planned(resource: ImportResource, number: int, row: dict[str, Any], unread: frozenset[str]) -> Planned:
    key = tuple(row.get(name) for name in resource.key)
    many = {name: row.pop(name) for name in resource.many if name in row}
    apart = {name: row.pop(name) for name in resource.apart if name in row}
    known = not any(part in (None, "") for part in key)
    return Planned(number, key if known else (), row, many, apart, unread=unread)


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
    kept = []
    for planned in rows:
        earlier = first.setdefault(planned.key, planned) if planned.key else planned
        if earlier is not planned and made.resource.joins_shapes and _are_parts(made, earlier, planned):
            if earlier.number in made.refused:
                first[planned.key] = planned
            elif planned.number not in made.refused:
                _join(made.resource.shape, earlier, planned)
                continue
        elif earlier is not planned:
            expected = _("a code used once: row %(row)s of this file has it too") % {"row": earlier.number}
            made.refuse(planned.number, made.resource.key[0], expected, value=_shown(planned.key))
        kept.append(planned)
    return kept


def _are_parts(made: Plan, one: Planned, other: Planned) -> bool:
    """Whether two rows of one key differ in their shape alone, as far as they could be read."""
    shape = made.resource.shape
    apart = {shape, *one.unread, *other.unread}
    mine, theirs = ({n: v for n, v in p.values.items() if n not in apart} for p in (one, other))
    return mine == theirs and bool(one.values.get(shape) or shape in one.unread)


def _join(shape: str, one: Planned, other: Planned) -> None:
    parts = list(one.values[shape]) + list(other.values.get(shape) or [])
    one.values[shape] = type(one.values[shape])(parts, srid=4326)


def _shown(key: tuple) -> str:
    return " · ".join(getattr(part, "code", None) or str(part) for part in key)


# --- Against what is stored ------------------------------------------------------------------------------------------
def _compare(made: Plan, rows: list[Planned]) -> None:
    stored = stored_rows(made, rows)
    for planned in rows:
        planned.stored = stored.get(_key_of(planned.key))
    for planned in _foreign(made, [planned for planned in rows if planned.is_new]):
        planned.beyond = True
        expected = _("a row that your posting covers")
        made.refuse(planned.number, made.resource.key[0], expected, value=_shown(planned.key))
    _check_countries(made, rows)
    _check_placed(made, rows)
    for planned in rows:
        if planned.is_new:
            _begin(made, planned)
        elif planned.stored:
            _differ(made, planned)
    _sort(made, rows)
    _take_over(made)


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
    heads = sorted({_key_of(planned.key)[0] for planned in rows if planned.key})
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
        lacks = column.needed and planned.values.get(name, planned.many.get(name)) in (None, "")
        if lacks and name not in planned.unread:
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


def _take_over(made: Plan) -> None:
    """The stored rows that change take the file's values; a refused row changes none."""
    for planned in made.changed:
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
    made.without_place = sum(_lacks_place(made, planned) for planned in good)
