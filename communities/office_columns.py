"""The columns of the office's lists: what a path leads to, and days, in the reader's own form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.tables import Column

from .sight import reads_internal, today

NOTHING_KNOWN = "–"


def followed(row: Any, dotted: str) -> Any:
    """`row.a.b`, called where it can be; None as soon as a link of the path is missing."""
    for name in dotted.split("."):
        row = getattr(row, name, None)
        if callable(row) and not isinstance(row, models.Manager):
            row = row()
        if row is None:
            return None
    return row


def grouped(value: Any) -> Any:
    """A number or amount with its thousands apart, as the reader's language writes it; else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    exact = int(value) if value == int(value) else value
    return number_format(exact, use_l10n=True, force_grouping=True)


class Related(Column):
    """A column that follows a path, such as "area.code", and shows a dash where a link is missing."""

    def get_value(self, instance):
        value = followed(instance, self.accessor)
        return NOTHING_KNOWN if value in (None, "") else grouped(value)


class PlaceColumn(Column):
    """The community, as the reader of the list may know it; or, of rows that know no more, their area.

    Such rows have `place` and `public_place`.
    """

    reads = "community__area__parent__parent"  # for `list_select_related`: a public name is the district's

    def __init__(self):
        super().__init__("community", label=gettext_lazy("Community"))

    def get_value(self, instance):
        return instance.community.label if instance.community else instance.place

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        if not reads_internal(parent_context["request"].user):
            community = instance.community
            context["value"] = community.public_label if community else instance.public_place
        return context


def yes_or_no(value: bool) -> str:
    return _("Yes") if value else _("No")


class YesNoColumn(Related):
    """Whether something is so, in words: a note, such as a milestone's evidence, counts as yes."""

    def get_value(self, instance):
        return yes_or_no(bool(followed(instance, self.accessor)))


class DayColumn(Related):
    """A day, such as "3 March 2026": what happened on a day has no hour to count from."""

    def get_value(self, instance):
        day = followed(instance, self.accessor)
        return NOTHING_KNOWN if day is None else date_format(day)


def how_due(day: date) -> str:
    """How what is due on `day` and not done stands today: "8 days late", "today", "in 12 days"."""
    late = (today() - day).days
    if late > 0:
        return ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}
    if late == 0:
        return _("today")
    return ngettext("in %(days)d day", "in %(days)d days", -late) % {"days": -late}


class DueColumn(DayColumn):
    """The day something is due and, while the row's `owed` is true, how that stands: "8 days late"."""

    cell_template_name = "communities/office/due_cell.html"

    def __init__(self, name: str, *, owed: str, **kwargs):
        super().__init__(name, **kwargs)
        self.owed = owed

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        day = followed(instance, self.accessor)
        if day is None or not followed(instance, self.owed):
            return context
        return {**context, "stands": how_due(day), "late": day < today()}
