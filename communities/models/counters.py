"""How often something came within an hour, by a name that stands for no person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..privacy import levels
from ..sight import NOTHING, ScopedQuerySet, administration


class HourCountQuerySet(ScopedQuerySet):
    seen = administration(NOTHING)  # a limit's own memory: shown to nobody


class HourCount(models.Model):
    """How often `name` came in `hour`, the last one in which it came: whole hours since 1970 began, UTC. Changed by
    communities/hourly.py alone."""

    name = models.CharField(max_length=80, primary_key=True)
    hour = models.PositiveIntegerField()
    many = models.PositiveIntegerField(default=0)

    objects = HourCountQuerySet.as_manager()
    privacy = levels(internal="name hour many")

    class Meta:
        verbose_name = _("count of an hour")
        verbose_name_plural = _("counts of an hour")

    def __str__(self):
        return self.name
