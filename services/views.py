"""Office screens of this floor beyond list, form and details: what goes through a verb."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Media
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from communities import uploads
from communities.office import (
    ListMapView,
    RowActionView,
    ScopedCreateView,
    ScopedEditView,
    ScopedIndexView,
    ScopedInspectView,
)
from communities.sight import may, reads_internal, today

from . import cards, money, points
from .forms import CountForm, RetireForm
from .gaps import mark_changed
from .models import CardScheme, Observation, Step


# --- Service points ------------------------------------------------------------------------------------
class Latest:
    """Points with what was last seen there."""

    def get_base_queryset(self):
        return super().get_base_queryset().with_latest()


class PointListView(Latest, ScopedIndexView):
    pass


class PointMapView(Latest, ListMapView):
    def feature(self, row):
        drawn = super().feature(row)
        standing = points.standing(row, on=today())
        drawn["properties"] |= {"state": standing.key, "mark": standing.mark, "words": str(standing.words)}
        return drawn


class PointCreateView(ScopedCreateView):
    def write(self):
        point = super().write()
        points.settle(point)
        return point


class PointEditView(ScopedEditView):
    def write(self):
        was_type = self.form.initial.get("type")
        point = super().write()
        points.settle(point, was_type=was_type)
        return point


class PointDetailView(ScopedInspectView):
    """The point, and everything that was ever observed there."""

    template_name = "services/point.html"

    def get_context_data(self, **kwargs):
        seen = self.object.observations.visible_to(self.request.user).select_related("by")
        latest = type(self.object).objects.visible_to(self.request.user).with_latest().select_related("type")
        standing = points.standing(latest.get(pk=self.object.pk), on=today())
        return super().get_context_data(observations=seen[:50], standing=standing, **kwargs)


class ObserveView(ScopedCreateView):
    def write(self):
        return points.observe(**self.form.cleaned_data, by=self.request.user)


class DeliverView(ScopedCreateView):
    def write(self):
        return points.record_delivery(**self.form.cleaned_data, by=self.request.user)


class RetireView(RowActionView):
    name = "retire"
    icon = "no-view"
    button_label = _("Take out of the register")
    explanation = _("The point stays, with everything observed there. It no longer counts for any community.")
    done_message = _("The point left the register.")
    form_class = RetireForm

    @classmethod
    def offered_to(cls, row, user):
        return row.retired_on is None and super().offered_to(row, user)

    def get_initial(self):
        return {"on": today()}

    def act(self, row, cleaned):
        points.retire(row, by=self.request.user, on=cleaned["on"])


class TypeEditView(ScopedEditView):
    """A changed standard changes the gaps."""

    def write(self):
        service_type = super().write()
        mark_changed([service_type.pk])
        return service_type


class TypeCreateView(ScopedCreateView):
    def write(self):
        service_type = super().write()
        mark_changed([service_type.pk])
        return service_type


# --- Cards ---------------------------------------------------------------------------------------------
class OpenSchemeView(RowActionView):
    name = "open"
    icon = "lock-open"
    button_label = _("Open the scheme")
    explanation = _("An open scheme is public, and drives may record counts for it.")
    done_message = _("The scheme is open.")

    @classmethod
    def offered_to(cls, row, user):
        return row.state == CardScheme.State.DRAFT and super().offered_to(row, user)

    def act(self, row, cleaned):
        cards.open_scheme(row, by=self.request.user)


class CloseSchemeView(RowActionView):
    name = "close"
    icon = "lock"
    button_label = _("Close the scheme")
    explanation = _("No more counts can be recorded for it. What was recorded stays.")
    done_message = _("The scheme is closed.")

    @classmethod
    def offered_to(cls, row, user):
        return row.state == CardScheme.State.OPEN and super().offered_to(row, user)

    def act(self, row, cleaned):
        cards.close_scheme(row, by=self.request.user)


def counts_table(rows: list[cards.GridRow]) -> dict:
    """What services/counts_table.html shows of a drive's grid, beside its `lines`."""
    totals, waiting = cards.column_totals(rows), cards.waiting_total(rows)
    return {"rows": rows, "steps": Step, "totals": totals, "waiting": waiting}


class DriveDetailView(ScopedInspectView):
    """The drive, with its communities and how far each has come."""

    template_name = "services/drive.html"

    def get_context_data(self, **kwargs):
        rows = cards.grid(self.object, user=self.request.user)
        lines = [(row, None) for row in rows]
        return super().get_context_data(lines=lines, **counts_table(rows), **kwargs)


class DriveEditView(ScopedEditView):
    """The counts are one step away from the drive's own fields, as they are from its details."""

    @cached_property
    def header_buttons(self):
        counts = reverse("carddrive:counts", args=[self.object.pk])
        return [HeaderButton(CountsView.button_label, url=counts, icon_name=CountsView.icon)]


class CountsView(RowActionView):
    """One grid: communities by steps. Whoever sees the drive reads it; its registrar fills the next step."""

    name = "counts"
    action = "view"
    icon = "table"
    button_label = _("Counts")
    template_name = "services/card_counts.html"

    @cached_property
    def rows(self):
        return cards.grid(self.object, user=self.request.user)

    @cached_property
    def may_count(self) -> bool:
        is_open = self.object.scheme.state == CardScheme.State.OPEN
        return is_open and may(self.request.user, "change", self.object)

    @property
    def count_media(self):
        return CountForm(row=self.rows[0]).media if self.rows and self.may_count else Media()

    def get_context_data(self, **kwargs):
        kwargs.setdefault("lines", self.lines())
        return super().get_context_data(drive=self.object, **counts_table(self.rows), **kwargs)

    def lines(self, data=None):
        """(row, form) for each community; no form for whoever may only read."""
        for row in self.rows:
            form = CountForm(data, row=row) if self.may_count else None
            if data is not None and not form.is_filled:
                form = CountForm(row=row)  # an empty line is no error
            yield row, form

    def post(self, request, *args, **kwargs):
        if not self.may_count:
            return redirect(request.path)
        lines = list(self.lines(request.POST))
        filled = [form for _row, form in lines if form and form.is_bound]
        valid = [form.is_valid() for form in filled]  # each, so that every line shows its own error
        recorded = self.record(filled) if all(valid) else None
        if recorded is None:
            messages.error(request, _("Nothing was recorded: see the lines below."))
            return self.render_to_response(self.get_context_data(lines=lines))
        messages.success(request, ngettext("%d count recorded.", "%d counts recorded.", recorded) % recorded)
        return redirect(request.path)

    def record(self, filled):
        """How many lines were recorded: all of them, or none (None), each refusal shown on its own line."""
        refused = False
        with transaction.atomic():
            for form in filled:
                try:
                    cards.record_count(
                        drive=self.object,
                        community=form.row.community,
                        by=self.request.user,
                        **form.cleaned_data,
                    )
                except ValidationError as refusal:
                    form.add_error(None, "; ".join(refusal.messages))
                    refused = True
            if refused:
                transaction.set_rollback(True)
        return None if refused else len(filled)


# --- Projects ------------------------------------------------------------------------------------------
class ProjectListView(ScopedIndexView):
    """Projects, with the budgets of those listed: one sum per currency, never across."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = self.filter_queryset(self.search_queryset(self.get_base_queryset()))
        context["summary"] = [self.sentence(total) for total in money.totals(rows)]
        return context

    @staticmethod
    def sentence(total: money.Total) -> str:
        words = ngettext("%(total)s in %(count)d project", "%(total)s in %(count)d projects", total.rows)
        return words % {"total": total, "count": total.rows}


# --- Observations --------------------------------------------------------------------------------------
def observation_photo(request: HttpRequest, pk: int) -> FileResponse:
    """The photo taken with an observation, for colleagues: it was not looked at with the public in mind."""
    if not reads_internal(request.user):
        raise PermissionDenied
    row = get_object_or_404(Observation.objects.visible_to(request.user).exclude(photo=""), pk=pk)
    return uploads.shown(row.photo, f"observation-{row.pk}", inline=True)
