"""The gap analysis: communities in, one Gap row per community and service type out.

`mark_changed` is called by every verb that changes what gaps rest on; the task it queues calls `recompute`.
What expires by itself is found by `recompute_due`, once a day, and by `keep_current`, when a page is opened.
Rules: services/gap_rules.py and docs/gap-analysis.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from . import gap_reading as reading
from .gap_rules import Assessment, People, Points, Verdicts, last_day_of_month
from .models import Gap, GapRun, ServiceType

LOST_AFTER = timedelta(minutes=15)  # a queued computation not done by then is queued again
CHUNK = 500
COLUMNS = ("state", "reason", "point_id", "km", "near_km", "across_km")


# --- When ------------------------------------------------------------------------------------------------
@transaction.atomic
def mark_changed(service_type_ids: Iterable[int]) -> None:
    """Says that what the gaps of these service types rest on has changed.

    Each is computed anew after commit, once: what is already queued is not queued again.
    """
    ids = set(service_type_ids)
    GapRun.objects.bulk_create([GapRun(type_id=pk) for pk in ids], ignore_conflicts=True)
    now = timezone.now()
    idle = Q(changed_since=None) | Q(changed_since__lt=now - LOST_AFTER)
    runs = GapRun.objects.filter(type__in=ids).order_by("pk")
    to_queue = list(runs.filter(idle).values_list("type_id", flat=True))
    runs.update(changed_since=now)
    for pk in to_queue:
        transaction.on_commit(partial(recompute_type.enqueue, pk))


def mark_all_changed() -> None:
    """For changes that concern every service type: communities, their places, people and presences."""
    mark_changed(ServiceType.objects.values_list("pk", flat=True))


def keep_current(service_type: ServiceType, *, on: date | None = None) -> GapRun:
    """The run of a type, as it stands; queues a new computation where it no longer holds on a day."""
    on = on or timezone.localdate()
    run = GapRun.objects.filter(type=service_type).first()
    if run and not run.is_due(on):
        return run
    if not run or not run.changed_since or run.changed_since < timezone.now() - LOST_AFTER:
        mark_changed([service_type.pk])
        run = GapRun.objects.get(type=service_type)
    return run


def recompute_due(*, on: date | None = None) -> list[ServiceType]:
    """Recomputes the types that changed, expired or were never computed; returns them."""
    on = on or timezone.localdate()
    standing = GapRun.objects.exclude(pk__in=GapRun.objects.due(on).values("pk"))
    due = list(ServiceType.objects.exclude(gap_run__in=standing))
    for service_type in due:
        recompute(service_type, on=on)
    return due


@task()
def recompute_type(service_type_id: int) -> None:
    """The queued computation. What changed while it worked is queued again."""
    service_type = ServiceType.objects.filter(pk=service_type_id).first()
    if service_type and recompute(service_type).changed_since:
        recompute_type.enqueue(service_type_id)


# --- What ------------------------------------------------------------------------------------------------
def recompute(service_type: ServiceType, *, on: date | None = None) -> GapRun:
    """Computes and stores the gaps of one service type as of a day (today unless told).

    Reads and works outside a transaction, writes the changed rows in a short one. The mark "changed since"
    is taken away only if nothing changed meanwhile.
    """
    on = on or timezone.localdate()
    began = timezone.now()
    run, _made = GapRun.objects.get_or_create(type=service_type)
    people, points = reading.read_people(on), reading.read_points(service_type, on)
    visits = reading.read_visits(service_type, people, on)
    verdicts = Assessment(service_type, people, points, visits, on=on).work()
    good_until = _good_until(service_type, verdicts, on)
    with transaction.atomic():
        stored = GapRun.objects.select_for_update().get(pk=run.pk)
        if not stored.computed_at or stored.computed_at <= began:  # another worker may have been later
            _store(service_type, _rows(people, points, verdicts))
            _close(stored, began=began, good_until=good_until, mark=run.changed_since)
    run.refresh_from_db()
    return run


def _good_until(service_type: ServiceType, verdicts: Verdicts, on: date) -> date | None:
    ends = [verdicts.good_until]
    if reading.month_matters(on):
        ends.append(last_day_of_month(on))
    if coming := reading.next_recorded_day(service_type, on):
        ends.append(coming - timedelta(days=1))
    return min((day for day in ends if day), default=None)


def _close(run: GapRun, *, began: datetime, good_until: date | None, mark: datetime | None) -> None:
    if run.changed_since == mark:
        run.changed_since = None
    run.computed_at, run.good_until = began, good_until
    run.save(update_fields=["computed_at", "good_until", "changed_since"])


def _rows(people: People, points: Points, verdicts: Verdicts) -> dict[int, tuple]:
    """Community key → the values of COLUMNS."""
    point_pk = np.append(points.pk, 0)[verdicts.point]  # -1, none, picks the 0 at the end
    columns = (
        verdicts.state.tolist(),
        verdicts.reason.tolist(),
        [pk or None for pk in point_pk.tolist()],
        *(_known(km) for km in (verdicts.km, verdicts.near_km, verdicts.across_km)),
    )
    return dict(zip(people.pk.tolist(), zip(*columns, strict=True), strict=True))


def _known(km: np.ndarray) -> list[float | None]:
    return [None if value != value else value for value in km.tolist()]


def _store(service_type: ServiceType, rows: dict[int, tuple]) -> None:
    """Replaces the rows that differ. Most days few do."""
    old = Gap.objects.filter(type=service_type)
    outdated = []
    for pk, community, *values in old.values_list("pk", "community_id", *COLUMNS):
        if rows.get(community) == tuple(values):
            del rows[community]
        else:
            outdated.append(pk)
    for chunk in _chunks(outdated):
        old.filter(pk__in=chunk).delete()
    _insert([(service_type.pk, community, *values) for community, values in rows.items()])


def _insert(rows: list[tuple]) -> None:
    """Writes (type, community, *COLUMNS) rows: three to five times as fast as bulk_create, which makes objects."""
    table, names = Gap._meta.db_table, ", ".join(("type_id", "community_id", *COLUMNS))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * (2 + len(COLUMNS)))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    """SQLite takes only so many parameters at once."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
