"""The demo's land: areas, sections, crossing points, agencies, communities and service points.

Loaded from the extract in data/ (see its README) and from tables.py. Rows go in by bulk: nothing of this
has a verb, it is what an import would bring.
"""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString, Point
from django.db.models import Model

from communities import geo, places
from communities.models import (
    Agency,
    Area,
    BorderSection,
    Community,
    CrossingPoint,
    Language,
    Presence,
    Tie,
)
from engagements.models import Mandate, Topic
from services.models import ServicePoint, ServiceType

from . import tables

DATA = Path(__file__).parent / "data"
DRAWN_BY = "Natural Earth 1:50 million (de facto, for orientation only)"
GEONAMES = "GeoNames (CC BY 4.0)"
# The day of the gazetteer the extract was cut from is not known: the figure's date stays empty.
TOWN_KM = 30


@dataclass
class World:
    """Everything by code. `countries` of the story are the five; their neighbours are land on the map."""

    areas: dict[str, Area] = field(default_factory=dict)
    sections: dict[str, BorderSection] = field(default_factory=dict)
    lines: dict[str, MultiLineString] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    languages: dict[str, Language] = field(default_factory=dict)
    communities: dict[str, Community] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    types: dict[str, ServiceType] = field(default_factory=dict)
    points: dict[str, ServicePoint] = field(default_factory=dict)
    written: list[Model] = field(default_factory=list)  # every row, in the order it was written

    def agency_for(self, topic: str, country: str) -> Agency:
        """The agency with the mandate for a topic in a country."""
        return self.agencies[f"{country}-{tables.ANSWERS[topic][0]}"]


def load() -> World:
    """Writes the land and who lives on it. Topics and service types must be loaded before."""
    world = World(topics=_by_code(Topic), types=_by_code(ServiceType))
    _areas(world)
    _sections(world)
    _crossings(world)
    _agencies(world)
    _mandates(world)
    _languages(world)
    _communities(world)
    _nomads(world)
    _ties(world)
    _service_points(world)
    return world


def _by_code(model) -> dict:
    return {row.code: row for row in model.objects.order_by("pk")}


def _features(name: str) -> Iterator[tuple[dict, GEOSGeometry]]:
    for feature in json.loads((DATA / f"{name}.geojson").read_text(encoding="utf-8"))["features"]:
        shape = GEOSGeometry(json.dumps(feature["geometry"]))
        shape.srid = 4326
        yield feature["properties"], shape


def _multi(shape: GEOSGeometry) -> MultiLineString:
    return shape if isinstance(shape, MultiLineString) else MultiLineString(shape, srid=4326)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _names(row: dict) -> dict[str, str]:
    return {key: row.get(key, "") for key in ("name", "name_fr", "name_ar")}


# --- Land ------------------------------------------------------------------------------------------------
def _areas(world: World) -> None:
    """Countries first, then regions, then districts: each level needs the one above. Neighbours too, as land."""
    rows = list(_features("districts"))
    five = {props["code"] for props, _shape in rows}
    neighbours = [
        ({**props, "code": props["iso2"], "level": 0, "parent": "", "note": DRAWN_BY}, shape)
        for props, shape in _features("countries")
        if props["iso2"] not in five
    ]
    for level in (0, 1, 2):
        made = Area.objects.bulk_create(
            Area(
                code=props["code"],
                level=level,
                parent=world.areas.get(props["parent"]),
                country=props["code"][:2],
                boundary=geo.as_multipolygon(shape),
                source=props["note"][:160],
                **_names(props),
            )
            for props, shape in rows + neighbours
            if props["level"] == level
        )
        world.areas.update((area.code, area) for area in made)
        world.written += made


def _sections(world: World) -> None:
    wordings = {
        "disputed": (
            "Line not settled: both states treat the area as neutral",
            "Tracé non réglé : les deux États tiennent la zone pour neutre",
            "خط غير محسوم: تعتبر الدولتان المنطقة محايدة",
        ),
        "not_demarcated": (
            "Not marked on the ground (invented for the demo)",
            "Non matérialisé sur le terrain (inventé pour la démo)",
            "غير معلَّم على الأرض (مختلق للعرض)",
        ),
    }
    for props, shape in _features("borders"):
        line = _multi(shape)
        wording = wordings.get(props["status"], ("", "", ""))
        world.lines[props["code"]] = line
        world.sections[props["code"]] = BorderSection.objects.create(
            code=props["code"],
            country_a=props["country_a"],
            country_b=props["country_b"],
            kind=props["kind"],
            status=props["status"],
            wording=wording[0],
            wording_fr=wording[1],
            wording_ar=wording[2],
            line=line,
            source=props["note"][:160],
            **_names(props),
        )
    world.written += world.sections.values()


def _crossings(world: World) -> None:
    """Set on the drawn line, at the point nearest to the town or landing: the map shows no false detour."""
    made = []
    for code, section, near, name, name_fr, name_ar, kind, status, hours, joint in tables.CROSSINGS:
        line = world.lines[section]
        place = line.interpolate(line.project(Point(*near, srid=4326)))
        place.srid = 4326
        made.append(
            CrossingPoint(
                code=code,
                name=name,
                name_fr=name_fr,
                name_ar=name_ar,
                section=world.sections[section],
                kind=kind,
                status=status,
                opening_hours=hours,
                joint=joint,
                location=place,
                source="Demo, position approximate",
            )
        )
    world.written += CrossingPoint.objects.bulk_create(made)


# --- Who acts --------------------------------------------------------------------------------------------
def _agencies(world: World) -> None:
    en, fr, ar = tables.MARK
    made = [
        Agency(
            code=f"{country}-{code}",
            country=country,
            kind=kind,
            name=f"{name} of {seat} {en}",
            name_fr=f"{name_fr} {seat_fr} {fr}",
            name_ar=f"{name_ar} في {seat_ar} {ar}",
        )
        for country, (seat, seat_fr, seat_ar) in tables.SEATS.items()
        for code, (kind, name, name_fr, name_ar) in tables.OFFICES.items()
    ]
    made += [
        Agency(
            code=code, kind=kind, name=f"{name} {en}", name_fr=f"{name_fr} {fr}", name_ar=f"{name_ar} {ar}"
        )
        for code, kind, name, name_fr, name_ar in tables.BEYOND
    ]
    world.agencies = {agency.code: agency for agency in Agency.objects.bulk_create(made)}
    world.written += made


def _mandates(world: World) -> None:
    world.written += Mandate.objects.bulk_create(
        Mandate(topic=world.topics[topic], area=area, agency=world.agency_for(topic, area.country), days=days)
        for area in world.areas.values()
        if area.level == 1
        for topic, (_office, days) in tables.ANSWERS.items()
    )


def _languages(world: World) -> None:
    """Those the reference data did not bring are added; what it brought stays."""
    for code, name, name_fr, name_ar in tables.LANGUAGES:
        world.languages[code], _made = Language.objects.get_or_create(
            code=code, defaults={"name": name, "name_fr": name_fr, "name_ar": name_ar}
        )


# --- Who lives there -------------------------------------------------------------------------------------
def _communities(world: World) -> None:
    made = [_settlement(row) for row in _rows("villages")]
    arabic = {(area.name, area.country): area.name_ar for area in world.areas.values() if area.level == 2}
    made += [_town(row, arabic.get((row["name"], row["country"]), "")) for row in _near_towns()]
    world.communities = {c.code: c for c in Community.objects.bulk_create(made)}
    world.written += made
    places.place_communities([c.pk for c in world.communities.values() if c.location])
    fresh = Community.objects.in_bulk(list(world.communities), field_name="code")
    world.communities = {code: fresh[code] for code in world.communities}
    _speak(world, {row["code"]: row["languages"].split("|") for row in _rows("villages")})


def _speak(world: World, spoken: dict[str, list[str]]) -> None:
    """Villages speak what the extract says; a town is given what the nearest village of its country speaks."""
    villages = [(c, c.location.coords) for code in list(spoken) if (c := world.communities[code]).location]
    for town in world.communities.values():
        if town.code not in spoken and town.location:
            same = [(village.code, spot) for village, spot in villages if village.country == town.country]
            index, _km = geo.nearest(
                np.array([town.location.coords]), np.array([spot for _code, spot in same])
            )
            spoken[town.code] = spoken[same[index[0]][0]]
    through = Community.languages.through
    through.objects.bulk_create(
        through(community=world.communities[code], language=world.languages[language])
        for code, languages in spoken.items()
        for language in languages
    )


def _settlement(row: dict[str, str]) -> Community:
    code, people = row["code"], row["population"]
    public = "hidden" if code in tables.HIDDEN else "area" if code in tables.DISTRICT_ALONE else "exact"
    return Community(
        code=code,
        kind=row["kind"],
        country=row["country"],
        location=_point(row) if row["longitude"] else None,
        population=int(people) if people else None,
        population_source="Demo figure" if people else "",
        population_date=datetime.date(2024, 1, 1) if people else None,
        public_place="area" if row["kind"] == "nomadic" else public,
        publish_delay_days=tables.DELAYED.get(code, 0),
        at_risk=code in tables.AT_RISK,
        rhythm_days=180 if row["kind"] == "nomadic" else 90,
        notes="Invented for the demo.",
        **_names(row),
    )


def _town(row: dict[str, str], arabic: str) -> Community:
    """`arabic` is the district's name where it is named after the town: the gazetteer often has none."""
    people = row["population"]
    return Community(
        code=f"{row['country']}-T{row['geonameid']}",
        country=row["country"],
        location=_point(row),
        population=int(people) if people else None,
        population_source=GEONAMES if people else "",
        public_place="exact",
        rhythm_days=60,
        notes="A real town; what happens there in this demo is invented.",
        **(_names(row) | {"name_ar": row["name_ar"] or arabic}),
    )


def _near_towns() -> list[dict[str, str]]:
    rows = _rows("towns")
    spots = np.array([(float(row["longitude"]), float(row["latitude"])) for row in rows])
    km, _owner = geo.border_distance(spots, geo.border_pieces())
    return [row for row, away in zip(rows, km, strict=True) if away <= TOWN_KM]


def _point(row: dict[str, str]) -> Point:
    return Point(float(row["longitude"]), float(row["latitude"]), srid=4326)


def _nomads(world: World) -> None:
    stays = []
    for code, (district, section, year) in tables.NOMADS.items():
        group = world.communities[code]
        group.area, group.section = world.areas[district], world.sections[section]
        group.save(update_fields=["area", "section"])
        for kind, first, last, where in year:
            stay = Presence(
                community=group, kind=kind, first_month=first, last_month=last, source=tables.SOURCE
            )
            if kind == "area":
                stay.area, stay.confidence = world.areas[where], "medium"
            else:
                stay.route, stay.confidence = MultiLineString(LineString(where), srid=4326), "low"
            stays.append(stay)
    world.written += Presence.objects.bulk_create(stays)


def _ties(world: World) -> None:
    made = []
    for code, other, kind, note in tables.TIES:
        tie = Tie(community=world.communities[code], kind=kind, note=note)
        if isinstance(other, tuple):
            tie.other_name, tie.other_country = other
        else:
            tie.other, tie.other_country = world.communities[other], other[:2]
        made.append(tie)
    world.written += Tie.objects.bulk_create(made)


# --- What is provided ------------------------------------------------------------------------------------
# The pump of the first story: the extract has none in that village.
PUMP = {
    "code": "BJ-S901",
    "name": "Pompe de l'école de Bangou Lokoto",
    "type": "water_point",
    "country": "BJ",
    "longitude": "3.4961",
    "latitude": "11.7822",
    "serves_across_border": "false",
}


def _service_points(world: World) -> None:
    finder = geo.AreaFinder(level=2)
    made = [
        ServicePoint(
            code=row["code"],
            name=row["name"],
            type=world.types[row["type"]],
            country=row["country"],
            area=finder.at(_point(row)),
            agency=world.agencies[f"{row['country']}-{tables.RUNS[row['type']]}"],
            location=_point(row),
            serves_across_border=row["serves_across_border"] == "true",
            source=tables.SOURCE,
        )
        for row in [*_rows("service_points"), PUMP]
    ]
    world.points = {point.code: point for point in ServicePoint.objects.bulk_create(made)}
    world.written += made
