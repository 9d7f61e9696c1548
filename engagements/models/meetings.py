"""Meetings: any recorded engagement, and who came, in counts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.commas import listed
from communities.models import Agency, Community, Group, Language
from communities.models.places import is_public
from communities.models.sources import private_storage
from communities.privacy import levels
from communities.sight import (
    ScopedQuerySet,
    narrowed,
    own_areas,
    own_draft,
    programme,
    publishing,
    reviewed_areas,
    shared_with,
    sight_of,
)

from .publication import not_hidden

UNREVIEWED = ["draft", "returned"]
REVIEWED = Q(state="reviewed")
TWICE = _("This line of the attendance is there twice.")


class EngagementQuerySet(ScopedQuerySet):
    seen = (
        own_areas("community__area")
        | programme(~Q(state="draft"))
        | publishing(REVIEWED & not_hidden())
        | narrowed(shared_with("counterpart"), REVIEWED)
    )
    edited = own_draft("author", Q(state__in=UNREVIEWED))
    added = own_areas("community__area")

    def reviewable_by(self, user):
        """Waiting for review in the areas `user` reviews; nobody reviews what they logged themselves."""
        mine = reviewed_areas("community__area").q(sight_of(user))
        return self.filter(mine, state="submitted").exclude(author=user)

    def public(self):
        return self.filter(REVIEWED, is_public("community__"))


class Engagement(models.Model):
    """A meeting: community policing meeting, dialogue, awareness session, informal contact, …"""

    class Kind(models.TextChoices):
        POLICING = "policing", _("Community policing meeting")
        DIALOGUE = "dialogue", _("Dialogue")
        AWARENESS = "awareness", _("Awareness session")
        CONSULTATION = "consultation", _("Consultation")
        CROSS_BORDER = "cross_border", _("Cross-border meeting")
        OUTREACH = "outreach", _("Outreach visit")
        INFORMAL = "informal", _("Informal contact")

    class Place(models.TextChoices):
        USUAL = "usual", _("At the usual place")
        OTHER = "other", _("Somewhere else")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for review")
        RETURNED = "returned", _("Returned")
        REVIEWED = "reviewed", _("Reviewed")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="engagements", verbose_name=_("community")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    date = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=6, choices=Place, default=Place.USUAL)
    place_detail = models.CharField(_("where"), max_length=160, blank=True)
    attendance_total = models.PositiveIntegerField(
        _("people who came"), null=True, blank=True, help_text=_("Empty means nobody counted.")
    )
    found_nobody = models.BooleanField(_("we went and they had moved on"), default=False)
    topics = models.ManyToManyField("engagements.Topic", blank=True, verbose_name=_("topics"))
    agencies = models.ManyToManyField(
        Agency, blank=True, related_name="engagements", verbose_name=_("agencies present")
    )
    counterpart = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="engagements_shared",
        verbose_name=_("counterpart agency"),
        help_text=_("It sees this meeting once it is reviewed."),
    )
    language = models.ForeignKey(
        Language, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("language")
    )
    interpreter = models.CharField(
        _("interpreter"), max_length=120, blank=True, help_text=_("Whose, not the name: “teacher”.")
    )
    read_back_in = models.ForeignKey(
        Language, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("read back in")
    )
    agreed_by = models.CharField(
        _("agreed by"), max_length=160, blank=True, help_text=_("Which groups, no names.")
    )
    summary = models.TextField(_("what was said, for colleagues"), blank=True)
    public_summary = models.TextField(_("what was said, for the public"), blank=True)
    position = models.PointField(
        _("position"), null=True, blank=True, editable=False, help_text=_("As the phone knew it, if asked.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    return_reason = models.TextField(_("reason it was returned"), blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="engagements",
        verbose_name=_("logged by"),
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    version = models.PositiveIntegerField(
        default=1, editable=False, help_text=_("Counts its mendings: two people may mend it at once.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    reviewed_at = models.DateTimeField(null=True, editable=False)

    objects = EngagementQuerySet.as_manager()
    privacy = levels(
        public="community kind date topics agencies public_summary",
        internal="uid place place_detail attendance_total found_nobody counterpart language interpreter "
        "read_back_in agreed_by summary position version state return_reason author reviewer created_at "
        "reviewed_at",
    )

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-date", "-pk"]
        indexes = [
            models.Index(fields=["community", "-date"]),
            models.Index(fields=["state", "-date"]),
            models.Index(fields=["-date", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="engagement_returned_with_reason",
                condition=~Q(state="returned") | ~Q(return_reason=""),
                violation_error_message=_("Say why it is returned."),
            ),
            models.CheckConstraint(
                name="engagement_reviewed_by_someone",
                condition=~Q(state="reviewed") | Q(reviewer__isnull=False, reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="engagement_says_where",
                condition=~Q(place="other") | ~Q(place_detail=""),
                violation_error_message=_("Say where it was."),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.date:%Y-%m-%d}"

    @property
    def number(self) -> str:
        return f"M{self.pk}"

    @property
    def is_open_to_change(self) -> bool:
        return self.state in UNREVIEWED


class OfMeeting(ScopedQuerySet):
    """Rows that belong to a meeting, for colleagues alone."""

    seen = own_areas("engagement__community__area") | programme(~Q(engagement__state="draft"))
    edited = own_draft("engagement__author", Q(engagement__state__in=UNREVIEWED))


class Attendance(models.Model):
    """Who came, in counts. A line that is missing was not counted; that is not zero. Never names."""

    class Who(models.TextChoices):
        PEOPLE = "people", _("People")
        OFFICERS = "officers", _("Officers")

    class Sex(models.TextChoices):
        WOMEN = "women", _("Women")
        MEN = "men", _("Men")
        NOT_COUNTED = "all", _("Not counted apart")

    class Age(models.TextChoices):
        YOUNG = "young", _("Young (under 25)")
        ADULT = "adult", _("Adult")
        OLD = "old", _("Old (60 and over)")
        NOT_COUNTED = "all", _("Not counted apart")

    engagement = models.ForeignKey(
        Engagement, models.CASCADE, related_name="attendance", verbose_name=_("meeting")
    )
    who = models.CharField(_("who"), max_length=10, choices=Who, default=Who.PEOPLE)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, default=Sex.NOT_COUNTED)
    age = models.CharField(_("age group"), max_length=10, choices=Age, default=Age.NOT_COUNTED)
    group = models.CharField(_("group"), max_length=20, choices=Group, blank=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    count = models.PositiveIntegerField(_("how many"))

    objects = OfMeeting.as_manager()
    privacy = levels(internal="engagement who sex age group agency count")

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "who", "sex", "age", "group", "agency"],
                condition=Q(agency__isnull=False),
                name="one_count_per_agency_line",
                violation_error_message=TWICE,
            ),
            models.UniqueConstraint(
                fields=["engagement", "who", "sex", "age", "group"],
                condition=Q(agency__isnull=True),
                name="one_count_per_line",
                violation_error_message=TWICE,
            ),
        ]

    def __str__(self):
        return f"{self.engagement_id}:{self.who}:{self.sex}:{self.count}"

    @property
    def label(self) -> str:
        """Who was counted in this line, in words: "Officers, Women", "Youth group"."""
        said = [
            self.get_who_display() if self.who == self.Who.OFFICERS else "",
            self.get_sex_display() if self.sex != self.Sex.NOT_COUNTED else "",
            self.get_age_display() if self.age != self.Age.NOT_COUNTED else "",
            self.get_group_display() if self.group else "",
            self.agency.label if self.agency else "",
        ]
        return listed(words for words in said if words) or str(self.get_who_display())


class Pulse(models.Model):
    """The trust pulse: how many gave which answer to one question. What nobody counted has no row.

    The question is asked at the end of a meeting, by show of hands: "Do you trust that what was promised
    today will be done?"
    """

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("In part")
        NO = "no", _("No")
        SILENT = "silent", _("Did not answer")

    engagement = models.ForeignKey(
        Engagement, models.CASCADE, related_name="pulse", verbose_name=_("meeting")
    )
    answer = models.CharField(_("answer"), max_length=6, choices=Answer)
    count = models.PositiveIntegerField(_("how many"))

    objects = OfMeeting.as_manager()
    privacy = levels(internal="engagement answer count")

    class Meta:
        verbose_name = _("trust pulse")
        verbose_name_plural = _("trust pulse")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "answer"], name="one_count_per_pulse_answer")
        ]

    def __str__(self):
        return f"{self.engagement_id}:{self.answer}:{self.count}"


class Photo(models.Model):
    """A photo taken at a meeting, without place, time or phone in it. Never public by itself."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="photos", verbose_name=_("meeting")
    )
    file = models.FileField(_("photo"), upload_to="meetings", storage=private_storage)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OfMeeting.as_manager()
    privacy = levels(internal="uid engagement file by at")

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["pk"]

    def __str__(self):
        return f"M{self.engagement_id} #{self.pk}"
