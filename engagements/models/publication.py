"""When what a meeting brought may be spoken of: inside the house, and in public."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils import timezone


def from_reviewed(path: str = "") -> Q:
    """What a meeting brought counts in public, and reaches agencies and editors, once the meeting is reviewed."""
    return Q(**{f"{path}engagement__isnull": True}) | Q(**{f"{path}engagement__state": "reviewed"})


def not_draft(path: str = "") -> Q:
    """What a meeting brought is its author's, and the area's, until the meeting is handed in."""
    return ~Q(**{f"{path}engagement__state": "draft"})


def handed_in(path: str = "") -> Q:
    """At no meeting, or at one that was handed in: what a draft or a returned one says has not happened yet."""
    meeting = f"{path}engagement"
    return Q(**{f"{meeting}__isnull": True}) | ~Q(**{f"{meeting}__state__in": ["draft", "returned"]})


def not_hidden(path: str = "") -> Q:
    return ~Q(**{f"{path}community__public_place": "hidden"})


FROM_REVIEWED = from_reviewed()


def public_day(community: str):
    """The last public day of a row whose community is at this path, in the database."""
    days = Cast(F(f"{community}__publish_delay_days"), models.IntegerField())
    today: Any = timezone.localdate()
    held_back = models.ExpressionWrapper(
        days * datetime.timedelta(days=1), output_field=models.DurationField()
    )
    return today - held_back


def past_delay(day: str, community: str) -> Q:
    """Rows whose `day` may be public, as the delay of the community at this path allows.

    Most communities have no delay: asked first, that spares the database a sum for each row.
    """
    at_once = Q(**{f"{community}__publish_delay_days": 0, f"{day}__lte": timezone.localdate()})
    return at_once | Q(**{f"{day}__lte": public_day(community)})
