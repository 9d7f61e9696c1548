"""The office's forms of this floor that need more than their model says.

Their fields are named by the viewset: a form made here, at import, would not know the choosers yet.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from communities.commas import listed
from communities.models import Area, Community
from communities.office import CodesField, ScopedForm
from communities.office_forms import DayInput
from communities.sight import today

from .models import CardScheme


class PointForm(ScopedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].help_text = _("Leave empty to find it from the place on the map.")


class ObservationForm(ScopedForm):
    class Meta(ScopedForm.Meta):
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["source"].help_text = _("Who saw or said it: an agency, a project, a register. No names.")


class DeliveryForm(ScopedForm):
    class Meta(ScopedForm.Meta):
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class RetireForm(forms.Form):
    on = forms.DateField(label=_("No longer in the register since"), widget=DayInput)


class SchemeForm(ScopedForm):
    """Once opened, a scheme keeps every part of its agreement."""

    def clean(self):
        cleaned = super().clean()
        if self.instance.state != CardScheme.State.DRAFT:
            for name in CardScheme.AGREEMENT:
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, _("This scheme was opened with its agreement: this part stays."))
        return cleaned


class DriveForm(ScopedForm):
    """The first drive of a scheme is planned by somebody who cannot see it in a drive yet: open schemes are
    public, so all of them may be chosen."""

    communities = CodesField(Community.objects.all(), label=_("Communities"))

    def narrow(self, field):
        if field.queryset.model is CardScheme:
            field.queryset = CardScheme.objects.public().filter(state=CardScheme.State.OPEN)
        else:
            super().narrow(field)

    def clean_communities(self):
        chosen = self.cleaned_data["communities"]
        if not self.instance.pk:
            return chosen
        kept = {row.pk for row in chosen} | {row.pk for row in self.unseen.get("communities", [])}
        counted = self.instance.counts.exclude(community__in=kept).order_by("community__code")
        codes = counted.values_list("community__code", flat=True).distinct()
        if codes:
            raise ValidationError(
                _("These have counts and stay in the drive: %(codes)s."), params={"codes": listed(codes)}
            )
        return chosen


class CountForm(forms.Form):
    """One line of the grid of counts: left empty, nothing is recorded."""

    step = forms.ChoiceField(
        label=_("Step"),
        error_messages={"invalid_choice": _("No step is skipped: first count the one before it.")},
    )
    count = forms.IntegerField(label=_("People"), min_value=0, required=False)
    on = forms.DateField(label=_("By day"), required=False, widget=DayInput)

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, prefix=f"c{row.community.pk}", **kwargs)
        self.row = row
        self.fields["step"].choices = row.countable
        self.fields["on"].initial = today

    @property
    def is_filled(self) -> bool:
        return bool(self.data.get(self.add_prefix("count"), "").strip())

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("on") and "on" not in self.errors:
            self.add_error("on", _("Give the day."))
        return cleaned


class ProjectForm(ScopedForm):
    communities = CodesField(Community.objects.all(), label=_("Communities"), required=False)
    areas = CodesField(Area.objects.all(), label=_("Areas"), required=False)
