# ruff: noqa: T201
"""How every list, map and page holds as the tracker grows: the same requests on a small and on a large world.

    python tests/bench/bench_pages.py [communities] [meetings]

Makes two throw-away SpatiaLite files, the small one with a tenth of the rows, and prints for each page the ratio of its times, its queries and its bytes. A page
that pages through its rows costs about the same at both sizes; one that reads a table costs ten times as much.
The public figures are worked out anew for each request here; in production they are kept a minute and renewed
by the worker. Default: 100,000 communities and 1,000,000 meetings; filling that takes minutes.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TODAY = datetime.date.today()
COUNTRIES = ["BF", "BJ", "NE", "NG", "TG"]
PER_COUNTRY = 40  # districts
PASSWORDLESS = "!"
PAGES = [
    ("", "/en/"),
    ("", "/en/communities/"),
    ("", "/en/communities/?q=Village+00012"),
    ("", "/en/communities/?district=BJ0105"),
    ("", "/en/communities/REFERENCE/"),
    ("", "/en/map/"),
    ("", "/en/map.json"),
    ("", "/en/map.json?box=-1.5,9.4,-1.0,10.2"),
    *((role, "/office/") for role in ("officer", "supervisor", "focal_point", "manager", "editor")),
    ("editor", "/office/outcomes/"),
    ("officer", "/office/engagement/log/"),
    ("officer", "/office/engagement/log/PK/"),
    ("officer", "/office/community/"),
    ("manager", "/office/community/"),
    ("manager", "/office/community/?q=000123"),
    ("manager", "/office/engagement/"),
    ("manager", "/office/concern/"),
    ("manager", "/office/commitment/"),
    ("manager", "/office/servicepoint/"),
    ("manager", "/office/observation/"),
    ("manager", "/office/gaps/"),
    ("manager", "/office/gaps/marks.json"),
]


# --- A world ---------------------------------------------------------------------------------------------
def write(rows, at_once: int = 5000) -> None:
    rows = iter(rows)
    while batch := list(islice(rows, at_once)):
        type(batch[0]).objects.bulk_create(batch)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def later(day: datetime.date, days: int) -> datetime.date:
    return day + datetime.timedelta(days=days)


def districts() -> list:
    from django.contrib.gis.geos import MultiPolygon, Polygon

    from communities.models import Area

    def area(code, level, parent, box):
        shape = MultiPolygon(Polygon.from_bbox(box), srid=4326)
        inside = {"parent": parent, "level": level, "country": code[:2]}
        return Area.objects.create(code=code, name=code, boundary=shape, source="bench", **inside)

    found = []
    for n, country in enumerate(COUNTRIES):
        west = 2.0 * n - 4
        top = area(country, 0, None, (west, 7, west + 2, 15))
        region = area(f"{country}01", 1, top, (west, 7, west + 2, 15))
        for d in range(PER_COUNTRY):
            x, y = west + 0.5 * (d % 4), 7 + 0.8 * (d // 4)
            found.append(area(f"{country}01{d:02}", 2, region, (x, y, x + 0.5, y + 0.8)))
    return found


def places(areas: list, communities: int) -> None:
    """One community in ten is shown by its district alone, one in ten is hidden."""
    from django.contrib.gis.geos import Point

    from communities.models import Community
    from services.gaps import recompute
    from services.models import Observation, ServicePoint, ServiceType

    chance = random.Random(3)

    def somewhere(n: int) -> dict:
        area = areas[n % len(areas)]
        west, south, east, north = area.boundary.extent
        point = Point(chance.uniform(west, east), chance.uniform(south, north), srid=4326)
        return {"area": area, "country": area.country, "location": point}

    shown = ["area", "hidden", *["exact"] * 8]
    figure = {"population": 900, "population_source": "bench"}
    write(
        Community(
            code=f"C{n:06}", name=f"Village {n:06}", public_place=shown[n % 10], **figure, **somewhere(n)
        )
        for n in range(communities)
    )
    kind = ServiceType.objects.order_by("pk")[0]
    write(
        ServicePoint(code=f"P{n}", name=f"P{n}", type=kind, source="bench", **somewhere(n))
        for n in range(communities // 5)
    )
    keys = list(ServicePoint.objects.values_list("pk", flat=True))
    write(Observation(point_id=pk, date=ago(pk % 400), state="working", source="bench") for pk in keys)
    recompute(kind)


def people(areas: list, agency) -> dict:
    from communities import accounts
    from communities.models import User
    from communities.sight import Role

    users = {}
    for role in set(Role) - {Role.LIAISON}:
        users[role] = User.objects.create_user(f"{role.value}@example.org", PASSWORDLESS, name=role.label)
        accounts.post(users[role], role, by=None, starts=ago(400), areas=[areas[45]], agency=agency)
    return users


def meetings(many: int, *, officer, supervisor, agency, one_in: int = 3) -> None:
    """One in `one_in` brings a concern and a promise; half of these are shown, a quarter judged, half told."""
    from django.utils import timezone

    from communities.models import Community
    from engagements.models import Commitment, Concern, Duty, Engagement, Evidence, Telling, Topic, Verdict

    keys = list(Community.objects.order_by("pk").values_list("pk", flat=True))
    topic = Topic.objects.filter(sealed=False)[0]
    day = [ago(1 + (n * 7) % 1000) for n in range(many)]
    reviewed = {"state": "reviewed", "reviewer": supervisor, "reviewed_at": timezone.now()}
    waiting = {"state": "submitted"}

    def at(n: int) -> dict:
        return {"pk": n + 1, "community_id": keys[n % len(keys)]}

    def of(n: int) -> dict:
        return {"commitment_id": n + 1, "by": officer}

    def asked(n: int) -> Concern:
        more = (
            {"state": "answered", "answer": "We drill", "answered_on": day[n]}
            if n % 4
            else {"state": "assigned"}
        )
        words = {"text": "bench", "public_text": "A borehole near the school", "raised_by": "women"}
        when = {"raised_on": day[n], "due_on": later(day[n], 30)}
        who = {"topic": topic, "agency": agency, "recorded_by": officer, "engagement_id": n + 1}
        return Concern(**at(n), **words, **when, **who, **more)

    def promised(n: int) -> Commitment:
        words = {"words": "bench", "public_text": "Drill one borehole"}
        when = {"promised_on": day[n], "due_on": later(day[n], 90)}
        who = {"agency": agency, "recorded_by": officer, "engagement_id": n + 1, "concern_id": n + 1}
        return Commitment(**at(n), **words, **when, **who)

    def shown(n: int) -> Evidence:
        return Evidence(kind="visit", date=min(TODAY, later(day[n], 60)), shows=3 if n % 5 else 2, **of(n))

    def told(n: int) -> Telling:
        how = {"how": "visit", "group": "women", "reached": bool(n % 5), "by": officer}
        return Telling(duty_id=n + 1, date=min(TODAY, later(day[n], 95)), **how)

    write(
        Engagement(kind="policing", date=day[n], author=officer, **at(n), **(reviewed if n % 50 else waiting))
        for n in range(many)
    )
    write(asked(n) for n in range(0, many, one_in))
    write(promised(n) for n in range(0, many, one_in))
    write(shown(n) for n in range(0, many, 2 * one_in))
    write(
        Verdict(engagement_id=n + 1, group="women", answer=(n // (4 * one_in)) % 3, **of(n))
        for n in range(0, many, 4 * one_in)
    )
    write(Duty(commitment_id=n + 1, due_on=later(day[n], 97), **at(n)) for n in range(0, many, one_in))
    write(told(n) for n in range(0, many, 2 * one_in))


def fill(communities: int, many: int, one_in: int = 3) -> None:
    from django.core.management import call_command

    from communities import statistics
    from communities.models import Agency
    from communities.sight import Role

    for command in ("migrate", "load_reference", "make_site"):
        call_command(command, verbosity=0, stdout=sys.stderr)
    areas = districts()
    agency = Agency.objects.create(code="BJ-WAT", name="Water Directorate", country="BJ", kind="ministry")
    places(areas, communities)
    users = people(areas, agency)
    given = {"officer": users[Role.OFFICER], "supervisor": users[Role.SUPERVISOR], "agency": agency}
    meetings(many, one_in=one_in, **given)
    statistics.refresh()


# --- Reading it ------------------------------------------------------------------------------------------
def time_pages() -> dict[str, dict]:
    """By page: status, seconds (the best of three), queries, bytes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from communities.models import Community, User

    one = Community.objects.public().filter(public_place="exact", area__code="BJ0105").order_by("pk")[0]
    found = {}
    for role, path in PAGES:
        client = Client(headers={"host": "localhost"})
        if role:
            client.force_login(User.objects.get(email=f"{role}@example.org"))
        url = path.replace("REFERENCE", one.public_reference).replace("PK", str(one.pk))
        took = []
        for _turn in range(3):
            with CaptureQueriesContext(connection) as queries:
                began = time.perf_counter()
                answer = client.get(url)
                took.append(time.perf_counter() - began)
        measured = {"seconds": min(took), "queries": len(queries), "bytes": len(answer.content)}
        found[f"{role or 'reader':12} {path}"] = {"status": answer.status_code, **measured}
    return found


def one_world(communities: int, many: int) -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    fill(communities, many)
    print(json.dumps(time_pages()))


def measured(communities: int, many: int) -> dict[str, dict]:
    with tempfile.TemporaryDirectory() as scratch:
        url = f"spatialite:///{scratch}/bench.sqlite3"
        command = [sys.executable, __file__, "--one", str(communities), str(many)]
        environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": scratch}
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(run.stdout.splitlines()[-1])


def main(communities: int = 100_000, many: int = 1_000_000) -> None:
    small, large = measured(communities // 10, many // 10), measured(communities, many)
    print(f"{'page':52} {'ratio':>6} {'seconds':>8} {'queries':>7} {'bytes':>8}")
    for page, at in large.items():
        ratio = at["seconds"] / small[page]["seconds"]
        print(
            f"{page:52} {ratio:6.1f} {at['seconds']:8.2f} {at['queries']:7} {at['bytes']:8}  {at['status']}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one_world(*map(int, sys.argv[2:4]))
    else:
        main(*map(int, sys.argv[1:3]))
