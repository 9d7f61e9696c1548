# ruff: noqa: T201
"""Hundred phones at once against a demo server: each fetches, logs a meeting with a photo, and fetches again.

    python tests/bench/bench_field.py [phones] [at once]

Loads a demo of its own, in SpatiaLite or in the database server that DATABASE_URL names, and serves it with
`runserver`. Says how long it took and what is missing or double: nothing must be. Default: 100 phones, 20 at once.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNT = """
import json
from engagements.models import Engagement, Photo
meetings = Engagement.objects.filter(uid__in=UIDS)
print(json.dumps([meetings.count(), Photo.objects.filter(engagement__in=meetings).count()]))
"""


def main(phones: int = 100, at_once: int = 20) -> int:
    from tests import databases
    from tests.browser import simulated
    from tests.browser.site import demo_site

    database = databases.copy("bench")
    with tempfile.TemporaryDirectory() as folder, demo_site(Path(folder), database) as site:
        began = time.monotonic()
        came = simulated.all_at_once(site, phones, at_once=at_once)
        took = time.monotonic() - began
        found = site.asked(f"UIDS = {list(came)!r}\n{COUNT}")
    databases.drop(database)
    print(f"{phones} phones, {at_once} at once: {took:.1f} s; meetings and photos: {found[0]} and {found[1]}")
    return int(found != [phones, phones])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    sys.exit(main(*map(int, sys.argv[1:])))
