"""A community's representatives, by role. Names and phones are private: encrypted, each opening logged."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..privacy import EncryptedTextField, levels
from ..sight import ScopedQuerySet, own_areas
from .places import Community
from .reference import Language


class Group(models.TextChoices):
    """The groups that make up a community. Used for contacts, attendance, concerns and verdicts."""

    CHIEF = "chief", _("Chief")
    ELDERS = "elders", _("Elders")
    WOMEN = "women", _("Women's group")
    YOUTH = "youth", _("Youth group")
    RELIGIOUS = "religious", _("Religious leaders")
    HERDERS = "herders", _("Herders")
    FARMERS = "farmers", _("Farmers")
    TRADERS = "traders", _("Traders")
    TEACHERS = "teachers", _("Teachers")
    ELECTED = "elected", _("Elected officials")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    DISPLACED = "displaced", _("Displaced people")
    DISABLED = "disabled", _("People with disabilities")
    OTHER = "other", _("Others")


class ContactQuerySet(ScopedQuerySet):
    seen = own_areas("community__area")
    edited = own_areas("community__area")


class Contact(models.Model):
    """A representative by role; the name is optional and always private."""

    community = models.ForeignKey(
        Community, models.CASCADE, related_name="contacts", verbose_name=_("community")
    )
    role = models.CharField(_("role"), max_length=20, choices=Group)
    name = EncryptedTextField(_("name"), blank=True)
    phone = EncryptedTextField(_("phone"), blank=True)
    language = models.ForeignKey(
        Language, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("language")
    )
    agreed_on = models.DateField(
        _("agreed to be recorded on"), null=True, blank=True, help_text=_("Needed before a name or phone.")
    )
    active = models.BooleanField(_("still in this role"), default=True)

    objects = ContactQuerySet.as_manager()
    privacy = levels(internal="community role language agreed_on active", personal="name phone")

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["community", "role"]

    def clean(self):
        # Here and not in the database: encrypted columns cannot be compared there.
        if (self.name or self.phone) and not self.agreed_on:
            raise ValidationError({"agreed_on": _("Say when this person agreed to be recorded.")})

    def __str__(self):
        return f"{self.role} #{self.pk}"


class ContactOpeningQuerySet(ScopedQuerySet):
    seen = own_areas("contact__community__area")


class ContactOpening(models.Model):
    """Somebody read a contact's name and phone: who and when."""

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="openings", verbose_name=_("contact"))
    by = models.ForeignKey("communities.User", models.PROTECT, related_name="+", verbose_name=_("opened by"))
    at = models.DateTimeField(_("opened at"), auto_now_add=True)

    objects = ContactOpeningQuerySet.as_manager()
    privacy = levels(internal="contact by at")

    class Meta:
        verbose_name = _("opening of a contact")
        verbose_name_plural = _("openings of contacts")
        ordering = ["-at"]

    def __str__(self):
        return f"#{self.contact_id} {self.at:%Y-%m-%d %H:%M}"
