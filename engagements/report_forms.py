"""What every report is asked for, whatever the channel: the public form, the operator's screen and the paper form are
made from it, so that they ask the same."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from . import reports
from .models import Topic


class ReportForm(forms.Form):
    """Topic, what happened and, if people want to say so, how to reach them. The place is asked beside it."""

    topic = forms.ModelChoiceField(label=_("What is it about?"), queryset=Topic.objects.none())
    text = forms.CharField(
        label=_("What happened, or what do you ask for?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=reports.LONGEST,
        help_text=_("Say what, where and since when. You need not name yourself or anybody."),
    )
    contact = forms.CharField(
        label=_("How can we reach you? You need not answer this."),
        required=False,
        max_length=200,
        help_text=_(
            "A telephone number, or a place and a time. Only the officers of your area can open it; on a sealed topic, the integrity officer alone."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = Topic.objects.all()
