"""Who lives along the border: communities, where they are in which months, and what ties them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..privacy import levels
from ..sight import ScopedQuerySet, own_areas, programme, publishing, registry_areas, shared_section
from .reference import Area, BorderSection, Language
from .words import Named, code_field, country_field

if TYPE_CHECKING:
    from .postings import User


def public_reference() -> str:
    """An address for a community's public page that gives away neither its code nor its name."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "".join(secrets.choice(alphabet) for _place in range(8))


def is_public(path: str = "") -> Q:
    """Communities with a public page: not hidden, not closed, and with an area when only that is shown.

    `path` leads to the community, as in "community__": a row is then asked about its own community alone,
    where `community__in` would have the database list every public community first.
    """
    shown = Q(**{f"{path}public_place": "exact"}) | Q(
        **{f"{path}public_place": "area", f"{path}area__isnull": False}
    )
    return Q(**{f"{path}status": "active"}) & shown


SHOWS_PLACE = Q(public_place="exact") & ~Q(kind="nomadic")


class CommunityQuerySet(ScopedQuerySet):
    seen = (
        own_areas("area")
        | registry_areas("area")
        | programme()
        | publishing(SHOWS_PLACE)
        | shared_section("section")
    )
    edited = own_areas("area") | programme()

    def active(self):
        return self.filter(status="active")

    def public(self):
        return self.filter(is_public())

    def with_place(self):
        return self.exclude(location=None)


class Community(Named):
    """A settlement or a nomadic group living along a border."""

    class Kind(models.TextChoices):
        SETTLEMENT = "settlement", _("Settlement")
        NOMADIC = "nomadic", _("Nomadic group")

    class PublicPlace(models.TextChoices):
        EXACT = "exact", _("Its place and name")
        AREA = "area", _("Its district alone")
        HIDDEN = "hidden", _("Nothing: hidden")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")
        MERGED = "merged", _("Merged into another")

    code = code_field()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SETTLEMENT)
    country = country_field()
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="communities", verbose_name=_("area")
    )
    section = models.ForeignKey(
        BorderSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="communities",
        verbose_name=_("border section"),
    )
    location = models.PointField(_("place"), null=True, blank=True)
    border_km = models.FloatField(
        _("distance to the border, km"),
        null=True,
        editable=False,
        help_text=_("Geodesic, computed from the place and the border lines."),
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_source = models.CharField(_("source of the population figure"), max_length=160, blank=True)
    population_date = models.DateField(_("date of the population figure"), null=True, blank=True)
    languages = models.ManyToManyField(Language, blank=True, verbose_name=_("languages"))
    rhythm_days = models.PositiveSmallIntegerField(
        _("agreed meeting rhythm, days"), default=90, validators=[MinValueValidator(1)]
    )
    public_place = models.CharField(
        _("what the public sees"),
        max_length=10,
        choices=PublicPlace,
        default=PublicPlace.AREA,
        help_text=_(
            "People who work with border services have been threatened. If in doubt: district alone."
        ),
    )
    publish_delay_days = models.PositiveSmallIntegerField(_("publication delay, days"), default=0)
    at_risk = models.BooleanField(
        _("at risk"),
        default=False,
        help_text=_("Two people must agree before anything is published about it."),
    )
    public_reference = models.CharField(max_length=12, unique=True, editable=False, default=public_reference)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    notes = models.TextField(_("notes for colleagues"), blank=True)

    objects = CommunityQuerySet.as_manager()
    privacy = levels(
        public="kind country section population population_source population_date languages public_reference",
        internal="code name name_fr name_ar area location border_km rhythm_days public_place "
        "publish_delay_days at_risk status merged_into notes",
    )

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="community_population_has_source",
                condition=Q(population__isnull=True) | ~Q(population_source=""),
                violation_error_message=_("Say where the population figure comes from."),
            ),
            models.CheckConstraint(
                name="community_merged_into_says_which",
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                violation_error_message=_(
                    "A merged community names the one it was merged into, no other does."
                ),
            ),
        ]
        indexes = [models.Index(fields=["status", "public_place"]), models.Index(fields=["country"])]

    def __str__(self):
        return self.code

    @property
    def is_nomadic(self) -> bool:
        return self.kind == self.Kind.NOMADIC

    @property
    def shows_place(self) -> bool:
        """Whether the public may see its name and place. A nomadic group's place is never public."""
        return self.public_place == self.PublicPlace.EXACT and not self.is_nomadic

    @property
    def public_label(self) -> str:
        """The community's name as the public may read it."""
        if self.public_place == self.PublicPlace.EXACT:
            return self.label
        where = {"area": self.area.district.label if self.area else self.country}
        if self.is_nomadic:
            return gettext("A herding community in %(area)s") % where
        return gettext("A community in %(area)s") % where

    @property
    def publishable_before(self):
        """What happened before this moment may be public."""
        return timezone.now() - timedelta(days=self.publish_delay_days)


class PresenceQuerySet(ScopedQuerySet):
    seen = own_areas("community__area") | registry_areas("community__area") | programme()
    edited = own_areas("community__area") | programme()

    def in_month(self, month: int):
        """Presences that cover a month; a stay may run across the turn of the year."""
        straight = Q(first_month__lte=F("last_month")) & Q(first_month__lte=month, last_month__gte=month)
        across = Q(first_month__gt=F("last_month")) & (Q(first_month__lte=month) | Q(last_month__gte=month))
        return self.filter(straight | across)


MONTH = [MinValueValidator(1), MaxValueValidator(12)]


class Presence(models.Model):
    """Where a community is in which months, with source and confidence. No herd or person is tracked."""

    class Kind(models.TextChoices):
        PLACE = "place", _("A place")
        AREA = "area", _("An area")
        ROUTE = "route", _("A route")

    class Confidence(models.TextChoices):
        HIGH = "high", _("High")
        MEDIUM = "medium", _("Medium")
        LOW = "low", _("Low")

    community = models.ForeignKey(
        Community, models.CASCADE, related_name="presences", verbose_name=_("community")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    first_month = models.PositiveSmallIntegerField(_("from month"), default=1, validators=MONTH)
    last_month = models.PositiveSmallIntegerField(_("to month"), default=12, validators=MONTH)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="presences", verbose_name=_("area")
    )
    location = models.PointField(_("place"), null=True, blank=True)
    route = models.MultiLineStringField(_("route"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=160)
    confidence = models.CharField(
        _("confidence"), max_length=10, choices=Confidence, default=Confidence.MEDIUM
    )

    objects = PresenceQuerySet.as_manager()
    privacy = levels(internal="community kind first_month last_month area location route source confidence")

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        ordering = ["community", "first_month"]
        constraints = [
            models.CheckConstraint(
                name="presence_months_of_a_year",
                condition=Q(first_month__range=(1, 12), last_month__range=(1, 12)),
                violation_error_message=_("Months run from 1 to 12."),
            ),
            models.CheckConstraint(
                name="presence_has_its_shape",
                condition=Q(kind="place", location__isnull=False)
                | Q(kind="area", area__isnull=False)
                | Q(kind="route", route__isnull=False),
                violation_error_message=_("Give the point of a place, the area, or the line of a route."),
            ),
        ]

    def __str__(self):
        return f"{self.community_id}:{self.first_month}-{self.last_month}"


class TieQuerySet(ScopedQuerySet):
    seen = own_areas("community__area") | programme()
    edited = own_areas("community__area") | programme()

    def with_other_code(self, user: User):
        """`other_code`: the code of the other side where `user` may see it, else that it is out of sight."""
        seen = Community.objects.visible_to(user).filter(pk=OuterRef("other")).values("code")
        shown = Coalesce(Subquery(seen), Value(gettext("out of your sight")))
        return self.annotate(other_code=Case(When(other=None, then=Value("")), default=shown))


class Tie(models.Model):
    """Kin, market, grazing, water or worship links between two communities, often across the line."""

    class Kind(models.TextChoices):
        KIN = "kin", _("Kin")
        MARKET = "market", _("Market")
        GRAZING = "grazing", _("Grazing")
        WATER = "water", _("Water")
        WORSHIP = "worship", _("Worship")

    community = models.ForeignKey(Community, models.CASCADE, related_name="ties", verbose_name=_("community"))
    other = models.ForeignKey(
        Community,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="ties_from_others",
        verbose_name=_("other community"),
    )
    other_name = models.CharField(_("other community, if not registered"), max_length=160, blank=True)
    other_country = country_field(blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    note = models.CharField(_("note"), max_length=240, blank=True)

    objects = TieQuerySet.as_manager()
    privacy = levels(internal="community other other_name other_country kind note")

    class Meta:
        verbose_name = _("tie")
        verbose_name_plural = _("ties")
        constraints = [
            models.CheckConstraint(
                name="tie_has_one_other_side",
                condition=Q(other__isnull=False, other_name="") | (Q(other__isnull=True) & ~Q(other_name="")),
                violation_error_message=_("Choose the other community, or write its name: one of the two."),
            ),
            models.CheckConstraint(
                name="tie_joins_two",
                condition=Q(other__isnull=True) | ~Q(other=F("community")),
                violation_error_message=_("A community has no tie with itself."),
            ),
        ]

    def __str__(self):
        return f"{self.community_id}:{self.kind}"
