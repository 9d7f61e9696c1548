"""The first line of a row's history, for what goes in by bulk: who wrote it, as a form would have left it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone
from wagtail.models import ModelLogEntry

from communities.models import User


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
