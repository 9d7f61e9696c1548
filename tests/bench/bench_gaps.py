"""How much faster a whole recomputation is than PostGIS's nearest neighbour on geography, in the same run.

    python tests/bench/bench_gaps.py [communities] [points]

Makes a throw-away PostGIS database beside the one BENCH_DATABASE_URL names (default: postgres on this machine),
fills it with invented rows, and drops it again. Our side reads, decides and writes every Gap row of one
service type (both distances, five states); PostGIS's side only finds and stores the nearest of all points,
with a GiST index on a geography column. The product promises a ratio of 10 or more.
"""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import psycopg

SERVER = os.environ.get("BENCH_DATABASE_URL", "postgis://postgres@127.0.0.1/postgres")
NAME = f"bench_gaps_{os.getpid()}"
PROMISED = 10
COUNTRIES = ["BJ", "BF", "NE", "NG", "TG"]
STATES = ["working"] * 6 + ["partly", "not_working", "closed"]


def server(statement: str) -> None:
    with psycopg.connect(SERVER.replace("postgis://", "postgresql://"), autocommit=True) as connection:
        connection.execute(statement)


def start_django() -> None:
    os.environ["DATABASE_URL"] = f"{SERVER.rsplit('/', 1)[0]}/{NAME}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def fill(communities: int, points: int):
    """Invented communities and points over ten degrees by eight; nine points in ten observed, most of them lately."""
    from django.contrib.gis.geos import Point

    from communities.models import Community
    from services.models import Observation, ServicePoint, ServiceType

    chance = random.Random(7)

    def place():
        return Point(chance.uniform(-2, 8), chance.uniform(7, 15), srid=4326)

    kind = ServiceType.objects.create(code="bench", name="Bench", max_km=5, max_people=10_000)
    Community.objects.bulk_create(
        Community(
            code=f"C{n}",
            name=f"C{n}",
            country=chance.choice(COUNTRIES),
            location=place(),
            population=chance.randint(50, 3000),
            population_source="invented",
        )
        for n in range(communities)
    )
    made = ServicePoint.objects.bulk_create(
        ServicePoint(
            code=f"P{n}",
            name=f"P{n}",
            type=kind,
            country=chance.choice(COUNTRIES),
            location=place(),
            source="invented",
            serves_across_border=chance.random() < 0.1,
        )
        for n in range(points)
    )
    Observation.objects.bulk_create(
        Observation(
            point=point,
            date=date.today() - timedelta(days=chance.randint(0, 450)),
            state=chance.choice(STATES),
            source="invented",
        )
        for point in made
        if chance.random() < 0.9
    )
    return kind


def prepare_postgis(cursor) -> None:
    for name, table in (("bench_place", "communities_community"), ("bench_point", "services_servicepoint")):
        cursor.execute(f"CREATE TABLE {name} AS SELECT id, location::geography AS geog FROM {table}")
        cursor.execute(f"CREATE INDEX ON {name} USING gist (geog)")
    cursor.execute("CREATE TABLE bench_nearest (place bigint PRIMARY KEY, point bigint, metres float)")
    cursor.execute("ANALYZE")


NEAREST = """
    INSERT INTO bench_nearest
    SELECT place.id, point.id, ST_Distance(place.geog, point.geog)
    FROM bench_place place CROSS JOIN LATERAL (
        SELECT id, geog FROM bench_point ORDER BY bench_point.geog <-> place.geog LIMIT 1
    ) point
"""


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(communities: int, points: int) -> float:
    from django.db import connection

    from services.gaps import recompute

    kind = fill(communities, points)
    with connection.cursor() as cursor:
        prepare_postgis(cursor)
        first = seconds(lambda: recompute(kind))
        again = seconds(lambda: recompute(kind))
        stock = seconds(lambda: cursor.execute(NEAREST))
    print(f"{communities} communities, {points} points, {kind.gaps.count()} gaps stored")
    print(f"recompute, all rows new    {first:8.2f} s   {stock / first:6.1f} times PostGIS")
    print(f"recompute, nothing changed {again:8.2f} s   {stock / again:6.1f} times PostGIS")
    print(f"PostGIS nearest, geography {stock:8.2f} s")
    return stock / first


def main() -> int:
    sizes = [int(size) for size in sys.argv[1:3]]
    server(f"CREATE DATABASE {NAME}")
    try:
        start_django()
        ratio = measure(*(sizes or [10_000, 50_000]))
        from django.db import connections

        connections.close_all()
    finally:
        server(f"DROP DATABASE {NAME} WITH (FORCE)")
    return 0 if ratio >= PROMISED else 1


if __name__ == "__main__":
    sys.exit(main())
