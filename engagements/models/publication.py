"""When what a meeting brought may be spoken of in public."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast


def from_reviewed(path: str = "") -> Q:
    """What a meeting brought counts in public once the meeting is reviewed."""
    return Q(**{f"{path}engagement__isnull": True}) | Q(**{f"{path}engagement__state": "reviewed"})


FROM_REVIEWED = from_reviewed()
NOT_HIDDEN = ~Q(community__public_place="hidden")


def delay():
    """The community's publication delay as a database duration."""
    return models.ExpressionWrapper(
        Cast("community__publish_delay_days", models.IntegerField()) * datetime.timedelta(days=1),
        output_field=models.DurationField(),
    )
