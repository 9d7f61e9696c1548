"""Middleware of the composition root: it knows where the office is mounted."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect

OFFICE = "/office/"
ENROL = "/field/enrol/"
UNTRANSLATED = (OFFICE, "/accounts/", "/field/", "/sms/", "/map/", "/static/", "/media/")


class PublicLocaleMiddleware(LocaleMiddleware):
    """Sends a public address without a language to one with it; a page missing elsewhere is just missing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path.startswith(UNTRANSLATED):
            return response
        return super().process_response(request, response)


class OfficePolicyMiddleware:
    """Wagtail's admin needs inline scripts and styles; every other page keeps the strict policy.

    `_csp_update` is what django-csp's own decorators set; tests/config/test_csp.py holds us to it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(OFFICE):
            inline = ["'self'", "'unsafe-inline'"]
            response._csp_update = {"script-src": inline, "style-src": inline}
        return response


class SecondFactorMiddleware:
    """Where SECOND_FACTOR_REQUIRED is on, the office opens only to people who have set one up, and so does a phone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        guarded = request.path.startswith((OFFICE, ENROL))
        if settings.SECOND_FACTOR_REQUIRED and guarded and self.lacks_factor(request):
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def lacks_factor(request: HttpRequest) -> bool:
        from allauth.mfa.utils import is_mfa_enabled  # needs the app registry

        return request.user.is_authenticated and not is_mfa_enabled(request.user)
