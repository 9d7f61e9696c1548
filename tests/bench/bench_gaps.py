# ruff: noqa: T201
"""How much faster a whole recomputation is than PostGIS's nearest neighbour on geography, in the same run.

    python tests/bench/bench_gaps.py [communities] [points]

Makes a throw-away PostGIS database beside the one BENCH_DATABASE_URL names (default: postgres on this machine),
fills it with invented rows, and drops it again. Communities live within 60 km of the lines between five
countries, points cluster on towns all over them.

Our side reads, decides and writes every Gap row of one service type. PostGIS's side answers what the map
shows: the nearest working, fresh point on the same side, and across. It is spared everything else: the
observations are looked up beforehand, the points that count lie in a table of their own with a GiST index on
geography, and no verdict is reached. The product promises a ratio of 10 or more. The nearest of any points,
whatever the side, is printed too: that question is easier than ours. A first computation writes every row
(and is printed apart); a recomputation, here after news of one point in a hundred, the rows that changed. Both
sides take several turns, one after the other, so that they meet the same weather; the ratio is the median's.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import psycopg

SERVER = os.environ.get("BENCH_DATABASE_URL", "postgis://postgres@127.0.0.1/postgres")
NAME = f"bench_gaps_{os.getpid()}"
PROMISED = 10
TURNS = 5
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
    """Nine points in ten are observed, most of them lately."""
    from django.contrib.gis.geos import Point

    from communities.models import Community
    from services.models import Observation, ServicePoint, ServiceType

    chance = random.Random(7)
    towns = [(chance.uniform(-2, 8), chance.uniform(7, 15)) for _town in range(400)]

    def along_a_line():
        line = chance.choice([0, 2, 4, 6])
        return line + chance.uniform(-0.55, 0.55), chance.uniform(7, 15)

    def near_a_town():
        x, y = chance.choice(towns)
        return min(max(x + chance.gauss(0, 0.13), -2), 7.999), y + chance.gauss(0, 0.13)

    def somewhere(place):
        x, y = place()
        return {"country": COUNTRIES[int((x + 2) // 2)], "location": Point(x, y, srid=4326)}

    kind = ServiceType.objects.create(code="bench", name="Bench", max_km=5, max_people=10_000)
    Community.objects.bulk_create(
        Community(
            code=f"C{n}",
            name=f"C{n}",
            **somewhere(along_a_line),
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
            **somewhere(near_a_town),
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


PREPARED = """
    DROP TABLE IF EXISTS bench_place, bench_any, bench_working, bench_nearest;
    CREATE TABLE bench_place AS SELECT id, country, location::geography AS geog FROM communities_community;
    CREATE TABLE bench_any AS SELECT id, country, location::geography AS geog FROM services_servicepoint;
    CREATE TABLE bench_working AS
        SELECT DISTINCT ON (p.id) p.id, p.country, p.location::geography AS geog, o.state, o.date
        FROM services_servicepoint p JOIN services_observation o ON o.point_id = p.id
        ORDER BY p.id, o.date DESC, o.id DESC;
    DELETE FROM bench_working WHERE state <> 'working' OR date < current_date - 365;
    CREATE INDEX ON bench_any USING gist (geog);
    CREATE INDEX ON bench_working USING gist (geog);
    CREATE TABLE bench_nearest (side text, place bigint, point bigint, metres float);
    ANALYZE;
"""
NEAREST = """
    INSERT INTO bench_nearest
    SELECT '{side}', place.id, point.id, ST_Distance(place.geog, point.geog)
    FROM bench_place place CROSS JOIN LATERAL (
        SELECT id, geog FROM {points} point WHERE {side} ORDER BY point.geog <-> place.geog LIMIT 1
    ) point
"""
ANY = NEAREST.format(points="bench_any", side="true")
SAME = NEAREST.format(points="bench_working", side="point.country = place.country")
ACROSS = NEAREST.format(points="bench_working", side="point.country <> place.country")


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def bring_news(kind, points: int, turn: int) -> None:
    from services.models import Observation

    some = kind.points.order_by("pk").values_list("pk", flat=True)[
        turn :: max(1, points // (points // 100 or 1))
    ]
    Observation.objects.bulk_create(
        Observation(point_id=pk, date=date.today(), state="working", source="invented") for pk in some
    )


def compare(cursor) -> tuple[float, float]:
    """By how many metres ours is the farther point on the same side, and PostGIS's: at most, over all communities.

    PostGIS ranks by the sphere and then measures on the spheroid, so its point may be the second nearest.
    """
    cursor.execute(
        "SELECT max(near_km * 1000 - metres), max(metres - near_km * 1000) FROM services_gap "
        "JOIN bench_nearest ON place = community_id WHERE side = 'point.country = place.country'"
    )
    return cursor.fetchone()


def measure(communities: int, points: int) -> float:
    from django.db import connection

    from services.gaps import recompute

    kind = fill(communities, points)
    first = seconds(lambda: recompute(kind))
    turns = []
    with connection.cursor() as cursor:
        for turn in range(TURNS):
            bring_news(kind, points, turn)
            ours = seconds(lambda: recompute(kind))
            cursor.execute(PREPARED)
            turns.append((ours, *(seconds(partial(cursor.execute, q)) for q in (ANY, SAME, ACROSS))))
        ours_farther, theirs_farther = compare(cursor)
    again, any_point, same, across = (statistics.median(times) for times in zip(*turns, strict=True))
    ratios = sorted((same + across) / ours for ours, _any, same, across in turns)
    print(
        f"{communities} communities, {points} points, {kind.gaps.count()} gaps stored; medians of {TURNS} turns"
    )
    print(f"PostGIS: same side {same:.2f} s + across {across:.2f} s (any point: {any_point:.2f} s)")
    print(f"first computation: {first:.2f} s, {(same + across) / first:.1f} times as fast")
    print(f"recomputation: {again:.2f} s, {statistics.median(ratios):.1f} times as fast")
    print(f"({', '.join(f'{ratio:.1f}' for ratio in ratios)})")
    print(f"ours is farther by at most {ours_farther:.4f} m, PostGIS's by at most {theirs_farther:.1f} m")
    return statistics.median(ratios)


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
