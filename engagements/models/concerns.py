"""What communities ask, and who must answer: topic, mandate, concern."""

from __future__ import annotations

import datetime
from typing import Self, cast

from django.conf import settings
from django.core.exceptions import ValidationError
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
    narrowed,
    own_agency,
    own_areas,
    programme,
    publishing,
    reviewed_areas,
    sight_of,
)

from .meetings import Engagement
from .publication import FROM_REVIEWED, not_draft, not_hidden, past_delay

OPEN = ["new", "assigned"]  # states in which an answer is still owed
HERE = ("community__area", "area")  # where a concern lies: at its community, or in the area it names
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

    def clean(self):
        super().clean()
        before = Topic.objects.filter(pk=self.pk).first()
        if before and before.sealed and not self.sealed:
            raise ValidationError({"sealed": _("A sealed topic stays sealed. Add another topic instead.")})
        if before and self.sealed and not before.sealed and self.concerns.exists():
            raise ValidationError(
                {"sealed": _("Concerns on this topic are here already. Add another topic instead.")}
            )

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
    seen = (
        own_areas(*HERE)
        | programme(not_draft())
        | narrowed(own_agency("agency") | publishing(not_hidden()), FROM_REVIEWED)
    )
    edited = reviewed_areas(*HERE) | narrowed(own_agency("agency"), FROM_REVIEWED)
    added = own_areas(*HERE)

    def reworded_by(self, user) -> Self:
        """Those whose words for the public `user` may correct: their supervisors', their agency's and editors'."""
        grounds = reviewed_areas(*HERE) | own_agency("agency") | publishing()
        return self.visible_to(user).filter(grounds.q(sight_of(user)))

    def triaged_by(self, user) -> Self:
        """Those that `user` places, gives to an agency, joins or refuses: their supervisors'. What a meeting
        brought waits for its review."""
        return self.filter(FROM_REVIEWED, reviewed_areas(*HERE).q(sight_of(user)))

    def open(self):
        return self.filter(state__in=OPEN)

    def overdue(self, on: datetime.date | None = None):
        return self.open().filter(due_on__lt=on or timezone.localdate())

    def public(self):
        """Concerns a public page may speak of: not merged away, past the community's delay."""
        return (
            self.filter(FROM_REVIEWED, is_public("community__"), topic__sealed=False)
            .exclude(public_text="")
            .exclude(state="merged")
            .filter(past_delay("raised_on", "community"))
        )


class Concern(models.Model):
    """What a community group, or a person, asked or complained about. Repeats join one living concern.

    It lies at a community or, where only that much is known, in an area. Sealed topics are elsewhere: SealedConcern.
    """

    class Channel(models.TextChoices):
        MEETING = "meeting", _("At a meeting")
        HOTLINE = "hotline", _("Hotline")
        WALK_IN = "walk_in", _("At the office")
        LETTER = "letter", _("Letter")
        WEB = "web", _("Public form")
        SMS = "sms", _("Text message")
        PAPER = "paper", _("Paper form")

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

    class Because(models.TextChoices):
        """Why an agency cannot: the short list. The answer says the rest."""

        POWER = "power", _("No agency here has the power to")
        MONEY = "money", _("There is no money for it")
        LAW = "law", _("The law does not allow it")
        GROUND = "ground", _("The ground does not allow it")
        PEOPLE = "people", _("It is for people to settle among themselves")
        UNCLEAR = "unclear", _("We could not find out what is meant")
        OTHER = "other", _("Another reason")

    RAISERS = [*Group.choices, ("person", _("A person"))]

    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerns",
        verbose_name=_("community"),
    )
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerns",
        verbose_name=_("area"),
        help_text=_("Where no community is known."),
    )
    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        related_name="concerns",
        verbose_name=_("topic"),
        limit_choices_to={"sealed": False},
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.MEETING)
    engagement = models.ForeignKey(
        Engagement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerns",
        verbose_name=_("meeting"),
    )
    raised_by = models.CharField(_("raised by"), max_length=20, choices=RAISERS)
    raised_on = models.DateField(_("raised on"))
    text = models.TextField(_("what was asked, for colleagues"))
    public_text = models.CharField(_("what was asked, for the public"), max_length=400, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    look_by = models.DateTimeField(_("look at it by"), default=timezone.now, editable=False)
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
    because = models.CharField(_("cannot, because"), max_length=10, choices=Because, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)  # when the answer was written down
    first_answered_on = models.DateField(_("first answered on"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )
    joined_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats", verbose_name=_("joined to")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
        help_text=_("Empty where the person wrote it themselves."),
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = ConcernQuerySet.as_manager()
    privacy = levels(
        public="community topic raised_by raised_on public_text state agency due_on answer because answered_on "
        "first_answered_on",
        internal="area channel engagement text urgency look_by joined_to answered_at answered_by recorded_by at",
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
            models.Index(fields=["state", "look_by", "id"]),
            models.Index(fields=["area", "-raised_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="concern_lies_somewhere",
                condition=Q(community__isnull=False, area__isnull=True)
                | Q(community__isnull=True, area__isnull=False),
                violation_error_message=_("Name the community or, where it is not known, the area."),
            ),
            models.CheckConstraint(
                name="concern_cannot_because",
                condition=~Q(state="cannot") | ~Q(because=""),
                violation_error_message=_("Say why not: choose the reason."),
            ),
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
    def lies_in(self) -> Area | None:
        """The area of its community, or the one it names."""
        return self.community.area if self.community else self.area

    @property
    def place(self) -> str:
        """Where it lies, for colleagues."""
        return cast("Community | Area", self.community or self.area).label  # the database holds us to one

    @property
    def public_place(self) -> str:
        """Where it lies, as anyone may read it: no area smaller than a district."""
        return self.community.public_label if self.community else cast(Area, self.area).district.label

    @property
    def living(self) -> Concern:
        """The concern that stands for this one: itself, or the one it was joined to."""
        return self.joined_to or self

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

    @property
    def is_waited_for(self) -> bool:
        """Nobody has looked at it yet, and its clock has run out."""
        return self.state == self.State.NEW and self.look_by < timezone.now()


class BesideConcern(ScopedQuerySet):
    """Rows that stand beside a concern and are read by colleagues."""

    seen = (
        own_areas("concern__community__area", "concern__area")
        | programme(not_draft("concern__"))
        | own_agency("concern__agency")
    )


class Assignment(models.Model):
    """A concern was given to an agency: each is kept, so that every passing on is counted."""

    concern = models.ForeignKey(
        Concern, models.PROTECT, related_name="assignments", verbose_name=_("concern")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="assignments", verbose_name=_("agency to answer")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    on = models.DateField(_("on"), default=timezone.localdate)

    objects = BesideConcern.as_manager()
    privacy = levels(internal="concern agency by on")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["pk"]

    def __str__(self):
        return f"C{self.concern_id} {self.on:%Y-%m-%d}"


class EarlierAnswer(models.Model):
    """What people were told before a concern was opened again and answered anew: no answer is written over."""

    concern = models.ForeignKey(
        Concern, models.PROTECT, related_name="earlier_answers", verbose_name=_("concern")
    )
    text = models.TextField(_("answer"))
    because = models.CharField(_("cannot, because"), max_length=10, choices=Concern.Because, blank=True)
    on = models.DateField(_("answered on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )

    objects = BesideConcern.as_manager()
    privacy = levels(internal="concern text because on by")

    class Meta:
        verbose_name = _("earlier answer")
        verbose_name_plural = _("earlier answers")
        ordering = ["pk"]

    def __str__(self):
        return f"C{self.concern_id} {self.on:%Y-%m-%d}"
