"""The directory of numbers that people can call, as the public pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from communities.commas import listed
from communities.models import Area
from engagements.models import Hotline

from .places import with_areas

DIALLED = "+*0123456789"


@dataclass(frozen=True)
class Line:
    """A number with what is known of it, its areas and languages one after another. `dial` is what a telephone takes;
    no area smaller than a district is told."""

    hotline: Hotline
    dial: str
    areas: str
    languages: str


@dataclass(frozen=True)
class Country:
    """A country, or what its code says where it has no area of its own, with the numbers that reach it."""

    label: str
    lines: list[Line]


def reaching(area: Area | None) -> list[Line]:
    """The numbers that reach this area, the independent ones last: they are for what must stay sealed."""
    return _lines(Hotline.objects.public().reaching(area).order_by("is_independent", "number"))


def independent() -> list[Line]:
    """The numbers outside the agencies concerned."""
    return _lines(Hotline.objects.public().independent())


def by_country() -> list[Country]:
    """Every number, under each country that it reaches."""
    lines = _lines(Hotline.objects.public().order_by("is_independent", "number"))
    codes = {area.country for line in lines for area in line.hotline.areas.all()}
    tops = Area.objects.public().filter(level=0, country__in=codes).defer("boundary")
    label = {area.country: area.label for area in tops}
    found = [Country(label.get(code, code), _of(code, lines)) for code in codes]
    return sorted(found, key=lambda country: country.label)


def _of(code: str, lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if any(area.country == code for area in line.hotline.areas.all())]


def _lines(rows: QuerySet[Hotline]) -> list[Line]:
    areas = Prefetch("areas", with_areas(Area.objects.public()))
    return [_line(row) for row in rows.select_related("agency").prefetch_related(areas, "languages")]


def _line(row: Hotline) -> Line:
    places = dict.fromkeys(area.district.label for area in row.areas.all())
    languages = listed(language.label for language in row.languages.all())
    return Line(row, "".join(sign for sign in row.number if sign in DIALLED), listed(places), languages)
