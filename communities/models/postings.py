"""People who work with the tracker, and what they may see: user and posting."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..privacy import EncryptedTextField, levels
from ..sight import Role, ScopedQuerySet, administration
from .reference import Agency, Area, BorderSection


class UserQuerySet(ScopedQuerySet):
    seen = administration()
    edited = administration()


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        """A user who signs in with `email`. Without a password they can only come in by invitation."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in with an e-mail address. What they may see comes from their postings alone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    phone = EncryptedTextField(_("private phone"), blank=True)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("en", "English"), ("fr", "Français"), ("ar", "العربية")],
        default="en",
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    groups_aligned_on = models.DateField(null=True, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()
    privacy = levels(
        internal="email name language is_active groups_aligned_on date_joined password last_login "
        "is_superuser groups user_permissions",
        personal="phone",
    )
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name"]

    def __str__(self):
        return f"#{self.pk}"

    def get_full_name(self) -> str:
        return self.name

    get_short_name = get_full_name

    @property
    def is_staff(self) -> bool:
        """The Django admin is not mounted; nobody is staff there."""
        return False


class PostingQuerySet(ScopedQuerySet):
    seen = administration()
    edited = administration()

    def current(self, on: date | None = None) -> PostingQuerySet:
        """Postings in force on a day (today unless told)."""
        day = on or timezone.localdate()
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day)

    def held_by(self, user: User, on: date | None = None) -> PostingQuerySet:
        return self.current(on).filter(user=user)


class Posting(models.Model):
    """A user's role, agency and areas, with dates: the source of what that user may see."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="postings", verbose_name=_("agency")
    )
    areas = models.ManyToManyField(Area, blank=True, related_name="postings", verbose_name=_("areas"))
    sections = models.ManyToManyField(
        BorderSection, blank=True, related_name="postings", verbose_name=_("border sections")
    )
    starts = models.DateField(_("from"), default=timezone.localdate)
    ends = models.DateField(_("until"), null=True, blank=True)

    objects = PostingQuerySet.as_manager()
    privacy = levels(internal="user role agency areas sections starts ends")

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                name="posting_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                violation_error_message=_("The last day comes after the first."),
            ),
            models.CheckConstraint(
                name="posting_agency_where_needed",
                condition=~Q(role__in=[Role.FOCAL_POINT, Role.LIAISON]) | Q(agency__isnull=False),
                violation_error_message=_("This role needs an agency."),
            ),
        ]

    def __str__(self):
        return f"#{self.user_id} {self.role}"
