"""What came in from outside a meeting: how it came, what was added, and the codes by which people follow it."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Agency, Area
from communities.models.sources import private_storage
from communities.models.words import in_language
from communities.privacy import EncryptedTextField, levels
from communities.sight import (
    ScopedQuerySet,
    administration,
    everyone,
    own_agency,
    own_areas,
    programme,
    sight_of,
)

from .concerns import Concern
from .sealed import SealedConcern

IN_OWN_AREAS = own_areas("concern__community__area", "concern__area")


class HotlineQuerySet(ScopedQuerySet):
    seen = everyone()
    edited = programme() | administration()

    def working(self) -> HotlineQuerySet:
        return self.filter(working=True)

    def public(self) -> HotlineQuerySet:
        return self.working()

    def reaching(self, area: Area | None) -> HotlineQuerySet:
        """The lines that serve this area, or one around it."""
        around = list(area.upwards()) if area else []
        return self.working().filter(areas__in=around).distinct()

    def independent(self) -> HotlineQuerySet:
        """Lines outside the agencies concerned, for what must stay sealed."""
        return self.working().filter(is_independent=True)


class Hotline(models.Model):
    """A number that people can call or write to: whose it is, where it reaches, when, in which languages."""

    number = models.CharField(_("number"), max_length=40)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="hotlines", verbose_name=_("agency"))
    purpose = models.CharField(_("what it is for"), max_length=160, blank=True)
    purpose_fr = models.CharField(_("what it is for, in French"), max_length=160, blank=True)
    purpose_ar = models.CharField(_("what it is for, in Arabic"), max_length=160, blank=True)
    areas = models.ManyToManyField(Area, related_name="hotlines", verbose_name=_("areas it serves"))
    hours = models.CharField(_("hours"), max_length=120, blank=True, help_text=_("Empty means not known."))
    languages = models.ManyToManyField("communities.Language", blank=True, verbose_name=_("languages"))
    is_free = models.BooleanField(_("free of charge"), null=True, blank=True)
    takes_messages = models.BooleanField(_("takes text messages"), default=False)
    is_independent = models.BooleanField(
        _("independent line"),
        default=False,
        help_text=_("Outside the agencies concerned: given to people whose matter must stay sealed."),
    )
    working = models.BooleanField(_("in service"), default=True)

    objects = HotlineQuerySet.as_manager()
    privacy = levels(
        public="number agency purpose purpose_fr purpose_ar areas hours languages is_free takes_messages "
        "is_independent working"
    )

    class Meta:
        verbose_name = _("hotline")
        verbose_name_plural = _("hotlines")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["number", "agency"], name="one_line_per_number")]

    def __str__(self):
        return self.number

    @property
    def is_for(self) -> str:
        """Its purpose, in the reader's language."""
        return in_language(self, "purpose")


class ReportQuerySet(ScopedQuerySet):
    seen = IN_OWN_AREAS | programme() | own_agency("concern__agency")

    def opened_by(self, user) -> ReportQuerySet:
        """Those whose `contact` this user may read: the officers and supervisors who can go and tell."""
        return self._narrow(IN_OWN_AREAS.q(sight_of(user)))


class Report(models.Model):
    """How a concern came in from outside a meeting. No address, device or name of the caller is kept here."""

    concern = models.OneToOneField(
        Concern, models.CASCADE, related_name="report", verbose_name=_("concern"), primary_key=True
    )
    language = models.CharField(_("language"), max_length=8, blank=True)
    contact = EncryptedTextField(
        _("how to reach them"), blank=True, help_text=_("Each opening of it is logged.")
    )
    point = models.PointField(_("place they offered"), null=True, blank=True)
    hotline = models.ForeignKey(
        Hotline,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("number they called"),
    )
    transfers = models.PositiveSmallIntegerField(
        _("passed on before they got here"), null=True, blank=True, help_text=_("Empty means not asked.")
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    objects = ReportQuerySet.as_manager()
    privacy = levels(internal="concern language point hotline transfers received_at", personal="contact")

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-received_at"]

    def __str__(self):
        return f"C{self.concern_id} {self.received_at:%Y-%m-%d}"


class OfReport(ScopedQuerySet):
    """Rows that belong to a report, for those who deal with it."""

    seen = (
        own_areas("report__concern__community__area", "report__concern__area")
        | programme()
        | own_agency("report__concern__agency")
    )


class AdditionQuerySet(OfReport):
    def of(self, concern: Concern) -> AdditionQuerySet:
        """Additions to this concern, or to what was joined to it."""
        return self.filter(Q(report=concern.pk) | Q(report__concern__joined_to=concern.pk))


class Addition(models.Model):
    """What somebody added to their report later, by its code."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="additions", verbose_name=_("report"))
    text = models.TextField(_("what was added"))
    at = models.DateTimeField(_("received"), default=timezone.now)
    waits = models.BooleanField(
        _("waits to be read"),
        default=False,
        editable=False,
        help_text=_("It came after an answer or a decision, and nobody has read or decided anew since."),
    )

    objects = AdditionQuerySet.as_manager()
    privacy = levels(internal="report text at waits")

    class Meta:
        verbose_name = _("addition")
        verbose_name_plural = _("additions")
        ordering = ["pk"]
        indexes = [models.Index(fields=["report"], name="additions_that_wait", condition=Q(waits=True))]

    def __str__(self):
        return f"{self.number} {self.at:%Y-%m-%d}"

    @property
    def number(self) -> str:
        """The number of the concern it was added to."""
        return f"C{self.report_id}"


class ReportPhoto(models.Model):
    """A photo that came with a report, drawn anew. Never public by itself."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="photos", verbose_name=_("report"))
    file = models.FileField(_("photo"), upload_to="reports", storage=private_storage)
    at = models.DateTimeField(default=timezone.now)

    objects = OfReport.as_manager()
    privacy = levels(internal="report file at")

    class Meta:
        verbose_name = _("photo of a report")
        verbose_name_plural = _("photos of reports")
        ordering = ["pk"]

    def __str__(self):
        return f"C{self.report_id} #{self.pk}"


class HandoverQuerySet(ScopedQuerySet):
    seen = own_areas("area") | programme() | own_agency("agency")
    edited = own_agency("agency") | own_areas("area")
    added = own_areas("area")


class Handover(models.Model):
    """A tip that was handed over to the agency concerned. What it said is kept nowhere: only that there was one."""

    class Category(models.TextChoices):
        MOVEMENT = "movement", _("Movement of people")
        GOODS = "goods", _("Movement of goods")
        PERSON = "person", _("Suspicion about a person")
        DANGER = "danger", _("Danger to life")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Not answered yet")
        ACTED = "acted", _("The agency acted on it")
        LOOKED = "looked", _("The agency looked into it and found nothing to do")
        PASSED_ON = "passed_on", _("The agency passed it on")
        NOT_OURS = "not_ours", _("It was not for this agency")

    category = models.CharField(_("category"), max_length=10, choices=Category)
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="handovers", verbose_name=_("area"), help_text=_("No closer than the district.")
    )  # fmt: skip
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="handovers", verbose_name=_("agency"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    handed_at = models.DateTimeField(_("handed over"), default=timezone.now)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    outcome_on = models.DateField(_("outcome given on"), null=True, blank=True)
    transfers = models.PositiveSmallIntegerField(_("passed on before they got here"), null=True, blank=True)

    objects = HandoverQuerySet.as_manager()
    privacy = levels(internal="category area agency received_at handed_at outcome outcome_on transfers")

    class Meta:
        verbose_name = _("tip handed over")
        verbose_name_plural = _("tips handed over")
        ordering = ["-handed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="handover_outcome_dated", condition=Q(outcome="waiting") | Q(outcome_on__isnull=False)
            )
        ]

    def __str__(self):
        return f"{self.number} {self.handed_at:%Y-%m-%d}"

    @property
    def number(self) -> str:
        return f"T{self.pk}"


class TrackingCodeQuerySet(ScopedQuerySet):
    seen = administration(
        Q(pk__in=[])
    )  # nobody reads codes: they are hashes, and only their owners know them


class TrackingCode(models.Model):
    """The keyed hash of a code, and what its owner follows with it. See engagements/codes.py."""

    digest = models.CharField(max_length=64, unique=True)
    concern = models.ForeignKey(Concern, models.CASCADE, null=True, related_name="+")
    sealed = models.ForeignKey(SealedConcern, models.CASCADE, null=True, related_name="+")
    handover = models.ForeignKey(Handover, models.CASCADE, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)

    objects = TrackingCodeQuerySet.as_manager()
    privacy = levels(internal="digest concern sealed handover received_at")

    class Meta:
        verbose_name = _("tracking code")
        verbose_name_plural = _("tracking codes")
        constraints = [
            models.CheckConstraint(
                name="code_follows_one_thing",
                condition=Q(concern__isnull=False, sealed__isnull=True, handover__isnull=True)
                | Q(concern__isnull=True, sealed__isnull=False, handover__isnull=True)
                | Q(concern__isnull=True, sealed__isnull=True, handover__isnull=False),
            )
        ]

    def __str__(self):
        return f"#{self.pk}"
