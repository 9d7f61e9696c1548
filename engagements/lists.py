"""What the lists of meetings, concerns, commitments and duties are made of: words, filters, views, maps."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from communities.office import (
    AreaFilter,
    CodeFilter,
    MapOfCommunities,
    OfCommunities,
    PlaceFilters,
    ScopedFilterSet,
    ScopedIndexView,
)
from communities.office_columns import NOTHING_KNOWN
from communities.sight import is_field, reads_internal

from . import escalation, inbox
from .models import Commitment, Concern, Duty, Engagement, Escalation, Handover

WORDS_SHOWN = 14

AGENCY = _("Agency (code)")


# --- Words ---------------------------------------------------------------------------------------------
def said(row: Concern | Commitment, user: Any) -> str:
    """What was asked or promised: the words meant for colleagues, or to an editor those for the public."""
    if not reads_internal(user):
        return row.public_text
    return row.text if isinstance(row, Concern) else row.words


class WordsColumn(Column):
    """The first words of what was asked or promised; `of` leads to it where it is not the row itself."""

    cell_template_name = "engagements/office/words_cell.html"

    def __init__(self, *, label, of: str = ""):
        super().__init__("said", label=label)
        self.of = of

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        about = getattr(instance, self.of) if self.of else instance
        words = said(about, parent_context["request"].user)
        return {**context, "value": Truncator(words).words(WORDS_SHOWN) or NOTHING_KNOWN}


# --- Filters -------------------------------------------------------------------------------------------
class MeetingFilters(PlaceFilters):
    agency = CodeFilter(field_name="agencies__code", label=_("Agency present (code)"))

    class Meta:
        model = Engagement
        fields = {"state": ["exact"], "kind": ["exact"], "date": ["gte", "lte"]}


class OwedFilters(PlaceFilters):
    """Of what may be late: also what climbed to its reader, as the daily mail counts it."""

    climbed = django_filters.BooleanFilter(label=_("Climbed to you"), method="only_climbed")

    def only_climbed(self, rows, name, value):
        if not value:
            return rows
        steps = Escalation.objects.climbed_to(self.request.user).standing()
        about = rows.model._meta.model_name
        return rows.filter(pk__in=steps.filter(**{f"{about}__isnull": False}).values(about))


class ConcernFilters(OwedFilters):
    area = AreaFilter(field_name="community__area", or_at="area")
    overdue = django_filters.BooleanFilter(label=_("Answer overdue"), method="only_overdue")
    added = django_filters.BooleanFilter(label=_("Added to since"), method="only_added")
    agency = CodeFilter(field_name="agency__code", label=AGENCY)

    class Meta:
        model = Concern
        fields = {"state": ["exact"], "topic": ["exact"], "raised_by": ["exact"], "urgency": ["exact"]}

    def only_overdue(self, rows, name, value):
        return escalation.late_concerns(rows, timezone.localdate()) if value else rows

    def only_added(self, rows, name, value):
        return inbox.added_to(rows) if value else rows


class CommitmentFilters(OwedFilters):
    standing = django_filters.ChoiceFilter(
        label=_("Which"),
        method="by_standing",
        choices=[
            ("overdue", _("Overdue")),
            ("unsettled", _("To be asked about at the next meeting")),
            ("kept", _("Kept")),
        ],
    )
    agency = CodeFilter(field_name="agency__code", label=AGENCY)

    class Meta:
        model = Commitment
        fields = {"due_on": ["gte", "lte"]}

    def by_standing(self, rows, name, value):
        if value == "overdue":
            return escalation.late_commitments(rows, timezone.localdate())
        return getattr(rows, value)() if value in {"unsettled", "kept"} else rows


class DutyFilters(OwedFilters):
    area = AreaFilter(field_name="community__area", or_at="concern__area")
    which = django_filters.ChoiceFilter(
        label=_("Which"),
        method="only",
        choices=[("open", _("Still to tell")), ("closed", _("Told")), ("late", _("Late"))],
    )
    agency = CodeFilter(method="of_agency", label=AGENCY)

    class Meta:
        model = Duty
        fields: dict = {}

    def only(self, rows, name, value):
        if value == "late":
            return escalation.late_duties(rows, timezone.localdate())
        return rows.open() if value == "open" else rows.closed()

    def of_agency(self, rows, name, code):
        return rows.filter(Q(concern__agency__code__iexact=code) | Q(commitment__agency__code__iexact=code))


class TipFilters(ScopedFilterSet):
    area = AreaFilter(field_name="area")
    agency = CodeFilter(field_name="agency__code", label=_("Agency (code)"))

    class Meta:
        model = Handover
        fields = ["category", "outcome"]


# --- Lists and their maps ------------------------------------------------------------------------------
class MeetingIndex(OfCommunities):
    def get_add_url(self):
        """Meetings are logged on their own screen, which begins with the community."""
        return reverse("engagement:log") if is_field(self.request.user) else None

    @property
    def header_buttons(self):
        if add_url := self.get_add_url():
            return [HeaderButton(_("Log a meeting"), url=add_url, icon_name="plus")]
        return []


class TipIndex(ScopedIndexView):
    @property
    def header_buttons(self):
        if not is_field(self.request.user):
            return []
        return [HeaderButton(_("Hand over a tip"), url=reverse("handover:new"), icon_name="plus")]


class ConcernIndex(OfCommunities):
    @property
    def header_buttons(self):
        if not is_field(self.request.user):
            return []
        return [HeaderButton(_("Take a report"), url=reverse("take_report"), icon_name="plus")]


class WithAnswers:
    def get_base_queryset(self):
        return super().get_base_queryset().with_answers()


class CommitmentIndex(WithAnswers, OfCommunities):
    pass


class DutyIndex(OfCommunities):
    def get_base_queryset(self):
        return super().get_base_queryset().with_standing()


class CommitmentMap(WithAnswers, MapOfCommunities):
    pass
