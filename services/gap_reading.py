"""Reads what the gap analysis needs of one service type, as arrays: few columns, coordinates as numbers."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from django.db.models import F, Max, Min, QuerySet, Window
from django.db.models.functions import RowNumber

from communities.arrays import Latitude, Longitude, as_table
from communities.models import Community, Presence
from communities.models.places import PresenceQuerySet

from .gap_rules import NEVER, People, Points, Visits, last_day_of_month
from .models import Delivery, Observation, ServicePoint, ServiceType

XY = (Longitude("location"), Latitude("location"))


def _xy(table: np.ndarray) -> np.ndarray:
    return np.column_stack((table["x"], table["y"]))


def _ordinals(days: np.ndarray) -> np.ndarray:
    """datetime64[D] to the ordinals of datetime.date."""
    return days.astype(int) + date(1970, 1, 1).toordinal()


# --- Communities -----------------------------------------------------------------------------------------
def nomadic_places(presences: PresenceQuerySet, on: date) -> PresenceQuerySet:
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
    rows = Community.objects.active().order_by("pk").values_list("pk", "country", "kind", "population", *XY)
    table = as_table(rows, "pk i8", "country U2", "kind U10", "population f8", "x f8", "y f8")
    xy = _xy(table)
    settled = (table["kind"] != Community.Kind.NOMADIC.value) & ~np.isnan(xy).any(axis=1)
    owner = np.flatnonzero(settled)
    moving, moving_xy = _read_nomads(table["pk"], on)
    return People(
        pk=table["pk"],
        country=table["country"],
        population=table["population"],
        xy=np.vstack((xy[owner], moving_xy)),
        owner=np.concatenate((owner, moving)),
    )


def _read_nomads(communities: np.ndarray, on: date) -> tuple[np.ndarray, np.ndarray]:
    places = nomadic_places(Presence.objects.all(), on).order_by("pk")
    table = as_table(places.values_list("community_id", *XY), "community i8", "x f8", "y f8")
    return np.searchsorted(communities, table["community"]), _xy(table)


def month_matters(on: date) -> bool:
    """Whether some nomadic group is elsewhere next month."""
    return _where(on) != _where(last_day_of_month(on) + timedelta(days=1))


def _where(on: date) -> set[int]:
    return set(nomadic_places(Presence.objects.all(), on).values_list("pk", flat=True))


# --- Points and deliveries -----------------------------------------------------------------------------------
def read_points(service_type: ServiceType, on: date) -> Points:
    """The type's points that are still in the register and have a place, with what was seen last by a day."""
    rows = ServicePoint.objects.open().filter(type=service_type, location__isnull=False).order_by("pk")
    columns = rows.values_list("pk", "country", "serves_across_border", *XY)
    table = as_table(columns, "pk i8", "country U2", "across ?", "x f8", "y f8")
    state, seen = np.full(len(table), "", "U12"), np.full(len(table), NEVER)
    latest = _latest(service_type, on)
    index = np.searchsorted(table["pk"], latest["point"])
    state[index], seen[index] = latest["state"], _ordinals(latest["day"])
    return Points(table["pk"], table["country"], table["across"], _xy(table), state, seen)


def _latest(service_type: ServiceType, on: date) -> np.ndarray:
    """Each observed point with its latest observation by a day."""
    seen = _of_open_points(service_type).filter(date__lte=on)
    newest_first = Window(RowNumber(), partition_by="point", order_by=[F("date").desc(), F("pk").desc()])
    latest = seen.annotate(place=newest_first).filter(place=1).order_by()  # the model's order costs a sort
    return as_table(latest.values_list("point_id", "state", "date"), "point i8", "state U12", "day M8[D]")


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
    table = as_table(latest, "community i8", "day M8[D]")
    days[np.searchsorted(people.pk, table["community"])] = _ordinals(table["day"])
    return days


def next_recorded_day(service_type: ServiceType, on: date) -> date | None:
    """The first day after `on` for which something is already recorded, of whatever type it is."""
    seen = Observation.objects.filter(date__gt=on).aggregate(day=Min("date"))["day"]
    made = Delivery.objects.filter(type=service_type, date__gt=on).aggregate(day=Min("date"))["day"]
    return min((day for day in (seen, made) if day), default=None)
