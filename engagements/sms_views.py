"""The door for gateways: one signed POST brings one text message and takes the reply along. See docs/sms.md.

It keeps no session, reads no number of a caller, and logs nothing of what a message says.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.http.request import QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from . import sms

WINDOW = 5 * 60  # seconds that a signature holds, either way
LARGEST = 32 * 1024  # bytes of a request
TO = ("to", "line")


class Refused(Exception):
    """A status and a sentence for whoever runs the gateway."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


@csrf_exempt
@require_POST
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
def text_message(request: HttpRequest) -> JsonResponse:
    """`text`, `id`, and `to` or `line`, as a form or as JSON; the answer is {"reply", "parts", "alphabet"}."""
    if not (settings.SMS_SECRETS or settings.SMS_TOKENS):
        raise Http404
    try:
        return _answer(request)
    except Refused as refusal:
        return JsonResponse({"error": refusal.sentence}, status=refusal.status)


@sensitive_variables()
def _answer(request: HttpRequest) -> JsonResponse:
    if len(request.body) > LARGEST:
        raise Refused(413, _("This is too long."))
    mark = _signature_of(request)
    fields = _fields(request)
    name = fields.get("id") or mark
    if not name:
        raise Refused(400, _("Give each message an `id`: without a signature nothing else tells a retry."))
    number = next((fields[key] for key in TO if fields.get(key)), "")
    line = sms.line_of(number)
    if line is None:
        raise Refused(422, _("No line in service takes text messages under this number."))
    try:
        sms.count(line)
    except sms.Busy:
        raise Refused(
            429, _("Too many messages came to this line within the hour. Try again later.")
        ) from None
    reply = sms.receive(fields.get("text", ""), line=line, name=name)
    size = sms.sms_parts(reply)
    return JsonResponse({"reply": reply, "parts": size.parts, "alphabet": size.alphabet})


# --- Who sends it ----------------------------------------------------------------------------------------------
def _signature_of(request: HttpRequest) -> str:
    """The signature it came with; "" where a token opened the door. Raises Refused."""
    given = request.headers.get("X-Signature", "")
    if given:
        _require_signature(request, given)
        return given
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Token" and request.is_secure() and _is_one_of(token, settings.SMS_TOKENS):
        return ""
    raise Refused(403, _("Not signed."))


def _require_signature(request: HttpRequest, given: str) -> None:
    stamp = request.headers.get("X-Timestamp", "")
    signed = stamp.encode() + b"." + request.body
    good = [
        "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        for secret in settings.SMS_SECRETS
    ]
    if not _is_one_of(given, good):
        raise Refused(403, _("The signature is wrong."))
    if not stamp.isascii() or not stamp.isdigit() or abs(time.time() - int(stamp)) > WINDOW:
        raise Refused(403, _("The signature is too old, or the clocks differ."))


def _is_one_of(given: str, good: list[str]) -> bool:
    """Compares with all of them, in constant time."""
    same = [hmac.compare_digest(given.encode(), each.encode()) for each in good]
    return any(same)


# --- What it brings ----------------------------------------------------------------------------------------------
@sensitive_variables()
def _fields(request: HttpRequest) -> dict[str, str]:
    """The fields we read, as text. The sender's number is not among them."""
    given: Any
    try:
        if request.content_type == "application/json":
            given = json.loads(request.body)
        elif request.content_type == "application/x-www-form-urlencoded":
            given = QueryDict(request.body, encoding="utf-8").dict()
        else:
            raise Refused(415, _("Send a form or JSON."))
    except ValueError:
        raise Refused(400, _("This cannot be read.")) from None
    if not isinstance(given, dict):
        raise Refused(400, _("This cannot be read."))
    return {name: str(given[name]) for name in ("text", "id", *TO) if given.get(name) is not None}
