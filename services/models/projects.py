"""Development projects: funder, implementer, budget, sector, communities, milestones."""

from __future__ import annotations

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Agency, Area, Community
from communities.models.reference import ReferenceQuerySet
from communities.models.words import Named, code_field, in_language
from communities.privacy import levels
from communities.sight import ScopedQuerySet, everyone, own_agency, programme

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Use the three-letter currency code, such as XOF."))


class Sector(Named):
    """An OECD DAC purpose code."""

    code = code_field()

    objects = ReferenceQuerySet.as_manager()
    privacy = levels(public="code name name_fr name_ar")

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.label}"


class ProjectQuerySet(ScopedQuerySet):
    seen = everyone()
    edited = programme() | own_agency("implementer") | own_agency("funder")
    added = programme()

    def public(self):
        return self.exclude(state="planned_internally")


class Project(Named):
    """A development project. Money has a currency and is never added across currencies."""

    class State(models.TextChoices):
        INTERNAL = "planned_internally", _("Not public yet")
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        DONE = "done", _("Completed")
        STOPPED = "stopped", _("Stopped")

    code = code_field()
    summary = models.TextField(_("summary"), blank=True)
    summary_fr = models.TextField(_("summary in French"), blank=True)
    summary_ar = models.TextField(_("summary in Arabic"), blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PLANNED)
    funder = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects_funded",
        verbose_name=_("funder"),
    )
    implementer = models.ForeignKey(
        Agency, models.PROTECT, related_name="projects_implemented", verbose_name=_("implementer")
    )
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("sector")
    )
    budget = models.DecimalField(
        _("budget"), max_digits=16, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, validators=[CURRENCY])
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    communities = models.ManyToManyField(
        Community, blank=True, related_name="projects", verbose_name=_("communities")
    )
    areas = models.ManyToManyField(Area, blank=True, related_name="projects", verbose_name=_("areas"))

    objects = ProjectQuerySet.as_manager()
    privacy = levels(
        public="code name name_fr name_ar summary summary_fr summary_ar state funder implementer sector budget "
        "currency starts ends areas",
        internal="communities",
    )

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-starts", "code"]
        constraints = [
            models.CheckConstraint(
                name="project_budget_has_currency",
                condition=Q(budget__isnull=True) | ~Q(currency=""),
                violation_error_message=_("An amount needs its currency."),
            ),
            models.CheckConstraint(
                name="project_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
                violation_error_message=_("The last day comes after the first."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.label}"

    @property
    def public_summary(self) -> str:
        return in_language(self, "summary")


class MilestoneQuerySet(ScopedQuerySet):
    seen = everyone()
    edited = programme() | own_agency("project__implementer") | own_agency("project__funder")

    def public(self):
        return self.filter(project__in=Project.objects.public())


class Milestone(Named):
    """A step of a project with its day. Done means: somebody gave the day and the evidence."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones", verbose_name=_("project"))
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=240, blank=True)

    objects = MilestoneQuerySet.as_manager()
    privacy = levels(public="name name_fr name_ar project due_on done_on evidence")

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["project", "due_on"]
        constraints = [
            models.CheckConstraint(
                name="milestone_done_with_evidence",
                condition=Q(done_on__isnull=True) | ~Q(evidence=""),
                violation_error_message=_("Say what shows that it was done."),
            )
        ]

    def __str__(self):
        return f"{self.project_id} {self.due_on:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.done_on is None

    @property
    def days_late(self) -> int:
        """Days after the due day, until done or today; 0 when on time."""
        return max(0, ((self.done_on or timezone.localdate()) - self.due_on).days)
