"""The verbs on phones: put one in use, know it again, revoke it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities.changes import hold
from communities.models import User
from communities.sight import is_field, require

from ..models import Device

STRANGER = hashlib.sha256(secrets.token_bytes()).hexdigest()  # compared with where no device is found


class Unknown(Exception):
    """No phone has this number and this token."""


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def working_time() -> timedelta:
    """For how long a phone works, and keeps what it fetched, without contact."""
    return timedelta(days=settings.FIELD_DAYS_WITHOUT_CONTACT)


@transaction.atomic
def enrol(*, by: User, label: str) -> tuple[Device, str]:
    """Puts a phone in use for `by`: the device, and its token, which is told this once.

    Raises PermissionDenied for anyone who is not posted to the field.
    """
    if not is_field(by):
        raise PermissionDenied(_("The notebook is for officers and supervisors."))
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    device = Device.objects.create(
        user=by,
        label=label.strip()[:80] or _("Phone"),
        token_hash=_hashed(token),
        expires_at=now + working_time(),
    )
    log(device, "engagements.enrol", user=by)
    return device, token


def known(uid: UUID, token: str) -> Device:
    """The phone that holds this token, whether it is still working or not. Raises Unknown."""
    device = Device.objects.filter(uid=uid).select_related("user").first()
    if not hmac.compare_digest(device.token_hash if device else STRANGER, _hashed(token)) or device is None:
        raise Unknown
    return device


def greet(device: Device) -> None:
    """Notes a contact: the phone may work on from today. Not for a revoked one, nor one out of contact too long."""
    now = timezone.now()
    Device.objects.working().filter(pk=device.pk).update(seen_at=now, expires_at=now + working_time())


@transaction.atomic
def renew(device: Device, *, by: User) -> None:
    """After its officer signed in again. Raises PermissionDenied for a phone that is another's, or was revoked."""
    hold(device)
    if device.user_id != by.pk or device.revoked_at or not is_field(by):
        raise PermissionDenied(_("This phone is not yours to use. Empty it first."))
    device.seen_at = timezone.now()
    device.expires_at = device.seen_at + working_time()
    device.save(update_fields=["seen_at", "expires_at"])
    log(device, "engagements.enrol", user=by)


@transaction.atomic
def revoke(device: Device, *, by: User) -> None:
    """From now on it fetches nothing, and empties itself at its next contact. What it still sends waits for a person."""
    require(by, "change", device)
    hold(device)
    if device.revoked_at:
        return
    device.revoked_at, device.revoked_by = timezone.now(), by
    device.save(update_fields=["revoked_at", "revoked_by"])
    log(device, "engagements.revoke", user=by)


def must_empty(device: Device) -> bool:
    """Whether this phone is to forget everything; noted the first time that it is told."""
    if device.revoked_at is None and device.user.is_active:
        return False
    Device.objects.filter(pk=device.pk, emptied_at=None).update(emptied_at=timezone.now())
    return True
