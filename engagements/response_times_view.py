"""Response times per mandate in the office: a table, twenty-five mandates to a page."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from communities.sight import SignedInRequest

from . import response_times

PAGE = 25


class ResponseTimesView(WagtailAdminTemplateMixin, TemplateView):
    """For supervisors, programme managers and agencies: each counts what they may see."""

    request: SignedInRequest
    template_name = "engagements/office/response_times.html"
    page_title = gettext_lazy("Response times")
    header_icon = "time"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not response_times.may_read(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user = self.request.user
        page = Paginator(response_times.mandates(user), PAGE).get_page(self.request.GET.get("p"))
        context.update(
            page_obj=page,
            query="",
            rows=response_times.times(page.object_list, user),
            days=response_times.WITHIN.days,
        )
        return context


class ResponseTimesMenuItem(MenuItem):
    def is_shown(self, request):
        return response_times.may_read(request.user)


def menu_item() -> MenuItem:
    label = gettext_lazy("Response times")
    return ResponseTimesMenuItem(
        label, reverse("mandate_times"), name="response-times", icon_name="time", order=160
    )
