"""Signing in, and the verbs on people: invite, post, end a posting.

There is no open sign-up. Wagtail asks Django groups for page rights, so a user's groups are aligned with
their current postings: when a posting changes, and once a day on their first request.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import Group as PermissionGroup
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from . import sight
from .models import Agency, Area, BorderSection, Posting, User

if TYPE_CHECKING:
    from django.http import HttpRequest


class PostingBackend(AuthenticationBackend):
    """allauth's backend; being posted is what opens the office, not being flagged as staff."""


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def align_groups(user: User, on: date | None = None) -> None:
    """Gives `user` the Django groups of the roles held on a day (today unless told), and no others."""
    day = on or sight.today()
    roles = Posting.objects.held_by(user, on=day).values_list("role", flat=True)
    user.groups.set(PermissionGroup.objects.filter(name__in=list(roles)))
    User.objects.filter(pk=user.pk).update(groups_aligned_on=day)
    user.groups_aligned_on = day
    sight.forget(user)


def not_oneself() -> str:
    return _("Nobody posts themselves: another administrator must do it.")


@transaction.atomic
def post(
    user: User,
    role: str,
    *,
    by: User | None,
    agency: Agency | None = None,
    areas: list[Area] | tuple = (),
    sections: list[BorderSection] | tuple = (),
    starts: date | None = None,
    ends: date | None = None,
) -> Posting:
    """Posts `user` to a role. Raises ValidationError where the role's needs are not met, and where they would post
    themselves."""
    if by is not None and by.pk == user.pk:
        raise ValidationError({"user": not_oneself()})
    posting = Posting(user=user, role=role, agency=agency, starts=starts or sight.today(), ends=ends)
    posting.full_clean()
    posting.save()
    posting.areas.set(areas)
    posting.sections.set(sections)
    align_groups(user)
    log(posting, "wagtail.create", user=by, data={"role": role})
    return posting


def written_down(postings: Iterable[Posting]) -> list[Posting]:
    """The postings, each with `noted_at`: when it was written down, whatever day it is from; None where the log does
    not know."""
    rows = list(postings)
    kind = ContentType.objects.get_for_model(Posting)
    made = ModelLogEntry.objects.filter(action="wagtail.create", content_type=kind)
    noted = dict(
        made.filter(object_id__in=[str(row.pk) for row in rows]).values_list("object_id", "timestamp")
    )
    for row in rows:
        row.noted_at = noted.get(str(row.pk))  # type: ignore[attr-defined]
    return rows


@transaction.atomic
def end_posting(posting: Posting, *, by: User | None, on: date) -> None:
    """Ends a posting; its holder's open work stays with the area and agency, for the successor. Nobody gives their own
    a later end."""
    if by and by.pk == posting.user_id and posting.ends and on > posting.ends:
        raise ValidationError({"on": not_oneself()})
    posting.ends = on
    posting.full_clean()
    posting.save(update_fields=["ends"])
    align_groups(posting.user)
    log(posting, "wagtail.edit", user=by, data={"ends": on.isoformat()})


@transaction.atomic
def add_user(*, email: str, name: str, language: str, by: User | None) -> User:
    """Adds a user without a password: they come in by invitation, and see nothing until they are posted."""
    user = User.objects.create_user(email, name=name, language=language)
    log(user, "wagtail.create", user=by)
    return user


def invite(user: User, *, by: User, request: HttpRequest) -> None:
    """Mails `user` a link with which they choose their password. The link is valid as long as a reset's."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, token = key.split("-", 1)
    link = request.build_absolute_uri(
        reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    )
    with override(user.language):
        send_mail(
            _("Your access to the border community tracker"),
            _("You have been given access. Choose your password here:\n\n%(link)s\n\nThe link works once.")
            % {"link": link},
            None,
            [user.email],
        )
    log(user, "communities.invite", user=by)


def make_roles(**kwargs) -> None:
    """After migrating: the nine roles as Django groups, each let into the office. What a role sees there
    is decided by its sight, not by Django permissions: only Wagtail's site history asks for these, model by
    model, and administrators have them for what they manage."""
    content_type, _made = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    access, _made = Permission.objects.get_or_create(
        content_type=content_type, codename="access_admin", defaults={"name": "Can access Wagtail admin"}
    )
    for role in sight.Role.values:
        group, _made = PermissionGroup.objects.get_or_create(name=role)
        group.permissions.add(access)
    PermissionGroup.objects.get(name=sight.ADMINISTERS).permissions.set(
        [access, *map(_may_view, sight.administered())]
    )


def _may_view(model: type[Model]) -> Permission:
    names = {
        "codename": f"view_{model._meta.model_name}",
        "content_type": ContentType.objects.get_for_model(model),
    }
    return Permission.objects.get_or_create(
        **names, defaults={"name": f"Can view {model._meta.verbose_name_raw}"}
    )[0]
