"""How soon those who must answer do: by mandate, over a year. Read-only. Counting rules: docs/inbox.md.

A mandate governs the concerns on its topic that lie in its area, unless a mandate for the topic stands nearer to them;
and of these, the ones its agency was given, or that nobody was given yet. Whoever asks counts the concerns they may
see. Everything is counted by the database in groups: of place, agency, outcome and days.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from communities.models import Area, Tree, User
from communities.sight import is_agency, is_programme, is_reviewer, own_agency, reviewed_areas, sight_of

from .models import Concern, Mandate
from .models.publication import FROM_REVIEWED

WITHIN = datetime.timedelta(days=365)
IN_TIME, LATE, WAITING, LATE_NOW = "in_time", "late", "waiting", "late_now"


@dataclass
class Times:
    """What became of the concerns that one mandate governed."""

    mandate: Mandate
    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)  # until the first answer → how many

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def median_days(self) -> int | None:
        """Until the first answer; what waits counts as the longest. None where the median is among them, or there
        is nothing to count. Of an even number, the later one of the two in the middle."""
        middle, seen = self.total // 2 + 1, 0
        for days, many in sorted(self.days.items()):
            seen += many
            if seen >= middle:
                return days
        return None


def may_read(user: Any) -> bool:
    return is_reviewer(user) or is_programme(user) or is_agency(user)


def mandates(user: User) -> QuerySet[Mandate]:
    """All of them for the programme; for supervisors those that reach their areas; for an agency its own."""
    rows = Mandate.objects.visible_to(user).select_related("topic", "area", "agency").defer("area__boundary")
    rows = rows.order_by("topic__position", "topic__code", "area__code", "agency__code", "pk")
    if is_programme(user):
        return rows
    own = Mandate.objects.filter(own_agency("agency").q(sight_of(user)))
    if is_reviewer(user):
        own = own | Mandate.objects.filter(area__in=_around(user))
    return rows.filter(pk__in=own.values("pk"))


def _around(user: User) -> set[int]:
    """The areas that `user` reviews, and those they lie in."""
    tree = Tree()
    areas = Area.objects.filter(reviewed_areas("self").q(sight_of(user))).values_list("pk", flat=True)
    return {up for pk in areas for up in tree.upwards(pk)}


def times(asked: Iterable[Mandate], user: User) -> list[Times]:
    """One for each of the mandates asked for, in their order. Three queries, however many there are."""
    found = {mandate.pk: Times(mandate) for mandate in asked}
    topics = {row.mandate.topic_id for row in found.values()}
    mandated: dict[int, set[int]] = defaultdict(set)  # topic → areas that have a mandate for it
    for topic, area in Mandate.objects.filter(topic__in=topics).values_list("topic", "area"):
        mandated[topic].add(area)
    governed: dict[tuple[int, int | None], list[Times]] = defaultdict(list)
    for row in found.values():
        governed[row.mandate.topic_id, row.mandate.area_id].append(row)
    nearest = _Nearest(mandated)
    for topic, place, agency, outcome, took, many in _groups(topics, user):
        for row in governed.get((topic, nearest(topic, place)), ()):
            if agency is None or agency == row.mandate.agency_id:
                row.counts[outcome] += many
                if took is not None:
                    row.days[took.days] += many
    return list(found.values())


class _Nearest:
    """The nearest area upwards that has a mandate for a topic, remembered."""

    def __init__(self, mandated: dict[int, set[int]]):
        self.mandated, self.tree = mandated, Tree()
        self.known = dict[tuple[int, int], int | None]()

    def __call__(self, topic: int, place: int) -> int | None:
        if (topic, place) not in self.known:
            areas = self.mandated[topic]
            self.known[topic, place] = next((pk for pk in self.tree.upwards(place) if pk in areas), None)
        return self.known[topic, place]


def _groups(topics: set[int], user: User) -> Iterable[tuple]:
    """(topic, area, agency, outcome, time to the first answer, how many). Repeats count once, where they were
    joined to."""
    today = timezone.localdate()
    rows = Concern.objects.visible_to(user).filter(
        FROM_REVIEWED, topic__in=topics, raised_on__gt=today - WITHIN, raised_on__lte=today
    )
    outcome = Case(
        When(first_answered_on__lte=F("due_on"), then=Value(IN_TIME)),
        When(first_answered_on__isnull=False, then=Value(LATE)),
        When(due_on__lt=today, then=Value(LATE_NOW)),
        default=Value(WAITING),
    )
    took = ExpressionWrapper(F("first_answered_on") - F("raised_on"), output_field=DurationField())
    grouped = rows.exclude(state=Concern.State.MERGED).annotate(
        place_pk=Coalesce("community__area_id", "area_id"), outcome=outcome, took=took
    )
    columns = ("topic_id", "place_pk", "agency_id", "outcome", "took")
    return grouped.order_by().values_list(*columns).annotate(many=Count("pk")).iterator()
