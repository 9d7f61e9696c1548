"""A page that may not be published says why, whichever of Wagtail's screens tried."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse


class RefusedPublishingMiddleware:
    """Approving a review publishes, and Wagtail expects no refusal there: its work was undone by then (each of its
    screens does it in one transaction), and the sentences are shown on the page's form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, refused: Exception) -> HttpResponse | None:
        asked = request.resolver_match
        if not isinstance(refused, ValidationError) or asked is None:
            return None
        if asked.namespace != "wagtailadmin_pages" or "page_id" not in asked.kwargs:
            return None
        for sentence in refused.messages:
            messages.error(request, sentence)
        edit = reverse("wagtailadmin_pages:edit", args=[asked.kwargs["page_id"]])
        if request.headers.get("x-requested-with") == "XMLHttpRequest":  # a dialog: it goes where it is told
            return JsonResponse({"step": "success", "redirect": edit})
        return redirect(edit)
