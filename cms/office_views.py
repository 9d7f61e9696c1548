"""The editors' screens in the office: what is ready to publish, drafting and withdrawing an outcome page."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.models import User
from communities.sight import is_editor
from engagements.models import Commitment

from . import outcomes, photos, waiting
from .models import OutcomePage

PER_PAGE = 25


def _require_editor(request: HttpRequest) -> None:
    if not is_editor(request.user):
        raise PermissionDenied


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Public commitments that were kept, settled or fell overdue and have no outcome page yet."""
    _require_editor(request)
    user, query = cast(User, request.user), request.GET.get("q", "").strip()[:100]
    page_obj = Paginator(waiting.keys(user, query), PER_PAGE).get_page(request.GET.get("p"))
    context = {"page_obj": page_obj, "query": query, "news": waiting.rows(list(page_obj), user)}
    return TemplateResponse(request, "cms/office/ready.html", context)


@require_POST
def draft_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Drafts an outcome page and opens it in the editor."""
    _require_editor(request)
    return _drafted(request, [get_object_or_404(Commitment.objects.visible_to(request.user), pk=pk)])


def draft_several(request: HttpRequest) -> HttpResponse:
    """POST: drafts one outcome page from the ticked commitments. One that is not seen is not there."""
    _require_editor(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    ticked = {pk for pk in request.POST.getlist("commitment") if pk.isdecimal() and len(pk) < 19}
    found = list(Commitment.objects.visible_to(request.user).filter(pk__in=ticked))
    if len(found) != len(set(request.POST.getlist("commitment"))):
        raise Http404
    return _drafted(request, found)


def _drafted(request: HttpRequest, commitments: list[Commitment]) -> HttpResponse:
    try:
        page = outcomes.draft_from(*commitments, by=cast(User, request.user))
    except ValidationError as refused:
        for sentence in refused.messages:
            messages.error(request, sentence)
        return redirect("cms:ready")
    messages.success(request, _("Drafted. Read it through, add what is next, and submit it."))
    return redirect("wagtailadmin_pages:edit", page.pk)


@require_safe
@never_cache
def evidence_photo(request: HttpRequest, page: int, pk: int) -> HttpResponse:
    """A photo that may be chosen for a page, as the public would see it, for whoever edits the page."""
    _require_editor(request)
    edited = OutcomePage.objects.filter(pk=page).first()
    if edited is None or not edited.permissions_for_user(request.user).can_edit():
        raise Http404
    return photos.handed_out(get_object_or_404(photos.choosable(edited), pk=pk))


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason, for colleagues"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=gettext_lazy("It stays inside. The public page only says that it was withdrawn."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraws an outcome page in every language, at once. Whoever may not is not told whether there is one."""
    page = OutcomePage.objects.filter(pk=pk).first()
    if page is None or not page.permissions_for_user(request.user).can_unpublish():
        raise Http404
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcomes.withdraw(page, by=cast(User, request.user), reason=form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn: the page is gone from the public site, in every language."))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return TemplateResponse(request, "cms/office/withdraw.html", {"page": page, "form": form})
