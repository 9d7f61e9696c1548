"""The office's screens for contacts: by role, and who opened a name or phone."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import DateColumn

from .. import forms, menus, views
from ..models import Contact, ContactOpening
from ..office import CodeFilter, PeriodFilter, Related, ScopedFilterSet, ScopedModelViewSet, YesNoColumn


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
        YesNoColumn("active", label=_("Still in this role"), sort_key="active"),
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
        Related("contact.get_role_display", label=_("Contact")),
        DateColumn("at", label=_("Opened at"), sort_key="at"),
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
