"""What several models share: a name in three languages, a code."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use letters, digits, dots, dashes and underscores only.")
)
COUNTRY = RegexValidator(r"^[A-Z]{2}\Z", _("Use the two-letter country code, such as BJ."))


def code_field(**kwargs) -> models.CharField:
    """A natural key: what people and spreadsheets know the row by."""
    return models.CharField(_("code"), max_length=40, unique=True, validators=[CODE], **kwargs)


def country_field(**kwargs) -> models.CharField:
    """ISO 3166-1 alpha-2."""
    return models.CharField(_("country"), max_length=2, validators=[COUNTRY], **kwargs)


def in_language(row: models.Model, field: str) -> str:
    """`row.field` in the reader's language, or as first written when there is no translation."""
    translated = getattr(row, f"{field}_{get_language() or 'en'}", "")
    return translated or getattr(row, field)


class Named(models.Model):
    """A name as its people write it, with French and Arabic where they differ."""

    name = models.CharField(_("name"), max_length=160)
    name_fr = models.CharField(_("name in French"), max_length=160, blank=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=160, blank=True)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        return in_language(self, "name")
