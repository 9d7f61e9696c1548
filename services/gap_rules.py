"""The rules of the gap analysis, on arrays: what is known of one service type in, a verdict per community out.

Rules and reasons: docs/gap-analysis.md. Distances are geodesic kilometres; NaN and index -1 mean "none".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from communities import geo

from .models import Gap, GapState, ServiceState, ServiceType

LOOKED_KM = 100.0  # beyond this, an observation says nothing about a community's own surroundings
NEVER = 0  # ordinal of a date that never was

Reason = Gap.Reason


# --- What is known ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class People:
    """Communities, as arrays (n,), and their places, as arrays (m,): a nomadic group may have several, or none."""

    pk: np.ndarray
    country: np.ndarray
    population: np.ndarray  # NaN: unknown
    xy: np.ndarray  # (m, 2) longitude, latitude
    owner: np.ndarray  # (m,) index into the communities

    @property
    def placed(self) -> np.ndarray:
        return np.isin(np.arange(len(self.pk)), self.owner)


@dataclass(frozen=True)
class Points:
    """Service points of one type with a place, as arrays (p,), each with its latest observation."""

    pk: np.ndarray
    country: np.ndarray
    open_across: np.ndarray
    xy: np.ndarray  # (p, 2)
    state: np.ndarray  # ServiceState, "" when never observed
    seen: np.ndarray  # ordinal day, NEVER when never observed


@dataclass(frozen=True)
class Visits:
    """The latest delivery of the type to each community, as ordinal days (n,): any result, and those that reached."""

    recorded: np.ndarray
    reached: np.ndarray


@dataclass(frozen=True)
class Near:
    """For each community (n,): the index of the nearest point of some set, and its distance."""

    index: np.ndarray
    km: np.ndarray

    def closer_of(self, other: Near) -> Near:
        mine = np.isnan(other.km) | (self.km <= other.km)
        return Near(np.where(mine, self.index, other.index), np.where(mine, self.km, other.km))


# --- What follows ----------------------------------------------------------------------------------------
@dataclass
class Verdicts:
    """One verdict per community, and the last day on which all of them hold (None: until something changes)."""

    state: np.ndarray
    reason: np.ndarray
    point: np.ndarray
    km: np.ndarray
    near_km: np.ndarray
    across_km: np.ndarray
    good_until: date | None = None

    @classmethod
    def open(cls, size: int) -> Verdicts:
        state, reason, point = np.full(size, "", "U10"), np.full(size, "", "U16"), np.full(size, -1)
        km, near_km, across_km = (np.full(size, np.nan) for _column in range(3))
        return cls(state, reason, point, km, near_km, across_km)

    @property
    def undecided(self) -> np.ndarray:
        return self.state == ""

    def settle(self, rows: np.ndarray, state: str, reason: str, near: Near | None = None) -> None:
        """Gives the verdict to those of `rows` (n,) that have none yet."""
        rows = rows & self.undecided
        self.state[rows], self.reason[rows] = state, reason
        if near is not None:
            self.point[rows], self.km[rows] = near.index[rows], near.km[rows]


class Assessment:
    """Works the rules through, in their order, for one service type on one day."""

    def __init__(self, standard: ServiceType, people: People, points: Points, visits: Visits, *, on: date):
        self.standard, self.people, self.points, self.visits, self.on = standard, people, points, visits, on
        self.verdicts = Verdicts.open(len(people.pk))
        self.expiries: list[int] = []  # ordinal days: the last on which something still stands
        observed = points.seen != NEVER
        self.fresh = observed & (points.seen >= on.toordinal() - standard.fresh_days)
        self.observed = observed
        # two letters seen as one number, since they are compared forty times
        self.country, self.point_country = people.country.view("i8"), points.country.view("i8")

    def work(self) -> Verdicts:
        usable = self._measure()
        if max_km := self.standard.max_km:
            self._within_reach(usable, max_km)
        if gap_days := self.standard.max_visit_gap_days:
            self._visited(gap_days)
        if max_km:
            self._by_points(usable, max_km)
        else:
            self._by_visits_alone()
        self.verdicts.good_until = self._good_until()
        return self.verdicts

    def _measure(self) -> Near:
        """Fills both distances; returns the nearest working point that people may use."""
        working = self.fresh & (self.points.state == ServiceState.WORKING)
        near = self._nearest(working, side="same")
        across = self._nearest(working, side="other")
        self.verdicts.near_km, self.verdicts.across_km = near.km, across.km
        usable = near.closer_of(self._nearest(working & self.points.open_across, side="other"))
        self._rest_on(near, across, usable)
        return usable

    def _within_reach(self, usable: Near, max_km: float) -> None:
        within = usable.km <= max_km
        self.crowded = within & self._crowded(usable)
        self.verdicts.settle(within & ~self.crowded, GapState.MET, Reason.WITHIN, usable)

    def _crowded(self, usable: Near) -> np.ndarray:
        """Whether the known people for whom a community's nearest point is the nearest exceed the standard."""
        if not self.standard.max_people:
            return np.zeros(len(usable.index), bool)
        has = usable.index >= 0
        known = np.nan_to_num(self.people.population[has])
        crowd = np.bincount(usable.index[has], weights=known, minlength=len(self.points.pk) + 1)
        return has & (crowd[usable.index] > self.standard.max_people)

    def _visited(self, gap_days: int) -> None:
        rows = self.verdicts.undecided & (self.visits.reached >= self.on.toordinal() - gap_days)
        self._expires(self.visits.reached[rows] + gap_days)
        self.verdicts.settle(rows, GapState.MET, Reason.VISITED)

    def _by_points(self, usable: Near, max_km: float) -> None:
        give = self.verdicts.settle
        give(self.crowded, GapState.PARTLY, Reason.CROWDED, usable)
        give(~self.people.placed, GapState.UNKNOWN, Reason.NO_PLACE)
        state = self.points.state
        partly = self._nearest(self.fresh & (state == ServiceState.PARTLY))
        self._rest_on(partly)
        give(partly.km <= max_km, GapState.PARTLY, Reason.PARTLY_WORKING, partly)
        served = (state == ServiceState.WORKING) | (state == ServiceState.PARTLY)
        expired = self._nearest(~self.fresh & served)
        give(expired.km <= max_km, GapState.STALE, Reason.EXPIRED, expired)
        unseen = self._nearest(~self.observed)
        give(unseen.km <= max_km, GapState.UNKNOWN, Reason.NEVER_OBSERVED, unseen)
        self._by_who_looked(usable, max(LOOKED_KM, max_km))

    def _by_who_looked(self, usable: Near, looked_km: float) -> None:
        """Nobody having looked is never no service: unmet needs a fresh observation around here."""
        give = self.verdicts.settle
        observed = self._nearest(self.observed)
        give(~(observed.km <= looked_km), GapState.UNKNOWN, Reason.NEVER_OBSERVED)
        fresh = self._nearest(self.fresh)
        self._rest_on(fresh)
        give(~(fresh.km <= looked_km), GapState.STALE, Reason.EXPIRED, observed)
        give(usable.index >= 0, GapState.UNMET, Reason.TOO_FAR, usable)
        give(usable.index < 0, GapState.UNMET, Reason.NONE_WORKING, fresh)

    def _by_visits_alone(self) -> None:
        """Where nobody recorded any attempt, nobody has looked; where the last record is old, it is stale."""
        give, recorded, days = self.verdicts.settle, self.visits.recorded, self.standard.fresh_days
        lately = recorded >= self.on.toordinal() - days
        self._expires(recorded[lately & self.verdicts.undecided] + days)
        give(lately, GapState.UNMET, Reason.NOT_VISITED)
        give(recorded != NEVER, GapState.STALE, Reason.EXPIRED)
        give(recorded == NEVER, GapState.UNKNOWN, Reason.NEVER_OBSERVED)

    # --- The nearest ---
    def _nearest(self, among: np.ndarray, side: str = "usable") -> Near:
        """The nearest point of the set `among` (p,) for each community; usable sets only for the undecided.

        `side`: "same" country, any "other" country, or "usable": the same, or open to people from across.
        """
        size = len(self.people.pk)
        near = Near(np.full(size, -1), np.full(size, np.nan))
        rows = self.verdicts.undecided if side == "usable" else np.ones(size, bool)
        for country in np.unique(self.country[rows]):
            places = np.flatnonzero((rows & (self.country == country))[self.people.owner])
            chosen = np.flatnonzero(among & self._on_side(country, side))
            self._fill(near, places, chosen)
        return near

    def _on_side(self, country: int, side: str) -> np.ndarray:
        same = self.point_country == country
        return {"same": same, "other": ~same, "usable": same | self.points.open_across}[side]

    def _fill(self, near: Near, places: np.ndarray, chosen: np.ndarray) -> None:
        if not len(places) or not len(chosen):
            return
        found, km = geo.nearest(self.people.xy[places], self.points.xy[chosen])
        closest_last = np.argsort(-km, kind="stable")  # of several places of one group the last written stays
        owner = self.people.owner[places][closest_last]
        near.index[owner], near.km[owner] = chosen[found[closest_last]], km[closest_last]

    # --- How long it holds ---
    def _rest_on(self, *nears: Near) -> None:
        """The verdicts rest on these points: the first of their fresh observations to expire ends them."""
        for near in nears:
            used = np.unique(near.index[near.index >= 0])
            used = used[self.fresh[used]]
            self._expires(self.points.seen[used] + self.standard.fresh_days)

    def _expires(self, days: np.ndarray) -> None:
        if len(days):
            self.expiries.append(int(days.min()))

    def _good_until(self) -> date | None:
        return date.fromordinal(min(self.expiries)) if self.expiries else None


def last_day_of_month(on: date) -> date:
    first_of_next = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next - timedelta(days=1)
