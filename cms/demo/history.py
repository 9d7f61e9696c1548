"""When things were written down: the first line of the history of what goes in by bulk, and the days of the loop."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone
from wagtail.models import ModelLogEntry

from communities.models import User
from engagements.models import Commitment, Concern, Engagement, Evidence, Revision, Telling, Verdict

REVIEWED_AFTER = datetime.timedelta(days=2)


def written(rows: Iterable[Model], *, by: User | None) -> None:
    """One line per row, of one moment. By nobody: the system wrote them."""
    about = {"action": "wagtail.create", "user": by, "timestamp": timezone.now()}
    ModelLogEntry.objects.bulk_create(
        ModelLogEntry(
            **about,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            label=str(row),
            content_changed=True,
        )
        for row in rows
    )


def as_it_came() -> None:
    """The loop as if it had been written down day by day: its verbs know only now. A past day can then be read."""
    days: dict[type[Model], tuple[str, Callable[[Any], datetime.date]]] = {
        Commitment: ("at", lambda row: row.promised_on),
        Evidence: ("at", lambda row: row.date),
        Telling: ("at", lambda row: row.date),
        Verdict: ("at", lambda row: row.engagement.date),
        Concern: ("answered_at", lambda row: row.answered_on),
        Revision: ("at", lambda row: row.due_before),
        Engagement: ("reviewed_at", lambda row: row.date + REVIEWED_AFTER),
    }
    for model, (field, day_of) in days.items():
        rows = list(model._default_manager.exclude(**{f"{field}__isnull": True}))
        for row in rows:
            setattr(row, field, _that_morning(day_of(row)))
        model._default_manager.bulk_update(rows, [field], batch_size=500)


def _that_morning(day: datetime.date) -> datetime.datetime:
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))
    return min(at, timezone.now())
