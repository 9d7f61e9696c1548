"""The forms of the public door: a report, a tracking code, an addition."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django import forms
from django.contrib.gis.geos import Point
from django.core.files.base import File
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from communities.uploads import MAX_MB
from engagements import codes, reports
from engagements.models import Topic
from engagements.report_forms import ReportForm

TIP = "tip"  # in the place of a topic: what is not taken here


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to reports.MOST_PHOTOS photos; the verb draws them anew and says what is none."""

    widget = SeveralFiles

    def clean(self, data, initial=None) -> list[File]:
        files = data if isinstance(data, (list, tuple)) else [data]
        return [super(PhotosField, self).clean(file, initial) for file in files if file]


class Degrees(forms.FloatField):
    """Decimal degrees, as people write them: with a point or a comma."""

    def __init__(self, most: int, **kwargs):
        bounds = [MinValueValidator(-most), MaxValueValidator(most)]
        super().__init__(validators=bounds, widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"}), required=False, **kwargs)  # fmt: skip

    def to_python(self, value):
        return super().to_python(str(value or "").strip().replace(",", ".").replace("٫", "."))


@dataclass(frozen=True)
class Choice:
    """A topic among which people choose."""

    value: str
    label: str
    sealed: bool
    chosen: bool


class PublicReportForm(ReportForm):
    """What every report is asked for and, on paper and by telephone not asked: photos, a point, a form's own number."""

    place = forms.CharField(label=_("Where?"), required=False, max_length=40, widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)
    photos = PhotosField(
        label=_("Photos, if you have any"),
        required=False,
        help_text=_(
            "Up to 3, of %(limit)s MB at most. We take out where and with what they were taken. If something is missing here and the form comes back, choose them again: nothing else is lost."
        ),
    )
    latitude = Degrees(90, label=_("Latitude"))
    longitude = Degrees(180, label=_("Longitude"))
    # Nobody sees it, and machines fill it; under a name that no browser knows how to fill by itself.
    leave_empty = forms.CharField(label=_("Leave this empty"), required=False)

    use_required_attribute = False  # the topic decides what is asked, and the server says so in words

    def __init__(self, *args, too_large: bool = False, sealed_channel: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.too_large, self.sealed_channel = too_large, sealed_channel
        cast(forms.ModelChoiceField, self.fields["topic"]).to_field_name = "code"
        self.fields["topic"].error_messages["required"] = _("Choose what it is about.")
        self.fields["text"].error_messages["required"] = _("Write what happened.")
        photos = self.fields["photos"]
        photos.help_text = photos.help_text % {"limit": MAX_MB}
        photos.widget.attrs["accept"] = "image/jpeg,image/png,image/webp"
        self.fields["leave_empty"].widget.attrs.update(tabindex="-1", autocomplete="off")
        self.fields["contact"].widget.attrs["autocomplete"] = "off"

    @classmethod
    def blank(cls, place: str, *, sealed_channel: bool) -> PublicReportForm:
        return cls(initial={"place": place, "token": uuid.uuid4()}, sealed_channel=sealed_channel)

    def topics(self) -> Iterator[Choice]:
        """Those that are offered: a sealed one only where there is a key to seal it with."""
        chosen = self["topic"].value()
        for topic in Topic.objects.public():
            if self.sealed_channel or not topic.sealed:
                yield Choice(topic.code, topic.label, topic.sealed, chosen == topic.code)

    def asks_for_tip(self) -> bool:
        return self.data.get("topic") == TIP

    def clean_photos(self) -> list[File]:
        photos = self.cleaned_data["photos"]
        if self.too_large:
            raise forms.ValidationError(
                _("A photo is larger than %(limit)s MB. Send a smaller one, or none."),
                params={"limit": MAX_MB},
            )
        if len(photos) > reports.MOST_PHOTOS:
            raise forms.ValidationError(_("At most %(most)d photos."), params={"most": reports.MOST_PHOTOS})
        return photos

    def clean(self) -> dict:
        said = super().clean() or self.cleaned_data
        given = [said.get(name) is not None for name in ("latitude", "longitude")]
        if any(given) and not all(given) and not {"latitude", "longitude"} & set(self.errors):
            self.add_error("longitude" if given[0] else "latitude", _("A point needs both numbers, or none."))
        return said

    @property
    def point(self) -> Point | None:
        at = self.cleaned_data["longitude"], self.cleaned_data["latitude"]
        return None if None in at else Point(*at, srid=4326)

    @property
    def filled_by_machine(self) -> bool:
        """Such a form comes back without the field: whoever is a person sends it once more."""
        return bool(self.data.get("leave_empty"))


class CodeForm(forms.Form):
    """A tracking code, however it was written down."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=80,
        help_text=_("16 letters and digits, in four groups. Capitals and dashes do not matter."),
        error_messages={"required": _("Write the code you were given.")},
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code-field"}
        ),
    )  # fmt: skip
    use_required_attribute = False

    def clean_code(self) -> str:
        return codes.read(self.cleaned_data["code"])


class AdditionForm(forms.Form):
    """More words to a report that came in before."""

    text = forms.CharField(
        label=_("Add something"),
        max_length=reports.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What changed, or what we should know. It goes to whoever deals with your report."),
        error_messages={"required": _("Write what you want to add.")},
    )
    use_required_attribute = False
