"""The menu of the public site and the way from a page to its other languages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from wagtail.models import Page, PageQuerySet

from . import kept
from .models import HomePage


def menu() -> list[tuple[str, str]]:
    """Address and label of each entry, in the reader's language."""
    return [
        (reverse("public:report"), _("Tell us")),
        (reverse("public:communities"), _("Communities")),
        (reverse("public:map"), _("Map")),
        (reverse("public:figures"), _("Figures")),
        *((page.url, page.title) for page in _below_home().in_menu()),
    ]


def foot() -> list[tuple[str, str]]:
    """What stands at the foot of every page: the pages that are not in the menu."""
    return [(page.url, page.title) for page in _below_home().filter(show_in_menus=False)]


def _below_home() -> PageQuerySet:
    home = HomePage.objects.live().filter(locale__language_code=get_language()).first()
    return (
        Page.objects.child_of(home).live().public().exclude(pk__in=kept.pages())
        if home
        else Page.objects.none()
    )


def languages(request: HttpRequest, page: Page | None = None) -> list[dict]:
    """The same page in each language: its address, own name and whether it is being read.

    An address that has no language in it has an empty one: there the switch is a form.
    """
    translated = {}
    if page is not None and page.pk:
        versions = page.get_translations(inclusive=True).live().select_related("locale")
        translated = {version.locale.language_code: version.get_url(request) for version in versions}
    links = []
    for code, _name in settings.LANGUAGES:
        info = get_language_info(code)
        url = translated.get(code) or ("" if page else _translated(request, code))
        links.append(
            {"code": code, "name": info["name_local"], "url": url, "current": code == get_language()}
        )
    if page is not None:
        for link in links:
            link["url"] = link["url"] or f"/{link['code']}/"
    return links


def _translated(request: HttpRequest, code: str) -> str:
    here = request.path
    if not any(here.startswith(f"/{prefix}/") for prefix, _name in settings.LANGUAGES):
        return ""
    url = translate_url(request.get_full_path(), code)
    return url if url.startswith(f"/{code}/") else f"/{code}/"
