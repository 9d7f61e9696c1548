"""The verbs of questions: the field asks, headquarters answer. An answer is a dated record and is never changed."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities.changes import hold
from communities.models import Area, User
from communities.sight import own_areas, require, sight_of

from .models import Commitment, Concern, Question
from .models.questions import DAYS_TO_ANSWER


def own_areas_of(user: User) -> QuerySet[Area]:
    """The areas from which `user` may ask: those they are posted to in the field, and all below."""
    return Area.objects.filter(own_areas("self").q(sight_of(user)))


@transaction.atomic
def ask(
    *,
    area: Area,
    text: str,
    by: User,
    due_on: date | None = None,
    concern: Concern | None = None,
    commitment: Commitment | None = None,
    on: date | None = None,
) -> Question:
    """Asks headquarters, from an area that `by` is posted to. The answer is due in two weeks unless told.

    Raises ValidationError by field, PermissionDenied where the area, or what it is about, is out of `by`'s sight.
    """
    on = on or timezone.localdate()
    if on > timezone.localdate():
        raise ValidationError({"asked_on": _("This day is still to come.")})
    if not text.strip():
        raise ValidationError({"text": _("Write the question.")})
    for about in filter(None, (concern, commitment)):
        require(by, "view", about)
    question = Question(
        area=area,
        text=text.strip(),
        asked_by=by,
        asked_on=on,
        due_on=due_on or on + timedelta(days=DAYS_TO_ANSWER),
        concern=concern,
        commitment=commitment,
    )
    question.full_clean()
    question.save()
    require(by, "add", question)
    log(question, "engagements.ask", user=by, data={"due_on": question.due_on.isoformat()})
    return question


@transaction.atomic
def answer(question: Question, *, text: str, by: User, on: date | None = None) -> None:
    """Headquarters' answer. Everybody in the field of the area reads it."""
    hold(question)
    require(by, "change", question)
    on = on or timezone.localdate()
    if question.answered_on:
        raise ValidationError(_("This question was answered already."))
    if not text.strip():
        raise ValidationError({"text": _("Write the answer: everybody in the field there reads it.")})
    if not question.asked_on <= on <= timezone.localdate():
        raise ValidationError({"on": _("The answer comes after the question, and not after today.")})
    question.answer, question.answered_on, question.answered_by = text.strip(), on, by
    question.save(update_fields=["answer", "answered_on", "answered_by"])
    log(question, "engagements.answer_question", user=by)
