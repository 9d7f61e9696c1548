"""What waits for officers, supervisors, agencies and the integrity role."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities import sight
from communities.home import ROWS, HomePanel, Line
from communities.models import User
from communities.office_columns import how_due

from . import brief, sealed
from .models import Commitment, Concern, Engagement, Entry, SealedConcern


def panels(user: User) -> list[HomePanel]:
    """The panels of this floor that `user`'s postings call for."""
    found = []
    if sight.is_field(user):
        found += [returned(user), silent_communities(user), promises_due(user)]
    if sight.is_reviewer(user):
        found += [to_review(user), from_phones(user)]
    if sight.is_agency(user):
        found += [to_answer(user), promises_due(user)]
    if sight.is_integrity(user):
        found += [no_key(), sealed_waiting(user)]
    return [panel for panel in found if panel]


def returned(user: User) -> HomePanel | None:
    rows = Engagement.objects.editable_by(user).select_related("community")[:ROWS]
    if not rows:
        return None
    lines = [
        Line(
            text=f"{row.community.label}, {date_format(row.date)}",
            url=reverse("engagement:inspect", args=[row.pk]),
            detail=row.return_reason or row.get_state_display(),
            owed=row.state == Engagement.State.RETURNED,
        )
        for row in rows
    ]
    return HomePanel(
        name="returned", heading=_("Your drafts and returned meetings"), lines=lines, empty="", order=10
    )


def since(days: int | None) -> str:
    if days is None:
        return _("never met")
    return ngettext("last met %(days)d day ago", "last met %(days)d days ago", days) % {"days": days}


def silent_communities(user: User) -> HomePanel:
    lines = []
    for row in brief.by_silence(user)[:ROWS]:
        days = brief.days_since(row.last_met)
        late = days is None or days > row.rhythm_days
        url = reverse("engagement:log_for", args=[row.pk])
        lines.append(Line(text=row.label, url=url, detail=since(days), owed=late))
    return HomePanel(
        name="communities",
        heading=_("My communities, those not met for longest first"),
        lines=lines,
        empty=_("No community lies in your areas yet."),
        order=20,
        more=reverse("engagement:log"),
    )


def when_due(row: Commitment | Concern | SealedConcern) -> str:
    if row.due_on < timezone.localdate():
        return how_due(row.due_on)
    return _("due %(day)s") % {"day": date_format(row.due_on)}


def promises_due(user: User) -> HomePanel:
    rows = (
        Commitment.objects.visible_to(user)
        .with_answers()
        .undelivered()
        .select_related("community", "agency")
        .order_by("due_on", "pk")[:ROWS]
    )
    today = timezone.localdate()
    lines = [
        Line(
            text=row.public_text or row.words,
            url=reverse("commitment:inspect", args=[row.pk]),
            detail=f"{row.community.label} · {row.agency.label} · {when_due(row)}",
            owed=row.due_on < today,
        )
        for row in rows
    ]
    return HomePanel(
        name="promises",
        heading=_("Promised and not yet done"),
        lines=lines,
        empty=_("Nothing promised is open."),
        order=30,
        more=reverse("commitment:index"),
    )


def to_review(user: User) -> HomePanel:
    rows = Engagement.objects.all().reviewable_by(user).select_related("community").order_by("date")[:ROWS]
    lines = [
        Line(
            text=f"{row.community.label}, {date_format(row.date)}",
            url=reverse("engagement:inspect", args=[row.pk]),
            detail=row.get_kind_display(),
        )
        for row in rows
    ]
    return HomePanel(
        name="review",
        heading=_("Meetings to review"),
        lines=lines,
        empty=_("Every meeting is reviewed."),
        order=5,
        more=reverse("engagement:index") + "?state=submitted",
    )


def from_phones(user: User) -> HomePanel | None:
    """What phones sent that a supervisor must decide; nothing is shown when nothing waits."""
    rows = Entry.objects.editable_by(user).waiting().select_related("community", "author")[:ROWS]
    if not rows:
        return None
    lines = [
        Line(
            text=f"{row.community.label if row.community else row}, {date_format(row.changed_at)}",
            url=reverse("entry:inspect", args=[row.pk]),
            detail=str(row.get_why_display()),
            owed=True,
        )
        for row in rows
    ]
    return HomePanel(
        name="phones",
        heading=_("From phones: waiting for you"),
        lines=lines,
        empty="",
        order=6,
        more=reverse("entry:index") + "?state=held",
    )


def to_answer(user: User) -> HomePanel:
    rows = (
        Concern.objects.visible_to(user)
        .open()
        .select_related("community", "area", "topic")
        .order_by("due_on", "pk")[:ROWS]
    )
    today = timezone.localdate()
    lines = [
        Line(
            text=f"{row.topic.label}, {row.place}",
            url=reverse("concern:inspect", args=[row.pk]),
            detail=when_due(row),
            owed=row.due_on < today,
        )
        for row in rows
    ]
    return HomePanel(
        name="answers",
        heading=_("Concerns waiting for your answer"),
        lines=lines,
        empty=_("Nobody is waiting for your answer."),
        order=15,
        more=reverse("concern:index"),
    )


def no_key() -> HomePanel | None:
    if sealed.current_key():
        return None
    line = Line(
        text=_("Make a key"),
        url=reverse("sealed:key"),
        detail=_("Until then no sealed concern is taken in."),
        owed=True,
    )
    return HomePanel(
        name="sealed-key",
        heading=_("No key for sealed concerns is set up yet"),
        lines=[line],
        empty="",
        order=11,
    )


def sealed_waiting(user: User) -> HomePanel:
    rows = (
        SealedConcern.objects.visible_to(user)
        .waiting()
        .select_related("topic", "community", "area")
        .order_by("due_on", "pk")[:ROWS]
    )
    lines = [
        Line(
            text=f"{row.number} · {row.topic.label}, {row.place}",
            url=reverse("sealed:inspect", args=[row.pk]),
            detail=when_due(row) if row.is_open else row.standing,
            owed=row.is_open and row.due_on < timezone.localdate(),
        )
        for row in rows
    ]
    return HomePanel(
        name="sealed",
        heading=_("Sealed concerns waiting"),
        lines=lines,
        empty=_("No sealed concern is waiting."),
        order=12,
        more=reverse("sealed:index"),
    )
