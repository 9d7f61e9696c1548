"""How commitments stand in public: the three answers, from what may be public alone.

As `Commitment.with_answers`, but with nothing younger than the community's delay.
"""

from __future__ import annotations

from typing import cast

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from engagements.models import Commitment, Evidence, Revision, Verdict
from engagements.models.commitments import CommitmentQuerySet, Shown
from engagements.models.publication import public_day


def answered(commitments: QuerySet[Commitment]) -> CommitmentQuerySet:
    """Annotates withdrawn, delivery, done_on, verdict and verdict_on as `with_answers` does, as the public may
    know them; and `first_due`, the day first promised, where it was moved since; `due_then`, the day that
    the public knows, where a move is too young for them."""
    until = OuterRef("until")
    evidence = Evidence.objects.filter(commitment=OuterRef("pk"), disputed=False, date__lte=until).order_by(
        "-date", "-pk"
    )
    heard = Verdict.objects.reviewed().filter(commitment=OuterRef("pk"), engagement__date__lte=until)
    last = heard.order_by("-engagement__date", "-engagement_id")
    worst = (
        Verdict.objects.filter(commitment=OuterRef("pk"), engagement=OuterRef("last_asked"))
        .values("commitment")
        .annotate(least=Min("answer"))
        .values("least")
    )
    moved = Revision.objects.filter(commitment=OuterRef("pk")).moved()
    annotated = commitments.annotate(until=public_day("community")).annotate(
        withdrawn=ExpressionWrapper(
            Q(cancelled_on__isnull=False, cancelled_on__lte=F("until")), output_field=BooleanField()
        ),
        delivery=Coalesce(Subquery(evidence.values("shows")[:1]), 0, output_field=IntegerField()),
        done_on=Subquery(evidence.filter(shows=Shown.FULL).order_by("date", "pk").values("date")[:1]),
        last_asked=Subquery(last.values("engagement")[:1]),
        verdict_on=Subquery(last.values("engagement__date")[:1]),
        first_due=Subquery(moved.filter(at__date__lte=until).values("due_before")[:1]),
        due_then=Subquery(moved.filter(at__date__gt=until).values("due_before")[:1]),
    )
    return cast(
        CommitmentQuerySet,
        annotated.annotate(verdict=Subquery(worst[:1], output_field=IntegerField())),
    )
