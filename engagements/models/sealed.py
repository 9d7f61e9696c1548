"""Concerns on sealed topics, apart from all others: the integrity role alone finds them, and its key alone opens
their text. No number, count, log or list of the officers' chain has a trace of them. See docs/privacy.md."""

from __future__ import annotations

import datetime
from typing import cast

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Area, Community
from communities.privacy import levels
from communities.sight import ScopedQuerySet, integrity

from .concerns import Concern, Topic
from .meetings import Engagement


class OfIntegrity(ScopedQuerySet):
    seen = integrity()
    edited = integrity()


class IntegrityKey(models.Model):
    """The public key of the integrity body, to which sealed text is encrypted. The private key is that body's own,
    made and kept in their browser: it never comes here. The newest is used; older ones say what opens old text."""

    public = models.TextField(_("public key"), help_text=_("RSA, SPKI, base64."))
    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("in use since"), default=timezone.now)

    objects = OfIntegrity.as_manager()
    privacy = levels(internal="public fingerprint by at")

    class Meta:
        verbose_name = _("integrity key")
        verbose_name_plural = _("integrity keys")
        ordering = ["-pk"]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def groups(self) -> list[str]:
        """The fingerprint in groups of four, as people compare it."""
        return [self.fingerprint[place : place + 4] for place in range(0, len(self.fingerprint), 4)]

    @property
    def short(self) -> str:
        """As much of the fingerprint as tells one file from another."""
        return " ".join(self.groups[:4])


class SealedQuerySet(OfIntegrity):
    def with_steps(self) -> SealedQuerySet:
        """Annotates `last_step`, the kind of the newest note, and `told_step`, that of the newest but additions."""
        notes = SealedNote.objects.filter(concern=OuterRef("pk")).order_by("-pk")
        ours = notes.exclude(kind=SealedNote.Kind.ADDED)
        return self.annotate(
            last_step=Subquery(notes.values("kind")[:1]), told_step=Subquery(ours.values("kind")[:1])
        )

    def waiting(self) -> SealedQuerySet:
        """Not answered yet, or added to since."""
        return self.with_steps().filter(Q(state=SealedConcern.State.NEW) | Q(last_step=SealedNote.Kind.ADDED))

    def open(self) -> SealedQuerySet:
        return self.filter(state=SealedConcern.State.NEW)

    def overdue(self, on: datetime.date | None = None) -> SealedQuerySet:
        return self.open().filter(due_on__lt=on or timezone.localdate())


class SealedConcern(models.Model):
    """A concern on a sealed topic. `text` can be opened with the integrity body's private key alone."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        ANSWERED = "answered", _("Answered")
        CANNOT = "cannot", _("Cannot, because …")

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", verbose_name=_("topic"))
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Concern.Channel)
    raised_by = models.CharField(_("raised by"), max_length=20, choices=Concern.RAISERS)
    raised_on = models.DateField(_("raised on"))
    due_on = models.DateField(_("answer due on"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    key = models.ForeignKey(
        IntegrityKey,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_(
            "Empty where it came before there was a key: under the server's own, until there is one."
        ),
    )
    text = models.TextField(_("what was said, sealed"))
    mark = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Keyed hash of the text, by which it is not taken twice from one meeting."),
    )
    reader = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Public key made from the tracking code, to which answers are sealed. X25519, base64."),
    )
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("meeting")
    )

    last_step: str | None  # annotated by `with_steps`
    told_step: str | None

    objects = SealedQuerySet.as_manager()
    privacy = levels(
        internal="key",
        sealed="topic community area channel raised_by raised_on due_on state answered_on text mark reader "
        "engagement",
    )

    class Meta:
        verbose_name = _("sealed concern")
        verbose_name_plural = _("sealed concerns")
        ordering = ["-raised_on", "-pk"]
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["-raised_on", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="sealed_lies_somewhere",
                condition=Q(community__isnull=False, area__isnull=True)
                | Q(community__isnull=True, area__isnull=False),
            ),
            models.CheckConstraint(
                name="sealed_answered_dated", condition=Q(state="new") | Q(answered_on__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.raised_on:%Y-%m-%d}"

    @property
    def number(self) -> str:
        return f"S{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.NEW

    @property
    def is_told(self) -> bool:
        """Whether they were told of the newest answer. Needs `with_steps`."""
        return self.told_step == SealedNote.Kind.TOLD

    @property
    def standing(self) -> str:
        """Its state, and whether they wrote again. Needs `with_steps`."""
        if self.last_step == SealedNote.Kind.ADDED and not self.is_open:
            return _("%(state)s; they added to it") % {"state": self.get_state_display()}
        return self.get_state_display()

    @property
    def place(self) -> str:
        return cast("Community | Area", self.community or self.area).label  # the database holds us to one


class SealedNote(models.Model):
    """What followed a sealed concern: an addition, an answer, a telling. Texts are sealed as the concern's is."""

    class Kind(models.TextChoices):
        ADDED = "added", _("They added")
        ANSWER = "answer", _("Answer")
        TOLD = "told", _("They were told")

    concern = models.ForeignKey(
        SealedConcern, models.PROTECT, related_name="notes", verbose_name=_("sealed concern")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    on = models.DateField(_("on"), default=timezone.localdate)
    key = models.ForeignKey(IntegrityKey, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("text, sealed"), blank=True)
    to_reader = models.TextField(blank=True, help_text=_("The same, sealed to whoever holds the code."))
    how = models.CharField(_("how"), max_length=10, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfIntegrity.as_manager()
    privacy = levels(internal="key", sealed="concern kind on text to_reader how by")

    class Meta:
        verbose_name = _("note on a sealed concern")
        verbose_name_plural = _("notes on sealed concerns")
        ordering = ["pk"]

    def __str__(self):
        return f"S{self.concern_id} {self.on:%Y-%m-%d}"


class SealedPhoto(models.Model):
    """A photo that came with a sealed concern: drawn anew, then sealed as its text is."""

    concern = models.ForeignKey(
        SealedConcern, models.PROTECT, related_name="photos", verbose_name=_("sealed concern")
    )
    key = models.ForeignKey(IntegrityKey, models.PROTECT, related_name="+")
    content = models.BinaryField()

    objects = OfIntegrity.as_manager()
    privacy = levels(internal="key", sealed="concern content")

    class Meta:
        verbose_name = _("sealed photo")
        verbose_name_plural = _("sealed photos")
        ordering = ["pk"]

    def __str__(self):
        return f"S{self.concern_id} #{self.pk}"


class SealedOpening(models.Model):
    """Somebody's browser was given a sealed concern, to open with the key: who and when."""

    concern = models.ForeignKey(
        SealedConcern, models.PROTECT, related_name="openings", verbose_name=_("sealed concern")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    at = models.DateTimeField(_("opened at"), default=timezone.now)

    objects = OfIntegrity.as_manager()
    privacy = levels(sealed="concern by at")

    class Meta:
        verbose_name = _("opening of a sealed concern")
        verbose_name_plural = _("openings of sealed concerns")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"S{self.concern_id} {self.at:%Y-%m-%d %H:%M}"
