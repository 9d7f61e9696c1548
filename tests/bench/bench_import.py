"""Dry run plus confirm of 5,000 service points, against a bare `bulk_create` of the same rows.

    python tests/bench/bench_import.py [rows]

Runs in a throw-away test database (SpatiaLite, or what DATABASE_URL names); prints both times and the ratio
of the medians of five turns, taken in turn so that both meet the same weather.
"""

# ruff: noqa: E402  (Django is set up before its models are imported)
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import connection, transaction
from django.test.utils import setup_test_environment, teardown_test_environment

from communities import accounts
from communities.importing import runs
from communities.models import Area, User
from communities.sight import Role
from services.models import ServicePoint, ServiceType

TURNS = 5
HEADER = "row_id,Facility name,iso3c,Facility type,Lat,Long"
MAPPING = {
    "code": {"column": "row_id", "prefix": "KW-"},
    "name": {"column": "Facility name"},
    "type": {"constant": "bench"},
    "country": {"column": "iso3c"},
    "kind_detail": {"column": "Facility type"},
    "latitude": {"column": "Lat"},
    "longitude": {"column": "Long"},
}


class Undo(Exception):
    pass


def world() -> ServiceType:
    """A country of 12 × 10 districts, drawn with 100 points each."""
    country = Area.objects.create(
        code="BJ", name="Benin", level=0, country="BJ", boundary=box(0, 5, 4, 15, 400)
    )
    region = Area.objects.create(code="BJ99", name="R", level=1, country="BJ", parent=country)
    Area.objects.bulk_create(
        Area(code=f"BJ99{n:02}", name=str(n), level=2, country="BJ", parent=region, boundary=cell(n))
        for n in range(120)
    )
    return ServiceType.objects.create(code="bench", name="Bench", max_km=5)


def cell(n: int) -> MultiPolygon:
    west, south = (n % 12) / 3, 5 + n // 12
    return box(west, south, west + 1 / 3, south + 1, 100)


def box(west: float, south: float, east: float, north: float, points: int) -> MultiPolygon:
    side = [k / (points // 4) for k in range(points // 4)]
    width, height = east - west, north - south
    ring = [(west + width * t, south) for t in side] + [(east, south + height * t) for t in side]
    ring += [(east - width * t, north) for t in side] + [(west, north - height * t) for t in side]
    return MultiPolygon(Polygon([*ring, ring[0]]), srid=4326)


def rows(count: int) -> list[tuple]:
    return [
        (
            n,
            f"Centre de santé {n}",
            "BEN",
            "Health Centre",
            5 + (n * 7919 % 9973) / 1000,
            (n * 104729 % 3989) / 1000,
        )
        for n in range(count)
    ]


def bare(data: list[tuple], kind: ServiceType) -> None:
    points = [
        ServicePoint(
            code=f"KW-{n}", name=name, type=kind, country="BJ", kind_detail=detail, source="b",
            location=Point(lon, lat, srid=4326),
        )
        for n, name, _iso3, detail, lat, lon in data
    ]  # fmt: skip
    with transaction.atomic():
        ServicePoint.objects.bulk_create(points, 1000)


def imported(content: bytes, by: User) -> None:
    """What the office does, from the uploaded file to the summary; the task queue's wait is not counted."""
    run = runs.begin(content, "b.csv", "service-points", source="b", by=by)
    run.mapping = {"columns": MAPPING}
    run.state, run.working_since = "working", run.at
    run.save()
    runs.try_run(run)
    assert (run.new, run.refused) == (len(content.splitlines()) - 1, 0), run.message
    runs.ImportRun.objects.filter(pk=run.pk).update(state="working")
    runs.work(run, by=by, seen=run.findings["fingerprint"])
    run.file.delete(save=False)
    assert run.state == "done", run.message


def timed(work, *args) -> float:
    try:
        with transaction.atomic():
            began = time.perf_counter()
            work(*args)
            took = time.perf_counter() - began
            raise Undo
    except Undo:
        return took


def main(count: int) -> float:
    kind, data = world(), rows(count)
    content = "\n".join([HEADER, *(",".join(map(str, row)) for row in data)]).encode()
    manager = User.objects.create_user("bench@example.org", name="Bench")
    accounts.post(manager, Role.MANAGER, by=None)
    timed(bare, data, kind), timed(imported, content, manager)
    turns = [(timed(bare, data, kind), timed(imported, content, manager)) for _turn in range(TURNS)]
    one, other = (statistics.median(times) for times in zip(*turns, strict=True))
    sys.stdout.write(
        f"{connection.vendor}, {count} rows: bulk_create {one:.2f} s, dry run + confirm {other:.2f} s, "
        f"ratio {other / one:.2f}\n"
    )
    return other / one


if __name__ == "__main__":
    setup_test_environment()
    name = connection.creation.create_test_db(verbosity=0, keepdb=True)
    try:
        with transaction.atomic():
            ratio = main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
            transaction.set_rollback(True)
    finally:
        connection.close()
        teardown_test_environment()
    sys.exit(ratio > 4)
