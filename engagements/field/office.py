"""The office's screens on phones: which are in use, what they sent, and what a supervisor must decide."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column

from communities import menus
from communities.models import Agency, Group, User
from communities.office import DayColumn, Related, RowActionView, ScopedFilterSet, ScopedModelViewSet
from communities.sight import field_colleagues
from services.models import ServicePoint, ServiceState

from ..forms import ReturnForm
from ..models import Device, Engagement, Entry, Topic
from ..models.commitments import Answer
from ..row_pages import Action, RowPage
from . import deciding, devices
from .recording import without_sealed

Lines = list[tuple[Any, list[str]]]


# --- Phones -----------------------------------------------------------------------------------------------
class RevokeView(RowActionView):
    name = "revoke"
    icon = "lock"
    button_label = gettext_lazy("Take out of use")
    explanation = gettext_lazy(
        "The phone fetches nothing any more, and empties itself at its next contact. What it still sends waits for a "
        "supervisor. This cannot be taken back: the phone can be put in use again by signing in."
    )
    done_message = gettext_lazy("This phone was taken out of use.")

    @classmethod
    def offered_to(cls, row, user) -> bool:
        return row.revoked_at is None and super().offered_to(row, user)

    def act(self, row, cleaned):
        devices.revoke(row, by=self.request.user)


class WorkingColumn(Column):
    def get_value(self, instance):
        if instance.revoked_at:
            return _("Out of use, told so") if instance.emptied_at else _("Out of use, not told yet")
        return _("In use") if instance.is_working else _("Out of contact for too long")


class DeviceViewSet(ScopedModelViewSet):
    model = Device
    icon = "mobile-alt"
    menu_label = gettext_lazy("Phones")
    menu_hook = menus.PEOPLE
    menu_order = 120
    may_add = may_edit = False
    form_fields: tuple = ()
    row_actions = (RevokeView,)
    note = gettext_lazy("Phones on which the notebook was put in use. Take a lost one out of use at once.")
    list_display = [
        "label",
        Related("user.name", label=gettext_lazy("User"), sort_key="user__name"),
        DayColumn("created_at", label=gettext_lazy("In use since"), sort_key="created_at"),
        DayColumn("seen_at", label=gettext_lazy("Last contact"), sort_key="seen_at"),
        WorkingColumn("working", label=gettext_lazy("State")),
    ]
    list_select_related = ("user",)
    search_fields = ["label", "user__name", "user__email"]
    list_export = ["user.email", "label", "created_at", "seen_at", "revoked_at", "emptied_at"]
    inspect_view_fields = ["label", "created_at", "seen_at", "expires_at", "revoked_at", "emptied_at"]


# --- Entries ------------------------------------------------------------------------------------------------
class EntryFilters(ScopedFilterSet):
    class Meta:
        model = Entry
        fields = ["state", "kind"]


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class HandOnForm(forms.Form):
    def __init__(self, *args, entry: Entry, **kwargs):
        super().__init__(*args, **kwargs)
        colleagues = field_colleagues(entry.community).exclude(pk=entry.author_id)
        self.fields["to"] = ColleagueField(label=_("To whom"), queryset=colleagues)


def _is_draft(row: Entry, user: Any) -> bool:
    rows = Entry.objects.filter(pk=row.pk, engagement=None).open()
    return row.community_id is not None and rows.editable_by(user).exists()


def _waits(row: Entry, user: Any) -> bool:
    return Entry.objects.filter(pk=row.pk).waiting().editable_by(user).exists()


class EntryPage(RowPage):
    template_name = "engagements/office/entry.html"
    moves = (
        Action(
            "record",
            gettext_lazy("Record it"),
            lambda row, data, user: deciding.record(row, by=user),
            _waits,
            done=gettext_lazy("Recorded, in the name of its author."),
        ),
        Action(
            "aside",
            gettext_lazy("Set aside with a reason"),
            lambda row, data, user: deciding.set_aside(row, reason=data["reason"], by=user),
            _waits,
            form_class=ReturnForm,
            done=gettext_lazy("Set aside. Its author reads your reason."),
            secondary=True,
        ),
        Action(
            "hand_on",
            gettext_lazy("Hand on to a colleague"),
            lambda row, data, user: deciding.hand_on(row, to=data["to"], by=user),
            _is_draft,
            form_class=HandOnForm,
            done=gettext_lazy("Handed on. It comes to that phone at its next contact."),
            secondary=True,
        ),
    )

    def build_form(self, action, data, files=None):
        if action.form_class is HandOnForm:
            return HandOnForm(data, prefix=action.name, entry=self.object)
        return super().build_form(action, data, files)

    @property
    def place(self) -> str:
        return self.object.community.label if self.object.community else "–"

    def get_context_data(self, **kwargs):
        return super().get_context_data(content=content_of(self.object), **kwargs)


class EntryViewSet(ScopedModelViewSet):
    model = Entry
    icon = "mobile-alt"
    menu_label = gettext_lazy("From phones")
    may_add = may_edit = False
    form_fields: tuple = ()
    inspect_view_class = EntryPage
    filterset_class = EntryFilters
    note = gettext_lazy("Drafts on phones, what must be mended there, and what waits for a supervisor.")
    list_display = [
        Related("number", label=gettext_lazy("Entry")),
        Related("community.label", label=gettext_lazy("Community"), sort_key="community__name"),
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        Related("author.name", label=gettext_lazy("Written by"), sort_key="author__name"),
        DayColumn("changed_at", label=gettext_lazy("Last received"), sort_key="changed_at"),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display", sort_key="state"),
    ]
    list_select_related = ("community", "author")
    search_fields = ["community__code", "community__name", "author__name"]
    list_export = ["pk", "community.code", "kind", "author.email", "changed_at", "state", "why"]
    inspect_view_fields = ["kind", "state", "why", "reason", "at", "changed_at"]


# --- What was written, in words -----------------------------------------------------------------------------
def content_of(entry: Entry) -> Lines:
    """What the phone sent, as headed lines. A draft may lack anything; sealed concerns are never shown."""
    if not entry.content:
        return []
    body = json.loads(without_sealed(entry.content))["body"]
    lines = _observation(body) if entry.kind == Entry.Kind.OBSERVATION else _meeting(body)
    return [(heading, [line for line in found if line]) for heading, found in lines if any(found)]


def _label(choices: Any, value: Any) -> str:
    return str(dict(choices.choices).get(value, value or ""))


def _names(model: Any, keys: set[Any]) -> dict[int, str]:
    return {row.pk: row.label for row in model.objects.filter(pk__in=[k for k in keys if isinstance(k, int)])}


def _meeting(body: dict[str, Any]) -> Lines:
    concerns, promises = body.get("concerns", []), body.get("commitments", [])
    topics = _names(Topic, {row.get("topic") for row in concerns})
    agencies = _names(Agency, {row.get("agency") for row in promises})
    came = body.get("attendance_total")
    return [
        (_("Kind"), [_label(Engagement.Kind, body.get("kind"))]),
        (_("Date"), [body.get("date", "")]),
        (_("Place"), [_label(Engagement.Place, body.get("place")), body.get("place_detail", "")]),
        (_("People who came"), [str(came) if came is not None else _("Not counted")]),
        (
            _("What people asked"),
            [
                f"{topics.get(row.get('topic'), '')} ({_label(Group, row.get('raised_by'))}): {row.get('text', '')}"
                for row in concerns
            ],
        ),
        (
            _("What was promised"),
            [
                f"{row.get('words', '')} ({agencies.get(row.get('agency'), '')}, {row.get('due_on', '')})"
                for row in promises
            ],
        ),
        (
            _("Verdicts"),
            [
                f"P{row.get('commitment')}: {_label(Answer, row.get('answer'))} ({_label(Group, row.get('group'))})"
                for row in body.get("verdicts", [])
            ],
        ),
        (_("For colleagues"), [body.get("summary", "")]),
        (_("For the public"), [body.get("public_summary", "")]),
    ]


def _observation(body: dict[str, Any]) -> Lines:
    points = _names(ServicePoint, {body.get("point")})
    return [
        (_("Service point"), [points.get(body.get("point", 0), "")]),
        (_("Date"), [body.get("date", "")]),
        (_("State"), [_label(ServiceState, body.get("state"))]),
        (_("For colleagues"), [body.get("note", "")]),
    ]
