"""The forms of the loop and of rows' pages. They parse and give sentences; the verbs do the work."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities import uploads
from communities.models import Agency, Area
from communities.office_forms import DayInput, ScopedForm

from . import questions, wording
from .models import Concern, Evidence, Telling, Topic
from .models.commitments import Shown
from .models.questions import DAYS_TO_ANSWER

AREAS_TO_PICK = 40  # up to so many stand in a list; more are looked for
PUBLIC_HELP = _("Anyone may read this. No names, no phone numbers.")


def place_errors(form: forms.Form, error: forms.ValidationError) -> None:
    """Puts a verb's sentences beside the field they name, or on top when the form has no such field."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
    for name, sentences in by_field.items():
        form.add_error(name if name in form.fields else None, sentences)


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What is to be mended"), widget=forms.Textarea(attrs={"rows": 2}), required=True
    )


class AssignForm(forms.Form):
    agency = forms.ModelChoiceField(label=_("Agency to answer"), queryset=Agency.objects.none())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.visible_to(user)


class SealForm(forms.Form):
    topic = forms.ModelChoiceField(
        label=_("Sealed topic"),
        queryset=Topic.objects.filter(sealed=True),
        help_text=_(
            "It leaves every list, figure and history here, with all that was added and joined to it. You cannot read "
            "it again or undo this."
        ),
    )


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("People will be told these words, and anyone may read them."),
    )
    because = forms.ChoiceField(
        label=_("Cannot, because"),
        choices=[("", _("We can: this is the answer")), *Concern.Because.choices],
        required=False,
    )


class PromiseForm(forms.Form):
    words = forms.CharField(
        label=_("What is promised, in the words of the agency"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("These words are never changed; later changes stand beside them."),
    )
    public_text = forms.CharField(
        label=_("The same, for the public"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=PUBLIC_HELP,
    )
    due_on = forms.DateField(label=_("To be done by"), widget=DayInput)


class AskForm(forms.Form):
    text = forms.CharField(
        label=_("Question"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Headquarters are to answer within two weeks. Colleagues in the area read it too."),
    )


class AnswerQuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody in the field of this area reads it. It cannot be changed afterwards."),
    )


class QuestionForm(ScopedForm):
    """Asks from an area that its user is posted to."""

    class Meta(ScopedForm.Meta):
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=DAYS_TO_ANSWER)
        self.fields["text"].help_text = _("Colleagues in the area and headquarters read it, and nobody else.")
        own = questions.own_areas_of(self.for_user).order_by("level", "code").values_list("pk", flat=True)
        few = list(own[: AREAS_TO_PICK + 1])
        if len(few) == 1:
            self.fields["area"].initial = few[0]
        if len(few) <= AREAS_TO_PICK:
            self.fields["area"].widget = forms.Select(choices=self.fields["area"].choices)

    def narrow(self, field):
        if field.queryset.model is Area:
            field.queryset = questions.own_areas_of(self.for_user)
        else:
            super().narrow(field)


class EvidenceForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(k.value, k.label) for k in Evidence.Kind if k != Evidence.Kind.OBSERVATION],
    )
    on = forms.DateField(label=_("Date"), widget=DayInput)
    shows = forms.TypedChoiceField(label=_("It shows"), choices=Shown, coerce=int)
    public_note = forms.CharField(
        label=_("What it shows, for the public"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=PUBLIC_HELP,
    )
    note = forms.CharField(
        label=_("For colleagues"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    file = forms.FileField(
        label=_("Photo or document"),
        required=False,
        help_text=_("JPEG, PNG, WebP or PDF, up to 10 MB. A photo is kept without its place and time."),
        widget=forms.ClearableFileInput(attrs={"accept": uploads.ACCEPTED}),
    )


class RevisionForm(forms.Form):
    due_on = forms.DateField(label=_("New due date"), widget=DayInput)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is withdrawn"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("People will be told these words, and anyone may read them."),
    )


class AsOfForm(forms.Form):
    """A day to read a commitment as of."""

    as_of = forms.DateField(label=_("As of the end of"), widget=DayInput)

    def clean_as_of(self) -> date:
        day = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come: choose today or a past day."))
        return day


class TellForm(forms.Form):
    on = forms.DateField(label=_("Date"), widget=DayInput)
    how = forms.ChoiceField(
        label=_("How"), choices=[how for how in Telling.How.choices if how[0] != Telling.How.CODE]
    )
    group = forms.ChoiceField(label=_("Who was told"), choices=Concern.RAISERS)
    reached = forms.BooleanField(label=_("They were reached"), required=False, initial=True)


class RewordForm(forms.Form):
    """One field for each of the texts of a row that anyone may read."""

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        for name in wording.public_words(row):
            text = row._meta.get_field(name).formfield(widget=forms.Textarea(attrs={"rows": 2}))
            text.initial, text.help_text = getattr(row, name), PUBLIC_HELP
            self.fields[name] = text
