"""The addresses of the officers' door. The app itself is open to anyone and holds no data; phones show their token."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import JavaScriptCatalog

from communities import basemap
from communities.contacts import open_contact
from communities.models import Contact
from communities.sight import is_field

from ..models import Device, Upload
from . import devices, photos, server_key, shell, snapshot, sync

LARGEST_ENTRY = 256 * 1024  # bytes, sealed
LARGEST_CHUNK = 256 * 1024
OCTETS = "application/offset+octet-stream"


# --- The app itself: no data in it --------------------------------------------------------------------------
@gzip_page
def app(request: HttpRequest) -> HttpResponse:
    """The one page of the app. It is the same for everyone and in every language."""
    return HttpResponse(_page())


def _page() -> str:
    return render_to_string(
        "engagements/field/app.html", {"languages": settings.LANGUAGES, "basemap": basemap.url()}
    )


@method_decorator(gzip_page, name="dispatch")
class Words(JavaScriptCatalog):
    """The words of the app's scripts in one language."""

    packages = ["engagements"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(kwargs["language"]):
            response = super().get(request)
        response["Cache-Control"] = "no-cache"
        return response


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: it keeps the app, and the base map, and nothing else."""
    words = [_words(request, code) for code, _name in settings.LANGUAGES]
    context = {"version": shell.version(_page(), words), "addresses": json.dumps(shell.addresses())}
    response = render(
        request, "engagements/field/worker.js", context, content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    return response


def _words(request: HttpRequest, language: str) -> str:
    return Words(request=request).get(request, language=language).content.decode()


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    icon = {"src": static("field/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    large = {"src": static("field/icon-512.png"), "sizes": "512x512", "type": "image/png"}
    return JsonResponse(
        {
            "name": _("Border community notebook"),
            "short_name": _("Notebook"),
            "start_url": "/field/",
            "scope": "/field/",
            "display": "standalone",
            "background_color": "#fffdf8",
            "theme_color": "#22395c",
            "icons": [icon, large, {**large, "purpose": "maskable"}],
        },
        content_type="application/manifest+json",
    )


# --- Putting a phone in use: the web session is asked once, then ends ------------------------------------------
@never_cache
@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in on the web, if anyone, and what a form must carry to put a phone in use."""
    user = request.user
    return JsonResponse(
        {
            "signed_in": user.is_authenticated,
            "name": user.get_full_name() if user.is_authenticated else "",
            "field": is_field(user),
            "csrf": get_token(request),
        }
    )


@never_cache
@require_POST
def enrol(request: HttpRequest) -> JsonResponse:
    """Puts this phone in use, or lets it work on. The web session ends: from now on the phone has its own."""
    if not request.user.is_authenticated:
        return _said(_("Sign in first."), status=401)
    token = ""
    try:
        if known := request.POST.get("device", ""):
            device = devices.known(UUID(known), request.POST.get("token", ""))
            devices.renew(device, by=request.user)
        else:
            device, token = devices.enrol(by=request.user, label=request.POST.get("label", ""))
    except (PermissionDenied, devices.Unknown, ValueError) as refusal:
        logout(request)  # no session of the office stays behind on a phone
        return _said(str(refusal) or _("This phone is not known here. Empty it first."), status=403)
    key = server_key.current()
    logout(request)
    return JsonResponse(
        {
            "device": str(device.uid),
            "token": token,
            "key": {"id": key.pk, "spki": key.public},
            **_clock(device),
        }
    )


def _clock(device: Device) -> dict[str, str]:
    return {"now": timezone.now().isoformat(), "until": device.expires_at.isoformat()}


def _said(sentence: str, *, status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"error": sentence, **more}, status=status)


# --- What phones send --------------------------------------------------------------------------------------------
def _body(request: HttpRequest, most: int) -> bytes | None:
    """The whole body, or None when it is too long or was cut on its way."""
    announced = int(request.headers.get("Content-Length") or 0)
    if not 0 < announced <= most:
        return None
    try:
        body = request.read(announced)
    except OSError:
        return None
    return body if len(body) == announced else None


@csrf_exempt
@never_cache
def push(request: HttpRequest) -> JsonResponse:
    """POST: one sealed entry. It says inside from which phone it comes; see docs/sync.md."""
    body = _body(request, LARGEST_ENTRY) if request.method == "POST" else None
    if body is None:
        return _said(_("Nothing whole was received."), status=400)
    try:
        answer = sync.receive(body)
    except sync.Unreadable:
        return _said(_("This entry cannot be read here. It stays on the phone."), status=400)
    except devices.Unknown:
        return _said(_("This phone is not known here."), status=401)
    return JsonResponse({**answer, "now": timezone.now().isoformat()})


@csrf_exempt
@never_cache
def photo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """HEAD: how much of a photo is here. PATCH: a chunk of it. As in the tus protocol, for announced photos alone."""
    upload = Upload.objects.filter(uid=uid).only("offset", "size").first()
    if upload is None:
        return _tus(404)
    if request.method == "HEAD":
        return _tus(200, offset=upload.offset, length=upload.size)
    if request.method != "PATCH":
        return HttpResponseNotAllowed(["HEAD", "PATCH"])
    chunk, offset = _body(request, LARGEST_CHUNK), request.headers.get("Upload-Offset", "")
    if chunk is None or not offset.isdigit() or request.content_type != OCTETS:
        return _tus(400)
    try:
        return _tus(204, offset=photos.append(uid, offset=int(offset), chunk=chunk))
    except photos.Mismatch:
        return _tus(409)


def _tus(status: int, *, offset: int | None = None, length: int | None = None) -> HttpResponse:
    response = HttpResponse(status=status, headers={"Tus-Resumable": "1.0.0"})
    if offset is not None:
        response["Upload-Offset"] = str(offset)
    if length is not None:
        response["Upload-Length"] = str(length)
    return response


# --- What phones ask for, with their token ---------------------------------------------------------------------------
PhoneView = Callable[..., HttpResponse]


def for_phones(view: PhoneView) -> PhoneView:
    """Opens `view(request, device, …)` to a working phone: its number and token stand in Authorization, in no cookie.

    401 carries `empty` when the phone must forget everything, else its officer must sign in again.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _scheme, number, token = request.headers.get("Authorization", "").split(" ")
            device = devices.known(UUID(number), token)
        except (ValueError, devices.Unknown):
            return _said(_("This phone is not known here."), status=401, empty=False)
        if devices.must_empty(device):
            return _said(_("This phone was taken out of use."), status=401, empty=True)
        if not device.is_working:
            return _said(
                _("This phone was out of contact for too long. Sign in again."), status=401, empty=False
            )
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        devices.greet(device)
        request.user = device.user
        return view(request, device, *args, **kwargs)

    return opened


@gzip_page
@for_phones
def pull(request: HttpRequest, device: Device) -> HttpResponse:
    """POST {"cursor": …}: what changed since, within the officer's sight. An officer without a posting gets nothing."""
    body = _body(request, LARGEST_ENTRY)
    try:
        cursor = json.loads(body or b"{}").get("cursor", "")
        changes = snapshot.pull(device, cursor)
    except (ValueError, AttributeError):
        return _said(_("This request cannot be read."), status=400)
    device.refresh_from_db(fields=["expires_at"])
    return JsonResponse({**changes, **_clock(device)}, json_dumps_params={"ensure_ascii": False})


@for_phones
def contact(request: HttpRequest, device: Device, pk: int) -> HttpResponse:
    """POST: a contact's name and phone. The opening is written down before they are told."""
    row = Contact.objects.visible_to(device.user).filter(pk=pk).first()
    if row is None:
        return _said(_("This contact is not in your sight."), status=404)
    return JsonResponse(open_contact(row, by=device.user))


@for_phones
def leave(request: HttpRequest, device: Device) -> HttpResponse:
    """POST: takes this phone out of use, by the one who holds it."""
    devices.revoke(device, by=device.user)
    return JsonResponse({"empty": True})
