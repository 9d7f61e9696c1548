"""Phones in the field: the device, what it sent, and the receipts that were given. See docs/sync.md."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from communities.privacy import EncryptedTextField, levels
from communities.sight import EVERYTHING, ScopedQuerySet, administration, own_draft, reviewed_areas
from services.models import Observation, ServicePoint

from .meetings import Engagement


class SealKeyQuerySet(ScopedQuerySet):
    seen = administration()


class SealKey(models.Model):
    """A key pair to which phones seal what they send, so that they need not be unlocked to send it.

    The newest seals; the older ones stay, to open what was sealed to them.
    """

    public = models.TextField(_("public key"), help_text=_("SPKI, base64."))
    private = EncryptedTextField(_("private key"))
    at = models.DateTimeField(auto_now_add=True)

    objects = SealKeyQuerySet.as_manager()
    privacy = levels(internal="public at", personal="private")

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["-pk"]

    def __str__(self):
        return f"#{self.pk}"


class DeviceQuerySet(ScopedQuerySet):
    seen = edited = administration() | own_draft("user", EVERYTHING)

    def working(self) -> DeviceQuerySet:
        """Neither revoked nor out of contact for too long."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class Device(models.Model):
    """A phone that an officer put in use: its session, apart from the web session, and revocable."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="devices", verbose_name=_("user")
    )
    label = models.CharField(_("what it is"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("in use since"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("last contact"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("may work until"), editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    emptied_at = models.DateTimeField(_("told to empty itself at"), null=True, editable=False)

    objects = DeviceQuerySet.as_manager()
    privacy = levels(
        internal="uid user label token_hash created_at seen_at expires_at revoked_at revoked_by emptied_at"
    )

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        ordering = ["-seen_at"]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def is_working(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class EntryQuerySet(ScopedQuerySet):
    seen = own_draft("author", EVERYTHING) | reviewed_areas("community__area") | reviewed_areas("point__area")
    edited = reviewed_areas("community__area") | reviewed_areas("point__area")

    def waiting(self) -> EntryQuerySet:
        """What a supervisor must decide."""
        return self.filter(state=Entry.State.HELD)

    def open(self) -> EntryQuerySet:
        """What its author's phone still shows as unfinished."""
        return self.filter(state__in=[Entry.State.DRAFT, Entry.State.REFUSED])


class Entry(models.Model):
    """Something written on a phone: a meeting or an observation, from its first draft to what became of it."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        OBSERVATION = "observation", _("Observation")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft on the phone")
        RECORDED = "recorded", _("Recorded")
        REFUSED = "refused", _("To be mended on the phone")
        HELD = "held", _("Waiting for a supervisor")
        ASIDE = "aside", _("Set aside")

    class Why(models.TextChoices):
        """Why a person must look at it."""

        DIFFERS = "differs", _("Something else was received under the same number")
        CHANGED = "changed", _("The meeting was changed in the office meanwhile")
        OUTSIDE = "outside", _("Its author is not posted there any more")
        REVOKED = "revoked", _("It came from a phone that was revoked")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State)
    why = models.CharField(_("why it waits"), max_length=10, choices=Why, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="entries", verbose_name=_("written by")
    )
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, related_name="entries", verbose_name=_("phone")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, related_name="entries", verbose_name=_("community")
    )
    point = models.ForeignKey(
        ServicePoint, models.PROTECT, null=True, related_name="+", verbose_name=_("service point")
    )
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, related_name="entries", verbose_name=_("meeting")
    )
    observation = models.ForeignKey(
        Observation, models.PROTECT, null=True, related_name="+", verbose_name=_("observation")
    )
    rival_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="rivals", verbose_name=_("other version of")
    )
    seq = models.PositiveIntegerField(_("version"))
    content = EncryptedTextField(_("content"), blank=True, help_text=_("JSON, as it was last received."))
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("first received"), default=timezone.now)
    changed_at = models.DateTimeField(_("last received"), default=timezone.now)

    objects = EntryQuerySet.as_manager()
    privacy = levels(
        internal="uid kind state why author device community point engagement observation rival_of seq "
        "reason at changed_at",
        personal="content",
    )

    class Meta:
        verbose_name = _("entry from a phone")
        verbose_name_plural = _("entries from phones")
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["author", "state"]),
            models.Index(fields=["-changed_at", "-id"]),
            models.Index(fields=["community", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="entry_held_says_why",
                condition=~Q(state="held") | ~Q(why=""),
            )
        ]

    def __str__(self):
        return f"{self.number} {self.changed_at:%Y-%m-%d}"

    @property
    def number(self) -> str:
        return f"E{self.pk}"


class ReceiptQuerySet(ScopedQuerySet):
    seen = own_draft("entry__author", EVERYTHING) | reviewed_areas("entry__community__area")


class Receipt(models.Model):
    """That one version of an entry came, and what was answered: a repeat gets the same answer."""

    uid = models.UUIDField()
    seq = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of what was sent, as hexadecimal digits."))
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="receipts", verbose_name=_("entry"))
    code = models.CharField(_("receipt"), max_length=7)
    answer = EncryptedTextField(help_text=_("JSON: what the phone was answered."))
    at = models.DateTimeField(default=timezone.now)

    objects = ReceiptQuerySet.as_manager()
    privacy = levels(internal="uid seq digest entry code at", personal="answer")

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["uid", "seq", "digest"], name="one_receipt_per_version")
        ]

    def __str__(self):
        return self.code


class UploadQuerySet(ScopedQuerySet):
    seen = own_draft("entry__author", EVERYTHING) | reviewed_areas("entry__community__area")

    def forgotten(self, now: datetime.datetime) -> UploadQuerySet:
        """Arrived long ago, or begun and never finished. A whole photo whose entry waits for a person stays."""
        over = Q(done=True) | Q(offset__lt=models.F("size"))
        return self.filter(over, at__lt=now - datetime.timedelta(days=60))


class Upload(models.Model):
    """A photo on its way from a phone, sealed, in chunks. Only what an entry announced is taken."""

    uid = models.UUIDField(unique=True)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="uploads", verbose_name=_("entry"))
    size = models.PositiveIntegerField(help_text=_("Bytes of the sealed photo."))
    sha256 = models.CharField(max_length=64, help_text=_("Of the sealed photo."))
    offset = models.PositiveIntegerField(default=0, help_text=_("Bytes that have come."))
    done = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    objects = UploadQuerySet.as_manager()
    privacy = levels(internal="uid entry size sha256 offset done at")

    class Meta:
        verbose_name = _("photo on its way")
        verbose_name_plural = _("photos on their way")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="upload_never_more_than_announced", condition=Q(offset__lte=models.F("size"))
            )
        ]

    def __str__(self):
        return f"#{self.pk}"
