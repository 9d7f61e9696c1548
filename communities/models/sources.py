"""Imports: each run with its outcome, and the column names remembered per source."""

from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..privacy import levels
from ..sight import ScopedQuerySet, programme


def private_storage():
    """Uploads of the office: outside what the web server shows."""
    return storages["private"]


class ImportRunQuerySet(ScopedQuerySet):
    seen = programme()
    edited = programme()


class ImportRun(models.Model):
    """One file on its way in: uploaded, tried, confirmed or dropped."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for its columns")
        TRIED = "tried", _("Tried, not yet confirmed")
        WORKING = "working", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Failed, nothing was changed")

    what = models.CharField(_("what"), max_length=60)
    file = models.FileField(_("file"), upload_to="imports", storage=private_storage)
    file_name = models.CharField(_("file name"), max_length=200)
    sheet = models.CharField(_("sheet"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=160)
    mapping = models.JSONField(_("columns"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    working_since = models.DateTimeField(null=True, editable=False)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    message = models.TextField(_("message"), blank=True)
    findings = models.JSONField(_("findings"), default=dict)
    by = models.ForeignKey("communities.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    done_at = models.DateTimeField(_("finished at"), null=True)

    objects = ImportRunQuerySet.as_manager()
    privacy = levels(
        internal="what file file_name sheet source mapping state working_since new changed unchanged refused message "
        "findings by at done_at",
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-at"]

    def __str__(self):
        return f"#{self.pk} {self.what}"


class ColumnMapping(models.Model):
    """Which column of a source's files is which field: learnt once, proposed the next time."""

    what = models.CharField(_("what"), max_length=60)
    source = models.CharField(_("source"), max_length=160)
    columns = models.JSONField(_("columns"), default=dict)

    objects = ImportRunQuerySet.as_manager()
    privacy = levels(internal="what source columns")

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(fields=["what", "source"], name="one_mapping_per_source"),
            models.CheckConstraint(name="mapping_names_its_source", condition=~Q(source="")),
        ]

    def __str__(self):
        return f"#{self.pk} {self.what}"
