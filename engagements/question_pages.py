"""Questions to headquarters in the office: their list, the form that asks, the page that answers."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from communities.office import (
    AreaFilter,
    DayColumn,
    DueColumn,
    Related,
    ScopedCreateView,
    ScopedFilterSet,
    ScopedModelViewSet,
)
from communities.sight import may

from . import questions
from .forms import AnswerQuestionForm, QuestionForm
from .lists import WORDS_SHOWN
from .models import Question
from .row_pages import Action, RowPage


def _waits_for(row: Question, user: Any) -> bool:
    return row.is_waiting and may(user, "change", row)


class QuestionPage(RowPage):
    template_name = "engagements/office/question.html"
    moves = (
        Action(
            "answer",
            _("Write the answer"),
            lambda row, data, user: questions.answer(row, text=data["text"], by=user),
            _waits_for,
            form_class=AnswerQuestionForm,
            done=_("Answered. Everybody in the field of this area reads it."),
        ),
    )

    @property
    def place(self) -> str:
        return self.object.area.label

    def get_asked_by_display_value(self) -> str:
        return self.object.asked_by.get_full_name()

    def get_answered_by_display_value(self) -> str:
        return self.object.answered_by.get_full_name() if self.object.answered_by else ""

    def get_context_data(self, **kwargs):
        about = self.object.about
        seen = about if about is not None and may(self.request.user, "view", about) else None
        return super().get_context_data(about=seen, **kwargs)


class AskView(ScopedCreateView):
    success_message = _("Asked. Headquarters see it now.")

    def write(self):
        return questions.ask(**self.form.cleaned_data, by=self.request.user)


class QuestionFilters(ScopedFilterSet):
    which = django_filters.ChoiceFilter(
        label=_("Which"),
        method="only",
        choices=[("waiting", _("Waiting")), ("overdue", _("Late")), ("answered", _("Answered"))],
    )
    area = AreaFilter(field_name="area")

    class Meta:
        model = Question
        fields: dict = {}

    def only(self, rows, name, value):
        return getattr(rows, value)() if value in {"waiting", "overdue", "answered"} else rows


class QuestionViewSet(ScopedModelViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    may_edit = False
    add_view_class = AskView
    base_form_class = QuestionForm
    form_fields = ("area", "text", "due_on")
    inspect_view_class = QuestionPage
    filterset_class = QuestionFilters
    list_select_related = ("area",)
    search_fields = ["area__code", "area__name"]
    note = _("What the field asked headquarters. The answers are dated and stay.")
    list_display = [
        Related("number", label=_("Question")),
        Column(
            "text", label=_("What was asked"), accessor=lambda row: Truncator(row.text).words(WORDS_SHOWN)
        ),
        Related("area.label", label=_("Area")),
        DayColumn("asked_on", label=_("Asked on"), sort_key="asked_on"),
        DueColumn("due_on", owed="is_waiting", label=_("Answer due on"), sort_key="due_on"),
        DayColumn("answered_on", label=_("Answered on"), sort_key="answered_on"),
    ]
    list_export = ["pk", "area.code", "asked_on", "due_on", "answered_on", "days_late"]
    inspect_view_fields = ["area", "asked_on", "asked_by", "due_on", "answered_on", "answered_by"]
