"""What an unreviewed meeting brought is mended with it: moved to the meeting's day, or taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities.models import User
from communities.sight import require

from . import sealed
from .models import Commitment, Concern, Duty, Engagement, Evidence, Telling, Verdict

if TYPE_CHECKING:
    from .meetings import Minutes

Brought = Concern | Commitment | Verdict | Telling
ORDER = [Verdict, Telling, Commitment, Concern]  # a promise stands on its concern


def redate(engagement: Engagement, *, day_before: date) -> None:
    """Moves to the meeting's day what it brought on `day_before`. Days to answer and to tell move along; the due
    date of a promise was named by people and stays.

    Raises ValidationError on `date` where something would come before what it stands on.
    """
    moved = engagement.date - day_before
    if not moved:
        return
    if reason := _why_not_on(engagement.date, engagement):
        raise ValidationError({"date": reason})
    Duty.objects.filter(concern__engagement=engagement).update(due_on=F("due_on") + moved)
    engagement.concerns.update(raised_on=engagement.date, due_on=F("due_on") + moved)
    sealed.redate(engagement, moved=moved)
    engagement.commitments.update(promised_on=engagement.date)
    engagement.tellings.update(date=engagement.date)
    told = engagement.tellings.select_related("duty__concern", "duty__commitment")
    if any(telling.duty.news_on > engagement.date for telling in told):
        raise ValidationError(
            {"date": _("On this day there was nothing to tell yet of what people were told.")}
        )


def _why_not_on(day: date, engagement: Engagement) -> str:
    """Why what the meeting brought cannot have come on this day; empty when it can."""
    if engagement.commitments.filter(due_on__lt=day).exists():
        return _("The due date comes after the day of the promise.")
    if Evidence.objects.filter(commitment__engagement=engagement, date__lt=day).exists():
        return _("Evidence cannot be older than the promise.")
    if engagement.concerns.filter(answered_on__lt=day).exists():
        return _("The answer comes after the concern.")
    return ""


def take_out(rows: Sequence[Brought], *, engagement: Engagement, by: User) -> None:
    """Takes out of an unreviewed meeting what it brought by mistake, with the duties to tell of it.

    Raises PermissionDenied when the meeting is not `by`'s to change, ValidationError when something else stands on
    a row already: an answer, evidence, a telling, a promise.
    """
    if rows:
        require(by, "change", engagement)
    for row in sorted(rows, key=lambda row: ORDER.index(type(row))):
        if row.engagement_id != engagement.pk or not _stands_alone(row):
            raise ValidationError(_("Something else stands on this already: it cannot be taken out."))
        _delete(row)
        log(engagement, "engagements.take_out", user=by, data={"kind": row._meta.model_name})


def settle(engagement: Engagement, minutes: Minutes) -> tuple[list[Brought], Minutes]:
    """What to take out, and what is left to bring, so that the meeting holds what `minutes` say and no more.

    `minutes` are all of the meeting: rows that say the same stay as they are. What went to the sealed channel stays
    there: who wrote it down does not read it any more.
    """
    kept, others = _alike(minutes.asked, engagement.concerns.all())
    places = _left(range(len(minutes.asked)), kept)  # where the concerns that are left stood before
    promised = [
        replace(row, about=kept[row.about] if row.about in kept else places.index(row.about))
        if isinstance(row.about, int)
        else row
        for row in minutes.promised
    ]
    promises, gone = _alike(promised, engagement.commitments.all())
    verdicts, withdrawn = _alike(minutes.judged, engagement.verdicts.all())
    tellings, untold = _alike(minutes.told, engagement.tellings.all())
    rest = replace(
        minutes,
        asked=_left(minutes.asked, kept),
        promised=_left(promised, promises),
        judged=_left(minutes.judged, verdicts),
        told=_left(minutes.told, tellings),
    )
    return [*others, *gone, *withdrawn, *untold], rest


def _alike(wanted: Sequence[Any], rows: Iterable[Any]) -> tuple[dict[int, Any], list[Any]]:
    """The row that says the same as each of `wanted`, by its place, and the rows that say nothing of it."""
    same, there = {}, list(rows)
    for place, want in enumerate(wanted):
        if found := next((row for row in there if vars(want).items() <= _said(row).items()), None):
            same[place] = found
            there.remove(found)
    return same, there


def _left(wanted: Sequence[Any], same: dict[int, Any]) -> list[Any]:
    return [want for place, want in enumerate(wanted) if place not in same]


def _said(row: Any) -> dict[str, Any]:
    """A row's fields as the parts of Minutes name them."""
    said = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
    return {**said, "about": said.get("concern")}


def _stands_alone(row: Brought) -> bool:
    if isinstance(row, Concern):
        return row.state == Concern.State.NEW
    return not isinstance(row, Commitment) or row.cancelled_on is None


def _delete(row: Brought) -> None:
    try:
        if isinstance(row, Concern | Commitment):
            row.duties.all().delete()
        row.delete()
    except ProtectedError as error:
        raise ValidationError(_("Something else stands on this already: it cannot be taken out.")) from error
