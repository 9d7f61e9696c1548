"""Service types with their standard, service points, what was observed there, deliveries."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from communities.models import Agency, Area, Community
from communities.models.places import is_public
from communities.models.reference import ReferenceQuerySet
from communities.models.sources import private_storage
from communities.models.words import Named, code_field, country_field
from communities.privacy import levels
from communities.sight import ScopedQuerySet, everyone, own_agency, own_areas, programme, publishing


class ServiceType(Named):
    """What is provided, with its standard: farthest distance, people per point, gap between visits, freshness."""

    code = code_field()
    max_km = models.FloatField(
        _("farthest a community should be, km"), null=True, blank=True, validators=[MinValueValidator(0.1)]
    )
    max_people = models.PositiveIntegerField(_("most people per point"), null=True, blank=True)
    max_visit_gap_days = models.PositiveSmallIntegerField(
        _("longest gap between visits, days"),
        null=True,
        blank=True,
        help_text=_("For what comes to people, such as a mobile clinic."),
    )
    fresh_days = models.PositiveSmallIntegerField(
        _("an observation stays fresh for, days"), default=365, validators=[MinValueValidator(1)]
    )
    standard_source = models.CharField(
        _("source of the standard"), max_length=240, blank=True, help_text=_("Sphere, WHO, a national norm …")
    )
    position = models.PositiveSmallIntegerField(_("position in lists"), default=100)

    objects = ReferenceQuerySet.as_manager()
    privacy = levels(
        public="code name name_fr name_ar max_km max_people max_visit_gap_days fresh_days standard_source "
        "position",
    )

    class Meta:
        verbose_name = _("service type")
        verbose_name_plural = _("service types")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                name="service_type_has_a_standard",
                condition=Q(max_km__gt=0) | Q(max_visit_gap_days__gt=0),
                violation_error_message=_("Give a distance, a gap between visits, or both."),
            )
        ]

    def __str__(self):
        return self.label


class ServiceState(models.TextChoices):
    """Whether a service point works, as somebody saw it."""

    WORKING = "working", _("Working")
    PARTLY = "partly", _("Partly working")
    NOT_WORKING = "not_working", _("Not working")
    CLOSED = "closed", _("Closed")


class ServicePointQuerySet(ScopedQuerySet):
    seen = everyone()
    edited = programme() | own_areas("area") | own_agency("agency")

    def public(self):
        return self.filter(retired_on__isnull=True)

    def open(self):
        return self.filter(retired_on__isnull=True)

    def with_latest(self):
        """Annotates `seen_on`, `seen_state` and `seen_method` of the latest observation (None: never seen)."""
        latest = Observation.objects.filter(point=OuterRef("pk")).order_by("-date", "-pk")
        return self.annotate(
            seen_on=Subquery(latest.values("date")[:1]),
            seen_state=Subquery(latest.values("state")[:1]),
            seen_method=Subquery(latest.values("method")[:1]),
        )


class ServicePoint(Named):
    """A fixed place providing one service type: the building. Whether it works is for observations to say."""

    class Precision(models.TextChoices):
        EXACT = "exact", _("Exact")
        APPROXIMATE = "approximate", _("Approximate")

    code = code_field()
    type = models.ForeignKey(
        ServiceType, models.PROTECT, related_name="points", verbose_name=_("service type")
    )
    country = country_field()
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="service_points", verbose_name=_("area")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="service_points", verbose_name=_("run by")
    )
    location = models.PointField(_("place"), null=True, blank=True)
    precision = models.CharField(
        _("precision of the place"), max_length=12, choices=Precision, default=Precision.EXACT
    )
    serves_across_border = models.BooleanField(_("open to people from across the border"), default=False)
    kind_detail = models.CharField(_("kind, as the source has it"), max_length=160, blank=True)
    source = models.CharField(_("source"), max_length=160)
    retired_on = models.DateField(
        _("no longer in the register since"), null=True, blank=True, help_text=_("A point is never deleted.")
    )

    objects = ServicePointQuerySet.as_manager()
    privacy = levels(
        public="code name name_fr name_ar type country area agency location precision serves_across_border "
        "kind_detail source retired_on",
    )

    class Meta:
        verbose_name = _("service point")
        verbose_name_plural = _("service points")
        ordering = ["code"]
        indexes = [models.Index(fields=["type", "country"])]

    def __str__(self):
        return f"{self.code} {self.label}"


class ObservationQuerySet(ScopedQuerySet):
    seen = everyone()
    edited = programme() | own_areas("point__area") | own_agency("point__agency")

    def public(self):
        return self.all()


class Observation(models.Model):
    """A dated, sourced statement on a service point. Never overwritten: a new one stands beside it."""

    class Method(models.TextChoices):
        VISIT = "visit", _("Somebody went there")
        PHONE = "phone", _("By telephone")
        REPORT = "report", _("Reported, not verified")
        REGISTER = "register", _("From a register")

    point = models.ForeignKey(
        ServicePoint, models.PROTECT, related_name="observations", verbose_name=_("service point")
    )
    date = models.DateField(_("date"))
    state = models.CharField(_("state"), max_length=12, choices=ServiceState)
    method = models.CharField(_("how it is known"), max_length=10, choices=Method, default=Method.VISIT)
    source = models.CharField(_("source"), max_length=160)
    staffed = models.BooleanField(_("staffed"), null=True, blank=True)
    supplied = models.BooleanField(_("supplied"), null=True, blank=True)
    open_that_day = models.BooleanField(_("open on that day"), null=True, blank=True)
    photo = models.FileField(
        _("photo"), upload_to="observations", storage=private_storage, blank=True, editable=False
    )
    note = models.TextField(_("note for colleagues"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = ObservationQuerySet.as_manager()
    privacy = levels(
        public="point date state method source staffed supplied open_that_day", internal="photo note by at"
    )

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["point", "-date"])]

    def __str__(self):
        return f"{self.point_id} {self.date:%Y-%m-%d} {self.state}"


class DeliveryQuerySet(ScopedQuerySet):
    seen = (
        own_areas("community__area")
        | programme()
        | own_agency("agency")
        | publishing(~Q(community__public_place="hidden"))
    )
    edited = own_areas("community__area") | programme() | own_agency("agency")

    def public(self):
        return self.filter(is_public("community__"))

    def reached(self):
        """Deliveries that came to people; "they had moved on" reached nobody."""
        return self.filter(result__in=["delivered", "partly"])


class Delivery(models.Model):
    """A dated provision that came to people: mobile clinic, legal aid day, mobile court, water trucking."""

    class Result(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        PARTLY = "partly", _("Partly delivered")
        MOVED_ON = "moved_on", _("We went and they had moved on")
        CANCELLED = "cancelled", _("Did not take place")

    type = models.ForeignKey(
        ServiceType, models.PROTECT, related_name="deliveries", verbose_name=_("service type")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="deliveries", verbose_name=_("community")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="deliveries", verbose_name=_("agency"))
    date = models.DateField(_("date"))
    result = models.CharField(_("result"), max_length=10, choices=Result, default=Result.DELIVERED)
    people_reached = models.PositiveIntegerField(
        _("people reached"), null=True, blank=True, help_text=_("Empty when nobody counted.")
    )
    women_reached = models.PositiveIntegerField(_("of them women and girls"), null=True, blank=True)
    note = models.TextField(_("note for colleagues"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = DeliveryQuerySet.as_manager()
    privacy = levels(
        public="type community agency date result people_reached women_reached", internal="note by at"
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["type", "community", "-date"])]
        constraints = [
            models.CheckConstraint(
                name="delivery_women_among_people",
                condition=Q(women_reached__isnull=True)
                | Q(people_reached__isnull=True)
                | Q(women_reached__lte=models.F("people_reached")),
                violation_error_message=_("There cannot be more women than people."),
            )
        ]

    def __str__(self):
        return f"{self.community_id} {self.date:%Y-%m-%d}"
