"""The office's lists of this floor: meetings, concerns, commitments, duties, topics, mandates."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSetGroup

from communities import menus
from communities.office import (
    DayColumn,
    DueColumn,
    MapOfCommunities,
    PlaceColumn,
    Related,
    ScopedModelViewSet,
    YesNoColumn,
)

from . import lists
from .brief_views import brief_page
from .desk import NewTip
from .field.office import EntryViewSet
from .lists import WordsColumn
from .meeting_page import MeetingPage
from .models import Commitment, Concern, Duty, Engagement, Handover, Mandate, Topic
from .question_pages import QuestionViewSet
from .row_pages import CommitmentPage, ConcernPage, DutyPage, HandoverPage
from .views import ChooseCommunity, MeetingScreenView, MendMeeting


class EngagementViewSet(ScopedModelViewSet):
    model = Engagement
    icon = "group"
    menu_label = _("Meetings")
    add_to_admin_menu = False
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = lists.MeetingIndex
    map_field = "community__location"
    map_view_class = MapOfCommunities
    list_select_related = (PlaceColumn.reads,)
    inspect_view_class = MeetingPage
    filterset_class = lists.MeetingFilters
    search_fields = ["community__code", "community__name"]
    list_display = [
        Related("number", label=_("Meeting")),
        PlaceColumn(),
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
            path("brief/<int:community>/", brief_page, name="brief"),
        ]


class ConcernViewSet(ScopedModelViewSet):
    model = Concern
    icon = "comment"
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = lists.ConcernIndex
    map_field = "community__location"
    map_view_class = MapOfCommunities
    list_select_related = (PlaceColumn.reads, "area__parent__parent", "topic", "agency")
    inspect_view_class = ConcernPage
    filterset_class = lists.ConcernFilters
    search_fields = ["community__code", "community__name", "public_text"]
    list_display = [
        Related("number", label=_("Concern")),
        WordsColumn(label=_("What was asked")),
        PlaceColumn(),
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
        "urgency",
        "agency",
        "due_on",
        "answer",
        "because",
        "answered_on",
    ]


class CommitmentViewSet(ScopedModelViewSet):
    model = Commitment
    icon = "pick"
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = lists.CommitmentIndex
    map_field = "community__location"
    map_view_class = lists.CommitmentMap
    list_select_related = (PlaceColumn.reads, "agency")
    inspect_view_class = CommitmentPage
    filterset_class = lists.CommitmentFilters
    search_fields = ["community__code", "community__name", "public_text", "agency__name"]
    list_display = [
        Related("number", label=_("Commitment")),
        WordsColumn(label=_("What was promised")),
        PlaceColumn(),
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


class DutyViewSet(ScopedModelViewSet):
    model = Duty
    icon = "mail"
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = lists.DutyIndex
    list_select_related = (
        PlaceColumn.reads,
        "concern__area__parent__parent",
        "concern__joined_to",
        "commitment",
    )
    inspect_view_class = DutyPage
    filterset_class = lists.DutyFilters
    search_fields = ["community__code", "community__name"]
    list_display = [
        Related("number", label=_("Duty")),
        PlaceColumn(),
        WordsColumn(label=_("About"), of="about"),
        DueColumn("due_on", owed="is_open", label=_("Tell by"), sort_key="due_on"),
    ]
    list_export = ["pk", "community.code", "due_on"]
    inspect_view_fields = ["due_on"]


class HandoverViewSet(ScopedModelViewSet):
    model = Handover
    icon = "mail"
    url_prefix = "tips"
    menu_label = _("Tips handed over")
    note = _(
        "What was said is kept nowhere: only that a tip came, when it was handed over and what became of it."
    )
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = lists.TipIndex
    list_select_related = ("area", "agency")
    inspect_view_class = HandoverPage
    filterset_class = lists.TipFilters
    list_display = [
        Related("number", label=_("Tip")),
        Column("category", label=_("Category"), accessor="get_category_display"),
        Related("area.label", label=_("District")),
        Related("agency.label", label=_("Handed over to")),
        DateColumn("handed_at", label=_("Handed over on"), sort_key="handed_at"),
        Column("outcome", label=_("What became of it"), accessor="get_outcome_display", sort_key="outcome"),
    ]
    list_export = [
        "pk",
        "category",
        "area.code",
        "agency.code",
        "received_at",
        "handed_at",
        "outcome",
        "outcome_on",
    ]
    export_headings = {"area.code": _("area"), "agency.code": _("agency")}
    inspect_view_fields = [
        "category",
        "area",
        "agency",
        "received_at",
        "handed_at",
        "transfers",
        "outcome",
        "outcome_on",
    ]

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("new/", NewTip.as_view(), name="new")]


class TopicViewSet(ScopedModelViewSet):
    model = Topic
    icon = "tag"
    menu_hook = menus.REFERENCE
    list_display = [
        "name",
        "code",
        YesNoColumn("sealed", label=_("Sealed"), sort_key="sealed"),
        "days_to_answer",
        "position",
    ]
    list_export = ["code", "name", "name_fr", "name_ar", "sealed", "days_to_answer", "position"]
    search_fields = ["name", "name_fr", "name_ar", "code"]
    form_fields = ["code", "name", "name_fr", "name_ar", "sealed", "days_to_answer", "position"]


class MandateViewSet(ScopedModelViewSet):
    model = Mandate
    icon = "list-ul"
    menu_hook = menus.REFERENCE
    list_select_related = ("topic", "area", "agency")
    list_display = ["topic", "area", "agency", "days", "days_to_supervisor", "days_to_headquarters"]
    list_filter = ["topic"]
    list_export = [
        "topic.code",
        "area.code",
        "agency.code",
        "days",
        "days_to_supervisor",
        "days_to_headquarters",
    ]
    search_fields = ["topic__name", "area__name", "area__code", "agency__name"]
    form_fields = ["topic", "area", "agency", "days", "days_to_supervisor", "days_to_headquarters"]


class MeetingsGroup(ModelViewSetGroup):
    menu_label = _("Meetings")
    menu_icon = "group"
    menu_order = 100
    items = (
        EngagementViewSet,
        ConcernViewSet,
        CommitmentViewSet,
        DutyViewSet,
        QuestionViewSet,
        EntryViewSet,
        HandoverViewSet,
    )
