"""The forms of the meeting screen: one meeting and all it brings. They parse and give sentences; the verbs do the work."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from communities.models import Agency, Group, Language
from communities.office_forms import DayInput

from . import sealed
from .forms import PUBLIC_HELP, place_errors
from .meetings import Asked, Headcount, Judged, Minutes, Promised, Told
from .models import Concern, Engagement, Pulse, Telling, Topic, Verdict
from .models.commitments import Answer

COUNTED = [("counted", _("Counted")), ("not_counted", _("Not counted"))]
NO_CHOICE = ("", "—")


class MeetingForm(forms.ModelForm):
    """Five required fields (the community is chosen before); everything else may follow."""

    uid = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)
    attendance = forms.ChoiceField(label=_("How many people came"), choices=COUNTED, widget=forms.RadioSelect)
    women = forms.IntegerField(label=_("Women"), min_value=0, required=False)
    men = forms.IntegerField(label=_("Men"), min_value=0, required=False)
    young = forms.IntegerField(label=_("Under 25"), min_value=0, required=False)
    officers = forms.IntegerField(label=_("Officers"), min_value=0, required=False)
    officers_women = forms.IntegerField(label=_("Women among the officers"), min_value=0, required=False)

    class Meta:
        model = Engagement
        fields = [
            "kind",
            "date",
            "place",
            "place_detail",
            "attendance_total",
            "topics",
            "agencies",
            "counterpart",
            "language",
            "interpreter",
            "read_back_in",
            "agreed_by",
            "found_nobody",
            "summary",
            "public_summary",
        ]
        widgets = {
            "date": DayInput,
            "place": forms.RadioSelect,
            "topics": forms.CheckboxSelectMultiple,
            "summary": forms.Textarea(attrs={"rows": 3}),
            "public_summary": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {"public_summary": PUBLIC_HELP}

    DETAILS = (
        "place_detail",
        "counterpart",
        "language",
        "interpreter",
        "read_back_in",
        "agreed_by",
        "found_nobody",
        "summary",
        "public_summary",
    )
    LINES: dict[str, dict[str, Any]] = {
        "women": {"sex": "women"},
        "men": {"sex": "men"},
        "young": {"age": "young"},
        "officers": {"who": "officers"},
        "officers_women": {"who": "officers", "sex": "women"},
    }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        for answer, label in Pulse.Answer.choices:
            self.fields[f"pulse_{answer}"] = forms.IntegerField(label=label, min_value=0, required=False)
        if self.instance.pk:
            self._remember()
        else:
            self.initial["date"] = timezone.localdate()
        self.fields["topics"].queryset = Topic.objects.visible_to(user).filter(sealed=False)
        agencies = Agency.objects.visible_to(user)
        self.fields["agencies"].queryset = self.fields["counterpart"].queryset = agencies
        languages = Language.objects.visible_to(user)
        self.fields["language"].queryset = self.fields["read_back_in"].queryset = languages

    @property
    def pulse_fields(self) -> list[forms.BoundField]:
        return [self[f"pulse_{answer}"] for answer in Pulse.Answer.values]

    def _remember(self) -> None:
        self.initial.update((f"pulse_{row.answer}", row.count) for row in self.instance.pulse.all())
        self.initial["attendance"] = "not_counted" if self.instance.attendance_total is None else "counted"
        lines = {(a.who, a.sex, a.age): a.count for a in self.instance.attendance.all() if not a.group}
        for name, line in self.LINES.items():
            key = (line.get("who", "people"), line.get("sex", "all"), line.get("age", "all"))
            self.initial[name] = lines.get(key)

    def clean(self):
        cleaned = super().clean()
        total = cleaned.get("attendance_total")
        if cleaned.get("attendance") == "counted" and total is None:
            self.add_error("attendance_total", _("How many came? If nobody counted, choose “Not counted”."))
        if cleaned.get("attendance") == "not_counted":
            cleaned["attendance_total"] = None
        return cleaned

    def _post_clean(self):
        """The verb validates the whole row; here only the fields themselves are parsed."""

    def headcounts(self) -> list[Headcount]:
        given = {name: self.cleaned_data.get(name) for name in self.LINES}
        return [
            Headcount(count=count, **self.LINES[name]) for name, count in given.items() if count is not None
        ]

    def minutes(self, community, **brought: Any) -> Minutes:
        data = self.cleaned_data
        return Minutes(
            community=community,
            uid=data["uid"],
            kind=data["kind"],
            date=data["date"],
            place=data["place"],
            attendance_total=data["attendance_total"],
            details={name: data[name] for name in self.DETAILS},
            topics=list(data["topics"]),
            agencies=list(data["agencies"]),
            attendance=self.headcounts(),
            pulse={a: n for a in Pulse.Answer.values if (n := data[f"pulse_{a}"]) is not None},
            **brought,
        )


class OptionalRow(forms.Form):
    """A row that may stay empty: nothing in it is marked as required, and what it needs is asked once it is begun."""

    needed: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.needed:
            self.fields[name].required = False

    def clean(self):
        cleaned = super().clean()
        for name in self.needed:
            if name not in self.errors and cleaned.get(name) in (None, ""):
                self.add_error(name, self.fields[name].error_messages["required"])
        return cleaned


class ConcernForm(OptionalRow):
    """One thing a group asked."""

    needed = ("topic", "raised_by", "text", "urgency")

    topic = forms.ModelChoiceField(label=_("About"), queryset=Topic.objects.none())
    raised_by = forms.ChoiceField(label=_("Raised by"), choices=[NO_CHOICE, *Group.choices])
    text = forms.CharField(label=_("What was asked"), widget=forms.Textarea(attrs={"rows": 2}))
    public_text = forms.CharField(
        label=_("The same for the public"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=PUBLIC_HELP,
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Concern.Urgency, initial=Concern.Urgency.NORMAL)

    def __init__(self, *args, topics, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)


class CommitmentForm(OptionalRow):
    """One promise, in the words spoken."""

    needed = ("words", "agency", "due_on")

    words = forms.CharField(label=_("The words as spoken"), widget=forms.Textarea(attrs={"rows": 2}))
    agency = forms.ModelChoiceField(label=_("Who promised"), queryset=Agency.objects.none())
    due_on = forms.DateField(label=_("Due on"), widget=DayInput)
    about = forms.ChoiceField(label=_("In answer to"), required=False)
    accepted_by = forms.ChoiceField(
        label=_("Accepted by"), choices=[NO_CHOICE, *Group.choices], required=False
    )
    public_text = forms.CharField(
        label=_("The same for the public"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=PUBLIC_HELP,
    )

    def __init__(self, *args, user, concerns, **kwargs):
        super().__init__(*args, **kwargs)
        self.concerns = {str(concern.pk): concern for concern in concerns}
        self.fields["agency"].queryset = Agency.objects.visible_to(user)
        self.fields["about"].choices = [
            NO_CHOICE,
            ("new-0", _("the first concern above")),
            ("new-1", _("the second concern above")),
            ("new-2", _("the third concern above")),
            *((key, f"{c} · {c.topic.label}") for key, c in self.concerns.items()),
        ]

    def promised(self, raised_now: list[int]) -> Promised:
        """`raised_now`: which rows of the concerns above were filled in, in order."""
        given = self.cleaned_data["about"]
        answered: Concern | int | None = self.concerns.get(given)
        if given.startswith("new-"):
            answered = raised_now.index(int(given.removeprefix("new-")))
        return Promised(**{**self.cleaned_data, "about": answered})


class VerdictForm(forms.Form):
    """One tap per earlier commitment: a group and its answer. Left alone, nobody was asked."""

    group = forms.ChoiceField(label=_("Who answered"), choices=[NO_CHOICE, *Group.choices], required=False)
    answer = forms.TypedChoiceField(
        label=_("Their answer"),
        choices=[
            (Answer.KEPT, Answer.KEPT.label),
            (Answer.PARTLY, Answer.PARTLY.label),
            (Answer.NOT_KEPT, Answer.NOT_KEPT.label),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, commitment, **kwargs):
        super().__init__(*args, prefix=f"verdict-{commitment.pk}", **kwargs)
        self.commitment = commitment

    def clean(self):
        cleaned = super().clean()
        if (cleaned.get("answer") is None) != (not cleaned.get("group")):
            raise forms.ValidationError(_("Give both: the group and its answer."))
        return cleaned

    def judged(self) -> Judged | None:
        data = self.cleaned_data
        if data.get("answer") is None:
            return None
        return Judged(commitment=self.commitment, group=data["group"], answer=data["answer"])


class TellingForm(forms.Form):
    """Whether people were told about an earlier concern or commitment at this meeting."""

    TOLD = [("", _("Not at this meeting")), ("reached", _("Told them")), ("missed", _("Tried, not reached"))]

    told = forms.ChoiceField(label=_("Told"), choices=TOLD, required=False)
    group = forms.ChoiceField(label=_("Who was told"), choices=[NO_CHOICE, *Group.choices], required=False)

    def __init__(self, *args, duty, **kwargs):
        super().__init__(*args, prefix=f"telling-{duty.pk}", **kwargs)
        self.duty = duty

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("told") and not cleaned.get("group"):
            self.add_error("group", _("Which group?"))
        return cleaned

    def telling(self) -> Told | None:
        data = self.cleaned_data
        if not data.get("told"):
            return None
        return Told(duty=self.duty, group=data["group"], reached=data["told"] == "reached")


class TakeOutForm(forms.Form):
    """What an unreviewed meeting brought, each to be taken out again."""

    taken_out = forms.MultipleChoiceField(
        label=_("Take out"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = {f"{row._meta.model_name}-{row.pk}": row for row in rows}
        self.fields["taken_out"].choices = [(key, self.line(row)) for key, row in self.rows.items()]

    @staticmethod
    def line(row) -> str:
        if isinstance(row, Verdict | Telling):
            said = row.get_answer_display() if isinstance(row, Verdict) else row.get_how_display()
            return f"{capfirst(row._meta.verbose_name)}: {row.get_group_display()}, {said}"
        return f"{capfirst(row._meta.verbose_name)}: {row.text if isinstance(row, Concern) else row.words}"

    def chosen(self) -> list:
        return [self.rows[key] for key in self.cleaned_data["taken_out"]]


class MeetingScreen:
    """The whole screen: the meeting, its concerns and commitments, verdicts and tellings on earlier ones."""

    def __init__(
        self, community, user, *, promises, concerns, duties, brought=(), engagement=None, data=None
    ):
        self.community, self.user = community, user
        self.engagement = engagement
        self.form = MeetingForm(data, instance=engagement, user=user)
        concern_set = forms.formset_factory(ConcernForm, extra=2)
        promise_set = forms.formset_factory(CommitmentForm, extra=2)
        topics = sealed.offered(Topic.objects.visible_to(user))
        self.concerns = concern_set(data, prefix="concerns", form_kwargs={"topics": topics})
        self.instead = sealed.instead()
        self.commitments = promise_set(
            data, prefix="commitments", form_kwargs={"user": user, "concerns": concerns}
        )
        self.verdicts = [VerdictForm(data, commitment=promise) for promise in promises]
        self.tellings = [TellingForm(data, duty=duty) for duty in duties]
        self.brought = TakeOutForm(data, rows=brought)

    @cached_property
    def parts(self) -> list:
        return [self.form, self.concerns, self.commitments, *self.verdicts, *self.tellings, self.brought]

    def is_valid(self) -> bool:
        valid = [part.is_valid() for part in self.parts]  # each part says all that is wrong with it
        return all(valid) and self.promises_name_a_concern()

    @cached_property
    def raised_now(self) -> list[int]:
        return [place for place, form in enumerate(self.concerns) if form.has_changed()]

    def promises_name_a_concern(self) -> bool:
        """A promise "in answer to the second concern above" needs a second concern."""
        empty = [
            form
            for form in self.commitments
            if (about := form.cleaned_data.get("about", "")).startswith("new-")
            and int(about.removeprefix("new-")) not in self.raised_now
        ]
        for form in empty:
            form.add_error("about", _("That concern is empty."))
        return not empty

    def minutes(self) -> Minutes:
        asked = [f.asked() for f in self.concerns if f.has_changed()]
        promised = [f.promised(self.raised_now) for f in self.commitments if f.has_changed()]
        return self.form.minutes(
            self.community,
            asked=asked,
            promised=promised,
            judged=[j for f in self.verdicts if (j := f.judged())],
            told=[t for f in self.tellings if (t := f.telling())],
        )

    def refuse(self, error) -> None:
        """Puts a verb's sentences where the person can act."""
        place_errors(self.form, error)
