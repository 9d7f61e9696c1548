"""What the field asks headquarters, and the dated answer."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Area
from communities.privacy import levels
from communities.sight import ScopedQuerySet, areas_around, own_areas, programme

from .commitments import Commitment
from .concerns import Concern

DAYS_TO_ANSWER = 14


@dataclass(frozen=True)
class AnswerRate:
    """Of the questions whose day to be answered lay in a period and has passed: how many were answered, and how
    many of these by their day. Nothing fell due: no rate, neither 0% nor 100%."""

    fell_due: int
    answered: int
    in_time: int


class QuestionQuerySet(ScopedQuerySet):
    seen = own_areas("area") | areas_around("area") | programme()
    edited = programme()
    added = own_areas("area")

    def waiting(self) -> Self:
        return self.filter(answered_on__isnull=True)

    def answered(self) -> Self:
        return self.filter(answered_on__isnull=False)

    def in_time(self) -> Self:
        return self.filter(answered_on__lte=F("due_on"))

    def overdue(self, on: datetime.date | None = None) -> Self:
        return self.waiting().filter(due_on__lt=on or timezone.localdate())

    def fell_due(self, since: datetime.date, until: datetime.date) -> Self:
        """Those whose day to be answered lies between two days, both included, and has passed."""
        return self.filter(due_on__gte=since, due_on__lte=until, due_on__lt=timezone.localdate())

    def answer_rate(self, since: datetime.date, until: datetime.date) -> AnswerRate:
        """How headquarters answered what fell due between two days, both included; one query."""
        sums = self.fell_due(since, until).aggregate(
            fell_due=Count("pk"),
            answered=Count("pk", filter=Q(answered_on__isnull=False)),
            in_time=Count("pk", filter=Q(answered_on__lte=F("due_on"))),
        )
        return AnswerRate(**sums)


class Question(models.Model):
    """A question from the field to headquarters, with the day by which it is to be answered."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="questions", verbose_name=_("area"))
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_on = models.DateField(_("asked on"), editable=False)
    due_on = models.DateField(_("answer due on"))
    concern = models.ForeignKey(
        Concern,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("about the concern"),
    )
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("about the commitment"),
    )
    answer = models.TextField(_("answer"), blank=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = QuestionQuerySet.as_manager()
    privacy = levels(
        internal="area text asked_by asked_on due_on concern commitment answer answered_on answered_by"
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-asked_on", "-pk"]
        indexes = [
            models.Index(fields=["-asked_on", "-id"]),
            models.Index(fields=["due_on"]),
            models.Index(fields=["-answered_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="question_due_after_asked",
                condition=Q(due_on__gte=F("asked_on")),
                violation_error_message=_("The answer is due after the day of the question."),
            ),
            models.CheckConstraint(
                name="question_about_one_thing_at_most",
                condition=Q(concern__isnull=True) | Q(commitment__isnull=True),
            ),
            models.CheckConstraint(
                name="question_answered_with_words_day_and_name",
                condition=Q(answer="", answered_on__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_on__gte=F("asked_on"), answered_by__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.asked_on:%Y-%m-%d}"

    @property
    def number(self) -> str:
        return f"Q{self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.answered_on is None

    @property
    def about(self) -> Concern | Commitment | None:
        return self.concern or self.commitment

    @property
    def days_late(self) -> int:
        return max(0, ((self.answered_on or timezone.localdate()) - self.due_on).days)
