"""What the office's forms and filters share: the map field, choosers, lists of codes, choices within sight."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.gis.db import models as gis
from django.contrib.gis.gdal.error import GDALException
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.forms import Media, ModelChoiceField, ModelMultipleChoiceField
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from leaflet import app_settings as leaflet_settings
from leaflet.forms.widgets import LeafletWidget
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.forms.models import WagtailAdminModelForm, register_form_field_override
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.chooser import BaseChooser

from .commas import listed
from .map_words import drawing_words
from .models import Area, Community
from .models.reference import DISTRICT
from .sight import ScopedQuerySet, reads_internal


# --- Days ----------------------------------------------------------------------------------------------
class DayInput(AdminDateInput):
    """A day, typed or chosen. What cannot be read stays as it was typed, so that the form can say so: the
    calendar on its own would put today in its place, unseen."""

    def get_config(self):
        return {**super().get_config(), "validateOnBlur": False}


register_form_field_override(models.DateField, override={"widget": DayInput})


# --- The map field -------------------------------------------------------------------------------------
class GeoWidget(LeafletWidget):
    """django-leaflet's field as a custom element: works in Wagtail's forms, in inline rows and under CSP.

    Latitude and longitude boxes stand beside the map of a point, for the keyboard.
    """

    template_name = "communities/geo_field.html"

    @property
    def media(self):
        """One ordered list: merged media may be woven together, and each of these needs the one before."""
        scripts = ["leaflet.js", "leaflet.extras.js", "draw/leaflet.draw.js", "leaflet.forms.js"]
        styles = ["leaflet/leaflet.css", "leaflet/draw/leaflet.draw.css", "communities/geo-field.css"]
        ours = ["communities/basemap.js", "communities/geo-field.js"]
        return Media(js=[*(f"leaflet/{name}" for name in scripts), *ours], css={"screen": styles})

    def deserialize(self, value):
        try:
            return super().deserialize(value)
        except GDALException:  # a malformed shape is an error of the form, not of the server
            return None

    def _render(self, template_name, context, renderer=None):
        """Django's own renderer of widgets looks into apps alone; ours are with all other templates."""
        return mark_safe(render_to_string(template_name, context))

    def get_context(self, name, value, attrs):
        field_id = (attrs or {}).get("id") or f"id_{name}"
        context = super().get_context(name, value, dict(attrs or {}))
        options = {
            "geom_type": context["widget"]["attrs"]["geom_name"],
            "modifiable": self.modifiable,
            "center": leaflet_settings["DEFAULT_CENTER"],
            "zoom": leaflet_settings["DEFAULT_ZOOM"],
            "words": drawing_words(),
        }
        context.update(
            field_id=field_id,
            options=json.dumps(options),
            is_point=options["geom_type"].lower() == "point",
        )
        return context


for geometry_field in (gis.PointField, gis.MultiLineStringField, gis.MultiPolygonField):
    register_form_field_override(geometry_field, override={"widget": GeoWidget})


# --- Choosing one of very many, or several by their codes -------------------------------------------------
class ScopedChooserWidget(BaseChooser):
    """Shows the chosen row only to those who may see it: a guessed number gives nothing away."""

    show_edit_link = False
    for_user: Any = None
    kept: models.QuerySet | None = None  # what the row already names stays readable

    def get_instance(self, value):
        if value is None or isinstance(value, self.model_class):
            return value
        if not str(value).isdigit():
            return None
        rows = self.model_class._default_manager.visible_to(self.for_user)
        if self.kept is not None:
            rows = rows | self.kept
        return rows.filter(pk=value).first()


class CodeSearchForm(BaseFilterForm):
    """Finds rows of a chooser by code or name."""

    q = forms.CharField(
        label=_("Search term"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Code or name")}),
    )

    def filter(self, objects):
        objects = super().filter(objects)
        self.search_query = self.cleaned_data.get("q")
        if not self.search_query:
            return objects
        self.is_searching = True
        found = models.Q()
        for name in ("code", "name", "name_fr", "name_ar"):
            if name in {f.name for f in objects.model._meta.fields}:
                found |= models.Q(**{f"{name}__icontains": self.search_query})
        return objects.filter(found)


class CodesField(ModelMultipleChoiceField):
    """Several rows, by their codes: typed or pasted, with spaces, commas or new lines between them.

    There may be a hundred thousand to choose from, so there is no list to pick from.
    """

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"})
    default_help = _("Codes, with a space, a comma or a new line between them.")

    def __init__(self, queryset, **kwargs):
        kwargs.setdefault("help_text", self.default_help)
        super().__init__(queryset, to_field_name="code", **kwargs)

    def prepare_value(self, value):
        if isinstance(value, str) or value is None:
            return value or ""
        return " ".join(sorted(getattr(row, "code", str(row)) for row in value))

    def clean(self, value):
        codes = {code for code in re.split(r"[\s,;،]+", value or "") if code}
        if self.required and not codes:
            raise ValidationError(self.error_messages["required"], code="required")
        rows = list(self.queryset.filter(code__in=codes))
        unknown = sorted(codes - {row.code for row in rows})
        if unknown:
            raise ValidationError(
                gettext("Not known, or not in your areas: %(codes)s.") % {"codes": listed(unknown[:10])}
            )
        return rows

    def has_changed(self, initial, data):
        return sorted((self.prepare_value(initial) or "").split()) != sorted((data or "").split())


class ScopedForm(WagtailAdminModelForm):
    """Every choice of the form is narrowed to what its user may see.

    What the row already names and its user cannot see stays as it is: it is neither shown in a list of
    several, nor lost when the form is saved. A form's own Meta inherits this one.
    """

    class Meta(WagtailAdminModelForm.Meta):
        # The row that has the code may be out of sight: nothing is said of it, nor of where it is.
        error_messages: ClassVar[dict] = {
            "code": {"unique": _("This code is taken. Ask an administrator if you do not see it.")}
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.unseen: dict[str, list] = {}
        for name, field in self.fields.items():
            if type(field) is forms.CharField:  # words may be written in another direction than the page
                field.widget.attrs.setdefault("dir", "auto")
            if isinstance(field, ModelChoiceField | ModelMultipleChoiceField) and self.for_user:
                self.narrow(field)
                if isinstance(field.queryset, ScopedQuerySet):
                    self._keep(name, field)

    def narrow(self, field: Any) -> None:
        """Narrows one field's choices; a form with a wider or narrower rule overrides this."""
        if isinstance(field.queryset, ScopedQuerySet):
            field.queryset = field.queryset.visible_to(self.for_user)

    def _keep(self, name: str, field: Any) -> None:
        if isinstance(field, ModelMultipleChoiceField):
            self._keep_unseen(name, field)
            return
        current = getattr(self.instance, f"{name}_id", None) if self.instance.pk else None
        kept = field.queryset.model._default_manager.filter(pk=current) if current else None
        if isinstance(field.widget, ScopedChooserWidget):
            field.widget.for_user, field.widget.kept = self.for_user, kept
        if kept is not None and not field.queryset.filter(pk=current).exists():
            field.queryset = field.queryset | kept

    def _keep_unseen(self, name: str, field: Any) -> None:
        if not self.instance.pk:
            return
        seen = set(field.queryset.filter(pk__in=self._related(name)).values_list("pk", flat=True))
        self.unseen[name] = [row for row in self._related(name) if row.pk not in seen]
        self.initial[name] = [row for row in self._related(name) if row.pk in seen]

    def _related(self, name: str) -> models.QuerySet:
        return getattr(self.instance, name).all()

    def clean(self):
        cleaned = super().clean()
        for name, rows in self.unseen.items():
            if rows and name in cleaned:
                cleaned[name] = [*cleaned[name], *rows]
        return cleaned


# --- Filters -------------------------------------------------------------------------------------------
class AreaFilter(django_filters.CharFilter):
    """Rows in the area with this P-code or anywhere below it. `field_name` is the path to the area, `or_at` another
    one for rows that have none there."""

    def __init__(self, *args, or_at: str = "", **kwargs):
        kwargs.setdefault("label", _("Area (P-code)"))
        super().__init__(*args, **kwargs)
        self.or_at = or_at

    def filter(self, qs, value):
        if not value:
            return qs
        roots = Area.objects.public().filter(code__iexact=value.strip()).values_list("pk", flat=True)
        below = Area.objects.within(roots)
        path = "pk" if self.field_name == "self" else self.field_name
        paths = [f"{path}__in" for path in (path, self.or_at) if path]
        return qs.filter(Q(*[(path, below.values("pk")) for path in paths], _connector=Q.OR))


class CodeFilter(django_filters.CharFilter):
    """Rows whose related row has this code."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("lookup_expr", "iexact")
        super().__init__(*args, **kwargs)


class PeriodFilter(django_filters.DateFromToRangeFilter):
    """From one day to another, either left open."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, widget=DateRangePickerWidget, **kwargs)


class ScopedFilterSet(WagtailFilterSet):
    """Every choice of a filter is narrowed to what its user may see."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for each in self.filters.values():
            rows = each.extra.get("queryset")
            if isinstance(rows, ScopedQuerySet):
                each.extra["queryset"] = rows.visible_to(self.request.user)


class PlaceFilters(ScopedFilterSet):
    """By area and by community. An editor finds nobody closer than by the district, unless the public may."""

    area = AreaFilter(field_name="community__area")
    community = CodeFilter(field_name="community__code", label=_("Community (code)"))

    def filter_queryset(self, queryset):
        if self.asks_closely and not reads_internal(self.request.user):
            known = Community.objects.visible_to(self.request.user)
            queryset = queryset.filter(community__in=known.values("pk"))
        return super().filter_queryset(queryset)

    @property
    def asks_closely(self) -> bool:
        asked = self.form.cleaned_data
        area = (asked.get("area") or "").strip()
        return (
            bool(asked.get("community"))
            or Area.objects.filter(code__iexact=area, level__gt=DISTRICT).exists()
        )
