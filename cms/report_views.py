"""The public door for reports: where, what, a code to follow it by; the numbers to call; the paper form.

No account, no script, no cookie. There is nothing that a forged request could do in somebody's name here, so that
these pages need no CSRF cookie; and without it they can send no referrer at all, which would tell the access log of
the next page who was on this one. Codes travel in bodies, never in addresses. Rules: docs/privacy.md, "Reports from
the public".
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from engagements import codes, deadlines, reports, sealed
from engagements.mandates import mandate_for
from engagements.models import Concern, Topic

from . import hotlines, report_limits, report_places, report_uploads
from .report_forms import AdditionForm, CodeForm, PublicReportForm
from .report_places import Place

View = Callable[..., HttpResponse]


def unseen(view: View) -> View:
    """Kept by no browser, told to no other page, and with nothing of what was sent in any report of an error."""

    @csrf_exempt
    @sensitive_post_parameters()
    @sensitive_variables()
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answer


# --- Telling us -----------------------------------------------------------------------------------------------
@unseen
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """First where, then what. Sent, it answers with the code, in this very response: no address ever holds it."""
    if request.method == "POST":
        return _sent(request)
    place = report_places.find(_given(request.GET, "place"))
    if place is None:
        return _where(request)
    form = PublicReportForm.blank(place.reference, sealed_channel=_sealed_channel())
    return _asked(request, form, place)


def _given(query: QueryDict, name: str, most: int = 40) -> str:
    """What was given under this name, as a database takes it."""
    return str(query.get(name, "")).replace("\0", "").strip()[:most]


def _sealed_channel() -> bool:
    return sealed.current_key() is not None


def _where(request: HttpRequest) -> HttpResponse:
    words = _given(request.GET, "q", most=100)
    inside = report_places.browsed(_given(request.GET, "in"))
    context: dict[str, Any] = {
        "query": words,
        "found": report_places.search(words) if words else [],
        "inside": inside,
        "gone": bool(request.GET.get("place")),
    }
    if inside and inside.level == report_places.DISTRICT:
        rows = Paginator(report_places.within(inside), report_places.PER_PAGE)
        context["page_obj"] = rows.get_page(request.GET.get("page"))
    else:
        context["areas"] = report_places.below(inside)
    return render(request, "public/report_where.html", context)


def _asked(
    request: HttpRequest, form: PublicReportForm, place: Place | None, status: int = 200, full: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "place": place,
        "regions": [] if place else report_places.regions(),
        "lines": hotlines.reaching(place.known_in) if place else [],
        "independent": [] if form.sealed_channel else hotlines.independent(),
        "full": full,
    }
    return render(request, "public/report.html", context, status=status)


def _sent(request: HttpRequest) -> HttpResponse:
    try:
        too_large = report_uploads.read(request)
    except ValidationError as error:
        status = 413 if error.code == "large" else 400
        return render(request, "public/report_unread.html", {"said": error.messages}, status=status)
    form = PublicReportForm(
        request.POST, request.FILES, too_large=too_large, sealed_channel=_sealed_channel()
    )
    place = report_places.find(_given(request.POST, "place"))
    if place and form.asks_for_tip():
        return render(request, "public/report_tip.html", _numbers(place))
    if not form.is_valid() or place is None:
        if place is None:
            form.add_error("place", _("This place is not found any more. Choose the region."))
        return _asked(request, form, place)
    if form.filled_by_machine:
        return _asked(request, form, place, full=_not_taken())
    return _taken(request, form, place)


def _not_taken() -> str:
    return _(
        "This was not taken: a field that people do not see was filled in, as machines do it. If you are a person, "
        "choose your photos again, if you had any, and press “Send” once more."
    )


def _numbers(place: Place) -> dict[str, Any]:
    return {"place": place, "lines": hotlines.reaching(place.known_in)}


def _taken(request: HttpRequest, form: PublicReportForm, place: Place) -> HttpResponse:
    district = place.district.pk if place.district else None
    photos = len(form.cleaned_data["photos"])
    try:
        report_limits.make_room(district=district, photos=photos)
        code = _take(form, place)
    except report_limits.Full as error:
        return _asked(request, form, place, status=429, full=error.messages[0])
    except ValidationError as error:
        _put_beside_fields(form, error)
        return _asked(request, form, place)
    topic = form.cleaned_data["topic"]
    context = {"code": codes.grouped(code), "place": place, "topic": topic, **_days(topic, place)}
    return render(request, "public/report_taken.html", context)


def _take(form: PublicReportForm, place: Place) -> str:
    """The code of the report."""
    said, token = form.cleaned_data, str(form.cleaned_data["token"])
    told = reports.Told(
        topic=said["topic"],
        text=said["text"],
        channel=Concern.Channel.WEB,
        community=place.community,
        area=place.area,
        language=get_language() or "",
        contact=said["contact"],
        point=form.point,
        photos=said["photos"],
    )
    return reports.take(told, token=token)


def _put_beside_fields(form: PublicReportForm, error: ValidationError) -> None:
    for name, messages in error.message_dict.items():
        form.add_error(name if name in form.fields else None, messages)


def _days(topic: Topic, place: Place) -> dict[str, datetime.date]:
    """By when somebody looks at it, and by when an answer is due."""
    mandate = None if topic.sealed else mandate_for(topic, place.known_in)
    days = mandate.days if mandate else topic.days_to_answer
    look_by = timezone.now() + deadlines.CLOCK[Concern.Urgency.NORMAL]
    return {
        "look_by": timezone.localdate(look_by),
        "due_on": timezone.localdate() + datetime.timedelta(days=days),
    }


# --- Following it -----------------------------------------------------------------------------------------------
@unseen
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Where a report stands, for whoever sends its code; they may add to it. Nothing of it is remembered."""
    if request.method != "POST":
        return _followed(request, CodeForm())
    try:
        report_uploads.read(request)
    except ValidationError as error:
        return render(request, "public/report_unread.html", {"said": error.messages}, status=400)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _followed(request, form)
    try:
        return _looked_up(request, form)
    except codes.Throttled as error:
        form.add_error("code", error)
        return _followed(request, form, status=429)


def _looked_up(request: HttpRequest, form: CodeForm) -> HttpResponse:
    code = form.cleaned_data["code"]
    adding = AdditionForm(request.POST) if "text" in request.POST else None
    added = bool(adding and adding.is_valid() and _added(code, adding))
    standing = reports.follow(code)
    if standing is None:
        form.add_error("code", _("No report has this code. Compare it with what you wrote down."))
        return _followed(request, form)
    shown = adding if adding and not added else AdditionForm()
    return _followed(request, form, standing=standing, adding=shown, added=added, code=codes.grouped(code))


def _added(code: str, form: AdditionForm) -> bool:
    """Whether it was added; why not stands beside the field. A code that nothing has is told of below."""
    try:
        reports.add(code, text=form.cleaned_data["text"])
    except codes.Throttled:
        raise
    except ValidationError as error:
        form.add_error("text", error.messages)
        return False
    return True


def _followed(request: HttpRequest, form: CodeForm, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "public/report_follow.html", {"form": form, **context}, status=status)


# --- By telephone and on paper ------------------------------------------------------------------------------------
@unseen
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    return render(request, "public/report_numbers.html", {"countries": hotlines.by_country()})


@unseen
@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The same questions on one sheet of A4, for places without a telephone."""
    form = PublicReportForm.blank("", sealed_channel=_sealed_channel())
    context = {"form": form, "independent": [] if form.sealed_channel else hotlines.independent()}
    return render(request, "public/report_paper.html", context)
