"""What waits for programme managers and registrars: widest gaps, stale observations, imports, card drives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, IntegerField, Q, Sum, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from communities import sight
from communities.home import ROWS, HomePanel, Line
from communities.models import ImportRun, User

from .models import CardDrive, Gap, GapState, ServicePoint


def panels(user: User) -> list[HomePanel]:
    """The panels of this floor that `user`'s postings call for."""
    if sight.is_programme(user):
        return [widest_gaps(user), stale_observations(user), latest_imports(user)]
    return [card_drives(user)] if sight.is_registrar(user) else []


def widest_gaps(user: User) -> HomePanel:
    rows = (
        Gap.objects.visible_to(user)
        .living()
        .values("type", "type__name", "type__name_fr", "type__name_ar", "type__code")
        .annotate(
            unmet=Count("pk", filter=Q(state=GapState.UNMET)),
            people=Sum("community__population", filter=Q(state=GapState.UNMET)),
            uncounted=Count("pk", filter=Q(state=GapState.UNMET, community__population=None)),
            every=Count("pk"),
        )
        .filter(unmet__gt=0)
        .order_by("-unmet", "type__code")[:ROWS]
    )
    lines = [
        Line(
            text=_name(row),
            url=f"{reverse('gap_map')}?type={row['type__code']}",
            detail=_gap_sentence(row),
            owed=True,
        )
        for row in rows
    ]
    return HomePanel(
        name="gaps",
        heading=_("Widest service gaps"),
        lines=lines,
        empty=_("No unmet standard is known. Look at what is not known as well."),
        order=10,
        more=reverse("gap_map"),
    )


def _name(row: Mapping[str, Any]) -> str:
    return row.get(f"type__name_{get_language()}") or row["type__name"]


def _gap_sentence(row: Mapping[str, Any]) -> str:
    said = ngettext(
        "unmet for %(unmet)s of %(every)s communities",
        "unmet for %(unmet)s of %(every)s communities",
        row["unmet"],
    ) % {"unmet": number_format(row["unmet"]), "every": number_format(row["every"])}
    if row["people"]:
        said += " · " + _("%(people)s people") % {"people": number_format(row["people"], force_grouping=True)}
    if row["uncounted"]:
        said += " · " + ngettext(
            "%(n)d without a population figure", "%(n)d without a population figure", row["uncounted"]
        ) % {"n": row["uncounted"]}
    return said


def stale_observations(user: User) -> HomePanel:
    """Points whose latest observation has expired, the longest expired first."""
    stays = ExpressionWrapper(
        Cast("type__fresh_days", IntegerField()) * timedelta(days=1), output_field=DurationField()
    )
    rows = (
        ServicePoint.objects.visible_to(user)
        .open()
        .with_latest()
        .filter(seen_on__isnull=False)
        .filter(seen_on__lt=Value(timezone.localdate()) - stays)
        .select_related("type")
        .order_by(F("seen_on").asc(), "code")[:ROWS]
    )
    lines = [
        Line(
            text=row.label,
            url=reverse("servicepoint:inspect", args=[row.pk]),
            detail=_("%(type)s, last seen on %(day)s")
            % {"type": row.type.label, "day": date_format(row.seen_on)},
            owed=True,
        )
        for row in rows
    ]
    return HomePanel(
        name="stale",
        heading=_("Observations that are out of date"),
        lines=lines,
        empty=_("Every observation is fresh."),
        order=20,
        more=reverse("servicepoint:index"),
    )


def latest_imports(user: User) -> HomePanel:
    lines = [
        Line(
            text=run.file_name,
            url=reverse("imports:run", args=[run.pk]),
            detail=f"{run.get_state_display()} · {date_format(run.at)}",
            owed=run.state == ImportRun.State.FAILED or run.refused > 0,
        )
        for run in ImportRun.objects.visible_to(user).defer("findings", "mapping")[:ROWS]
    ]
    return HomePanel(
        name="imports",
        heading=_("Latest imports"),
        lines=lines,
        empty=_("Nothing was imported yet. Bring a spreadsheet: it is tried before anything changes."),
        order=30,
        more=reverse("imports:index"),
    )


def card_drives(user: User) -> HomePanel:
    lines = [
        Line(
            text=drive.code,
            url=reverse("carddrive:inspect", args=[drive.pk]),
            detail=f"{drive.scheme.label} · {drive.area.label} · {date_format(drive.starts)}",
        )
        for drive in CardDrive.objects.visible_to(user).select_related("scheme", "area")[:ROWS]
    ]
    return HomePanel(
        name="drives",
        heading=_("Card drives"),
        lines=lines,
        empty=_("No card drive yet in your areas."),
        order=10,
        more=reverse("carddrive:index"),
    )
