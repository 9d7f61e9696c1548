# ruff: noqa: T201
"""The inbox with many open concerns beside the inbox with few, above the same heap of closed ones.

    python tests/bench/bench_inbox.py [open] [closed]

Makes two throw-away SpatiaLite files (or, with DATABASE_URL=postgis://…, empties two databases named after it), and
prints for each page the ratio of its times and its queries, and how the list is read. A page that goes by key costs
the same at both. Default: 10,000 open, of which a supervisor sees a quarter, and 200,000 closed; beside 100 open.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["", "?c=LAST", "?state=assigned", "?topic=water", "?district=BJ0105", "?after=MIDDLE"]
WORDS = [
    "The pump near the school is broken",
    "Nobody opens the health post on market days",
    "Two payments at one post",
]
FEW = 100
VILLAGES = 5000


def concerns(many: int, state: str, *, first: int, topic, agency, user) -> None:
    from django.utils import timezone

    from communities.models import Community
    from engagements.models import Concern, Report
    from tests.bench.bench_pages import ago, later, write

    places = list(Community.objects.order_by("pk").values_list("pk", "area_id"))
    answered = (
        {"answer": "Done", "answered_on": ago(0), "first_answered_on": ago(0)} if state == "answered" else {}
    )
    kind = {"topic": topic, "agency": agency if state != "new" else None, "state": state, "channel": "web"}

    def one(n: int) -> Concern:
        community, area = places[n * 7 % len(places)]
        place = {"area_id": area} if n % 10 == 0 else {"community_id": community}
        day = ago(1 + n % 700)
        clock = {"look_by": timezone.now() + datetime.timedelta(minutes=n * 37 % 20_000 - 10_000)}
        words = {"text": WORDS[n % len(WORDS)], "raised_by": "person", "urgency": "normal"}
        when = {"raised_on": day, "due_on": later(day, 30)}
        return Concern(pk=first + n, **place, **words, **when, **clock, **kind, **answered)

    write(one(n) for n in range(many))
    write(Report(concern_id=first + n) for n in range(many))


def fill(many: int, closed: int) -> None:
    from django.core.management import call_command

    from communities import accounts, statistics
    from communities.models import Agency, Community, User
    from communities.sight import Role
    from engagements.models import Mandate, Topic
    from tests.bench.bench_pages import ago, districts, write

    for command in ("migrate", "load_reference"):
        call_command(command, verbosity=0, stdout=sys.stderr)
    areas = districts()
    write(
        Community(
            code=f"C{n:05}",
            name=f"Village {n:05}",
            area=areas[n % len(areas)],
            country=areas[n % len(areas)].country,
        )
        for n in range(VILLAGES)
    )
    agency = Agency.objects.create(code="BJ-WAT", name="Water Directorate", country="BJ", kind="ministry")
    topic = Topic.objects.get(code="water")
    Mandate.objects.create(topic=topic, area=areas[45].parent, agency=agency, days=21)
    user = User.objects.create_user("supervisor@example.org", "!", name="Supervisor")
    accounts.post(user, Role.SUPERVISOR, by=None, starts=ago(400), areas=[areas[45].parent], agency=None)
    given = {"topic": topic, "agency": agency, "user": user}
    concerns(closed, "answered", first=1, **given)
    concerns(many, "new", first=closed + 1, **given)
    concerns(many // 2, "assigned", first=closed + many + 1, **given)
    statistics.refresh()


def measured_pages() -> dict[str, dict]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from communities.models import User
    from engagements import inbox

    user = User.objects.get(email="supervisor@example.org")
    keys = list(inbox.waiting(user, inbox.Choice()).values_list("look_by", "pk"))
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    found = {}
    for page in [*(f"/office/inbox/{query}" for query in PAGES), "/office/", "/office/mandates/times/"]:
        middle = inbox.written(keys[len(keys) // 2]).replace("+", "%2B")
        url = page.replace("LAST", str(keys[-1][1])).replace("MIDDLE", middle)
        took = []
        for _turn in range(4):
            with CaptureQueriesContext(connection) as queries:
                began = time.perf_counter()
                answer = client.get(url)
                took.append(time.perf_counter() - began)
        slowest = max((float(query["time"]), query["sql"][:90]) for query in queries)
        found[page] = {
            "seconds": min(took),
            "queries": len(queries),
            "status": answer.status_code,
            "slowest": slowest,
        }
    for state in inbox.CLOCKS:
        rows = inbox.waiting(user, inbox.Choice(state=state))[: inbox.PAGE + 1]
        found[f"plan of {state}"] = {"plan": rows.explain()}
    return {"many": len(keys), "pages": found}


def one_world(many: int, closed: int) -> None:
    import django

    django.setup()
    fill(many, closed)
    print(json.dumps(measured_pages()))


def measured(many: int, closed: int) -> dict:
    with tempfile.TemporaryDirectory() as scratch:
        url = f"spatialite:///{scratch}/bench.sqlite3"
        if (server := os.environ.get("DATABASE_URL", "")).startswith("postgis"):
            url = f"{server}_{many}"
            name = url.rsplit("/", 1)[1]
            for words in (f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"'):
                subprocess.run(["psql", "-q", "-h", "localhost", "-U", "postgres", "-c", words], check=True)
        command = [sys.executable, __file__, "--one", str(many), str(closed)]
        environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": scratch, "PYTHONPATH": str(ROOT)}
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(run.stdout.splitlines()[-1])


def main(many: int = 10_000, closed: int = 200_000) -> None:
    few, large = measured(FEW, closed), measured(many, closed)
    print(f"{few['many']} and {large['many']} new ones in sight, above {closed} closed")
    print(f"{'page':40} {'ratio':>6} {'few':>8} {'many':>8} {'queries':>8}")
    for page, at in large["pages"].items():
        if "plan" in at:
            print(f"{page}:\n{at['plan']}")
            continue
        less = few["pages"][page]
        queries = f"{less['queries']}/{at['queries']}"
        ratio = at["seconds"] / less["seconds"]
        print(
            f"{page[:40]:40} {ratio:6.1f} {less['seconds']:8.3f} {at['seconds']:8.3f} {queries:>8}  {at['status']}"
        )
        print(f"    slowest: {at['slowest'][0]:.3f} s  {at['slowest'][1]}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    if sys.argv[1:2] == ["--one"]:
        one_world(*map(int, sys.argv[2:4]))
    else:
        main(*map(int, sys.argv[1:3]))
