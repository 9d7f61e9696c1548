# ruff: noqa: T201
"""How long the honest figures take beside the plainest question there is: one SELECT count(*) over the same tables.

    python tests/bench/bench_figures.py [communities] [meetings]

Fills one throw-away SpatiaLite file as bench_pages.py does, with attendance and trust added, and prints seconds and
the ratio to the counts for each figure and for whole sheets: the public's year, a manager's month, an officer's
month. Default: 30,000 communities and 300,000 meetings with 100,000 concerns and commitments.
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
    from engagements import figures
    from engagements.figures import Population

    def of(role: str) -> Population:
        return Population.seen_by(User.objects.get(email=f"{role}@example.org"))

    everyone, manager, officer = Population.public(), of("manager"), of("officer")
    year, month = figures.last_twelve_months(bench_pages.TODAY), figures.month(bench_pages.ago(40))
    found, on = figures.read_promises(everyone), bench_pages.TODAY
    return {
        "promises": lambda: figures.read_promises(everyone),
        "kept": lambda: figures.kept(found, year),
        "told": lambda: figures.told(everyone, year),
        "first answer": lambda: figures.first_answer(everyone, year),
        "solved": lambda: figures.solved(everyone, found, year),
        "overdue": lambda: figures.overdue_by_agency(everyone, found),
        "women's concerns": lambda: figures.womens_concerns(everyone, found, year),
        "rhythm and silence": lambda: figures.rhythm(figures.last_met(everyone, on), year),
        "groups": lambda: figures.who_was_heard(everyone, on).counts(),
        "female officers": lambda: figures.female_officers(everyone, year),
        "trust": lambda: figures.trust(everyone, year),
        "sheet, public, year": lambda: figures.sheet_of(everyone, year),
        "sheet, manager, year": lambda: figures.sheet_of(manager, year),
        "sheet, manager, month": lambda: figures.sheet_of(manager, month),
        "sheet, officer, month": lambda: figures.sheet_of(officer, month),
    }


def one_world(communities: int, many: int) -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from communities import statistics

    bench_pages.fill(communities, many)
    attendance(many)
    statistics.refresh()
    counts = seconds(count_everything)
    print(f"{'one SELECT count(*) per table':32} {counts:8.3f} s")
    for name, ask in questions().items():
        took = seconds(ask)
        print(f"{name:32} {took:8.3f} s {took / counts:8.1f}", flush=True)


def main(communities: int = 30_000, many: int = 300_000) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, __file__, "--one", str(communities), str(many)]
        url = f"spatialite:///{scratch}/bench.sqlite3"
        subprocess.run(command, env={**os.environ, "DATABASE_URL": url, "VAR_DIR": scratch}, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one_world(*map(int, sys.argv[2:4]))
    else:
        main(*map(int, sys.argv[1:3]))
