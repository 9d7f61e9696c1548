"""Who is heard: groups that stay away or stay silent, and how far people trust what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from communities.arrays import as_table
from communities.models import Group
from communities.privacy import publishable_parts

from ..brief import ALWAYS_EXPECTED
from ..models import Attendance, Concern, Pulse, Telling, Verdict
from .meetings import FOUND
from .periods import Period
from .population import Population

LAST_MEETINGS = 3
LOOK_BACK_DAYS = 365  # an older meeting says little of who would come today
GROUPS = np.array(sorted(Group.values))
WOMEN, YOUTH = (int(np.searchsorted(GROUPS, group)) for group in (Group.WOMEN, Group.YOUTH))
NOT_EXPECTED, UNKNOWN, ABSENT, SILENT, HEARD = range(-1, 4)


# --- Groups ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class GroupHeard:
    """In how many of the communities that expect it (`whole`) a group was heard, came and stayed silent, stayed
    away, or nobody wrote down whether it came."""

    group: str
    whole: int
    heard: int
    silent: int
    absent: int
    unknown: int

    @property
    def label(self) -> str:
        return str(Group(self.group).label)


@dataclass(frozen=True)
class Hearing:
    """`state` of each group in GROUPS (columns) in each active community (rows, by primary key)."""

    pk: np.ndarray
    state: np.ndarray

    def counts(self) -> list[GroupHeard]:
        """By group, those unheard in most communities first; a group that no community expects is left out."""
        found = []
        for n, group in enumerate(GROUPS.tolist()):
            heard, silent, absent, unknown = (
                int((self.state[:, n] == state).sum()) for state in (HEARD, SILENT, ABSENT, UNKNOWN)
            )
            if whole := heard + silent + absent + unknown:
                found.append(GroupHeard(group, whole, heard, silent, absent, unknown))
        return sorted(found, key=lambda row: (-row.absent - row.silent, -row.whole, row.group))

    def unheard(self) -> dict[int, dict[str, int]]:
        """Community → group → ABSENT or SILENT, where there is any."""
        rows, columns = np.nonzero((self.state == ABSENT) | (self.state == SILENT))
        found: dict[int, dict[str, int]] = {}
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            found.setdefault(int(self.pk[row]), {})[str(GROUPS[column])] = int(self.state[row, column])
        return found


def who_was_heard(population: Population, on: date, communities: list[int] | None = None) -> Hearing:
    """Who was heard at each community's last LAST_MEETINGS reviewed meetings in the LOOK_BACK_DAYS before `on`.

    Expected are women, youth and the groups of contacts that the population may know. A meeting that did not count
    by group (for women also by sex, for youth also by age) neither makes nor hides an absence; a group that asked,
    answered or was told something at a meeting was there. `communities` narrows it to these primary keys.
    """
    rows = population.communities().order_by("pk")
    keys = as_table(
        (rows if communities is None else rows.filter(pk__in=communities)).values_list("pk"), "pk i8"
    )["pk"]
    since = on - timedelta(days=LOOK_BACK_DAYS)
    between = Q(engagement__date__gt=since, engagement__date__lte=on)
    if communities is not None:
        between &= Q(engagement__community__in=communities)
    meetings = _last_meetings(population, keys, since, on)
    known, came, spoke = (np.zeros((len(meetings), len(GROUPS)), bool) for _each in range(3))
    _who_came(population.beside_meetings(Attendance.objects.filter(between)), meetings["pk"], known, came)
    for said, name in ((Concern.objects.all(), "raised_by"), (Verdict.objects.all(), "group")):
        _mark(population.beside_meetings(said.filter(between)), name, meetings["pk"], spoke)
    _mark(
        population.beside_meetings(Telling.objects.filter(between, reached=True)),
        "group",
        meetings["pk"],
        came,
    )
    came |= spoke
    state = _states(keys, meetings["community"], known | came, came, spoke)
    return Hearing(keys, np.where(_expected(population, keys), state, NOT_EXPECTED))


def _last_meetings(population: Population, keys: np.ndarray, since: date, on: date) -> np.ndarray:
    newest = Window(RowNumber(), partition_by="community", order_by=[F("date").desc(), F("pk").desc()])
    rows = population.meetings().filter(FOUND, date__gt=since, date__lte=on)
    rows = rows.filter(community__in=population.communities().order_by().values("pk")).annotate(nth=newest)
    columns = rows.filter(nth__lte=LAST_MEETINGS).order_by().values_list("pk", "community_id")
    found = as_table(columns.iterator(), "pk i8", "community i8")
    return np.sort(found[np.isin(found["community"], keys)], order="pk")


def _who_came(rows: QuerySet, meetings: np.ndarray, known: np.ndarray, came: np.ndarray) -> None:
    """Marks, in (meeting, group), whose coming was written down and who came."""
    people = rows.filter(who=Attendance.Who.PEOPLE).order_by()
    columns = people.values_list("engagement_id", "group", "sex", "age", "count").iterator()
    found = as_table(columns, "meeting i8", "group U20", "sex U10", "age U10", "count i8")
    found = found[np.isin(found["meeting"], meetings)]
    at, some = np.searchsorted(meetings, found["meeting"]), found["count"] > 0
    by_group, by_sex, by_age = found["group"] != "", found["sex"] != "all", found["age"] != "all"
    known[at[by_group]] = True
    known[at[by_sex], WOMEN] = True
    known[at[by_age], YOUTH] = True
    here = by_group & some
    came[at[here], np.searchsorted(GROUPS, found["group"][here])] = True
    came[at[some & (found["sex"] == Attendance.Sex.WOMEN)], WOMEN] = True
    came[at[some & (found["age"] == Attendance.Age.YOUNG)], YOUTH] = True


def _mark(rows: QuerySet, group: str, meetings: np.ndarray, marks: np.ndarray) -> None:
    columns = rows.order_by().values_list("engagement_id", group).iterator()
    found = as_table(columns, "meeting i8", "group U20")
    found = found[np.isin(found["meeting"], meetings)]
    marks[np.searchsorted(meetings, found["meeting"]), np.searchsorted(GROUPS, found["group"])] = True


def _states(
    keys: np.ndarray, community: np.ndarray, known: np.ndarray, came: np.ndarray, spoke: np.ndarray
) -> np.ndarray:
    """(community, group) → how the group stands over the community's meetings, given (meeting, group) marks."""
    state = np.full((len(keys), len(GROUPS)), UNKNOWN)
    at = np.searchsorted(keys, community)
    for marks, reached in ((known, ABSENT), (came, SILENT), (spoke, HEARD)):
        meeting, group = np.nonzero(marks)
        state[at[meeting], group] = reached
    return state


def _expected(population: Population, keys: np.ndarray) -> np.ndarray:
    """(community, group) → whether the group is known to be there."""
    expected = np.isin(GROUPS, [str(group) for group in ALWAYS_EXPECTED])[None, :].repeat(len(keys), axis=0)
    columns = population.contacts().order_by().values_list("community_id", "role").distinct()
    found = as_table(columns.iterator(), "community i8", "role U20")
    found = found[np.isin(found["community"], keys)]
    expected[np.searchsorted(keys, found["community"]), np.searchsorted(GROUPS, found["role"])] = True
    return expected


# --- Trust -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Trust:
    """The trust pulse of one step of time: answers by Pulse.Answer, in how many `meetings` it was asked.

    A count of people that may not be told is None.
    """

    period: Period
    meetings: int
    counts: dict[str, int | None]
    total: int | None


def trust(population: Population, period: Period) -> list[Trust]:
    """The steps of the period's trend, the oldest first; no row where nobody asked.

    In public small counts are left out, with whatever would give them away: within an area no count is told, and
    time goes by months alone, since a quarter would tell what was left out of its months.
    """
    if not population.tells_people:
        return []
    steps = period.months() if population.is_public else period.trend()
    found = _by_step(population, steps)
    return [_publishable(row) if population.is_public else row for row in found if row.meetings]


def _by_step(population: Population, steps: list[Period]) -> list[Trust]:
    """Asked of the database day by day: a meeting has one day."""
    span = Period(steps[0].since, steps[-1].until)
    asked = population.at_meetings(Pulse.objects.filter(span.holds("engagement__date"))).order_by()
    answers = list(asked.values_list("engagement__date", "answer").annotate(Sum("count")))
    meetings = list(asked.values_list("engagement__date").annotate(Count("engagement", distinct=True)))
    found = []
    for step in steps:
        counts: dict[str, int | None] = dict.fromkeys(Pulse.Answer.values, 0)
        for _day, answer, count in (row for row in answers if step.since <= row[0] < step.until):
            counts[answer] = (counts[answer] or 0) + count
        held = sum(count for day, count in meetings if step.since <= day < step.until)
        found.append(Trust(step, held, counts, sum(count or 0 for count in counts.values())))
    return found


def _publishable(row: Trust) -> Trust:
    names = list(row.counts)
    parts = publishable_parts(list(row.counts.values()), row.total)
    return Trust(row.period, row.meetings, dict(zip(names, parts, strict=True)), row.total)
