"""When what a meeting brought may be spoken of: inside the house, and in public."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast


def from_reviewed(path: str = "") -> Q:
    """What a meeting brought counts in public, and reaches agencies and editors, once the meeting is reviewed."""
    return Q(**{f"{path}engagement__isnull": True}) | Q(**{f"{path}engagement__state": "reviewed"})


def not_draft(path: str = "") -> Q:
    """What a meeting brought is its author's, and the area's, until the meeting is handed in."""
    return ~Q(**{f"{path}engagement__state": "draft"})


def not_hidden(path: str = "") -> Q:
    return ~Q(**{f"{path}community__public_place": "hidden"})


FROM_REVIEWED = from_reviewed()


def delay():
    """The community's publication delay as a database duration."""
    return models.ExpressionWrapper(
        Cast("community__publish_delay_days", models.IntegerField()) * datetime.timedelta(days=1),
        output_field=models.DurationField(),
    )
