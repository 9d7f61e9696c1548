"""ID cards for border communities: schemes with their agreement, drives, and counts by community and step.

No personal records are kept here: the registry holds those.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from communities.models import Agency, Area, Community
from communities.models.places import is_public
from communities.models.words import Named, code_field
from communities.privacy import levels
from communities.sight import ScopedQuerySet, own_areas, programme, publishing, registry_areas


class CardSchemeQuerySet(ScopedQuerySet):
    seen = programme() | registry_areas("drives__area") | own_areas("drives__area") | publishing()
    edited = programme()
    through_many = True

    def public(self):
        return self.exclude(state="draft")


class CardScheme(Named):
    """An ID card or register for border-community members. It opens only with its agreement recorded."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    code = code_field()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    agreement = models.CharField(
        _("agreement"), max_length=240, blank=True, help_text=_("Its title and date.")
    )
    parties = models.CharField(_("parties"), max_length=240, blank=True)
    scope = models.CharField(
        _("scope"), max_length=240, blank=True, help_text=_("Who may hold the card, and for what.")
    )
    legal_basis = models.CharField(_("legal basis"), max_length=240, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = CardSchemeQuerySet.as_manager()
    privacy = levels(
        public="code name name_fr name_ar state agreement parties scope legal_basis valid_from valid_until"
    )
    AGREEMENT = ["agreement", "parties", "scope", "legal_basis", "valid_from"]

    class Meta:
        verbose_name = _("card scheme")
        verbose_name_plural = _("card schemes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="scheme_opens_with_its_agreement",
                condition=Q(state="draft")
                | (
                    ~Q(agreement="")
                    & ~Q(parties="")
                    & ~Q(scope="")
                    & ~Q(legal_basis="")
                    & Q(valid_from__isnull=False)
                ),
                violation_error_message=_(
                    "A scheme opens only with its agreement recorded: title, parties, scope, legal basis, validity."
                ),
            )
        ]

    def __str__(self):
        return f"{self.code} {self.label}"

    @property
    def missing(self) -> list[str]:
        """The parts of the agreement that are not recorded yet."""
        return [
            str(field.verbose_name)
            for field in self._meta.fields
            if field.name in self.AGREEMENT and not getattr(self, field.name)
        ]


class CardDriveQuerySet(ScopedQuerySet):
    seen = registry_areas("area") | own_areas("area") | programme() | publishing()
    edited = registry_areas("area")

    def public(self):
        return self.exclude(scheme__state="draft")


class CardDrive(models.Model):
    """Registration days for a scheme in some communities."""

    code = code_field()
    scheme = models.ForeignKey(
        CardScheme, models.PROTECT, related_name="drives", verbose_name=_("card scheme")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="card_drives", verbose_name=_("agency"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="card_drives", verbose_name=_("area"))
    communities = models.ManyToManyField(Community, related_name="card_drives", verbose_name=_("communities"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))

    objects = CardDriveQuerySet.as_manager()
    privacy = levels(public="code scheme agency area communities starts ends")

    class Meta:
        verbose_name = _("card drive")
        verbose_name_plural = _("card drives")
        ordering = ["-starts", "code"]
        constraints = [
            models.CheckConstraint(
                name="drive_ends_after_it_starts",
                condition=Q(ends__gte=F("starts")),
                violation_error_message=_("The last day comes after the first."),
            )
        ]

    def __str__(self):
        return self.code

    @property
    def days(self) -> str:
        """Its first and last day, such as "3–8 March 2026"."""
        last = date_format(self.ends, "j F Y")
        if self.starts == self.ends:
            return last
        if (self.starts.year, self.starts.month) == (self.ends.year, self.ends.month):
            return f"{self.starts.day}–{last}"
        same_year = self.starts.year == self.ends.year
        return f"{date_format(self.starts, 'j F' if same_year else 'j F Y')} – {last}"


class Step(models.TextChoices):
    """The steps of a card, in order; none can be skipped. Refused and expired leave the line."""

    ELIGIBLE = "eligible", _("Eligible")
    ENROLLED = "enrolled", _("Enrolled")
    VERIFIED = "verified", _("Verified")
    PRODUCED = "produced", _("Produced")
    HANDED_OVER = "handed_over", _("Handed over")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")


class CardCountQuerySet(ScopedQuerySet):
    seen = (
        registry_areas("drive__area")
        | own_areas("drive__area")
        | programme()
        | publishing(~Q(community__public_place="hidden"))
    )
    edited = registry_areas("drive__area")

    def public(self):
        return self.filter(is_public("community__"), drive__in=CardDrive.objects.public(), replaced=False)

    def current(self):
        """The latest count of each community and step."""
        return self.filter(replaced=False)


class CardCount(models.Model):
    """How many people of a community had reached a step of a drive, on a day: counts, never names."""

    drive = models.ForeignKey(CardDrive, models.PROTECT, related_name="counts", verbose_name=_("card drive"))
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="card_counts", verbose_name=_("community")
    )
    step = models.CharField(_("step"), max_length=12, choices=Step)
    count = models.PositiveIntegerField(_("people"))
    date = models.DateField(_("date"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    replaced = models.BooleanField(default=False, editable=False)

    objects = CardCountQuerySet.as_manager()
    privacy = levels(public="drive community step count date", internal="by at replaced")

    class Meta:
        verbose_name = _("card count")
        verbose_name_plural = _("card counts")
        ordering = ["drive", "community", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["drive", "community", "step"], condition=Q(replaced=False), name="one_current_count"
            )
        ]

    def __str__(self):
        return f"{self.drive_id}:{self.community_id}:{self.step}"
