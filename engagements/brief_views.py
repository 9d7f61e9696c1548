"""The brief in the office: one page to print before a meeting, two sides of A4 at most."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from communities.commas import listed
from communities.models import Community, Group
from communities.sight import SignedInRequest, is_field

from .brief import Brief, briefs, days_since
from .models import Hotline, Pulse

ROWS = 8  # of each kind: what does not fit on two pages is in the office


def brief_page(request: SignedInRequest, community: int) -> HttpResponse:
    """For officers and supervisors, of a community they meet."""
    if not is_field(request.user):
        raise PermissionDenied
    rows = Community.objects.visible_to(request.user).active().select_related("area")
    row = get_object_or_404(rows.prefetch_related("languages"), pk=community)
    brief = briefs([row], request.user)[row.pk]
    context = {
        "brief": brief,
        "community": row,
        "today": timezone.localdate(),
        "days": days_since(brief.last.date if brief.last else None),
        "parts": {
            name: getattr(brief, name)[:ROWS]
            for name in ("promises", "delivered", "concerns", "duties", "gaps")
        },
        "left": sum(
            max(0, len(getattr(brief, name)) - ROWS)
            for name in ("promises", "delivered", "concerns", "duties")
        ),
        "unheard": None if brief.unheard is None else listed(Group(code).label for code in brief.unheard),
        "trust": trust_of(brief),
        "lines": list(Hotline.objects.visible_to(request.user).reaching(row.area).select_related("agency")),
    }
    return render(request, "engagements/office/brief.html", context)


def trust_of(brief: Brief) -> list[tuple]:
    """(day, [(answer, count), …]) of each meeting that asked, the oldest first."""
    labels = dict(Pulse.Answer.choices)
    return [
        (day, [(labels[answer], count) for answer, count in answers.items()]) for day, answers in brief.trust
    ]
