"""What the gap map, its table and its export show: sums by state, rows in order, marks thinned by a grid.

All three start from the same rows, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Case, Count, F, IntegerField, QuerySet, Sum, Value, When
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from communities.arrays import BOX, Latitude, Longitude, bounds, cells, inside
from communities.models import Area, Community, User
from communities.models.places import PresenceQuerySet

from .gap_reading import nomadic_places
from .models import Gap, GapState, ServiceType
from .models.gaps import GapQuerySet

SHAPES = {"met": "●", "partly": "◐", "unmet": "▲", "stale": "◌", "unknown": "?"}
STATES = list(SHAPES)
WAITING = "waiting"
MARKS = 3000  # more than this nobody tells apart: a grid with counts is drawn instead
GRID = 9  # cells along the longer side: each 30 to 60 pixels wide on the page

WIDEST_FIRST = ["unmet", "partly", "stale", "unknown", "met"]
SORTS = {
    "community": ("community__code",),
    "district": ("community__area__name", "community__code"),
    "state": ("widest", "community__code"),
    "near": ("near_km", "community__code"),
    "across": ("across_km", "community__code"),
    "population": ("community__population", "community__code"),
}
DEFAULT_SORT = "state"


# --- Rows ------------------------------------------------------------------------------------------------
def rows_in_sight(user: User, service_type: ServiceType, area: Area | None = None) -> GapQuerySet:
    """The gaps of one type that `user` may see, of communities that are still there, within an area if given."""
    rows = Gap.objects.visible_to(user).filter(type=service_type).living()
    return rows.within(area) if area else rows


def waiting_in_sight(user: User, service_type: ServiceType, area: Area | None = None) -> QuerySet[Community]:
    """Communities in the user's charge that have no gap of this type yet: recorded since the last computation."""
    rows = Community.objects.visible_to(user).editable_by(user).active().exclude(gaps__type=service_type)
    return rows.filter(area__in=Area.objects.within([area.pk]).values("pk")) if area else rows


def in_order(rows: GapQuerySet, sort: str) -> GapQuerySet:
    """Rows sorted by one of SORTS, "-" in front for descending; what is not known comes last either way."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    first, *rest = SORTS[name]
    rank = [When(state=state, then=Value(place)) for place, state in enumerate(WIDEST_FIRST)]
    rows = rows.annotate(widest=Case(*rank, output_field=IntegerField()))
    order = F(first).desc(nulls_last=True) if down else F(first).asc(nulls_last=True)
    return rows.order_by(order, *rest).select_related("community__area", "point")


# --- Sums ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tally:
    """How many communities stand in a state, and the people known to live in them. None: no figure at all."""

    state: str
    label: str
    shape: str
    communities: int
    people: int | None
    uncounted: int

    @property
    def known_words(self) -> str:
        """ "12,300 people", "Not known", or a dash where nobody stands."""
        if not self.communities:
            return "–"
        if self.people is None:
            return _("Not known")
        said = ngettext("%(n)s person", "%(n)s people", self.people)
        return said % {"n": number_format(self.people, force_grouping=True)}

    @property
    def missing_words(self) -> str:
        """ "3 communities have no figure": a sum never passes for more than it is. Empty when it is whole."""
        if not self.uncounted:
            return ""
        said = ngettext("%(n)s community has no figure", "%(n)s communities have no figure", self.uncounted)
        return said % {"n": number_format(self.uncounted, force_grouping=True)}


def legend(user: User, service_type: ServiceType, area: Area | None = None) -> list[Tally]:
    """One tally per state, then communities not computed yet if there are any, then all of them."""
    sums = {
        row["state"]: row
        for row in rows_in_sight(user, service_type, area)
        .order_by()
        .values("state")
        .annotate(n=Count("pk"), people=Sum("community__population"), counted=Count("community__population"))
    }
    tallies = [_tally(state.value, str(state.label), sums.get(state.value)) for state in GapState]
    waiting = waiting_in_sight(user, service_type, area).aggregate(
        n=Count("pk"), people=Sum("population"), counted=Count("population")
    )
    if waiting["n"]:
        tallies.append(_tally(WAITING, _("Not computed yet"), waiting))
    return [*tallies, _total(tallies)]


def _tally(state: str, label: str, sums: dict | None) -> Tally:
    sums = sums or {"n": 0, "people": None, "counted": 0}
    uncounted = sums["n"] - sums["counted"]
    return Tally(state, label, SHAPES.get(state, "…"), sums["n"], sums["people"], uncounted)


def _total(tallies: list[Tally]) -> Tally:
    known = [tally.people for tally in tallies if tally.people is not None]
    return Tally(
        state="all",
        label=_("All communities"),
        shape="",
        communities=sum(tally.communities for tally in tallies),
        people=sum(known) if known else None,
        uncounted=sum(tally.uncounted for tally in tallies),
    )


# --- Sheets ----------------------------------------------------------------------------------------------
def sheet_header() -> list[str]:
    return [
        _("Code"),
        _("Community"),
        _("District"),
        _("Country"),
        _("State"),
        _("Why"),
        _("Nearest working, same side, km"),
        _("Nearest working, across the border, km"),
        _("Deciding point"),
        _("Distance to the deciding point, km"),
        _("Population"),
    ]


def sheet_rows(rows: Iterable[Gap]) -> Iterator[list[Any]]:
    """The rows of the export. What is not known is an empty cell, never zero."""
    for gap in rows:
        community = gap.community
        yield [
            community.code,
            community.label,
            community.area.label if community.area else "",
            community.country,
            gap.get_state_display(),
            gap.get_reason_display(),
            metres(gap.near_km),
            metres(gap.across_km),
            gap.point.code if gap.point else "",
            metres(gap.km),
            community.population,
        ]


def metres(km: float | None) -> float | None:
    """Kilometres to the metre: nobody's place is known better."""
    return None if km is None else round(km, 3)


# --- Marks -----------------------------------------------------------------------------------------------
def marks(rows: GapQuerySet, presences: PresenceQuerySet, *, on: date, box: BOX | None = None) -> dict:
    """The marks of the map, as columns: {"bounds", "marks": {"x", "y", "state", …}} or {"bounds", "cells"}.

    `bounds` is the box of all rows with a place. Within `box` (everything unless given), up to MARKS marks
    come one by one; beyond that as cells [x, y, met, partly, unmet, stale, unknown] of a grid. A nomadic
    group is drawn at the first of its places of the month.
    """
    lang = f"community__name_{get_language() or 'en'}"
    translated = lang if lang in {"community__name_fr", "community__name_ar"} else "community__name"
    found = list(
        rows.order_by("community__code").values_list(
            "community_id",
            "community__code",
            translated,
            "community__name",
            "state",
            "reason",
            "near_km",
            "across_km",
            "community__kind",
            Longitude("community__location"),
            Latitude("community__location"),
        )
    )
    xy = _places(found, presences, on)
    placed = ~np.isnan(xy).any(axis=1)
    here = np.flatnonzero(placed & inside(xy, box))
    answer: dict[str, Any] = {"bounds": bounds(xy[placed])}
    if len(here) > MARKS:
        state = np.array([STATES.index(found[i][4]) for i in here])
        return {**answer, "cells": cells(xy[here], state, states=len(STATES), across=GRID)}
    return {**answer, "marks": _columns([found[i] for i in here], xy[here])}


def _places(found: list[tuple], presences: PresenceQuerySet, on: date) -> np.ndarray:
    at = nomadic_places(presences, on).order_by("-pk")  # the first place is written last and stays
    moving = {pk: (x, y) for pk, x, y in at.values_list("community_id", *_xy("location"))}
    nowhere = (np.nan, np.nan)
    nomadic = Community.Kind.NOMADIC
    places = [moving.get(pk, nowhere) if kind == nomadic else (x, y) for pk, *_rest, kind, x, y in found]
    return np.array(places, float).reshape(len(found), 2)


def _xy(field: str) -> tuple[Longitude, Latitude]:
    return Longitude(field), Latitude(field)


def _columns(found: list[tuple], xy: np.ndarray) -> dict[str, list]:
    return {
        "x": xy[:, 0].round(5).tolist(),
        "y": xy[:, 1].round(5).tolist(),
        "pk": [row[0] for row in found],
        "code": [row[1] for row in found],
        "name": [row[2] or row[3] for row in found],
        "state": [row[4] for row in found],
        "why": [row[5] for row in found],
        "near": [None if row[6] is None else round(row[6], 1) for row in found],
        "across": [None if row[7] is None else round(row[7], 1) for row in found],
    }
