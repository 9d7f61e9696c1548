"""What is overdue climbs: the steps from the officer to the supervisor and to headquarters, and who was mailed.

See docs/the-loop.md, "Escalation".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from communities.privacy import levels
from communities.sight import (
    ScopedQuerySet,
    administration,
    narrowed,
    own_agency,
    own_areas,
    programme,
    reviewed_areas,
    sight_of,
)

from .commitments import Commitment
from .concerns import OPEN, Concern
from .publication import from_reviewed, handed_in, not_draft
from .tellings import Duty

Subject = Concern | Commitment | Duty
# Where a step lies: one path for each way in which what it is about names a place.
AREAS = [
    "concern__community__area",
    "concern__area",
    "commitment__community__area",
    "duty__community__area",
    "duty__concern__area",
]
SUBJECTS = ["concern", "commitment", "duty"]
MEETINGS = ["concern__", "commitment__", "duty__concern__", "duty__commitment__"]


def _of_all(rule: Callable[[str], Q]) -> Q:
    return reduce(lambda both, path: both & rule(path), MEETINGS, Q())


class EscalationQuerySet(ScopedQuerySet):
    seen = (
        own_areas(*AREAS)
        | programme(_of_all(not_draft))
        | narrowed(own_agency("concern__agency"), from_reviewed("concern__"))
        | narrowed(own_agency("commitment__agency"), from_reviewed("commitment__"))
    )

    def climbed_to(self, user) -> Self:
        """The steps that led to `user`: supervisors in the areas they review, headquarters everywhere."""
        level = Escalation.Level
        reviewed = narrowed(reviewed_areas(*AREAS), Q(level=level.SUPERVISOR))
        grounds = reviewed | programme(Q(level=level.HEADQUARTERS))
        return self.visible_to(user).filter(grounds.q(sight_of(user)))

    def standing(self) -> Self:
        """Those about what is still owed: no answer, not delivered, nobody told, and its day not moved since. What
        a returned meeting brought is not owed: it has not happened yet."""
        asked_back = Q(why=Escalation.Why.NOT_KEPT)
        promises = Commitment.objects.filter(pk=OuterRef("commitment")).with_answers().undelivered()
        duties = Duty.objects.filter(pk=OuterRef("duty")).with_news().open()
        not_opened_since = Q(concern__answered_on__isnull=True) | Q(concern__answered_on__lte=F("since"))
        return self.filter(_of_all(handed_in)).filter(
            Q(concern__state__in=OPEN, concern__due_on__lte=F("since")) & not_opened_since
            | (Q(commitment__due_on__lte=F("since")) | asked_back) & Q(Exists(promises))
            | Q(duty__due_on__lte=F("since")) & Q(Exists(duties))
        )

    def last_of_each(self) -> Self:
        """Of several standing steps to the same level about the same thing, the last."""
        same = Q(*((name, OuterRef(name)) for name in SUBJECTS), _connector=Q.OR)
        later = (
            Escalation.objects.all().standing().filter(same, level=OuterRef("level"), pk__gt=OuterRef("pk"))
        )
        return self.exclude(Exists(later))

    def about(self, row: Subject) -> Self:
        return self.filter(**{str(row._meta.model_name): row.pk})

    def public(self) -> Self:
        """Steps of public promises: their day and level may be told, past the community's delay."""
        return self.filter(Exists(Commitment.objects.public().filter(pk=OuterRef("commitment"))))


class Escalation(models.Model):
    """One step up the chain, on a day. A dated record: it stays when what it is about is settled."""

    class Level(models.TextChoices):
        SUPERVISOR = "supervisor", _("Supervisor")
        HEADQUARTERS = "headquarters", _("Headquarters")

    class Why(models.TextChoices):
        LATE = "late", _("Overdue")
        NOT_KEPT = "not_kept", _("The community answered “not kept”")

    # What is taken out of an unreviewed meeting takes its steps along.
    concern = models.ForeignKey(
        Concern, models.CASCADE, null=True, related_name="steps", verbose_name=_("concern")
    )
    commitment = models.ForeignKey(
        Commitment, models.CASCADE, null=True, related_name="steps", verbose_name=_("commitment")
    )
    duty = models.ForeignKey(
        Duty, models.CASCADE, null=True, related_name="steps", verbose_name=_("duty to tell")
    )
    level = models.CharField(_("climbed to"), max_length=12, choices=Level)
    why = models.CharField(_("why"), max_length=8, choices=Why, default=Why.LATE)
    since = models.DateField(
        _("overdue since"),
        help_text=_("What is overdue anew climbs anew: since a moved day, news to tell, or “not kept”."),
    )
    on = models.DateField(_("on"))
    days_late = models.PositiveIntegerField(_("days late then"))
    at = models.DateTimeField(default=timezone.now)

    objects = EscalationQuerySet.as_manager()
    privacy = levels(public="commitment level on", internal="concern duty why since days_late at")

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["on", "pk"]
        indexes = [models.Index(fields=["level", "-on", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="escalation_about_one_thing",
                condition=Q(concern__isnull=False, commitment__isnull=True, duty__isnull=True)
                | Q(concern__isnull=True, commitment__isnull=False, duty__isnull=True)
                | Q(concern__isnull=True, commitment__isnull=True, duty__isnull=False),
            ),
            *(
                models.UniqueConstraint(
                    fields=[name, "level", "why", "since"], name=f"one_step_per_{name}_level_and_day"
                )
                for name in SUBJECTS
            ),
        ]

    def __str__(self):
        return f"{self.about.number} {self.on:%Y-%m-%d}"

    @property
    def about(self) -> Subject:
        return cast(Subject, self.concern or self.commitment or self.duty)  # the database holds us to it

    @property
    def sentence(self) -> str:
        """The step for colleagues: to whom, when, how late."""
        given = {"day": date_format(self.on), "days": self.days_late}
        if self.why == self.Why.NOT_KEPT:
            return _t("Climbed to the supervisor on %(day)s: the community answered “not kept”") % given
        if self.level == self.Level.HEADQUARTERS:
            said = ngettext(
                "Climbed to headquarters on %(day)s: %(days)d day late",
                "Climbed to headquarters on %(day)s: %(days)d days late",
                self.days_late,
            )
        else:
            said = ngettext(
                "Climbed to the supervisor on %(day)s: %(days)d day late",
                "Climbed to the supervisor on %(day)s: %(days)d days late",
                self.days_late,
            )
        return said % given


# --- Mails ---------------------------------------------------------------------------------------------------
class NoticeQuerySet(ScopedQuerySet):
    seen = administration()

    def waiting(self) -> Self:
        """Not sent yet. A person has one at most."""
        return self.filter(sent_at__isnull=True)

    def sent(self) -> Self:
        return self.filter(sent_at__isnull=False)


class Notice(models.Model):
    """A digest mail that somebody is to get. What it says is worked out when it is sent, from what its reader
    sees then: nothing waits here that a successor would miss."""

    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("to")
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, help_text="When what it says was worked out.")
    claimed_at = models.DateTimeField(null=True, help_text="Since when a run is sending it.")
    tried_on = models.DateField(_("last tried on"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    sent_on = models.DateField(_("sent on"), null=True)

    objects = NoticeQuerySet.as_manager()
    privacy = levels(internal="to created_at read_at claimed_at tried_on attempts sent_at sent_on")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["to", "sent_on"], name="one_mail_a_day"),
            models.UniqueConstraint(
                fields=["to"], condition=Q(sent_at__isnull=True), name="one_notice_waits_per_person"
            ),
            models.CheckConstraint(
                name="notice_sent_has_its_day",
                condition=Q(sent_at__isnull=True, sent_on__isnull=True)
                | Q(sent_at__isnull=False, sent_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"#{self.to_id} {self.created_at:%Y-%m-%d}"
