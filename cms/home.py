"""What waits for editors on the office's home."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from communities import sight
from communities.home import ROWS, HomePanel, Line
from communities.models import User

from . import waiting


def panels(user: User) -> list[HomePanel]:
    """The panels of this floor that `user`'s postings call for."""
    return [ready(user)] if sight.is_editor(user) else []


def ready(user: User) -> HomePanel:
    lines = [
        Line(
            text=row.public_text,
            url=reverse("commitment:inspect", args=[row.pk]),
            detail=f"{row.community.public_label} · {row.agency.label} · {row.standing_label}",
        )
        for row in (news.commitment for news in waiting.rows(waiting.keys(user)[:ROWS], user))
    ]
    return HomePanel(
        name="ready",
        heading=_("Ready to publish"),
        lines=lines,
        empty=_("Nothing waits to be published."),
        order=5,
        more=reverse("cms:ready"),
    )
