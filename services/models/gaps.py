"""The stored result of the gap analysis: one row per community and service type. See docs/gap-analysis.md."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.models import Area, Community
from communities.privacy import levels
from communities.sight import ScopedQuerySet, everyone, own_areas, programme

from .points import ServicePoint, ServiceType


class GapState(models.TextChoices):
    """A community's state against one service type's standard."""

    MET = "met", _("Met")
    PARTLY = "partly", _("Partly met")
    UNMET = "unmet", _("Unmet")
    STALE = "stale", _("Out of date")
    UNKNOWN = "unknown", _("Not known")


class GapRunQuerySet(ScopedQuerySet):
    seen = everyone()

    def due(self, on: date):
        """Runs that no longer stand on a day: see `GapRun.is_due`."""
        return self.filter(Q(computed_at=None) | Q(changed_since__isnull=False) | Q(good_until__lt=on))


class GapRun(models.Model):
    """When the gaps of a service type were last computed, and whether what they rest on changed since."""

    type = models.OneToOneField(
        ServiceType, models.CASCADE, related_name="gap_run", verbose_name=_("service type")
    )
    computed_at = models.DateTimeField(_("computed at"), null=True)
    good_until = models.DateField(
        _("good until"), null=True, help_text=_("The last day before something it rests on expires.")
    )
    changed_since = models.DateTimeField(
        _("changed since"), null=True, help_text=_("The latest change that is not yet computed.")
    )

    objects = GapRunQuerySet.as_manager()
    privacy = levels(internal="type computed_at good_until changed_since")

    class Meta:
        verbose_name = _("gap computation")
        verbose_name_plural = _("gap computations")

    def __str__(self):
        return f"{self.type_id} {self.computed_at:%Y-%m-%d %H:%M}" if self.computed_at else str(self.type_id)

    def is_due(self, on: date) -> bool:
        """Whether it was never computed, something changed since, or something it rests on has expired."""
        past = self.good_until is not None and self.good_until < on
        return self.computed_at is None or self.changed_since is not None or past


class GapQuerySet(ScopedQuerySet):
    seen = own_areas("community__area") | programme()

    def living(self):
        """Gaps of communities that are still there: not closed, not merged into another."""
        return self.filter(community__status=Community.Status.ACTIVE)

    def within(self, area: Area) -> GapQuerySet:
        """Gaps of the communities in an area and in all below it."""
        return self.filter(community__area__in=Area.objects.within([area.pk]).values("pk"))


class Gap(models.Model):
    """How one community stands against the standard of one service type. Computed, never edited."""

    class Reason(models.TextChoices):
        WITHIN = "within", _("A working point is near enough")
        VISITED = "visited", _("Visited within the standard")
        CROWDED = "crowded", _("Near enough, but it serves too many people")
        PARTLY_WORKING = "partly_working", _("The near point works in part")
        TOO_FAR = "too_far", _("The nearest working point is too far")
        NONE_WORKING = "none_working", _("No point was found working")
        NOT_VISITED = "not_visited", _("The last visit was too long ago")
        EXPIRED = "expired", _("What was observed is out of date")
        NEVER_OBSERVED = "never_observed", _("Nobody has looked")
        NO_PLACE = "no_place", _("The community has no place on the map")

    type = models.ForeignKey(ServiceType, models.CASCADE, related_name="gaps", verbose_name=_("service type"))
    community = models.ForeignKey(Community, models.CASCADE, related_name="gaps", verbose_name=_("community"))
    state = models.CharField(_("state"), max_length=10, choices=GapState)
    reason = models.CharField(_("why"), max_length=16, choices=Reason)
    point = models.ForeignKey(
        ServicePoint, models.SET_NULL, null=True, related_name="+", verbose_name=_("nearest usable point")
    )
    km = models.FloatField(_("distance to it, km"), null=True)
    near_km = models.FloatField(_("distance to the nearest working point on the same side, km"), null=True)
    across_km = models.FloatField(_("distance to the nearest working point across the border, km"), null=True)

    objects = GapQuerySet.as_manager()
    privacy = levels(internal="type community state reason point km near_km across_km")

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        constraints = [
            models.UniqueConstraint(fields=["type", "community"], name="one_gap_per_community_and_type")
        ]
        indexes = [models.Index(fields=["type", "state"])]

    def __str__(self):
        return f"{self.type_id}:{self.community_id}:{self.state}"
