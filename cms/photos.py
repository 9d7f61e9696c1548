"""Photos of what was done, on an outcome page: which an editor may choose, and which the public sees now.

A photo is evidence of a promise that the page tells of. What is handed out is a copy, drawn anew without what a camera
writes into it, and never the evidence itself. Rules: docs/privacy.md, "Photos on outcome pages".
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import compare
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
KEPT_SECONDS = 60
SHOWS = [Evidence.Kind.PHOTO, Evidence.Kind.VISIT]  # a photographed document is no photo of what was done
IS_A_PHOTO = Q(*(("file__iendswith", suffix) for suffix in uploads.SUFFIXES.values()), _connector=Q.OR)


# --- Which -----------------------------------------------------------------------------------------------------
def choosable(page: OutcomePage) -> QuerySet[Evidence]:
    """The photos among the evidence of the page's promises that the public may know of today, oldest first. What a
    community disputed proves nothing and is not shown."""
    until = last_public_day(page.commitment.community)
    rows = Evidence.objects.public().filter(commitment__in=page.commitment_keys(), date__lte=until)
    return rows.filter(IS_A_PHOTO, kind__in=SHOWS, disputed=False).order_by("date", "pk")


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
def handed_out(evidence: Evidence) -> HttpResponse:
    """A photo for a page, drawn anew: no copy is kept that a withdrawal would have to find, but for a minute in the
    cache, under a name that only the evidence knows. Raises Http404 where its file is gone."""
    key = f"outcome-photo.{evidence.pk}.{Path(str(evidence.file.name)).stem}"
    drawn = cache.get(key)
    if drawn is None:
        try:
            with evidence.file.open("rb") as photo:
                drawn = uploads.smaller(photo, LONGEST).read()
        except FileNotFoundError as error:
            raise Http404 from error
        cache.set(key, drawn, KEPT_SECONDS)
    response = HttpResponse(drawn, content_type="image/jpeg")
    response["X-Robots-Tag"] = "noindex, noimageindex"  # a copy elsewhere could not be called back
    return response


# --- Choosing --------------------------------------------------------------------------------------------------
class PhotoForm(forms.Form):
    """One photo of the evidence: whether the page shows it, and what it shows."""

    show = forms.BooleanField(required=False)
    description = forms.CharField(
        label=gettext_lazy("What it shows, for who cannot see it"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, evidence: Evidence, photo: OutcomePhoto | None, data: Any = None):
        kept = {"show": photo is not None, "description": photo.description if photo else ""}
        super().__init__(data, prefix=f"photo_{evidence.pk}", initial=kept)
        self.evidence, self.photo = evidence, photo
        day = date_format(evidence.date, "j F Y")
        self.fields["show"].label = _("Show the photo of %(day)s") % {"day": day}

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("show") and not said.get("description") and "description" not in self.errors:
            self.add_error("description", _("Say what the photo shows, for who cannot see it."))
        return said

    @property
    def is_chosen(self) -> bool:
        return self.is_valid() and self.cleaned_data["show"]


class OutcomeForm(WagtailAdminPageForm):
    """The editor's form of an outcome page, with a small form for each photo that may be chosen."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        page, data = self.instance, self.data if self.is_bound else None
        picked = {row.evidence_id: row for row in page.photos.all()}
        rows = choosable(page) if page.commitment_id else []
        self.photos = [PhotoForm(row, picked.get(row.pk), data) for row in rows]

    def is_valid(self) -> bool:
        return super().is_valid() and all(form.is_valid() for form in self.photos)

    def has_changed(self) -> bool:
        return super().has_changed() or any(form.has_changed() for form in self.photos)

    def _post_clean(self) -> None:
        chosen = [form for form in self.photos if form.is_chosen]
        self.instance.photos = [self._chosen(form, place) for place, form in enumerate(chosen)]
        super()._post_clean()

    def _chosen(self, form: PhotoForm, place: int) -> OutcomePhoto:
        photo = form.photo or self.instance.photos.model(evidence=form.evidence)
        photo.locale, photo.sort_order = self.instance.locale, place
        photo.description = form.cleaned_data["description"]
        return photo

    def _update_errors(self, errors) -> None:
        """What is wrong with the words of a photo is said beside them."""
        for form in self.photos if hasattr(errors, "error_dict") else ():
            for error in errors.error_dict.pop(description_field(form.evidence.pk), ()):
                form.add_error("description", error)
        super()._update_errors(errors)


def description_field(evidence: int) -> str:
    """What the words of a photo are called among the texts of its page."""
    return f"photo_{evidence}_description"


class PhotosPanel(Panel):
    """The photos among the evidence, each with its tick and its description."""

    def __init__(self, **kwargs):
        kwargs.setdefault("heading", gettext_lazy("Photos of what was done"))
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/office/photos.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            page = self.instance
            return {
                **context,
                "page": page,
                "community": page.commitment.community,
                "photos": self.form.photos,
            }

        def get_comparison(self):
            """What changed between two revisions, for who reads a page through before it is published."""
            photos = self.panel.model._meta.get_field("photos")
            said = [
                partial(compare.FieldComparison, photos.related_model._meta.get_field(name))
                for name in ("evidence", "description")
            ]
            return [partial(compare.ChildRelationComparison, photos, said, label=str(self.heading))]
