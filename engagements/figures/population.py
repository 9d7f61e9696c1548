"""Whose rows a figure counts: the public's, or one colleague's; everywhere, or within one area.

Sealed concerns are in neither. What a meeting brought counts once the meeting is reviewed. The public's rows wait
for the delay of their community.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, cast

from django.db.models import Q, QuerySet
from django.utils import timezone

from communities.models import Area, Community, Contact, User
from communities.models.places import is_public
from communities.models.reference import DISTRICT

from ..models import Commitment, Concern, Duty, Engagement, Telling
from ..models.concerns import HERE
from ..models.publication import FROM_REVIEWED, from_reviewed, past_delay
from ..models.tellings import DutyQuerySet, TellingQuerySet

Rows = TypeVar("Rows", bound=QuerySet)
REVIEWED = Q(state=Engagement.State.REVIEWED)


@dataclass(frozen=True)
class Population:
    """Made by `Population.public` or `Population.seen_by`. Without a user it is the public's."""

    user: User | None
    area: Area | None = None

    @classmethod
    def public(cls, area: Area | None = None) -> Population:
        """What anyone may read. Nothing smaller than a district is told: of a smaller area, its district's."""
        return cls(None, area.district if area and area.level > DISTRICT else area)

    @classmethod
    def seen_by(cls, user: User, area: Area | None = None) -> Population:
        return cls(user, area)

    @property
    def is_public(self) -> bool:
        return self.user is None

    @property
    def today(self) -> date:
        return timezone.localdate()

    @property
    def tells_people(self) -> bool:
        """Whether counts of people may be told. In public only for everywhere at once: between an area and its
        parts a small number could be found by subtraction."""
        return not self.is_public or self.area is None

    # --- Rows ------------------------------------------------------------------------------------------
    def communities(self) -> QuerySet[Community]:
        """The active ones."""
        rows = Community.objects.public() if self.user is None else self._seen(Community).active()
        return self.within(rows, "area")

    def contacts(self) -> QuerySet[Contact]:
        rows = Contact.objects.public() if self.user is None else self._seen(Contact)
        return self.within(rows.filter(active=True), "community__area")

    def meetings(self) -> QuerySet[Engagement]:
        """The reviewed ones."""
        if self.user is None:
            rows = Engagement.objects.public().filter(past_delay("date", "community"))
        else:
            rows = self._seen(Engagement).filter(REVIEWED)
        return self.within(rows, "community__area")

    def at_meetings(self, rows: Rows) -> Rows:
        """Of rows that belong to a meeting (at "engagement"), those of the meetings counted here."""
        community = "engagement__community"
        if self.user is None:
            rows = rows.filter(is_public(f"{community}__"), past_delay("engagement__date", community))
        else:
            rows = cast(Any, rows).visible_to(self.user)
        return self.within(rows.filter(engagement__state=Engagement.State.REVIEWED), f"{community}__area")

    def beside_meetings(self, rows: Rows) -> Rows:
        """For whoever holds the keys of the meetings counted here: their rows, and perhaps those of more meetings in
        the same communities. The database goes by community and date, not through everybody's rows of a year."""
        return rows.filter(engagement__community__in=self.communities().order_by().values("pk"))

    def concerns(self) -> QuerySet[Concern]:
        """Without those that were joined to another: the living one counts for all."""
        if self.user is None:
            rows = Concern.objects.public()
        else:
            rows = self._seen(Concern).filter(FROM_REVIEWED).exclude(state=Concern.State.MERGED)
        return self.within(rows, *HERE)

    def commitments(self) -> QuerySet[Commitment]:
        if self.user is None:
            rows = Commitment.objects.public()
        else:
            rows = self._seen(Commitment).filter(FROM_REVIEWED)
        return self.within(rows, "community__area")

    def beside_commitments(self, rows: Rows) -> Rows:
        """Rows that stand beside a commitment, at least those of the commitments counted here."""
        if self.user is not None:
            rows = cast(Any, rows).visible_to(self.user)
        return self.within(rows, "commitment__community__area")

    def duties(self) -> DutyQuerySet:
        if self.user is None:
            rows = Duty.objects.public()
        else:
            rows = self._seen(Duty).filter(from_reviewed("concern__"), from_reviewed("commitment__"))
        return self.within(rows, "community__area", "concern__area")

    def tellings(self) -> TellingQuerySet:
        """Those that may be counted, whatever they are about: at no meeting, or at one that was reviewed.

        In public the figure for everywhere names no place, so tellings wait for no delay there.
        """
        rows = Telling.objects.filter(from_reviewed())
        return rows.filter(past_delay("date", "duty__community")) if self.is_public and self.area else rows

    # --- Narrowing -------------------------------------------------------------------------------------
    def _seen(self, model: Any) -> Any:
        return model.objects.visible_to(self.user)

    def within(self, rows: Rows, *paths: str) -> Rows:
        """Rows whose area, at one of these paths, lies in the area asked for."""
        if self.area is None:
            return rows
        inside = Area.objects.within([self.area.pk]).values("pk")
        return rows.filter(Q(*[(f"{path}__in", inside) for path in paths], _connector=Q.OR))

    def known(self, day: str, community: str) -> Q:
        """Rows whose `day` is past, and in public past the delay of the community at this path."""
        return past_delay(day, community) if self.is_public else Q(**{f"{day}__lte": self.today})
