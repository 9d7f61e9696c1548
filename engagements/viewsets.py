"""The office's lists of this floor: meetings, concerns, commitments, duties, topics, mandates."""

from __future__ import annotations

from typing import Any

import django_filters
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.admin.widgets.button import HeaderButton

from communities import menus
from communities.office import DayColumn, DueColumn, ScopedIndexView, ScopedModelViewSet
from communities.privacy import Level
from communities.sight import is_field, reads_internal

from .models import Commitment, Concern, Duty, Engagement, Mandate, Topic
from .row_pages import CommitmentPage, ConcernPage, DutyPage, MeetingPage
from .views import ChooseCommunity, MeetingScreenView, MendMeeting


def read_by_anyone(model: Any, path: str) -> bool:
    """Whether what `path` leads to, such as "community.code", may be public; what is computed may be."""
    *links, name = path.replace("__", ".").split(".")
    for link in links:
        model = model._meta.get_field(link).related_model
    return model.privacy.get(name, Level.PUBLIC) == Level.PUBLIC


class OfCommunities(ScopedIndexView):
    """A list of what communities asked, heard and were promised. To editors a community goes by its public name."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not reads_internal(request.user):
            self.list_export = [path for path in self.list_export if read_by_anyone(self.model, path)]
            self.search_fields = [path for path in self.search_fields if read_by_anyone(self.model, path)]


class PlaceColumn(Column):
    """The community, as the reader of the list may know it."""

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        if not reads_internal(parent_context["request"].user):
            context["value"] = instance.community.public_label
        return context


PLACE = PlaceColumn("community", label=_("Community"), accessor="community.label")
COMMUNITY = "community__area__parent__parent"


class MeetingFilters(WagtailFilterSet):
    class Meta:
        model = Engagement
        fields = {"state": ["exact"], "kind": ["exact"], "date": ["gte", "lte"]}


class MeetingIndex(OfCommunities):
    def get_add_url(self):
        """Meetings are logged on their own screen, which begins with the community."""
        return reverse("engagement:log") if is_field(self.request.user) else None

    @property
    def header_buttons(self):
        if add_url := self.get_add_url():
            return [HeaderButton(_("Log a meeting"), url=add_url, icon_name="plus")]
        return []


class EngagementViewSet(ScopedModelViewSet):
    model = Engagement
    icon = "group"
    menu_label = _("Meetings")
    add_to_admin_menu = False
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = MeetingIndex
    list_select_related = (COMMUNITY,)
    inspect_view_class = MeetingPage
    filterset_class = MeetingFilters
    search_fields = ["community__code", "community__name"]
    list_display = [
        "__str__",
        PLACE,
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        DayColumn("date", label=_("Date"), sort_key="date"),
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
    ]
    list_export = ["pk", "community.code", "kind", "date", "state", "attendance_total"]
    inspect_view_fields = [
        "kind",
        "date",
        "place_detail",
        "attendance_total",
        "topics",
        "agencies",
        "counterpart",
        "language",
        "interpreter",
        "read_back_in",
        "agreed_by",
        "summary",
        "public_summary",
    ]

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("log/", ChooseCommunity.as_view(), name="log"),
            path("log/<int:community>/", MeetingScreenView.as_view(), name="log_for"),
            path("mend/<int:pk>/", MendMeeting.as_view(), name="mend"),
        ]


class ConcernFilters(WagtailFilterSet):
    overdue = django_filters.BooleanFilter(label=_("Answer overdue"), method="only_overdue")

    class Meta:
        model = Concern
        fields = {"state": ["exact"], "topic": ["exact"], "raised_by": ["exact"], "urgency": ["exact"]}

    def only_overdue(self, rows, name, value):
        return rows.overdue() if value else rows


class ConcernViewSet(ScopedModelViewSet):
    model = Concern
    icon = "comment"
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = OfCommunities
    list_select_related = (COMMUNITY, "topic", "agency")
    inspect_view_class = ConcernPage
    filterset_class = ConcernFilters
    search_fields = ["community__code", "community__name", "public_text"]
    list_display = [
        "__str__",
        PLACE,
        Column("topic", label=_("About"), accessor="topic.label"),
        Column("raised_by", label=_("Raised by"), accessor="get_raised_by_display"),
        Column("agency", label=_("Agency to answer"), accessor="agency.label"),
        DueColumn("due_on", owed="is_open", label=_("Answer due on"), sort_key="due_on"),
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
    ]
    list_export = ["pk", "community.code", "topic.code", "raised_by", "raised_on", "due_on", "state"]
    inspect_view_fields = [
        "public_text",
        "raised_by",
        "raised_on",
        "channel",
        "urgency",
        "agency",
        "due_on",
        "answer",
        "answered_on",
    ]


class CommitmentFilters(WagtailFilterSet):
    standing = django_filters.ChoiceFilter(
        label=_("Which"),
        method="by_standing",
        choices=[
            ("overdue", _("Overdue")),
            ("unsettled", _("To be asked about at the next meeting")),
            ("kept", _("Kept")),
        ],
    )

    class Meta:
        model = Commitment
        fields = {"due_on": ["gte", "lte"]}

    def by_standing(self, rows, name, value):
        return getattr(rows, value)() if value in {"overdue", "unsettled", "kept"} else rows


class CommitmentIndex(OfCommunities):
    def get_base_queryset(self):
        return super().get_base_queryset().with_answers()


class CommitmentViewSet(ScopedModelViewSet):
    model = Commitment
    icon = "pick"
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = CommitmentIndex
    list_select_related = (COMMUNITY, "agency")
    inspect_view_class = CommitmentPage
    filterset_class = CommitmentFilters
    search_fields = ["community__code", "community__name", "public_text", "agency__name"]
    list_display = [
        "__str__",
        PLACE,
        Column("agency", label=_("Agency"), accessor="agency.label"),
        DayColumn("promised_on", label=_("Promised on"), sort_key="promised_on"),
        DueColumn("due_on", owed="is_undelivered", label=_("Due on"), sort_key="due_on"),
        Column("standing", label=_("How it stands"), accessor="standing_label"),
    ]
    list_export = ["pk", "community.code", "agency.code", "promised_on", "due_on", "standing", "days_late"]
    inspect_view_fields = [
        "words",
        "public_text",
        "agency",
        "promised_on",
        "due_on",
        "accepted_by",
        "concern",
        "cancelled_on",
        "cancel_reason",
    ]


class DutyFilters(WagtailFilterSet):
    which = django_filters.ChoiceFilter(
        label=_("Which"),
        method="only",
        choices=[("open", _("Still to tell")), ("closed", _("Told")), ("late", _("Late"))],
    )

    class Meta:
        model = Duty
        fields: dict = {}

    def only(self, rows, name, value):
        if value == "late":
            return rows.open().filter(due_on__lt=timezone.localdate())
        return rows.open() if value == "open" else rows.closed()


class DutyIndex(OfCommunities):
    def get_base_queryset(self):
        return super().get_base_queryset().with_standing()


class DutyViewSet(ScopedModelViewSet):
    model = Duty
    icon = "mail"
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = DutyIndex
    list_select_related = (COMMUNITY, "concern", "commitment")
    inspect_view_class = DutyPage
    filterset_class = DutyFilters
    search_fields = ["community__code", "community__name"]
    list_display = [
        "__str__",
        PLACE,
        Column("about", label=_("About"), accessor="about"),
        DueColumn("due_on", owed="is_open", label=_("Tell by"), sort_key="due_on"),
    ]
    list_export = ["pk", "community.code", "due_on"]
    inspect_view_fields = ["due_on"]


class TopicViewSet(ScopedModelViewSet):
    model = Topic
    icon = "tag"
    menu_hook = menus.REFERENCE
    list_display = ["name", "code", "sealed", "days_to_answer", "position"]
    list_export = ["code", "name", "name_fr", "name_ar", "sealed", "days_to_answer", "position"]
    search_fields = ["name", "name_fr", "name_ar", "code"]
    form_fields = ["code", "name", "name_fr", "name_ar", "sealed", "days_to_answer", "position"]


class MandateViewSet(ScopedModelViewSet):
    model = Mandate
    icon = "list-ul"
    menu_hook = menus.REFERENCE
    list_select_related = ("topic", "area", "agency")
    list_display = ["topic", "area", "agency", "days"]
    list_filter = ["topic"]
    list_export = ["topic.code", "area.code", "agency.code", "days"]
    search_fields = ["topic__name", "area__name", "area__code", "agency__name"]
    form_fields = ["topic", "area", "agency", "days"]


class MeetingsGroup(ModelViewSetGroup):
    menu_label = _("Meetings")
    menu_icon = "group"
    menu_order = 100
    items = (EngagementViewSet, ConcernViewSet, CommitmentViewSet, DutyViewSet)
