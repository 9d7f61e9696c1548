"""The office's screens for the ground floor: lists, forms and details."""

import django_filters
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, NumberColumn

from . import forms, menus, sight, views
from .models import (
    Agency,
    Area,
    BorderSection,
    Community,
    Contact,
    ContactOpening,
    CrossingPoint,
    Language,
    Posting,
    Presence,
    Tie,
    User,
)
from .office import (
    AreaFilter,
    CodeFilter,
    PeriodFilter,
    Related,
    ScopedChooserViewSet,
    ScopedFilterSet,
    ScopedModelViewSet,
)

NAMES = ["name", "name_fr", "name_ar"]


def names_panel() -> MultiFieldPanel:
    """The name as its people write it, with French and Arabic beside it."""
    return MultiFieldPanel(
        [FieldPanel("name"), FieldRowPanel([FieldPanel("name_fr"), FieldPanel("name_ar")])], heading=_("Name")
    )


# --- Choosers ------------------------------------------------------------------------------------------
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


class CommunityChooser(ScopedChooserViewSet):
    model = Community
    icon = "home"
    choose_view_class = views.ChooseCommunityView
    choose_results_view_class = views.ChooseCommunityResultsView
    choose_one_text = _("Choose a community")
    choose_another_text = _("Choose another community")


# --- Reference data ------------------------------------------------------------------------------------
class AgencyViewSet(ScopedModelViewSet):
    model = Agency
    icon = "site"
    menu_hook = menus.REFERENCE
    menu_order = 100
    list_display = ["code", Column("label", label=_("Name"), sort_key="name"), "kind", "country"]
    list_filter = ["kind", "country"]
    search_fields = ["code", *NAMES]
    list_export = ["code", *NAMES, "country", "kind"]
    panels = [FieldPanel("code"), names_panel(), FieldRowPanel([FieldPanel("country"), FieldPanel("kind")])]
    inspect_view_fields = ["code", *NAMES, "country", "kind"]


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
        "country_a",
        "country_b",
        "kind",
        "status",
    ]
    list_filter = ["kind", "status"]
    search_fields = ["code", *NAMES]
    list_export = ["code", *NAMES, "country_a", "country_b", "kind", "status", "wording", "source"]
    panels = [
        FieldPanel("code"),
        names_panel(),
        FieldRowPanel([FieldPanel("country_a"), FieldPanel("country_b")]),
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
        BooleanColumn("joint", label=_("Joint post")),
        DateColumn("as_of", label=_("As of"), sort_key="as_of"),
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


class DistanceColumn(Column):
    """Kilometres, one decimal."""

    def get_value(self, instance):
        km = getattr(instance, self.accessor)
        return "–" if km is None else _("%(km)s km") % {"km": number_format(round(km, 1), use_l10n=True)}


# --- Communities ---------------------------------------------------------------------------------------
class CommunityFilters(ScopedFilterSet):
    area = AreaFilter()
    without_place = django_filters.BooleanFilter(
        field_name="location", lookup_expr="isnull", label=_("Without a place on the map")
    )
    border_km = django_filters.NumberFilter(
        field_name="border_km", lookup_expr="lte", label=_("At most this far from the border, km")
    )

    class Meta:
        model = Community
        fields = ["kind", "country", "section", "public_place", "status", "languages"]


class CommunityViewSet(ScopedModelViewSet):
    model = Community
    icon = "home"
    menu_hook = menus.COMMUNITIES
    menu_order = 100
    map_field = "location"
    add_view_class = views.CommunityCreateView
    edit_view_class = views.CommunityEditView
    base_form_class = forms.CommunityForm
    list_display = [
        "code",
        Column("label", label=_("Name"), sort_key="name"),
        Related("area", label=_("Area"), sort_key="area__code"),
        "kind",
        Related("population", label=_("Population"), sort_key="population"),
        DistanceColumn("border_km", label=_("To the border"), sort_key="border_km"),
        "public_place",
        "status",
    ]
    list_select_related = ("area",)
    filterset_class = CommunityFilters
    search_fields = ["code", *NAMES]
    list_export = [
        "code",
        *NAMES,
        "kind",
        "country",
        "area.code",
        "section.code",
        "location.y",
        "location.x",
        "border_km",
        "population",
        "population_source",
        "population_date",
        "rhythm_days",
        "public_place",
        "status",
    ]
    export_headings = {
        "area.code": _("area"),
        "section.code": _("border section"),
        "location.y": _("latitude"),
        "location.x": _("longitude"),
    }
    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("code"), FieldPanel("kind")]),
                FieldPanel("name"),
                FieldRowPanel([FieldPanel("name_fr"), FieldPanel("name_ar")]),
            ],
            heading=_("Name"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("location"),
                FieldPanel("country"),
                FieldRowPanel([FieldPanel("area"), FieldPanel("section")]),
            ],
            heading=_("Place"),
        ),
        MultiFieldPanel(
            [
                HelpPanel(_("Leave the figure empty when nobody knows it. It needs its source.")),
                FieldPanel("population"),
                FieldRowPanel([FieldPanel("population_source"), FieldPanel("population_date")]),
                FieldPanel("languages"),
                FieldPanel("rhythm_days"),
            ],
            heading=_("People"),
        ),
        MultiFieldPanel(
            [FieldPanel("public_place"), FieldPanel("publish_delay_days")], heading=_("What the public sees")
        ),
        MultiFieldPanel(
            [FieldPanel("status"), FieldPanel("merged_into"), FieldPanel("notes")],
            heading=_("Status and notes"),
        ),
    ]
    inspect_view_fields = [
        "code",
        *NAMES,
        "kind",
        "country",
        "area",
        "section",
        "location",
        "border_km",
        "population",
        "population_source",
        "population_date",
        "languages",
        "rhythm_days",
        "public_place",
        "publish_delay_days",
        "status",
        "merged_into",
        "notes",
    ]


class PresenceFilters(ScopedFilterSet):
    community = CodeFilter(field_name="community__code", label=_("Community (code)"))
    month = django_filters.NumberFilter(method="present_in", label=_("Present in month (1–12)"))

    class Meta:
        model = Presence
        fields = ["kind", "confidence"]

    def present_in(self, rows, _name, month):
        return rows.in_month(int(month))


class PresenceViewSet(ScopedModelViewSet):
    model = Presence
    icon = "calendar-alt"
    add_view_class = views.PresenceCreateView
    edit_view_class = views.PresenceEditView
    menu_hook = menus.COMMUNITIES
    menu_order = 110
    map_field = "location"
    note = _("Where a community is in which months, as people say. No herd and no person is tracked.")
    list_display = [
        Related("community.code", label=_("Community"), sort_key="community__code"),
        "kind",
        NumberColumn("first_month", label=_("From month"), sort_key="first_month"),
        NumberColumn("last_month", label=_("To month"), sort_key="last_month"),
        Related("area", label=_("Area"), sort_key="area__code"),
        "confidence",
        "source",
    ]
    list_select_related = ("community", "area")
    filterset_class = PresenceFilters
    search_fields = ["community__code", "source"]
    list_export = ["community.code", "kind", "first_month", "last_month", "area.code", "source", "confidence"]
    export_headings = {"community.code": _("community"), "area.code": _("area")}
    panels = [
        FieldPanel("community"),
        FieldRowPanel([FieldPanel("first_month"), FieldPanel("last_month")]),
        FieldPanel("kind", help_text=_("Then give the point, the area or the route.")),
        FieldPanel("location"),
        FieldPanel("area"),
        FieldPanel("route"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("confidence")]),
    ]


class TieFilters(ScopedFilterSet):
    community = CodeFilter(field_name="community__code", label=_("Community (code)"))

    class Meta:
        model = Tie
        fields = ["kind"]


class TieViewSet(ScopedModelViewSet):
    model = Tie
    icon = "link"
    menu_hook = menus.COMMUNITIES
    menu_order = 120
    ordering = ("community__code", "pk")
    list_display = [
        Related("community.code", label=_("Community"), sort_key="community__code"),
        "kind",
        Related("other.code", label=_("Other community")),
        Related("other_name", label=_("Other community, not registered")),
        Related("other_country", label=_("Country")),
    ]
    list_select_related = ("community", "other")
    filterset_class = TieFilters
    search_fields = ["community__code", "other__code", "other_name"]
    list_export = ["community.code", "kind", "other.code", "other_name", "other_country"]
    export_headings = {"community.code": _("community"), "other.code": _("other community")}
    panels = [
        FieldPanel("community"),
        FieldPanel("kind"),
        FieldPanel("other"),
        FieldRowPanel([FieldPanel("other_name"), FieldPanel("other_country")]),
        FieldPanel("note"),
    ]


class ContactFilters(ScopedFilterSet):
    community = CodeFilter(field_name="community__code", label=_("Community (code)"))

    class Meta:
        model = Contact
        fields = ["role", "active"]


class ContactViewSet(ScopedModelViewSet):
    """By role and community alone. A name or phone is in no list, export, search or detail."""

    model = Contact
    icon = "group"
    menu_hook = menus.COMMUNITIES
    menu_order = 130
    base_form_class = forms.ContactForm
    row_actions = (views.OpenContactView,)
    note = _("By role. Names and phones are opened one by one, and each opening is written down.")
    list_display = [
        "role",
        Related("community.code", label=_("Community"), sort_key="community__code"),
        Related("language", label=_("Language")),
        BooleanColumn("active", label=_("Still in this role"), sort_key="active"),
    ]
    list_select_related = ("community", "language")
    filterset_class = ContactFilters
    search_fields = ["community__code"]
    list_export = ["community.code", "role", "language.code", "active"]
    export_headings = {"community.code": _("community"), "language.code": _("language")}
    panels = [
        FieldRowPanel([FieldPanel("community"), FieldPanel("role")]),
        FieldPanel("language"),
        MultiFieldPanel(
            [
                HelpPanel(_("Only with the person's agreement. Both are stored encrypted.")),
                FieldPanel("agreed_on"),
                FieldPanel("name"),
                FieldPanel("phone"),
                FieldPanel("forget"),
            ],
            heading=_("Name and phone"),
        ),
        FieldPanel("active"),
    ]
    inspect_view_fields = ["community", "role", "language", "agreed_on", "active"]

    def get_index_view_kwargs(self, **kwargs):
        return {**super().get_index_view_kwargs(**kwargs), "unread": ("name", "phone")}


class ContactOpeningFilters(ScopedFilterSet):
    community = CodeFilter(field_name="contact__community__code", label=_("Community (code)"))
    at = PeriodFilter(label=_("Opened"))

    class Meta:
        model = ContactOpening
        fields: list[str] = []


class ContactOpeningViewSet(ScopedModelViewSet):
    model = ContactOpening
    icon = "lock-open"
    menu_hook = menus.COMMUNITIES
    menu_order = 140
    menu_label = _("Openings")
    may_add = may_edit = False
    list_display = [
        DateColumn("at", label=_("Opened at"), sort_key="at"),
        Related("contact.get_role_display", label=_("Contact")),
        Related("contact.community.code", label=_("Community"), sort_key="contact__community__code"),
        Related("by.name", label=_("By")),
    ]
    list_select_related = ("contact__community", "by")
    filterset_class = ContactOpeningFilters
    list_export = ["at", "contact.pk", "contact.role", "contact.community.code", "by.email"]
    export_headings = {
        "contact.pk": _("contact"),
        "contact.role": _("role"),
        "contact.community.code": _("community"),
        "by.email": _("opened by"),
    }
    inspect_view_fields = ["at", "contact", "by"]

    def get_index_view_kwargs(self, **kwargs):
        return {**super().get_index_view_kwargs(**kwargs), "unread": ("contact__name", "contact__phone")}


# --- People --------------------------------------------------------------------------------------------
class RolesColumn(Column):
    """The roles a user holds today, from the postings that were fetched with the page."""

    def get_value(self, instance):
        day = sight.today()
        held = [p for p in instance.postings.all() if p.starts <= day and (p.ends is None or p.ends >= day)]
        return ", ".join(sorted({str(p.get_role_display()) for p in held})) or "–"


class UserViewSet(ScopedModelViewSet):
    model = User
    icon = "user"
    menu_hook = menus.PEOPLE
    menu_order = 100
    index_view_class = views.UserListView
    add_view_class = views.InviteView
    row_actions = (views.InviteAgainView,)
    base_form_class = forms.UserForm
    list_display = [
        "name",
        "email",
        RolesColumn("roles", label=_("Roles today")),
        BooleanColumn("is_active", label=_("May sign in"), sort_key="is_active"),
        DateColumn("last_login", label=_("Last signed in"), sort_key="last_login"),
    ]
    list_filter = ["is_active", "language"]
    search_fields = ["name", "email"]
    list_export = ["email", "name", "language", "is_active", "last_login"]
    inspect_view_fields = ["name", "email", "language", "is_active", "date_joined", "last_login"]

    def get_form_class(self, for_update=False):
        return forms.UserForm if for_update else forms.InvitationForm


class PostingFilters(ScopedFilterSet):
    current = django_filters.BooleanFilter(method="in_force", label=_("In force today"))
    area = AreaFilter(field_name="areas")
    person = django_filters.CharFilter(
        field_name="user__email", lookup_expr="iexact", label=_("Person (e-mail)")
    )

    class Meta:
        model = Posting
        fields = ["role"]

    def in_force(self, rows, _name, wanted):
        current = rows.model.objects.current().values("pk")
        return rows.filter(pk__in=current) if wanted else rows.exclude(pk__in=current)

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).distinct()


class PostingViewSet(ScopedModelViewSet):
    model = Posting
    icon = "key"
    menu_hook = menus.PEOPLE
    menu_order = 110
    may_edit = False
    note = _("What a user may see is the union of their current postings, and nothing else.")
    add_view_class = views.PostView
    row_actions = (views.EndPostingView,)
    base_form_class = forms.PostingForm
    list_display = [
        Related("user.name", label=_("Name"), sort_key="user__name"),
        "role",
        Related("agency.code", label=_("Agency"), sort_key="agency__code"),
        DateColumn("starts", label=_("From"), sort_key="starts"),
        DateColumn("ends", label=_("Until"), sort_key="ends"),
    ]
    list_select_related = ("user", "agency")
    filterset_class = PostingFilters
    search_fields = ["user__name", "user__email", "agency__code"]
    list_export = ["user.email", "role", "agency.code", "starts", "ends"]
    export_headings = {"user.email": _("user"), "agency.code": _("agency")}
    inspect_view_fields = ["role", "agency", "areas", "sections", "starts", "ends"]
    form_fields = ["user", "role", "agency", "areas", "sections", "starts", "ends"]
