"""The office's screens for reference data: agencies, areas, border sections, crossing points, languages."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, NumberColumn

from .. import forms, menus, views
from ..models import Agency, Area, BorderSection, CrossingPoint, Language
from ..office import (
    AreaFilter,
    DayColumn,
    InsideIndex,
    Related,
    ScopedChooserViewSet,
    ScopedFilterSet,
    ScopedModelViewSet,
    YesNoColumn,
)
from .words import NAMES, names_panel


class AgencyChooser(ScopedChooserViewSet):
    model = Agency
    icon = "site"
    choose_one_text = _("Choose an agency")
    choose_another_text = _("Choose another agency")


class AreaChooser(ScopedChooserViewSet):
    model = Area
    icon = "globe"
    choose_one_text = _("Choose an area")
    choose_another_text = _("Choose another area")


class AgencyViewSet(ScopedModelViewSet):
    model = Agency
    icon = "site"
    menu_hook = menus.REFERENCE
    menu_order = 100
    index_view_class = InsideIndex
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        "kind",
        "country",
        YesNoColumn("tips_to", label=_("Takes tips")),
    ]
    list_filter = ["kind", "country"]
    search_fields = ["code", *NAMES]
    list_export = ["code", *NAMES, "country", "kind", "tips_to"]
    panels = [
        FieldPanel("code"),
        names_panel(),
        FieldRowPanel([FieldPanel("country"), FieldPanel("kind")]),
        FieldPanel("tips_to"),
    ]
    inspect_view_fields = ["code", *NAMES, "country", "kind", "tips_to"]


class AreaFilters(ScopedFilterSet):
    below = AreaFilter(field_name="self", label=_("In area (P-code)"))

    class Meta:
        model = Area
        fields = ["level", "country"]


class AreaViewSet(ScopedModelViewSet):
    model = Area
    icon = "globe"
    add_view_class = views.RedrawnCreateView
    edit_view_class = views.RedrawnEditView
    base_form_class = forms.AreaForm
    menu_hook = menus.REFERENCE
    menu_order = 110
    map_field = "boundary"
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        NumberColumn("level", label=_("Level"), sort_key="level"),
        Related("parent.code", label=_("Inside"), sort_key="parent__code"),
        "country",
        "source",
    ]
    list_select_related = ("parent",)
    filterset_class = AreaFilters
    search_fields = ["code", *NAMES]
    list_export = ["code", *NAMES, "level", "parent.code", "country", "source", "valid_from"]
    export_headings = {"parent.code": _("inside")}
    panels = [
        FieldPanel("code"),
        names_panel(),
        FieldRowPanel([FieldPanel("level"), FieldPanel("country"), FieldPanel("parent")]),
        FieldPanel("boundary"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("valid_from")]),
    ]


class BorderSectionViewSet(ScopedModelViewSet):
    model = BorderSection
    icon = "minus"
    add_view_class = views.RedrawnCreateView
    edit_view_class = views.RedrawnEditView
    menu_hook = menus.REFERENCE
    menu_order = 120
    map_field = "line"
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        Related("country_a", label=_("Country on one side"), sort_key="country_a"),
        Related("country_b", label=_("Country on the other side"), sort_key="country_b"),
        "kind",
        "status",
    ]
    list_filter = ["kind", "status"]
    search_fields = ["code", *NAMES]
    list_export = ["code", *NAMES, "country_a", "country_b", "kind", "status", "wording", "source"]
    export_headings = {"country_a": _("Country on one side"), "country_b": _("Country on the other side")}
    panels = [
        FieldPanel("code"),
        names_panel(),
        FieldRowPanel(
            [
                FieldPanel("country_a", heading=_("Country on one side")),
                FieldPanel("country_b", heading=_("Country on the other side")),
            ]
        ),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("status")]),
        MultiFieldPanel(
            [FieldPanel("wording"), FieldPanel("wording_fr"), FieldPanel("wording_ar")],
            heading=_("Public wording"),
        ),
        FieldPanel("line"),
        FieldPanel("source"),
    ]


class CrossingPointViewSet(ScopedModelViewSet):
    model = CrossingPoint
    icon = "arrow-right"
    menu_hook = menus.REFERENCE
    menu_order = 130
    map_field = "location"
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        "kind",
        "status",
        Related("section.code", label=_("Border section"), sort_key="section__code"),
        YesNoColumn("joint", label=_("Joint post")),
        DayColumn("as_of", label=_("As of"), sort_key="as_of"),
    ]
    list_select_related = ("section",)
    list_filter = ["kind", "status", "section", "joint"]
    search_fields = ["code", *NAMES]
    list_export = [
        "code",
        *NAMES,
        "section.code",
        "kind",
        "status",
        "opening_hours",
        "joint",
        "source",
        "as_of",
    ]
    export_headings = {"section.code": _("border section")}
    panels = [
        FieldPanel("code"),
        names_panel(),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("status")]),
        FieldPanel("section"),
        FieldRowPanel([FieldPanel("opening_hours"), FieldPanel("joint")]),
        FieldPanel("location"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("as_of")]),
    ]


class LanguageViewSet(ScopedModelViewSet):
    model = Language
    icon = "openquote"
    menu_hook = menus.REFERENCE
    menu_order = 140
    list_display = ["code", *NAMES]
    search_fields = ["code", *NAMES]
    list_export = ["code", *NAMES]
    panels = [FieldPanel("code", help_text=_("ISO 639-3, such as ddn.")), names_panel()]
