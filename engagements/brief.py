"""The next-meeting brief, and what waits for whom: read-only questions.

A brief opens every meeting: what was promised, what was done since, who waits for an answer, who must be told, who was
not heard last time. The office prints it, the phone carries it. `briefs` reads those of many communities at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db.models import F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from communities.models import Community, Contact, Group, Presence, User
from services.models import Gap, GapState

from .models import Attendance, Commitment, Concern, Duty, Engagement, Evidence, Pulse, Telling, Verdict
from .models.commitments import Shown

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class LastMet(TypedDict):
    last_met: date | None


def by_silence(user: User) -> QuerySet[WithAnnotations[Community, LastMet]]:
    """Communities in `user`'s sight with `last_met`, those not met for longest first; never met before all."""
    counted = Q(engagements__state__in=["submitted", "reviewed"])
    return (
        Community.objects.visible_to(user)
        .active()
        .annotate(last_met=Max("engagements__date", filter=counted))
        .order_by(F("last_met").asc(nulls_first=True), "code")
    )


def days_since(day: date | None) -> int | None:
    """Whole days from `day` until today; None when there is no such day."""
    return None if day is None else (timezone.localdate() - day).days


def promises_to_ask_about(user: User, *communities: Community) -> QuerySet[Commitment]:
    """Earlier commitments the next meeting must ask about, the longest overdue first."""
    return (
        Commitment.objects.visible_to(user)
        .filter(community__in=communities)
        .with_answers()
        .unsettled()
        .select_related("agency")
        .order_by("due_on", "pk")
    )


def concerns_waiting(user: User, *communities: Community) -> QuerySet[Concern]:
    return (
        Concern.objects.visible_to(user)
        .filter(community__in=communities)
        .open()
        .select_related("topic", "agency")
        .order_by("due_on", "pk")
    )


def news_to_tell(user: User) -> QuerySet[Duty]:
    """Open duties in `user`'s sight whose subject has something to tell, the longest due first."""
    return (
        Duty.objects.visible_to(user)
        .with_news()
        .open()
        .select_related("concern__topic", "concern__joined_to", "commitment__agency")
        .order_by("due_on", "pk")
    )


def people_to_tell(user: User, *communities: Community) -> QuerySet[Duty]:
    """Of what is to be told, what these communities are to hear."""
    return news_to_tell(user).filter(community__in=communities)


def last_meeting(community: Community, user: User) -> Engagement | None:
    return Engagement.objects.visible_to(user).filter(community=community).select_related("language").first()


# --- The whole brief, for many communities at once ------------------------------------------------------------
TRUST_MEETINGS = 5
ALWAYS_EXPECTED = (Group.WOMEN, Group.YOUTH)
WIDTH = {GapState.UNMET: 0, GapState.PARTLY: 1, GapState.STALE: 2, GapState.UNKNOWN: 3}


@dataclass
class Brief:
    """What the next meeting with one community opens with. Lists are in the order in which they matter."""

    community: Community
    meetings: list[Engagement] = field(default_factory=list)  # handed in, the latest first
    promises: list[Commitment] = field(default_factory=list)
    delivered: list[Evidence] = field(default_factory=list)  # since the last meeting
    concerns: list[Concern] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    presences: list[Presence] = field(default_factory=list)
    heard: dict[int, set[str]] = field(default_factory=dict)  # meeting → groups that came or spoke
    pulse: dict[int, dict[str, int]] = field(default_factory=dict)  # meeting → answers of the trust pulse

    @property
    def last(self) -> Engagement | None:
        return self.meetings[0] if self.meetings else None

    @property
    def unheard(self) -> list[str] | None:
        """Groups that are known here and were not heard at the last meeting; None when nobody wrote down who was."""
        heard = self.heard.get(self.last.pk) if self.last else None
        if not heard:
            return None
        expected = dict.fromkeys([*(contact.role for contact in self.contacts), *ALWAYS_EXPECTED])
        return [str(group) for group in expected if group not in heard]

    @property
    def trust(self) -> list[tuple[date, dict[str, int]]]:
        """Answers of the trust pulse by meeting, the oldest first. A meeting that did not ask is left out."""
        asked = [(row.date, self.pulse[row.pk]) for row in self.meetings if row.pk in self.pulse]
        return asked[::-1]


def briefs(communities: Iterable[Community], user: User) -> dict[int, Brief]:
    """The briefs of communities in `user`'s sight, by primary key, in a number of queries that does not grow."""
    found = {row.pk: Brief(row) for row in communities}
    here = [brief.community for brief in found.values()]
    for name, rows in (
        ("meetings", _latest_meetings(here, user)),
        ("promises", promises_to_ask_about(user, *here)),
        ("concerns", concerns_waiting(user, *here)),
        ("duties", people_to_tell(user, *here)),
        ("gaps", _gaps(here, user)),
        ("contacts", Contact.objects.visible_to(user).filter(community__in=here, active=True)),
        ("presences", Presence.objects.visible_to(user).filter(community__in=here).select_related("area")),
    ):
        for row in rows:
            getattr(found[cast(Any, row).community_id], name).append(row)
    _who_spoke(found)
    _delivered(found, user)
    for brief in found.values():
        brief.gaps.sort(key=lambda gap: (WIDTH[GapState(gap.state)], -(gap.km or 0)))
    return found


def _latest_meetings(communities: list[Community], user: User) -> QuerySet[Engagement]:
    newest = Window(RowNumber(), partition_by="community", order_by=[F("date").desc(), F("pk").desc()])
    rows = Engagement.objects.visible_to(user).filter(
        community__in=communities, state__in=[Engagement.State.SUBMITTED, Engagement.State.REVIEWED]
    )
    return (
        rows.annotate(place_in_time=newest)
        .filter(place_in_time__lte=TRUST_MEETINGS)
        .select_related("language")
        .order_by("-date", "-pk")
    )


def _gaps(communities: list[Community], user: User) -> QuerySet[Gap]:
    rows = Gap.objects.visible_to(user).filter(community__in=communities).exclude(state=GapState.MET)
    return rows.select_related("type", "point").defer("point__location")


def _who_spoke(found: dict[int, Brief]) -> None:
    """Which groups came to a meeting or spoke there, and the answers of its trust pulse."""
    of_meeting = {row.pk: brief for brief in found.values() for row in brief.meetings}
    last = {brief.last.pk for brief in found.values() if brief.last}
    heard: dict[int, set[str]] = defaultdict(set)
    sources: list[tuple[QuerySet[Any], str]] = [
        (Attendance.objects.exclude(group="").filter(count__gt=0), "group"),
        (Concern.objects.all(), "raised_by"),
        (Verdict.objects.all(), "group"),
        (Telling.objects.filter(reached=True), "group"),
    ]
    for rows, name in sources:
        for meeting, group in rows.filter(engagement__in=last).values_list("engagement_id", name):
            heard[meeting].add(group)
    for meeting, groups in heard.items():
        of_meeting[meeting].heard[meeting] = groups
    for row in Pulse.objects.filter(engagement__in=of_meeting):
        of_meeting[row.engagement_id].pulse.setdefault(row.engagement_id, {})[row.answer] = row.count


def _delivered(found: dict[int, Brief], user: User) -> None:
    """What was done in full since the last meeting of each community."""
    full = Evidence.objects.visible_to(user).filter(
        commitment__community__in=list(found), shows=Shown.FULL, disputed=False
    )
    since = {pk: brief.last.date if brief.last else date.min for pk, brief in found.items()}
    earliest = min(since.values(), default=date.min)
    for row in full.filter(date__gte=earliest).select_related("commitment__agency").order_by("-date", "-pk"):
        brief = found[row.commitment.community_id]
        if row.date >= since[brief.community.pk] and row.commitment not in [
            e.commitment for e in brief.delivered
        ]:
            brief.delivered.append(row)
