"""Who is told: the duty to tell, and the telling that closes it."""

from __future__ import annotations

import datetime
from typing import Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Area, Community
from communities.models.places import is_public
from communities.privacy import levels
from communities.sight import ScopedQuerySet, own_areas, programme, publishing, sight_of

from .commitments import Commitment, Evidence, Shown
from .concerns import Concern
from .meetings import UNREVIEWED, Engagement
from .publication import from_reviewed, not_draft, not_hidden, past_delay

ANSWERED = [Concern.State.ANSWERED, Concern.State.CANNOT]


class DutyQuerySet(ScopedQuerySet):
    seen = (
        own_areas("community__area", "concern__area")
        | programme(not_draft("concern__") & not_draft("commitment__"))
        | publishing(not_hidden() & from_reviewed("concern__") & from_reviewed("commitment__"))
    )

    def tellable_by(self, user):
        """Those on which `user` may record a telling."""
        return self.visible_to(user).filter(own_areas("community__area", "concern__area").q(sight_of(user)))

    def with_standing(self) -> Self:
        """Annotates `is_open`: nobody has been reached with the news yet, or there is none."""
        return self.annotate(is_open=~Exists(Telling.objects.counting().about(OuterRef("pk"))))

    def open(self):
        """Nobody has been reached with the news yet, or there is none."""
        return self.exclude(Exists(Telling.objects.counting().about(OuterRef("pk"))))

    def closed(self):
        """Only a telling that reached people closes a duty, and only once there is something to tell."""
        return self.filter(Exists(Telling.objects.counting().about(OuterRef("pk"))))

    def with_news(self, on: datetime.date | None = None) -> Self:
        """Those with something to tell: an answer, or a promise that ended or fell due."""
        return self.filter(
            Q(concern__state__in=ANSWERED)
            | Q(concern__joined_to__state__in=ANSWERED)
            | Q(commitment__cancelled_on__isnull=False)
            | Q(commitment__due_on__lte=on or timezone.localdate())
        )

    def fell_due(self, on: datetime.date | None = None):
        """Those whose last day has passed."""
        return self.filter(due_on__lt=on or timezone.localdate())

    def public(self):
        """Duties that count in public: not from unreviewed meetings, past the delay."""
        asked = from_reviewed("concern__") & past_delay("concern__raised_on", "community")
        promised = from_reviewed("commitment__") & past_delay("commitment__promised_on", "community")
        return self.filter(
            Q(concern__isnull=False, concern__topic__sealed=False) & asked
            | Q(commitment__isnull=False) & promised,
            is_public("community__"),
        )


class Duty(models.Model):
    """The duty to tell: a concern or a commitment means that someone must be told, by a date."""

    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        related_name="duties",
        verbose_name=_("community"),
        help_text=_("Empty where a concern names an area alone."),
    )
    concern = models.ForeignKey(
        Concern, models.PROTECT, null=True, related_name="duties", verbose_name=_("concern")
    )
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="duties", verbose_name=_("commitment")
    )
    due_on = models.DateField(_("tell by"))

    objects = DutyQuerySet.as_manager()
    privacy = levels(internal="community concern commitment due_on")

    class Meta:
        verbose_name = _("duty to tell")
        verbose_name_plural = _("duties to tell")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["community", "due_on"]), models.Index(fields=["due_on"])]
        constraints = [
            models.CheckConstraint(
                name="duty_about_one_thing",
                condition=Q(concern__isnull=False, commitment__isnull=True)
                | Q(concern__isnull=True, commitment__isnull=False),
            ),
            models.CheckConstraint(
                name="duty_knows_whom",
                condition=Q(community__isnull=False) | Q(concern__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.due_on:%Y-%m-%d}"

    @property
    def number(self) -> str:
        return f"D{self.pk}"

    @property
    def lies_in(self) -> Area | None:
        return self.community.area if self.community else self.about.lies_in

    @property
    def place(self) -> str:
        """Whom it is owed to, for colleagues: the community, or whoever asked from an area."""
        return self.community.label if self.community else cast(Concern, self.concern).place

    @property
    def public_place(self) -> str:
        """The same, as anyone may read it."""
        return self.community.public_label if self.community else cast(Concern, self.concern).public_place

    @property
    def about(self) -> Concern | Commitment:
        return cast("Concern | Commitment", self.concern or self.commitment)  # the database holds us to it

    @property
    def news(self) -> str:
        """What there is to tell, for those who tell it."""
        about = self.about
        if isinstance(about, Concern):
            return about.living.answer if about.living.is_answered else ""
        return about.public_text or about.words

    @property
    def news_on(self) -> datetime.date:
        """The first day on which anybody could have been told."""
        about = self.about
        if isinstance(about, Commitment):
            return about.promised_on
        living = about.living
        return cast(datetime.date, living.answered_on) if living.is_answered else about.raised_on


def _answered(concern: str) -> Q:
    """Tellings of the answer that stands now: on its day or later, and written down after it was."""
    since = Q(**{f"{concern}answered_at__isnull": True}) | Q(**{f"{concern}answered_at__lte": F("at")})
    return Q(**{f"{concern}state__in": ANSWERED, f"{concern}answered_on__lte": F("date")}) & since


class TellingQuerySet(ScopedQuerySet):
    seen = (
        own_areas("duty__community__area", "duty__concern__area")
        | programme(not_draft() & not_draft("duty__concern__") & not_draft("duty__commitment__"))
        | publishing(
            not_hidden("duty__")
            & from_reviewed()
            & from_reviewed("duty__concern__")
            & from_reviewed("duty__commitment__")
        )
    )
    edited = own_areas("duty__community__area", "duty__concern__area")

    def counting(self):
        """At no meeting, or at one that was handed in: what a draft says has not happened yet."""
        return self.exclude(engagement__state__in=UNREVIEWED)

    def about(self, duty):
        """Those that reached people with the news of `duty` (a key, or OuterRef): an answer, or how a promise
        ended; its last day, its withdrawal or its full delivery, whichever came first."""
        done = Evidence.objects.filter(
            commitment=OuterRef("duty__commitment"),
            shows=Shown.FULL,
            disputed=False,
            date__lte=OuterRef("date"),
        )
        answered, joined = _answered("duty__concern__"), _answered("duty__concern__joined_to__")
        ended = Q(duty__commitment__due_on__lte=F("date")) | Q(duty__commitment__cancelled_on__lte=F("date"))
        return self.filter(answered | joined | ended | Exists(done), duty=duty, reached=True)

    def public(self):
        """Not that somebody read an answer with their code: it would tell on which day a person of the village did."""
        shown = Exists(Duty.objects.public().filter(pk=OuterRef("duty")))
        return self.filter(shown).exclude(how=Telling.How.CODE)


class Telling(models.Model):
    """People were told: when, how, by whom, which group, reached or not."""

    class How(models.TextChoices):
        MEETING = "meeting", _("At a meeting")
        VISIT = "visit", _("By a visit")
        PHONE = "phone", _("By telephone")
        RADIO = "radio", _("On the radio")
        NOTICE = "notice", _("On the notice board")
        MESSAGE = "message", _("By text message")
        CODE = "code", _("They read it with their code")

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="tellings", verbose_name=_("duty to tell"))
    date = models.DateField(_("date"))
    how = models.CharField(_("how"), max_length=10, choices=How)
    group = models.CharField(_("who was told"), max_length=20, choices=Concern.RAISERS)
    reached = models.BooleanField(_("they were reached"), default=True)
    what = models.CharField(_("what they were told"), max_length=400, blank=True)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, blank=True, related_name="tellings", verbose_name=_("meeting")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = TellingQuerySet.as_manager()
    privacy = levels(public="duty date how group reached", internal="what engagement by at")

    class Meta:
        verbose_name = _("telling")
        verbose_name_plural = _("tellings")
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="telling_by_someone_or_by_code", condition=Q(by__isnull=False) | Q(how="code")
            )
        ]

    def __str__(self):
        return f"D{self.duty_id} {self.date:%Y-%m-%d}"
