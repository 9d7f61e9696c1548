"""What communities ask, and who must answer: topic, mandate, concern."""

from __future__ import annotations

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Agency, Area, Community, Group
from communities.models.places import is_public
from communities.models.reference import REFERENCE, ReferenceQuerySet
from communities.models.words import Named, code_field
from communities.privacy import levels
from communities.sight import (
    ScopedQuerySet,
    everyone,
    integrity,
    narrowed,
    own_agency,
    own_areas,
    programme,
    publishing,
    reviewed_areas,
    sight_of,
)

from .meetings import Engagement
from .publication import FROM_REVIEWED, delay, not_draft, not_hidden

OPEN_SEAL = Q(sealed=False)
OPEN = ["new", "assigned"]  # states in which an answer is still owed
DAYS_TO_SUPERVISOR, DAYS_TO_HEADQUARTERS = 7, 21  # after the due day, unless a mandate says otherwise


class Topic(Named):
    """What a concern or a meeting is about. A sealed topic is for the integrity role alone."""

    code = code_field()
    sealed = models.BooleanField(
        _("sealed"),
        default=False,
        help_text=_(
            "Concerns on this topic are seen by the integrity role alone, not by the officer's chain."
        ),
    )
    days_to_answer = models.PositiveSmallIntegerField(_("days to answer, unless a mandate says"), default=30)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=100)

    objects = ReferenceQuerySet.as_manager()
    privacy = levels(public="code name name_fr name_ar sealed days_to_answer position")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "code"]

    def __str__(self):
        return self.label


class MandateQuerySet(ScopedQuerySet):
    seen = everyone()
    edited = REFERENCE


class Mandate(models.Model):
    """Topic × area → the agency that must answer, and within how many days."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="mandates", verbose_name=_("topic"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="mandates", verbose_name=_("area"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="mandates", verbose_name=_("agency"))
    days = models.PositiveSmallIntegerField(_("days to answer"), default=30)
    days_to_supervisor = models.PositiveSmallIntegerField(
        _("days late until the supervisor"),
        default=DAYS_TO_SUPERVISOR,
        help_text=_("What is overdue climbs to the supervisor this many days after its day."),
    )
    days_to_headquarters = models.PositiveSmallIntegerField(
        _("days late until headquarters"),
        default=DAYS_TO_HEADQUARTERS,
        help_text=_("What is still overdue climbs to headquarters this many days after its day."),
    )

    objects = MandateQuerySet.as_manager()
    privacy = levels(public="topic area agency days", internal="days_to_supervisor days_to_headquarters")

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["topic", "area"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "area", "agency"], name="one_mandate_per_agency"),
            models.CheckConstraint(
                name="mandate_climbs_upwards",
                condition=Q(days_to_headquarters__gte=F("days_to_supervisor")),
                violation_error_message=_("Headquarters come after the supervisor, not before."),
            ),
        ]

    def __str__(self):
        return f"{self.topic_id}×{self.area_id}"


class ConcernQuerySet(ScopedQuerySet):
    seen = narrowed(
        own_areas("community__area")
        | programme(not_draft())
        | narrowed(own_agency("agency") | publishing(not_hidden()), FROM_REVIEWED),
        OPEN_SEAL,
    ) | integrity(Q(sealed=True))
    edited = narrowed(
        reviewed_areas("community__area") | narrowed(own_agency("agency"), FROM_REVIEWED), OPEN_SEAL
    ) | integrity(Q(sealed=True))
    added = own_areas("community__area")

    def reworded_by(self, user) -> Self:
        """Those whose words for the public `user` may correct: their supervisors', their agency's and editors'."""
        grounds = reviewed_areas("community__area") | own_agency("agency") | publishing()
        return self.visible_to(user).filter(OPEN_SEAL, grounds.q(sight_of(user)))

    def open(self):
        return self.filter(state__in=OPEN)

    def overdue(self, on: datetime.date | None = None):
        return self.open().filter(due_on__lt=on or timezone.localdate())

    def public(self):
        """Concerns a public page may speak of: not sealed, not merged away, past the community's delay."""
        return (
            self.filter(OPEN_SEAL, FROM_REVIEWED, is_public("community__"), topic__sealed=False)
            .exclude(public_text="")
            .exclude(state="merged")
            .filter(raised_on__lte=timezone.localdate() - delay())
        )


class Concern(models.Model):
    """What a community group asked or complained about. Repeats join one living concern."""

    class Channel(models.TextChoices):
        MEETING = "meeting", _("At a meeting")
        HOTLINE = "hotline", _("Hotline")
        WALK_IN = "walk_in", _("At the office")
        LETTER = "letter", _("Letter")

    class Urgency(models.TextChoices):
        NOW = "now", _("At once")
        SOON = "soon", _("Soon")
        NORMAL = "normal", _("Normal")

    class State(models.TextChoices):
        NEW = "new", _("New")
        ASSIGNED = "assigned", _("With an agency")
        ANSWERED = "answered", _("Answered")
        CANNOT = "cannot", _("Cannot, because …")
        MERGED = "merged", _("Joined to another")

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="concerns", verbose_name=_("community")
    )
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="concerns", verbose_name=_("topic"))
    sealed = models.BooleanField(default=False, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.MEETING)
    engagement = models.ForeignKey(
        Engagement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerns",
        verbose_name=_("meeting"),
    )
    raised_by = models.CharField(_("raised by"), max_length=20, choices=Group)
    raised_on = models.DateField(_("raised on"))
    text = models.TextField(_("what was asked, for colleagues"))
    public_text = models.CharField(_("what was asked, for the public"), max_length=400, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW, editable=False)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerns",
        verbose_name=_("agency to answer"),
    )
    due_on = models.DateField(_("answer due on"))
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    joined_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats", verbose_name=_("joined to")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = ConcernQuerySet.as_manager()
    privacy = levels(
        public="community topic raised_by raised_on public_text state agency due_on answer answered_on",
        internal="sealed channel engagement urgency joined_to recorded_by at",
        sealed="text",
    )

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        ordering = ["-raised_on", "-pk"]
        indexes = [
            models.Index(fields=["community", "-raised_on"]),
            models.Index(fields=["-raised_on", "-id"]),
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["agency", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="concern_answered_with_words",
                condition=~Q(state__in=["answered", "cannot"])
                | (~Q(answer="") & Q(answered_on__isnull=False)),
                violation_error_message=_("Write the answer and its date."),
            ),
            models.CheckConstraint(
                name="concern_with_an_agency",
                condition=~Q(state="assigned") | Q(agency__isnull=False),
                violation_error_message=_("Name the agency."),
            ),
            models.CheckConstraint(
                name="concern_joined_says_which",
                condition=Q(state="merged", joined_to__isnull=False)
                | (~Q(state="merged") & Q(joined_to__isnull=True)),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.raised_on:%Y-%m-%d}"

    @property
    def number(self) -> str:
        return f"C{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_answered(self) -> bool:
        return self.state in (self.State.ANSWERED, self.State.CANNOT)

    @property
    def days_late(self) -> int:
        answered_on = self.answered_on if self.is_answered else None
        return max(0, ((answered_on or timezone.localdate()) - self.due_on).days)
