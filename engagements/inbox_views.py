"""The inbox in the office: the list of what waits, one concern beside it, and the decision on it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from communities import uploads
from communities.models import Area, Community
from communities.sight import SignedInRequest, is_reviewer

from . import inbox, reports
from .forms import place_errors
from .inbox_forms import DECISIONS, Decision, InboxForm, Meanwhile, decide, stands
from .mandates import mandates_for
from .models import Concern, Report, ReportPhoto

WORDS_SHOWN = 16
PLACES_SHOWN = 8
ON_THE_MENU = 99


class InboxView(WagtailAdminTemplateMixin, TemplateView):
    """For supervisors alone, of the areas they review."""

    request: SignedInRequest
    template_name = "engagements/office/inbox.html"
    page_title = gettext_lazy("Inbox")
    header_icon = "mail"
    contact: str | None = None  # opened by this very request, and shown once

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not is_reviewer(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def choice(self) -> inbox.Choice:
        return inbox.Choice.read(self.request.GET)

    # --- Reading -------------------------------------------------------------------------------------------
    def get_context_data(self, bound: InboxForm | None = None, **kwargs):
        context = super().get_context_data(**kwargs)
        page = inbox.page_of(self.request.user, self.choice)
        chosen = self.chosen(page)
        added_to = inbox.which_were_added_to(page.rows)
        context.update(
            choice=self.choice,
            page=page,
            lines=[{**self.line(row, chosen), "added": row.pk in added_to} for row in page.rows],
            tabs=self.tabs(),
            topics=inbox.topics(),
            districts=inbox.districts(self.request.user),
            chosen=chosen,
            contact=self.contact,
            keys_on=getattr(
                getattr(self.request.user, "wagtail_userprofile", None), "keyboard_shortcuts", True
            ),
        )
        if chosen:
            context.update(self.pane(chosen, bound))
        return context

    def chosen(self, page: inbox.Page) -> Concern | None:
        """The one asked for, else the first of the list. Raises Http404 for one that is out of sight."""
        asked = self.request.GET.get("c", "")
        if not asked:
            return inbox.one(self.request.user, page.rows[0].pk) if page.rows else None
        row = inbox.one(self.request.user, int(asked)) if asked.isdecimal() and len(asked) < 18 else None
        if row is None:
            raise Http404
        return row

    def line(self, row: Concern, chosen: Concern | None) -> dict[str, Any]:
        return {
            "row": row,
            "late": inbox.is_late(row),
            "clock": inbox.clock_said(row),
            "words": Truncator(row.text).words(WORDS_SHOWN),
            "url": self.choice.address(c=row.pk),
            "current": chosen is not None and row.pk == chosen.pk,
        }

    def tabs(self) -> list[dict[str, Any]]:
        names = {
            "new": _("New"),
            "assigned": _("Waiting for an agency"),
            inbox.ADDED: _("Added to since"),
        }
        return [
            {
                "name": name,
                "count": inbox.counted(inbox.waiting(self.request.user, tab)),
                "url": tab.address(),
                "current": state == self.choice.state,
            }
            for state, name in names.items()
            for tab in [self.choice.start(state=state)]
        ]

    # --- The one that is chosen -------------------------------------------------------------------------------
    def pane(self, row: Concern, bound: InboxForm | None) -> dict[str, Any]:
        mandates = mandates_for(row.topic, row.lies_in)
        alike = inbox.beside(row, self.request.user)
        repeats = inbox.repeats_among(alike)
        keys = iter("123456789")
        several = len(mandates) > 1
        came = inbox.how_it_came(row, self.request.user)
        return {
            **came,
            "unread": any(addition.waits for addition in came["additions"]),
            "assignments": list(row.assignments.select_related("agency", "by")),
            "passed_on": inbox.passed_on(row),
            "late": inbox.is_late(row),
            "clock": inbox.clock_said(row) if row.is_open else "",
            "stands": stands(row),
            "offers": [(mandate, next(keys, "") if several else "a") for mandate in mandates],
            "several": several,
            "repeats": [(other, next(keys, "")) for other in repeats],
            "others": [other for other in alike if other.share < inbox.likeness.SOME][:5],
            "places": self.places(row),
            "sought": self.request.GET.get("q", ""),
            "forms": self.forms(row, bound),
            "here": self.choice.address(c=row.pk),
        }

    def forms(self, row: Concern, bound: InboxForm | None) -> dict[str, InboxForm]:
        made = {
            name: decision.form_class(concern=row, user=self.request.user, name=name)
            for name, decision in DECISIONS.items()
        }
        if bound is not None:
            bound.data = {**self.request.POST.dict(), "rested_on": inbox.standing(row)}
            made[self.request.POST["do"]] = bound
        return made

    def places(self, row: Concern) -> list[Community]:
        """Communities of the concern's area, or those sought, in which it may be placed."""
        if row.area is None or not row.is_open:
            return []
        rows = Community.objects.visible_to(self.request.user).active()
        sought = self.request.GET.get("q", "").strip()
        if sought:
            rows = rows.filter(Q(name__icontains=sought) | Q(code__icontains=sought))
        else:
            rows = rows.filter(area__in=Area.objects.within([row.area.pk]).values("pk"))
        shown = rows.order_by("name", "code").select_related("area").defer("location", "area__boundary")
        return list(shown[:PLACES_SHOWN])

    # --- Deciding ----------------------------------------------------------------------------------------------
    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        asked = request.GET.get("c", "")
        rows = Concern.objects.triaged_by(request.user)
        row = get_object_or_404(rows, pk=asked if asked.isdecimal() and len(asked) < 18 else None)
        if request.POST.get("do") == "contact":
            return self.open_contact(row)
        decision = DECISIONS.get(request.POST.get("do", ""))
        if decision is None:
            raise PermissionDenied
        return self.decide(row, decision)

    def decide(self, row: Concern, decision: Decision) -> HttpResponse:
        name = self.request.POST["do"]
        form = decision.form_class(self.request.POST, concern=row, user=self.request.user, name=name)
        key = inbox.key_of(row, self.choice)
        if form.is_valid():
            try:
                said = decide(decision, form)
            except ValidationError as refusal:
                self.refuse(form, refusal)
            else:
                return self.onwards(row, said, key, stays=decision.stays)
        else:
            messages.error(self.request, _("Nothing was done yet: see what is marked below."))
        return self.render_to_response(self.get_context_data(bound=form), status=422)

    def refuse(self, form: InboxForm, refusal: ValidationError) -> None:
        if isinstance(refusal, Meanwhile):
            messages.warning(self.request, refusal.message)
        else:
            messages.error(self.request, _("Nothing was done yet: see what is marked below."))
        place_errors(form, refusal)

    def onwards(self, row: Concern, said: str, key: inbox.Key, *, stays: bool) -> HttpResponse:
        """To the next in the list, with what was done and the way to it."""
        way = messages.button(reverse("concern:inspect", args=[row.pk]), _("See it"))
        messages.success(self.request, said, buttons=[way])
        goes_on = row.pk if stays else inbox.next_after(self.request.user, self.choice, key)
        more = {"c": goes_on} if goes_on else {}
        return redirect(reverse("inbox") + self.choice.address(**more) + "#chosen")

    def open_contact(self, row: Concern) -> HttpResponse:
        """How whoever reported can be reached: logged, shown in this response, kept by no browser."""
        report = get_object_or_404(Report.objects.visible_to(self.request.user), concern=row)
        self.contact = reports.open_contact(report, by=self.request.user)
        response = self.render_to_response(self.get_context_data())
        response["Cache-Control"] = "no-store"
        return response


def report_photo_file(request: SignedInRequest, pk: int) -> FileResponse:
    """A photo that came with a report, for those who deal with it; kept by no browser."""
    photo = get_object_or_404(ReportPhoto.objects.visible_to(request.user), pk=pk)
    response = uploads.shown(photo.file, f"report-{photo.report_id}-{photo.pk}", inline=True)
    response["Cache-Control"] = "private, no-store"
    return response


class InboxMenuItem(MenuItem):
    """With the number of those that nobody looked at yet."""

    def is_shown(self, request):
        return is_reviewer(request.user)

    def render_component(self, request):
        component = super().render_component(request)
        many = inbox.counted(inbox.not_looked_at(request.user), ON_THE_MENU)
        if many != "0":
            component.label = _("Inbox (%(many)s)") % {"many": many}
        return component
