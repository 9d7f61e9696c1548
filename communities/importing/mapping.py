"""Which column of a file is which field: proposed from headers and values, remembered per source.

A mapping is {field: {"column": header, "constant": text, "prefix": text, "slug": bool}}; every part may be
missing. The constant stands in where the file has no such column, or an empty cell; `slug` makes a code of a
name.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from ..models import ColumnMapping
from .columns import LANGUAGES, Column, Refused
from .countries import plain
from .reading import Table
from .resource import ImportResource

Mapping = dict[str, dict[str, Any]]
SAMPLED = 20  # different values of a column that are tried

COMMON = {
    "code": ("id", "pcode", "p-code", "row_id", "uuid", "identifiant", "رمز", "الرمز", "osm_id"),
    "name": (
        "nom",
        "name_en",
        "facility name",
        "libellé",
        "localité",
        "الاسم",
        "اسم",
        "title",
        "designation",
    ),
    "name_fr": ("nom_fr", "nom français", "الاسم بالفرنسية"),
    "name_ar": ("nom_ar", "nom arabe", "الاسم بالعربية"),
    "latitude": ("lat", "y", "gps_lat", "latitude_y", "خط العرض", "دائرة العرض"),
    "longitude": ("long", "lng", "lon", "x", "gps_long", "longitude_x", "خط الطول"),
    "country": (
        "iso3c",
        "country_code",
        "countryiso3",
        "iso2",
        "iso3",
        "location",
        "pays",
        "البلد",
        "admin0pcod",
    ),
    "area": ("adm2_pcode", "adm1_pcode", "admin2pcod", "admin1pcod", "p-code", "pcode", "المنطقة"),
    "source": ("source", "المصدر"),
    "date": ("jour", "التاريخ", "report_date"),
    "population": ("pop", "habitants", "السكان", "عدد السكان"),
    "kind": ("genre", "النوع"),
    "status": ("statut", "الحالة"),
    "state": ("état", "الحالة", "status"),
}


def proposed(resource: ImportResource, table: Table, source: str) -> Mapping:
    """What was used last for this source; what the file says where a column is not there again, or a
    needed field was left out."""
    kept = ColumnMapping.objects.filter(what=resource.name, source=source).first()
    if kept:
        words = guessed(resource, table)
        there = {
            f: m if m.get("column", "") in ["", *table.header] else words.get(f)
            for f, m in kept.columns.items()
        }
        there |= {f: words[f] for f in words if f not in there and resource.columns[f].needed}
        return {field: given for field, given in there.items() if given and field in resource.columns}
    return guessed(resource, table)


def guessed(resource: ImportResource, table: Table) -> Mapping:
    """Headers that name a field, each used once; a resource's own words come before the common ones.

    A column of whose values the field takes none is another thing of the same name, and not proposed.
    """
    mapping: Mapping = {}
    free = {plain(name): name for name in reversed(table.header)}
    exact = {name: [name] for name in resource.columns}
    labels = {name: _labels(column) for name, column in resource.columns.items()}
    shape = {resource.shape: ["geometry"]}
    for words in (exact, resource.synonyms, labels, COMMON, shape):
        for field, column in resource.columns.items():
            if field not in mapping:
                named = [w for w in map(plain, words.get(field, ())) if w in free]
                found = next((w for w in named if _takes(column, table.column(free[w]))), None)
                if found is not None:
                    mapping[field] = {"column": free.pop(found)}
    return mapping


def _takes(column: Column, texts: list[str]) -> bool:
    """Whether a field takes some of these cells, by its first different values; none contradicts where all are empty."""
    samples = list(dict.fromkeys(filter(None, texts)))[:SAMPLED]
    return not samples or any(type(column.verdict(text)) is not Refused for text in samples)


def _labels(column: Column) -> list[str]:
    words = []
    for language in LANGUAGES:
        with override(language):
            words.append(column.label)
    return words


def remember(resource: ImportResource, source: str, mapping: Mapping) -> None:
    ColumnMapping.objects.update_or_create(what=resource.name, source=source, defaults={"columns": mapping})


def missing(resource: ImportResource, mapping: Mapping) -> list[str]:
    """Labels of the parts of the key that neither a column nor a constant fills.

    What else a new row needs is asked row by row: a file that only changes stored rows may leave it out.
    """
    columns = {name: resource.columns[name] for name in resource.key}
    given = {field for field, m in mapping.items() if m.get("column") or m.get("constant")}
    return [c.label for name, c in columns.items() if c.needed and not c.by_source and name not in given]
