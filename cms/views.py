"""The public site's plain pages: communities, map, projects. Everything starts from `.public()`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
from django.core.paginator import Paginator
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from communities.arrays import asked_box, bounds, cells, inside
from communities.models import Area, Community, Presence
from communities.privacy import people
from engagements.figure_cards import page
from services.models import Project

from . import countrywide, figures, nearby, photos, projects, sheets, timeline
from .models import OutcomePage
from .places import in_place, on_map, with_areas

PER_PAGE = 20
PHOTO_SECONDS = 60  # how long a reader's browser may show a photo that was taken back
MARKS = 300  # more than this crowd a phone: cells with counts are drawn instead
GRID = 9


# --- Photos on outcome pages ------------------------------------------------------------------------------
@require_safe
@cache_control(private=True, max_age=PHOTO_SECONDS)
def outcome_photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """A photo that an editor picked, as long as a live page of any language shows it."""
    pages = OutcomePage.objects.live().readable().filter(photos__translation_key=key)
    shown = (photo for page in pages for photo in photos.shown_on(page) if photo.translation_key == key)
    photo = next(shown, None)
    if photo is None:
        raise Http404
    return photos.handed_out(photo.evidence)


# --- Communities ----------------------------------------------------------------------------------------
def found(request: HttpRequest) -> tuple[QuerySet[Community], str, Area | None]:
    """The public communities a reader asked for, by district and by name.

    Only a name that is public is searched, and only such a name decides the order: neither may tell where a
    community lies that is shown by its district alone.
    """
    rows = Community.objects.public()
    words = request.GET.get("q", "").strip()[:100]
    if words:
        by_name = Q(name__icontains=words) | Q(name_fr__icontains=words) | Q(name_ar__icontains=words)
        rows = rows.filter(by_name, public_place=Community.PublicPlace.EXACT)
    wanted = Area.objects.public().filter(code=request.GET.get("district", ""), level__lte=2)
    district = wanted.defer("boundary").first()
    if district:
        rows = rows.filter(area__in=Area.objects.within([district.pk]))
    shown = Case(When(public_place="exact", then=F("name")), default=Value(""), output_field=CharField())
    rows = rows.annotate(shown_district=_district_name(), shown_name=shown)
    rows = rows.order_by("shown_district", "shown_name", "public_reference")
    return in_place(rows), words, district


def _district_name() -> Case:
    """The name of a community's district, or of the wider area it is in: a smaller one is told by no order."""
    smaller = [When(area__level=level, then=F(f"area{'__parent' * (level - 2)}__name")) for level in (3, 4)]
    return Case(*smaller, default=F("area__name"))


def _districts() -> list[Area]:
    areas = Community.objects.public().exclude(area=None).values("area")
    rows = with_areas(Area.objects.public().filter(pk__in=areas))
    return sorted({row.district for row in rows}, key=lambda area: area.label)


@require_safe
def communities(request: HttpRequest) -> HttpResponse:
    rows, words, district = found(request)
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    standings = figures.by_community([row.pk for row in page_obj])
    cards = [(row, standings.get(row.pk, figures.Standings())) for row in page_obj]
    context = {
        "cards": cards,
        "page_obj": page_obj,
        "query": words,
        "district": district,
        "districts": _districts(),
    }
    return render(request, "public/communities.html", context)


@require_safe
def community(request: HttpRequest, reference: str) -> HttpResponse:
    """One community's page; a hidden, closed or unknown one is not found, and nothing tells which."""
    row = get_object_or_404(in_place(Community.objects.public()), public_reference=reference)
    pages = OutcomePage.objects.live().readable().filter(commitment__community=row)
    context = {
        "community": row,
        "timeline": timeline.of(row, request.GET.get("page")),
        "services": nearby.services(row),
        "deliveries": nearby.deliveries(row),
        "card_drives": nearby.card_drives(row),
        "projects": projects.published(projects.around(row)),
        "outcomes": pages.filter(locale=Locale.get_active()).for_reading(),
        "seasons": _seasons(row),
        "place": on_map(row),
        "population": people(row.population),
    }
    return render(request, "public/community.html", context)


def _seasons(row: Community) -> list[tuple[str, str]]:
    """The months in which a nomadic group is in the district shown, and nothing else of its presences."""
    if not row.is_nomadic or not row.area:
        return []
    district = row.area.district
    here = Q(area__in=Area.objects.within([district.pk]))
    if district.boundary:
        here |= Q(kind=Presence.Kind.PLACE, location__within=district.boundary)
    months = Presence.objects.filter(here, community=row).order_by("first_month", "last_month")
    pairs = dict.fromkeys(months.values_list("first_month", "last_month"))
    return [(str(MONTHS[first]), str(MONTHS[last])) for first, last in pairs]


# --- Map -------------------------------------------------------------------------------------------------
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    rows, _query, _district = found(request)
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    standings = figures.by_community([row.pk for row in page_obj])
    context = {
        "cards": [(row, standings.get(row.pk, figures.Standings())) for row in page_obj],
        "page_obj": page_obj,
        "legend": countrywide.now().legend,
    }
    return render(request, "public/map.html", context)


@never_cache  # a page that is withdrawn, or a community that is hidden, leaves the map at once
@require_safe
def public_map(request: HttpRequest) -> HttpResponse:
    """Communities for the maps, within `box` (west,south,east,north in degrees; everything unless given).

    Points where the place is public: up to MARKS one by one, beyond that as cells [x, y, count per state].
    Else a count for each district, told once, with the map's first answer.
    """
    try:
        box = asked_box(request.GET.get("box", ""))
    except ValueError:
        return HttpResponseBadRequest(_("A box is four numbers: west, south, east, north."))
    places = countrywide.now().places
    here = inside(places.xy, box)
    answer: dict[str, Any] = {} if box else {"bounds": bounds(places.xy), "districts": _districts_counted()}
    if here.sum() > MARKS:
        states = countrywide.STATES
        return JsonResponse(
            {
                **answer,
                "states": states,
                "cells": cells(places.xy[here], places.state[here], states=len(states), across=GRID),
            }
        )
    return JsonResponse({**answer, "points": _marked(places.pk[here], places.state[here])})


def _marked(keys: np.ndarray, states: np.ndarray) -> list[dict[str, Any]]:
    """Names and addresses are read now: none was kept since the states were worked out."""
    state_of = dict(zip(keys.tolist(), states.tolist(), strict=True))
    rows = Community.objects.public().filter(figures.on_points(), pk__in=state_of)
    return [
        {
            "at": [round(row.location.y, 4), round(row.location.x, 4)],
            "label": row.label,
            "state": countrywide.STATES[state_of[row.pk]],
            "url": reverse("public:community", args=[row.public_reference]),
        }
        for row in rows.order_by("public_reference")
        if row.location
    ]


def _districts_counted() -> list[dict[str, Any]]:
    """The base layer has the outlines, by code."""
    address = reverse("public:communities")
    return [
        {"code": area.code, "label": area.label, "count": count, "url": f"{address}?district={area.code}"}
        for area, count in figures.districts()
    ]


# --- Figures ---------------------------------------------------------------------------------------------
@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """How the word is kept, everywhere at once, in one of the periods that are offered."""
    chosen = request.GET.get("period", "")
    if chosen not in sheets.PERIODS:
        raise Http404
    sheet = sheets.now(chosen)
    periods = [(name, sheets.label_of(name), name == chosen) for name in sheets.PERIODS]
    context = {"periods": periods, "period": sheet.period, "label": sheets.label_of(chosen)}
    return render(request, "public/figures.html", {**context, **page(sheet, public=True)})


# --- Projects ----------------------------------------------------------------------------------------------
@require_safe
def project(request: HttpRequest, code: str) -> HttpResponse:
    rows = projects.published(Project.objects.public().filter(code=code))
    if not rows:
        raise Http404
    context = {"project": rows[0].row, "districts": rows[0].districts}
    return render(request, "public/project.html", {**context, "milestones": projects.milestones(rows[0].row)})


# --- For machines ------------------------------------------------------------------------------------------
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /office/",
        "Disallow: /accounts/",
        "Disallow: /*/report/follow/",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
