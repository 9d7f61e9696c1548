"""The office's building parts: scoped viewsets and choosers, the list map, reading and acting on one row.

Wagtail does not scope rows: a stock viewset lists, exports, opens and saves rows that its user must not
see. These narrow every queryset, check the fetched object, and check again after saving, inside the
transaction, so that no row can be created in, or moved to, a place its author cannot see.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.forms.models import modelform_factory
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.panels import ObjectList
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, HeaderButton

from .models import Community
from .office_columns import (
    NOTHING_KNOWN,
    DayColumn,
    DueColumn,
    PlaceColumn,
    Related,
    YesNoColumn,
    grouped,
    yes_or_no,
)
from .office_forms import (
    AreaFilter,
    CodeFilter,
    CodeSearchForm,
    CodesField,
    GeoWidget,
    PeriodFilter,
    PlaceFilters,
    ScopedChooserWidget,
    ScopedFilterSet,
    ScopedForm,
)
from .office_lists import (
    CARRIED,
    InsideIndex,
    ListMapView,
    MapOfCommunities,
    OfCommunities,
    PlacesMapView,
    ScopedIndexView,
    ScopedView,
    safe_cell,
    shape_fields,
)
from .privacy import Level
from .row_actions import Offer, RowActionView
from .sight import may, reads_internal

__all__ = [
    "AreaFilter",
    "CodeFilter",
    "CodesField",
    "DayColumn",
    "DueColumn",
    "GeoWidget",
    "InsideIndex",
    "ListMapView",
    "MapOfCommunities",
    "OfCommunities",
    "PeriodFilter",
    "PlaceColumn",
    "PlaceFilters",
    "PlacesMapView",
    "Related",
    "RowActionView",
    "ScopedChooserViewSet",
    "ScopedCreateView",
    "ScopedEditView",
    "ScopedFilterSet",
    "ScopedForm",
    "ScopedIndexView",
    "ScopedInspectView",
    "ScopedModelViewSet",
    "YesNoColumn",
    "safe_cell",
]


# --- Views ---------------------------------------------------------------------------------------------
class CheckedSave:
    """Checks the saved row again inside the transaction; what is refused becomes an error of the form."""

    checked_action = "add"

    def write(self):
        """Saves the valid form. Overridden where a verb does it."""
        return super().save_instance()

    def save_instance(self):
        row = self.write()
        if not may(self.request.user, self.checked_action, row):
            raise PermissionDenied(_("This is outside what your posting covers. Nothing was saved."))
        return row

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ValidationError as refusal:
            self.show_refusal(form, refusal)
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal) or _("This is outside what your posting covers."))
        self.produced_error_message = self.get_error_message()
        return self.form_invalid(form)

    @staticmethod
    def show_refusal(form, refusal: ValidationError) -> None:
        """A verb's refusal, beside the field that it names where the form has that field."""
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal.error_list}
        for name, sentences in by_field.items():
            form.add_error(name if name in form.fields else None, sentences)

    def get_success_buttons(self):
        return []


class ScopedCreateView(CheckedSave, generic.CreateView):
    def get_initial(self):
        """`?community=BJ-V1` fills that choice in, if the user may see it."""
        initial = super().get_initial()
        fields = self.get_form_class().base_fields
        for name in CARRIED:
            given = self.request.GET.get(name)
            if given and name in fields:
                rows = fields[name].queryset.model._default_manager.visible_to(self.request.user)
                initial[name] = rows.filter(code=given).values_list("pk", flat=True).first()
        return initial


class ScopedEditView(CheckedSave, generic.EditView):
    checked_action = "change"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        rows = self.model._default_manager.editable_by(request.user)
        self.may_change = rows.filter(pk=unquote(str(kwargs.get("pk")))).exists()

    def dispatch(self, request, *args, **kwargs):
        if not self.may_change:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ScopedInspectView(generic.InspectView):
    """Reading a row. Shapes are drawn, not printed; unknown is a dash."""

    template_name = "communities/office/inspect.html"
    page_title = gettext_lazy("Details")
    history_url_name = None
    actions: tuple = ()

    @cached_property
    def may_change(self) -> bool:
        rows = self.model._default_manager.filter(pk=self.object.pk)
        return rows.editable_by(self.request.user).exists()

    def get_edit_url(self):
        return super().get_edit_url() if self.may_change else None

    @cached_property
    def header_buttons(self):
        """What may be done with the row."""
        return [
            HeaderButton(label, url=url, icon_name=icon) for label, url, icon in self.offered(self.object)
        ]

    def ways(self) -> list[Button]:
        """Where to go from the row: higher floors add theirs."""
        fills = hooks.get_hooks("office_row_buttons")
        return [way for fill in fills for way in fill(self.object, self.request.user)]

    def offered(self, row: models.Model):
        """(label, address, icon) for each action of the viewset that this user may take on this row."""
        for action in self.actions:
            if action.view.offered_to(row, self.request.user):
                yield (
                    action.view.button_label,
                    reverse(action.url_name, args=(quote(row.pk),)),
                    action.view.icon,
                )

    @cached_property
    def header_more_buttons(self):
        past = Button(
            _("History"),
            url=reverse(self.history_url_name, args=(quote(self.object.pk),)),
            icon_name="history",
            priority=30,
        )
        return [*super().header_more_buttons, past]

    @cached_property
    def inside(self) -> bool:
        """Whether its reader reads more of the row than what may be public."""
        return reads_internal(self.request.user)

    def held_back(self) -> set[str]:
        """Never a name or a phone: those are opened one by one, and each opening is logged."""
        kept = {Level.PERSONAL, Level.SEALED} | (set() if self.inside else {Level.INTERNAL})
        return {name for name, level in self.model.privacy.items() if level in kept}

    def get_fields(self):
        return [name for name in super().get_fields() if name not in {"id"} | self.held_back()]

    def get_fields_context(self):
        return [self.get_context_for_field(name) for name in self.fields if name not in self.shape_names]

    def get_context_for_field(self, field_name):
        context = super().get_context_for_field(field_name)
        text = isinstance(context["value"], str)
        return {**context, "text": text, "long": text and len(context["value"]) > 80}

    def get_field_display_value(self, field_name, field):
        value = super().get_field_display_value(field_name, field)
        if isinstance(value, bool):
            return yes_or_no(value)
        if isinstance(value, datetime):
            return date_format(localtime(value), "DATETIME_FORMAT")
        if isinstance(value, date):
            return date_format(value)
        if isinstance(value, float):
            return round(value, 1)
        if field is not None and field.name == "by" and value is not None:
            return value.get_full_name()
        if isinstance(value, Community) and not self.inside:
            return value.public_label
        return NOTHING_KNOWN if value in (None, "", "-") else grouped(value)

    @cached_property
    def shape_names(self) -> set[str]:
        return shape_fields(self.model)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        shapes = (getattr(self.object, name) for name in self.fields if name in self.shape_names)
        about = {"type": "Feature", "properties": {"state": getattr(self.object, "map_state", "")}}
        context["ways"] = self.ways()
        context["shapes"] = [{**about, "geometry": json.loads(shape.json)} for shape in shapes if shape]
        return context


class ScopedHistoryView(history.HistoryView):
    any_permission_required = ["view", "change"]

    def get_edit_url(self, instance):
        return super().get_edit_url(instance) if may(self.request.user, "change", instance) else None

    @cached_property
    def header_buttons(self):
        return super().header_buttons if self.get_edit_url(self.object) else []


# --- Viewsets -------------------------------------------------------------------------------------------
class ScopedViewSetMixin:
    """Every view this viewset builds is narrowed to its user's sight."""

    def construct_view(self, view_class, **kwargs):
        scoped = type(f"Scoped{view_class.__name__}", (ScopedView, view_class), {"scope_model": self.model})
        return super().construct_view(scoped, **kwargs)


class ScopedModelViewSet(ScopedViewSetMixin, ModelViewSet):
    """List, create, edit, inspect and history for a domain model. Nothing is deleted or copied here."""

    index_view_class = ScopedIndexView
    add_view_class = ScopedCreateView
    edit_view_class = ScopedEditView
    inspect_view_class = ScopedInspectView
    history_view_class = ScopedHistoryView
    map_view_class: type[ListMapView] = ListMapView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    map_field = ""  # the field of its place, or a path to it such as "community__location" (PlacesMapView)
    may_add = may_edit = True
    list_per_page = 25
    base_form_class = ScopedForm
    list_select_related: tuple = ()
    note: Any = ""  # a sentence above the list: what it shows and what it does not
    row_actions: tuple[type[RowActionView], ...] = ()

    @cached_property
    def search_backend_name(self):
        return None  # the columns themselves are searched

    def get_common_view_kwargs(self, **kwargs):
        common = {**super().get_common_view_kwargs(**kwargs), "usage_url_name": None, "delete_url_name": None}
        if not self.may_edit:
            common["edit_url_name"] = None
        if not self.may_add:
            common["add_url_name"] = None
        return common

    def get_index_view_kwargs(self, **kwargs):
        kwargs = super().get_index_view_kwargs(**kwargs)
        kwargs.update(list_select_related=self.list_select_related, note=self.note)
        if self.map_field:
            kwargs.update(map_field=self.map_field, map_url_name=self.get_url_name("map"))
        return kwargs

    def get_inspect_view_kwargs(self, **kwargs):
        offers = tuple(Offer(view, self.get_url_name(view.name)) for view in self.row_actions)
        return super().get_inspect_view_kwargs(
            actions=offers, history_url_name=self.get_url_name("history"), **kwargs
        )

    def get_edit_handler(self):
        if not hasattr(self, "panels"):
            return None
        return ObjectList(self.panels, base_form_class=self.base_form_class).bind_to_model(self.model)

    def get_form_class(self, for_update=False):
        if self._edit_handler:
            return self._edit_handler.get_form_class()
        return modelform_factory(
            self.model,
            form=self.base_form_class,
            fields=self.get_form_fields() or (),
            exclude=self.get_exclude_form_fields(),
        )

    @property
    def url_finder_class(self):
        finder = super().url_finder_class
        if not self.may_edit:
            finder.edit_url_name = self.get_url_name("inspect")
        return finder

    @property
    def map_view(self):
        return self.construct_view(self.map_view_class, **self.get_index_view_kwargs(), results_only=True)

    def get_urlpatterns(self):
        dropped = {"delete", "usage"}
        if not self.may_add:
            dropped.add("add")
        if not self.may_edit:
            dropped.add("edit")
        patterns = [p for p in super().get_urlpatterns() if p.name not in dropped]
        if self.map_field:
            patterns.append(path("map/", self.map_view, name="map"))
        for view in self.row_actions:
            patterns.append(path(f"{view.name}/<int:pk>/", self.construct_view(view), name=view.name))
        return patterns


class ScopedChooserViewSet(ScopedViewSetMixin, ChooserViewSet):
    """Chooses among the rows its user may see, found by code or name."""

    base_widget_class = ScopedChooserWidget
    per_page = 12

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(filter_form_class=CodeSearchForm, **kwargs)

    def get_object_list(self):
        return self.model._default_manager.defer(*shape_fields(self.model))

    def get_urlpatterns(self):
        return [p for p in super().get_urlpatterns() if p.name != "create"]
