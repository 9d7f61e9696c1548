"""The office's screens for those who work with the tracker: users and their postings."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn

from .. import forms, menus, sight, views
from ..commas import listed
from ..models import Posting, User
from ..office import AreaFilter, DayColumn, Related, ScopedFilterSet, ScopedModelViewSet, YesNoColumn


class RolesColumn(Column):
    """The roles a user holds today, from the postings that were fetched with the page."""

    def get_value(self, instance):
        day = sight.today()
        held = [p for p in instance.postings.all() if p.starts <= day and (p.ends is None or p.ends >= day)]
        return listed(sorted({str(p.get_role_display()) for p in held})) or "–"


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
        YesNoColumn("is_active", label=_("May sign in"), sort_key="is_active"),
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
        DayColumn("starts", label=_("From"), sort_key="starts"),
        DayColumn("ends", label=_("Until"), sort_key="ends"),
    ]
    list_select_related = ("user", "agency")
    filterset_class = PostingFilters
    search_fields = ["user__name", "user__email", "agency__code"]
    list_export = ["user.email", "role", "agency.code", "starts", "ends"]
    export_headings = {"user.email": _("user"), "agency.code": _("agency")}
    inspect_view_fields = ["role", "agency", "areas", "sections", "starts", "ends"]
    form_fields = ["user", "role", "agency", "areas", "sections", "starts", "ends"]
