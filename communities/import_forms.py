"""The forms of an import: the file, then which of its columns is which field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import importing
from .commas import listed
from .importing.columns import ChoiceWidget, Column, CountryWidget, LookupWidget
from .importing.mapping import Mapping
from .importing.trying import CODE_LENGTH

LISTED = 60  # rows of another list offered as a choice; longer lists are typed by code


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, XLSX or GeoJSON, up to 30 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.json,.geojson"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=160,
        help_text=gettext_lazy("Who made this list, and when. Its columns are remembered under this name."),
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )


class ColumnsForm(forms.Form):
    """One group of inputs per field of the resource: column, value for all rows, prefix, made from a name."""

    accept_without_place = forms.BooleanField(
        label=gettext_lazy("Accept rows without a place"),
        required=False,
        help_text=gettext_lazy("They are counted, and shown on no map until somebody places them."),
    )

    def __init__(self, *args, resource: importing.ImportResource, table: importing.Table, **kwargs):
        super().__init__(*args, **kwargs)
        self.resource, self.table = resource, table
        if not resource.place_needed:
            del self.fields["accept_without_place"]
        headers = [("", _("not in this file")), *self._headers()]
        for name, column in resource.columns.items():
            self._add(name, column, headers)

    def _headers(self) -> list[tuple[str, str]]:
        found = []
        for name in self.table.header:
            example = next((cell for cell in self.table.column(name)[:50] if cell), "")
            found.append((name, f"{name} ({example[:28]})" if example else name))
        return found

    def _add(self, name: str, column: Column, headers: list[tuple[str, str]]) -> None:
        self.fields[f"{name}-column"] = forms.ChoiceField(choices=headers, required=False, label=_("Column"))
        self.fields[f"{name}-constant"] = _constant_field(column, _("or the same for every row"))
        if column.prefixable:
            self.fields[f"{name}-prefix"] = forms.CharField(
                max_length=40 - CODE_LENGTH, required=False, label=_("Put before it")
            )
        if name == "code":
            label = _("Make a code of what stands there (for names)")
            self.fields[f"{name}-slug"] = forms.BooleanField(required=False, label=label)

    @staticmethod
    def initial_from(mapping: dict[str, Any]) -> dict[str, Any]:
        initial = {f"{f}-{part}": v for f, m in mapping.get("columns", {}).items() for part, v in m.items()}
        return initial | {"accept_without_place": mapping.get("accept_without_place", False)}

    def groups(self) -> list[dict[str, Any]]:
        """The inputs by field, for the template."""
        parts = ("column", "constant", "prefix", "slug")
        return [
            {
                "name": name,
                "column": column,
                "needed": column.needed and not column.by_source,
                "inputs": {p: self[f"{name}-{p}"] for p in parts if f"{name}-{p}" in self.fields},
            }
            for name, column in self.resource.columns.items()
        ]

    def mapping(self) -> Mapping:
        mapping: Mapping = {}
        for name in self.resource.columns:
            given = {
                p: self.cleaned_data.get(f"{name}-{p}") for p in ("column", "constant", "prefix", "slug")
            }
            if given["column"] or given["constant"]:
                mapping[name] = {part: value for part, value in given.items() if value}
        return mapping

    def clean(self):
        lacking = importing.missing(self.resource, self.mapping())
        if lacking:
            raise forms.ValidationError(_("Say which column holds: %(fields)s") % {"fields": listed(lacking)})
        return super().clean()


def _constant_field(column: Column, label: str) -> forms.Field:
    choices = _choices(column)
    if choices is None:
        return forms.CharField(max_length=160, required=False, label=label)
    return forms.ChoiceField(choices=[("", "—"), *choices], required=False, label=label)


def _choices(column: Column) -> list[tuple[str, str]] | None:
    widget = column.widget
    if isinstance(widget, ChoiceWidget) and not isinstance(widget, CountryWidget):
        return [(code, str(label)) for code, label in widget.choices]
    if isinstance(widget, LookupWidget) and not column.many and len(widget.rows()) <= LISTED:
        return [(code, f"{code} – {row.label}") for code, row in widget.rows().items()]
    return None
