"""The integrity officer's desk in the office: sealed concerns, one by one, and the key that opens them.

Texts leave the server as they are kept, sealed; the scripts of `static/integrity` open them in the browser with the
officer's key file. Whoever holds another role gets 404 from every address here. See docs/privacy.md, "Sealed concerns".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from communities import accounts
from communities.office import DayColumn, DueColumn, Related, ScopedFilterSet, ScopedModelViewSet, YesNoColumn
from communities.office_columns import how_due
from communities.office_forms import DayInput
from communities.office_lists import ScopedIndexView
from communities.sight import SignedInRequest, integrity_postings, is_integrity, may

from . import reports, sealed
from .field import deciding
from .models import IntegrityKey, SealedConcern, SealedNote, SealedOpening, SealedPhoto, Telling, Topic
from .row_pages import Action, RowPage

SHORTEST = 14  # signs of a passphrase
OPENINGS_SHOWN = 20


class IntegrityAlone:
    """Mixed in front of every view of the desk: for anyone else there is no such page, and no copy of it is kept."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if not is_integrity(request.user):
            raise Http404
        super().setup(request, *args, **kwargs)  # type: ignore[misc]

    @method_decorator(sensitive_post_parameters())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        add_never_cache_headers(response)
        return response


def session_mark(request: HttpRequest) -> str:
    """What an unlocked key is tied to in the browser: another session does not find it."""
    return salted_hmac("integrity-desk", request.session.session_key or "").hexdigest()[:32]


# --- The list ------------------------------------------------------------------------------------------------
class SealedFilters(ScopedFilterSet):
    topic = django_filters.ModelChoiceFilter(
        label=gettext_lazy("About"), queryset=Topic.objects.filter(sealed=True)
    )
    overdue = django_filters.BooleanFilter(label=gettext_lazy("Answer overdue"), method="only_overdue")

    class Meta:
        model = SealedConcern
        fields = {"state": ["exact"]}

    def only_overdue(self, rows, name, value):
        return rows.overdue() if value else rows


class SealedIndex(IntegrityAlone, ScopedIndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().with_steps()

    @property
    def header_buttons(self):
        return [HeaderButton(_("The key"), url=reverse("sealed:key"), icon_name="key")]


# --- One concern ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sealed:
    """A text or photo as it is kept, and the key that opens it."""

    key: IntegrityKey | None
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Step:
    """Something that was said or done; `parts` are sealed."""

    on: date
    words: Any
    parts: list[Sealed]
    ours: bool = False


# Whom an answer reaches, by sealed.Reach: what the page says of the code, and the help beside the answer.
REACHES = {
    sealed.Reach.THEIRS: (
        gettext_lazy("Whoever reported holds a code: they read the answer with it, and that counts as told."),
        gettext_lazy(
            "Sealed as soon as it reaches the server: to your key, and to whoever holds the code of this report."
        ),
    ),
    sealed.Reach.KNOWN: (
        gettext_lazy(
            "Whoever reported holds a code, and the officer who wrote it down knows it too: with it they see that there "
            "is an answer, and that they must ask you for it. Tell them in person, and record it here."
        ),
        gettext_lazy(
            "Sealed as soon as it reaches the server, to your key alone: an officer knows the code of this report too."
        ),
    ),
    sealed.Reach.MOVED: (
        gettext_lazy(
            "Whoever reported holds a code, but this came in openly first: with it they see that there is an answer, and "
            "that they must ask you for it. Tell them in person, and record it here."
        ),
        gettext_lazy(
            "Sealed as soon as it reaches the server, to your key alone: this report came in openly first."
        ),
    ),
    sealed.Reach.NO_CODE: (
        gettext_lazy("Nobody holds a code for this: an answer is told in person, and recorded here."),
        gettext_lazy(
            "Sealed as soon as it reaches the server, to your key alone: nobody holds a code for this."
        ),
    ),
}


class SealedAnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=reports.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "autocomplete": "off"}),
    )
    cannot = forms.BooleanField(
        label=gettext_lazy("We cannot do what was asked, and this says why"), required=False
    )


class SealedTellForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Date"), widget=DayInput)
    how = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[how for how in Telling.How.choices if how[0] != Telling.How.CODE]
    )


def _may_change(row: SealedConcern, user: Any) -> bool:
    return may(user, "change", row)


def _answered(row: SealedConcern, user: Any) -> bool:
    return row.answered_on is not None and may(user, "change", row)


class SealedPage(IntegrityAlone, RowPage):
    """What was said, added and answered, all of it sealed until the officer's browser opens it."""

    template_name = "engagements/office/sealed.html"
    page_title = gettext_lazy("Sealed concern")
    moves = (
        Action(
            "answer",
            gettext_lazy("Write the answer"),
            lambda row, data, user: sealed.answer(row, by=user, **data),
            _may_change,
            form_class=SealedAnswerForm,
            done=gettext_lazy("Answered, and sealed."),
        ),
        Action(
            "tell",
            gettext_lazy("Record that they were told"),
            lambda row, data, user: sealed.tell(row, by=user, **data),
            _answered,
            form_class=SealedTellForm,
            done=gettext_lazy("Recorded."),
            secondary=True,
        ),
    )

    header_more_buttons: list = []  # the site's log has nothing of a sealed concern: there is no history to show

    @property
    def place(self) -> str:
        return self.object.place

    def get_fields(self):
        return ["channel", "raised_by", "due_on", "answered_on"]

    def get_object(self, queryset=None):
        row = super().get_object(queryset)
        related = ("topic", "community", "area", "key", "engagement")
        return SealedConcern.objects.with_steps().select_related(*related).get(pk=row.pk)

    def ways(self) -> list:
        return []

    def build_form(self, action, data, files=None):
        form = super().build_form(action, data, files)
        if isinstance(form, SealedAnswerForm):
            form.fields["text"].help_text = REACHES[sealed.reach(self.object)][1]
        return form

    def get_context_data(self, **kwargs):
        sealed.given_out(self.object, to=self.request.user)
        openings = SealedOpening.objects.visible_to(self.request.user).filter(concern=self.object)
        story = list(self.story())
        keys = {part.key for step in story for part in step.parts if part.key}
        return super().get_context_data(
            story=story,
            keys=sorted(keys, key=lambda key: -key.pk),
            current=sealed.current_key(),
            session_mark=session_mark(self.request),
            openings=openings.select_related("by")[:OPENINGS_SHOWN],
            reaches=REACHES[sealed.reach(self.object)][0],
            stands=how_due(self.object.due_on) if self.object.is_open else "",
            late=self.object.is_open and self.object.due_on < timezone.localdate(),
            **kwargs,
        )

    def story(self) -> Iterator[Step]:
        concern = self.object
        photos = SealedPhoto.objects.visible_to(self.request.user).filter(concern=concern).defer("content")
        pictures = [
            Sealed(row.key, url=reverse("sealed:photo", args=[row.pk]))
            for row in photos.select_related("key")
        ]
        yield Step(concern.raised_on, _("What was said"), [Sealed(concern.key, concern.text), *pictures])
        notes = SealedNote.objects.visible_to(self.request.user).filter(concern=concern)
        for note in notes.select_related("key"):
            words = [Sealed(note.key, note.text)] if note.text else []
            yield Step(note.on, self.heading(note), words, ours=note.kind != note.Kind.ADDED)

    @staticmethod
    def heading(note: SealedNote) -> str:
        said = str(note.get_kind_display())
        how = dict(Telling.How.choices).get(note.how)
        return _("%(step)s: %(how)s") % {"step": said, "how": how} if how else said


def sealed_photo(request: SignedInRequest, pk: int) -> HttpResponse:
    """A photo as it is kept, sealed, for the browser that opens it."""
    if not is_integrity(request.user):
        raise Http404
    rows = SealedPhoto.objects.visible_to(request.user).select_related("concern")
    photo = get_object_or_404(rows, pk=pk)
    sealed.given_out(photo.concern, to=request.user)
    response = HttpResponse(bytes(photo.content), content_type="application/octet-stream")
    add_never_cache_headers(response)
    return response


# --- The key -------------------------------------------------------------------------------------------------
def texts_by_key(rows: QuerySet[Any]) -> dict[int | None, int]:
    return dict(rows.order_by().values_list("key").annotate(Count("pk")))


class KeyPage(IntegrityAlone, WagtailAdminTemplateMixin, TemplateView):
    """Makes a key pair in the browser; what is posted is its public half alone."""

    request: SignedInRequest

    template_name = "engagements/office/sealed_key.html"
    page_title = gettext_lazy("The key to sealed concerns")
    header_icon = "key"
    http_method_names = ["get", "post"]

    def get_breadcrumbs_items(self):
        here = [
            {"url": reverse("sealed:index"), "label": _("Sealed concerns")},
            {"url": "", "label": self.get_page_title()},
        ]
        return [*self.breadcrumbs_items, *here]

    def get_context_data(self, **kwargs):
        keys = list(IntegrityKey.objects.visible_to(self.request.user).select_related("by"))
        counts = texts_by_key(SealedConcern.objects.visible_to(self.request.user))
        for key in keys:
            key.concerns = counts.get(key.pk, 0)
        return super().get_context_data(
            current=keys[0] if keys else None,
            older=keys[1:],
            waiting=counts.get(None, 0),
            officers=accounts.written_down(integrity_postings()),
            shortest=SHORTEST,
            line=sealed.independent_line(),
            **kwargs,
        )

    def post(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            sealed.set_key(request.POST.get("public", ""), by=request.user)
            deciding.close_what_waits()
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The new key is in use. Keep its file, and its passphrase, apart."))
        return redirect("sealed:key")


class SealedViewSet(ScopedModelViewSet):
    model: type[Model] = SealedConcern
    name = "sealed"
    icon = "lock"
    menu_label = gettext_lazy("Sealed concerns")
    menu_order = 102
    add_to_admin_menu = True
    may_add = may_edit = False
    form_fields: tuple = ()
    index_view_class = SealedIndex
    inspect_view_class = SealedPage
    filterset_class = SealedFilters
    list_select_related = ("topic", "community", "area")
    note = gettext_lazy(
        "Only integrity officers find this list. Texts are opened one by one with the key, and are not searched."
    )
    list_display = [
        Related("number", label=gettext_lazy("Number")),
        Column("topic", label=gettext_lazy("About"), accessor="topic.label"),
        Related("place", label=gettext_lazy("Place")),
        Column("channel", label=gettext_lazy("Channel"), accessor="get_channel_display"),
        DayColumn("raised_on", label=gettext_lazy("Raised on"), sort_key="raised_on"),
        DueColumn("due_on", owed="is_open", label=gettext_lazy("Answer due on"), sort_key="due_on"),
        Column("state", label=gettext_lazy("State"), accessor="standing", sort_key="state"),
        YesNoColumn("is_told", label=gettext_lazy("Told")),
    ]

    def get_urlpatterns(self):
        kept = [p for p in super().get_urlpatterns() if not str(p.name).startswith("history")]
        return [
            *kept,
            path("key/", KeyPage.as_view(), name="key"),
            path("photo/<int:pk>/", sealed_photo, name="photo"),
        ]
