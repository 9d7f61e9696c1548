"""Photos of what was done, on an outcome page: which an editor may choose, and which the public sees now.

A photo is evidence of a promise that the page tells of. What is handed out is a copy, drawn anew without what a camera
writes into it, and never the evidence itself. Rules: docs/privacy.md, "Photos on outcome pages".
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.base import File
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import Panel

from communities import uploads
from engagements.models import Evidence

from . import second_person
from .timeline import last_public_day

if TYPE_CHECKING:
    from .models import OutcomePage, OutcomePhoto

LONGEST = 1200  # pixels: enough for a phone, and little to pay for
LONGEST_DESCRIPTION = 300
IS_A_PHOTO = Q(*(("file__iendswith", suffix) for suffix in uploads.SUFFIXES.values()), _connector=Q.OR)


# --- Which -----------------------------------------------------------------------------------------------------
def choosable(page: OutcomePage) -> QuerySet[Evidence]:
    """The photos among the evidence of the page's promises that the public may know of today, oldest first. What a
    community disputed proves nothing and is not shown."""
    until = last_public_day(page.commitment.community)
    rows = Evidence.objects.public().filter(commitment__in=page.commitment_keys(), date__lte=until)
    return rows.filter(IS_A_PHOTO, disputed=False).order_by("date", "pk")


def chosen_for(page: OutcomePage) -> list[OutcomePhoto]:
    """What an editor picked, of what may be chosen still; with its evidence."""
    picked = {row.evidence_id: row for row in page.photos.all()}
    found = choosable(page).filter(pk__in=picked) if picked else []
    for evidence in found:
        picked[evidence.pk].evidence = evidence
    return [picked[evidence.pk] for evidence in found]


def shown_on(page: OutcomePage) -> list[OutcomePhoto]:
    """The photos that the public sees on this page, as it is live."""
    chosen = chosen_for(page)
    return chosen if chosen and second_person.has_agreed(page) else []


# --- Handing out -----------------------------------------------------------------------------------------------
def handed_out(evidence: Evidence) -> FileResponse:
    """The copy of a photo for a page. Raises Http404 where its file is gone."""
    try:
        copy = _copy(evidence)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(copy, filename="photo.jpg", content_type="image/jpeg")
    response["X-Robots-Tag"] = "noindex, noimageindex"  # a copy elsewhere could not be called back
    return response


def _copy(evidence: Evidence) -> File:
    """Drawn once, when an editor first looks at it; kept where no web server reaches."""
    storage = evidence.file.storage
    name = f"outcomes/{Path(str(evidence.file.name)).stem}.jpg"
    if not storage.exists(name):
        with evidence.file.open("rb") as photo:
            storage.save(name, uploads.smaller(photo, LONGEST))
    return storage.open(name)


# --- Choosing --------------------------------------------------------------------------------------------------
class OutcomeForm(WagtailAdminPageForm):
    """The editor's form of an outcome page, with a tick and a description for each photo that may be chosen."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.photos = list(choosable(self.instance)) if self.instance.commitment_id else []
        self.picked = {row.evidence_id: row for row in self.instance.photos.all()}
        for evidence in self.photos:
            self.fields.update(_fields(evidence, self.picked.get(evidence.pk)))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for evidence in self.photos:
            if cleaned.get(ticked(evidence)) and not cleaned.get(described(evidence)):
                self.add_error(described(evidence), _("Say what the photo shows, for who cannot see it."))
        return cleaned

    def _post_clean(self) -> None:
        chosen = [row for row in self.photos if self.cleaned_data.get(ticked(row))]
        self.instance.photos = [self._photo(row, place) for place, row in enumerate(chosen)]
        super()._post_clean()

    def _photo(self, evidence: Evidence, place: int) -> OutcomePhoto:
        photo = self.picked.get(evidence.pk) or self.instance.photos.model(evidence=evidence)
        photo.locale, photo.sort_order = self.instance.locale, place
        photo.description = self.cleaned_data.get(described(evidence), "")
        return photo


def ticked(evidence: Evidence) -> str:
    return f"photo_{evidence.pk}"


def described(evidence: Evidence) -> str:
    return description_field(evidence.pk)


def description_field(pk: int) -> str:
    """The field that holds the words of a photo: what is wrong with them is said there."""
    return f"photo_{pk}_description"


def _fields(evidence: Evidence, photo: OutcomePhoto | None) -> dict[str, forms.Field]:
    day = date_format(evidence.date, "j F Y")
    show = forms.BooleanField(
        label=_("Show the photo of %(day)s") % {"day": day}, required=False, initial=photo is not None
    )
    describe = forms.CharField(
        label=_("What it shows, for who cannot see it"),
        required=False,
        initial=photo.description if photo else "",
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    return {ticked(evidence): show, described(evidence): describe}


class PhotosPanel(Panel):
    """The photos among the evidence, each with its tick and its description."""

    def __init__(self, **kwargs):
        kwargs.setdefault("heading", gettext_lazy("Photos of what was done"))
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/office/photos.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            form = self.form
            context["page"], context["community"] = self.instance, self.instance.commitment.community
            context["photos"] = [(row, form[ticked(row)], form[described(row)]) for row in form.photos]
            return context
