# ruff: noqa: T201
"""How long the honest figures take beside the plainest question there is: one SELECT count(*) over the same tables.

    python tests/bench/bench_figures.py [communities] [meetings] [folder]

Fills one SpatiaLite file as bench_pages.py does, with a concern and a promise at every meeting, attendance, trust and
an officer in each district; or with DATABASE_URL=postgis://… the database of that name. Prints seconds and the ratio
to the counts: for each figure, for whole sheets (the public's year, a manager's and an officer's month), for the
response times and for the nightly run. A folder keeps the file for another run; otherwise it is thrown away.
Default: 100,000 communities and 1,000,000 meetings; filling that takes some ten minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bench_pages

ROOT = Path(__file__).resolve().parents[2]
NIGHTLY = {"climb", "climb again", "notices"}  # what they did once is not done again


def attendance(many: int) -> None:
    """Every second meeting counted by sex, every fourth by group, every fifth its officers, every tenth asked."""
    from engagements.models import Attendance, Pulse

    def lines():
        for n in range(many):
            if n % 2 == 0:
                yield Attendance(engagement_id=n + 1, sex="women", count=n % 7)
                yield Attendance(engagement_id=n + 1, sex="men", count=9)
            if n % 4 == 0:
                yield Attendance(engagement_id=n + 1, group="youth", count=n % 3)
            if n % 5 == 0:
                yield Attendance(engagement_id=n + 1, who="officers", sex="women", count=n % 2)

    bench_pages.write(lines())
    bench_pages.write(Pulse(engagement_id=n + 1, answer="yes", count=9) for n in range(0, many, 10))


def officers(agency, areas: list) -> None:
    """One in each district, beside the people of bench_pages."""
    from communities import accounts
    from communities.models import User
    from communities.sight import Role

    for n, area in enumerate(areas):
        user = User.objects.create_user(f"officer{n}@example.org", bench_pages.PASSWORDLESS, name="Officer")
        accounts.post(user, Role.OFFICER, by=None, starts=bench_pages.ago(400), areas=[area], agency=agency)


def seconds(ask: Callable[[], object], turns: int = 2) -> float:
    took = []
    for _turn in range(turns):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return min(took)


def count_everything() -> None:
    from communities.models import Community
    from engagements import models

    for name in (
        "Concern",
        "Commitment",
        "Evidence",
        "Verdict",
        "Duty",
        "Telling",
        "Engagement",
        "Attendance",
        "Pulse",
    ):
        getattr(models, name).objects.count()
    Community.objects.count()


def questions() -> dict[str, Callable[[], object]]:
    from communities.models import User
    from engagements import escalation, figures, notices, response_times
    from engagements.figures import Population

    people = {role: User.objects.get(email=f"{role}@example.org") for role in ("manager", "officer")}

    def of(role: str) -> Population:
        return Population.seen_by(people[role])

    everyone, manager, officer = Population.public(), of("manager"), of("officer")
    year, month = figures.last_twelve_months(bench_pages.TODAY), figures.month(bench_pages.ago(40))
    found, on = figures.read_promises(everyone), bench_pages.TODAY
    return {
        "promises": lambda: figures.read_promises(everyone),
        "kept": lambda: figures.kept(found, year),
        "told": lambda: figures.told(everyone, year),
        "first answer": lambda: figures.first_answer(everyone, year),
        "solved": lambda: figures.solved(everyone, found, year),
        "overdue": lambda: figures.overdue_by_agency(everyone, figures.late_by_agency(everyone)),
        "women's concerns": lambda: figures.womens_concerns(everyone, found, year),
        "rhythm and silence": lambda: figures.rhythm(figures.last_met(everyone, on), year),
        "groups": lambda: figures.who_was_heard(everyone, on).counts(),
        "female officers": lambda: figures.female_officers(everyone, year),
        "trust": lambda: figures.trust(everyone, year),
        "sheet, public, year": lambda: figures.sheet_of(everyone, year),
        "sheet, manager, year": lambda: figures.sheet_of(manager, year),
        "sheet, manager, month": lambda: figures.sheet_of(manager, month),
        "sheet, officer, month": lambda: figures.sheet_of(officer, month),
        "response times": lambda: response_times.times(
            response_times.mandates(people["manager"]), people["manager"]
        ),
        "climb": escalation.climb,
        "climb again": escalation.climb,
        "notices": notices.send,
    }


def fill(communities: int, many: int) -> None:
    from communities import statistics
    from communities.models import Agency, Area
    from communities.models.reference import DISTRICT
    from engagements.models import Mandate, Topic

    bench_pages.fill(communities, many, one_in=1)
    attendance(many)
    agency, topic = Agency.objects.get(), Topic.objects.filter(sealed=False)[0]
    for country in Area.objects.filter(level=0):
        Mandate.objects.create(topic=topic, area=country, agency=agency, days=21)
    officers(agency, list(Area.objects.filter(level=DISTRICT)))
    statistics.refresh()


def one_world(communities: int, many: int, only: str = "") -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from django.db import connection

    from engagements.models import Escalation, Notice

    if "communities_user" not in connection.introspection.table_names():
        fill(communities, many)
    Escalation.objects.all().delete()
    Notice.objects.all().delete()
    counts = seconds(count_everything)
    print(f"{'one SELECT count(*) per table':32} {counts:8.3f} s")
    for name, ask in questions().items():
        if only in name:
            took = seconds(ask, turns=1 if name in NIGHTLY else 2)
            print(f"{name:32} {took:8.3f} s {took / counts:8.1f}", flush=True)


def main(communities: str = "100000", many: str = "1000000", folder: str = "", only: str = "") -> None:
    with tempfile.TemporaryDirectory() as scratch:
        place = folder or scratch
        command = [sys.executable, __file__, "--one", communities, many, only]
        url = os.environ.get("DATABASE_URL") or f"spatialite:///{place}/bench.sqlite3"
        subprocess.run(command, env={**os.environ, "DATABASE_URL": url, "VAR_DIR": place}, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one_world(*map(int, sys.argv[2:4]), *sys.argv[4:])
    else:
        main(*sys.argv[1:])
