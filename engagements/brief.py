"""What waits for whom: read-only questions for the home panels and for the opening of a meeting."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from communities.models import Community, User

from .models import Commitment, Concern, Duty, Engagement

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


def promises_to_ask_about(community: Community, user: User) -> QuerySet[Commitment]:
    """Earlier commitments the next meeting must ask about, the longest overdue first."""
    return (
        Commitment.objects.visible_to(user)
        .filter(community=community)
        .with_answers()
        .unsettled()
        .select_related("agency")
        .order_by("due_on", "pk")
    )


def concerns_waiting(community: Community, user: User) -> QuerySet[Concern]:
    return (
        Concern.objects.visible_to(user)
        .filter(community=community)
        .open()
        .select_related("topic", "agency")
        .order_by("due_on", "pk")
    )


def people_to_tell(community: Community, user: User) -> QuerySet[Duty]:
    """Open duties whose subject has something to tell: an answer, or a promise that ended or fell due."""
    something = (
        Q(concern__state__in=[Concern.State.ANSWERED, Concern.State.CANNOT])
        | Q(commitment__cancelled_on__isnull=False)
        | Q(commitment__due_on__lte=timezone.localdate())
    )
    return (
        Duty.objects.visible_to(user)
        .filter(something, community=community)
        .open()
        .select_related("concern__topic", "commitment__agency")
        .order_by("due_on", "pk")
    )


def last_meeting(community: Community, user: User) -> Engagement | None:
    return Engagement.objects.visible_to(user).filter(community=community).select_related("language").first()
