"""Logging a meeting in the office: choose the community, then one screen."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from communities import uploads
from communities.models import Community
from communities.sight import SignedInRequest, is_field, reads_internal

from . import brief, meetings
from .meeting_forms import MeetingScreen
from .models import Commitment, Concern, Engagement, Evidence, Photo, Telling, Verdict

PAGE = 25


class FieldView(WagtailAdminTemplateMixin, TemplateView):
    """For officers and supervisors alone."""

    request: SignedInRequest
    header_icon = "group"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not is_field(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        here = [
            {"url": reverse("engagement:index"), "label": _("Meetings")},
            {"url": "", "label": self.get_page_title()},
        ]
        return [*self.breadcrumbs_items, *here]


class ChooseCommunity(FieldView):
    """My communities, those not met for longest first."""

    template_name = "engagements/office/choose_community.html"
    page_title = gettext_lazy("Log a meeting")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        query = self.request.GET.get("q", "").strip()
        rows = brief.by_silence(self.request.user).select_related("area")
        if query:
            rows = rows.filter(Q(name__icontains=query) | Q(code__icontains=query))
        context["page_obj"] = Paginator(rows, PAGE).get_page(self.request.GET.get("p"))
        context["query"] = query
        return context


class MeetingScreenView(FieldView):
    """One screen: five required fields; concerns, commitments, verdicts and tellings below."""

    template_name = "engagements/office/meeting_form.html"
    engagement: Engagement | None = None

    @cached_property
    def community(self) -> Community:
        rows = Community.objects.visible_to(self.request.user).active()
        return get_object_or_404(rows, pk=self.kwargs["community"])

    def screen(self, data=None) -> MeetingScreen:
        user, community = self.request.user, self.community
        return MeetingScreen(
            community,
            user,
            promises=list(brief.promises_to_ask_about(user, community)),
            concerns=list(brief.concerns_waiting(user, community)),
            duties=list(brief.people_to_tell(user, community)),
            brought=self.brought(),
            engagement=self.engagement,
            data=data,
        )

    def brought(self) -> list:
        """What this meeting brought before."""
        return []

    def get_page_title(self):
        return _("Log a meeting: %(community)s") % {"community": self.community.label}

    def get_context_data(self, screen: MeetingScreen | None = None, **kwargs):
        context = super().get_context_data(**kwargs)
        screen = screen or self.screen()
        context.update(
            screen=screen,
            community=self.community,
            last=brief.last_meeting(self.community, self.request.user),
            waiting=list(brief.concerns_waiting(self.request.user, self.community)),
            media=screen.form.media + screen.commitments.media,
        )
        return context

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        screen = self.screen(request.POST)
        if screen.is_valid():
            try:
                engagement = self.save(screen, submit="submit" in request.POST)
            except ValidationError as error:
                screen.refuse(error)
            else:
                messages.success(request, self.said(engagement))
                return redirect("engagement:inspect", engagement.pk)
        messages.error(request, _("Not saved yet: please look at the fields marked below."))
        return self.render_to_response(self.get_context_data(screen=screen), status=422)

    def save(self, screen: MeetingScreen, *, submit: bool) -> Engagement:
        return meetings.log_meeting(screen.minutes(), by=self.request.user, submit=submit)

    def said(self, engagement: Engagement) -> str:
        if engagement.state == Engagement.State.SUBMITTED:
            return _("Submitted. Your supervisor sees it now.")
        return _("Saved as a draft. Submit it when it is complete.")


class MendMeeting(MeetingScreenView):
    """The same screen for a draft or a returned meeting, with the reason of its return on top."""

    engagement: Engagement

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        rows = Engagement.objects.editable_by(request.user).select_related("community")
        self.engagement = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def community(self) -> Community:
        return self.engagement.community

    def save(self, screen: MeetingScreen, *, submit: bool) -> Engagement:
        meetings.mend_meeting(
            self.engagement,
            screen.minutes(),
            by=self.request.user,
            submit=submit,
            taken_out=screen.brought.chosen(),
        )
        return self.engagement

    def brought(self) -> list:
        kinds = (Concern, Commitment, Verdict, Telling)
        seen = (kind.objects.visible_to(self.request.user) for kind in kinds)
        return [row for rows in seen for row in rows.filter(engagement=self.engagement)]


def evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    """A photo or document that was given as evidence, for colleagues who may see it; always as a download."""
    if not reads_internal(request.user):
        raise PermissionDenied
    evidence = get_object_or_404(Evidence.objects.visible_to(request.user).exclude(file=""), pk=pk)
    return uploads.shown(evidence.file, f"evidence-{evidence.pk}")


def photo_file(request: HttpRequest, pk: int) -> FileResponse:
    """A photo taken at a meeting, for colleagues who see the meeting from inside."""
    photo = get_object_or_404(Photo.objects.visible_to(request.user), pk=pk)
    return uploads.shown(photo.file, f"meeting-{photo.engagement_id}-{photo.pk}", inline=True)
