"""Reads what the gap analysis needs of one service type, as arrays: few columns, coordinates as numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
from django.db.models import F, FloatField, Func, Max, Min, QuerySet, Window
from django.db.models.functions import RowNumber

from communities.models import Community, Presence

from .gap_rules import NEVER, People, Points, Visits, last_day_of_month
from .models import Delivery, Observation, ServicePoint, ServiceType


class Longitude(Func):
    """A point's longitude, as a number: no geometry is built."""

    function = "ST_X"
    output_field = FloatField()


class Latitude(Func):
    """A point's latitude, as a number."""

    function = "ST_Y"
    output_field = FloatField()


XY = (Longitude("location"), Latitude("location"))


def _columns(rows: Iterable[tuple], width: int) -> list[tuple]:
    """Rows turned into `width` columns; without rows, empty columns."""
    return list(zip(*rows, strict=True)) or [()] * width


# --- Communities -----------------------------------------------------------------------------------------
def nomadic_places(presences: QuerySet[Presence], on: date) -> QuerySet[Presence]:
    """Of these presences, the places where nomadic groups are in the month of a day."""
    return presences.in_month(on.month).filter(
        kind=Presence.Kind.PLACE,
        community__kind=Community.Kind.NOMADIC,
        community__status=Community.Status.ACTIVE,
        location__isnull=False,
    )


def read_people(on: date) -> People:
    """Every active community with its places on a day.

    A settlement is at its location. A nomadic group is where its presences say it is in that month: the
    point it may be registered with does not say when it is there.
    """
    rows = Community.objects.active().order_by("pk")
    pk, country, kind, population, x, y = _columns(
        rows.values_list("pk", "country", "kind", "population", *XY), 6
    )
    pk = np.array(pk, int)
    settled = np.array([k != Community.Kind.NOMADIC for k in kind], bool)
    xy = np.column_stack((np.array(x, float), np.array(y, float)))
    owner = np.flatnonzero(settled & ~np.isnan(xy).any(axis=1))
    moving, moving_xy = _read_nomads(on)
    return People(
        pk=pk,
        country=np.array(country, "U2"),
        population=np.array(population, float),
        xy=np.vstack((xy[owner], moving_xy)),
        owner=np.concatenate((owner, np.searchsorted(pk, moving))),
    )


def _read_nomads(on: date) -> tuple[np.ndarray, np.ndarray]:
    places = nomadic_places(Presence.objects.all(), on).order_by("pk")
    owner, x, y = _columns(places.values_list("community_id", *XY), 3)
    return np.array(owner, int), np.column_stack((np.array(x, float), np.array(y, float)))


def month_matters(on: date) -> bool:
    """Whether some nomadic group is elsewhere next month."""
    return _where(on) != _where(last_day_of_month(on) + timedelta(days=1))


def _where(on: date) -> set[int]:
    return set(nomadic_places(Presence.objects.all(), on).values_list("pk", flat=True))


# --- Points and deliveries -----------------------------------------------------------------------------------
def read_points(service_type: ServiceType, on: date) -> Points:
    """The type's points that are still in the register and have a place, with what was seen last by a day."""
    rows = ServicePoint.objects.open().filter(type=service_type, location__isnull=False).order_by("pk")
    pk, country, across, x, y = _columns(rows.values_list("pk", "country", "serves_across_border", *XY), 5)
    pk = np.array(pk, int)
    state, seen = np.full(len(pk), "", "U12"), np.full(len(pk), NEVER)
    index, latest_state, latest_seen = _latest(service_type, pk, on)
    state[index], seen[index] = latest_state, latest_seen
    return Points(
        pk=pk,
        country=np.array(country, "U2"),
        open_across=np.array(across, bool),
        xy=np.column_stack((np.array(x, float), np.array(y, float))),
        state=state,
        seen=seen,
    )


def _latest(service_type: ServiceType, pk: np.ndarray, on: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Index of the observed points, with state and ordinal day of their latest observation by a day."""
    seen = _of_open_points(service_type).filter(date__lte=on)
    newest_first = Window(RowNumber(), partition_by="point", order_by=[F("date").desc(), F("pk").desc()])
    latest = seen.annotate(place=newest_first).filter(place=1)
    point, state, day = _columns(latest.values_list("point_id", "state", "date"), 3)
    days = np.array([d.toordinal() for d in day], int)
    return np.searchsorted(pk, np.array(point, int)), np.array(state, "U12"), days


def _of_open_points(service_type: ServiceType) -> QuerySet[Observation]:
    return Observation.objects.filter(
        point__type=service_type, point__retired_on__isnull=True, point__location__isnull=False
    )


def read_visits(service_type: ServiceType, people: People, on: date) -> Visits:
    """The latest deliveries by a day; nothing is read for a type that does not come to people."""
    if not service_type.max_visit_gap_days:
        none = np.full(len(people.pk), NEVER)
        return Visits(recorded=none, reached=none)
    made = Delivery.objects.filter(type=service_type, date__lte=on)
    return Visits(recorded=_last_days(made, people), reached=_last_days(made.reached(), people))


def _last_days(made: QuerySet[Delivery], people: People) -> np.ndarray:
    days = np.full(len(people.pk), NEVER)
    of_active = made.filter(community__status=Community.Status.ACTIVE)
    latest = of_active.order_by().values_list("community_id").annotate(Max("date"))
    community, day = _columns(latest, 2)
    days[np.searchsorted(people.pk, np.array(community, int))] = [d.toordinal() for d in day]
    return days


def next_recorded_day(service_type: ServiceType, on: date) -> date | None:
    """The first day after `on` for which something is already recorded."""
    seen = _of_open_points(service_type).filter(date__gt=on).aggregate(day=Min("date"))["day"]
    made = Delivery.objects.filter(type=service_type, date__gt=on).aggregate(day=Min("date"))["day"]
    return min((day for day in (seen, made) if day), default=None)
