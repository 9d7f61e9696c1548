"""The forms of the inbox, and what each does. A decision carries what it rested on: see `decide`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.changes import hold
from communities.models import Agency, Community, User

from . import inbox, loop, reports, wording
from .models import Addition, Concern, Topic

TOLD = gettext_lazy("People will be told these words, and anyone may read them.")


class InboxForm(forms.Form):
    """A decision on one concern. `rested_on` is inbox.standing, as its reader saw it."""

    rested_on = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, concern: Concern, user: User, name: str):
        super().__init__(data, auto_id=f"{name}-%s", initial=self.of(concern))
        self.concern, self.user = concern, user
        self.narrow()

    @staticmethod
    def of(concern: Concern) -> dict[str, Any]:
        return {
            "rested_on": inbox.standing(concern),
            "topic": concern.topic_id,
            "urgency": concern.urgency,
            "public_text": concern.public_text,
        }

    def narrow(self) -> None:
        """Narrows the choices to what the reader may choose."""

    def choices_of(self, name: str, rows: Any) -> None:
        cast("forms.ModelChoiceField", self.fields[name]).queryset = rows


class GiveForm(InboxForm):
    agency = forms.ModelChoiceField(label=gettext_lazy("Agency to answer"), queryset=Agency.objects.none())

    def narrow(self) -> None:
        self.choices_of("agency", Agency.objects.visible_to(self.user))


class WordsForm(InboxForm):
    public_text = forms.CharField(
        label=gettext_lazy("What was asked, for the public"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy(
            "Anyone may read this. No names, no phone numbers. Without such words it is in no public figure."
        ),
    )


class SortForm(InboxForm):
    topic = forms.ModelChoiceField(
        label=gettext_lazy("About"), queryset=Topic.objects.none(), empty_label=None
    )
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=Concern.Urgency.choices)

    def narrow(self) -> None:
        self.choices_of("topic", Topic.objects.filter(sealed=False))


class PlaceForm(InboxForm):
    community = forms.ModelChoiceField(queryset=Community.objects.none())

    def narrow(self) -> None:
        self.choices_of("community", Community.objects.visible_to(self.user).active())


class JoinForm(InboxForm):
    into = forms.ModelChoiceField(queryset=Concern.objects.none())

    def narrow(self) -> None:
        self.choices_of("into", Concern.objects.triaged_by(self.user))


class AnswerNowForm(InboxForm):
    text = forms.CharField(
        label=gettext_lazy("Answer"), widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}), help_text=TOLD
    )


class CannotForm(InboxForm):
    because = forms.ChoiceField(
        label=gettext_lazy("Cannot, because"),
        choices=[("", gettext_lazy("Choose the reason")), *Concern.Because.choices],
    )
    text = forms.CharField(
        label=gettext_lazy("In your words"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=TOLD,
    )


class ReadForm(InboxForm):
    """`up_to` is the last addition that its reader was shown: what comes in meanwhile waits on."""

    up_to = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def of(concern: Concern) -> dict[str, Any]:
        last = Addition.objects.of(concern).order_by("pk").last()
        return {**InboxForm.of(concern), "up_to": last.pk if last else 0}


# --- What each does, and what is said of it ----------------------------------------------------------------
def _give(row: Concern, data: dict, user: User) -> str:
    loop.assign(row, agency=data["agency"], by=user)
    said = {"concern": row.number, "agency": data["agency"].label, "day": date_format(row.due_on)}
    return _("%(concern)s was given to %(agency)s, which must answer by %(day)s.") % said


def _words(row: Concern, data: dict, user: User) -> str:
    wording.reword(row, words={"public_text": data["public_text"]}, by=user)
    return _("%(concern)s has its words for the public.") % {"concern": row.number}


def _sort(row: Concern, data: dict, user: User) -> str:
    loop.sort(row, topic=data["topic"], urgency=data["urgency"], by=user)
    said = {
        "concern": row.number,
        "topic": row.topic.label,
        "urgency": row.get_urgency_display(),
        "day": date_format(row.due_on),
    }
    return _("%(concern)s is about %(topic)s now; urgency: %(urgency)s; answer due on %(day)s.") % said


def _place(row: Concern, data: dict, user: User) -> str:
    loop.place(row, community=data["community"], by=user)
    said = {"concern": row.number, "community": data["community"].label}
    return _("%(concern)s lies in %(community)s now. People there are to be told.") % said


def _join(row: Concern, data: dict, user: User) -> str:
    loop.join(row, into=data["into"], by=user)
    said = {"concern": row.number, "into": data["into"].number}
    return (
        _("%(concern)s was joined to %(into)s. Those who reported it are still to be told the answer.") % said
    )


def _answer(row: Concern, data: dict, user: User) -> str:
    loop.answer(row, text=data["text"], because=data.get("because", ""), by=user)
    if row.because:
        said = {"concern": row.number, "reason": row.get_because_display()}
        return _("%(concern)s was refused: %(reason)s. People are still to be told why.") % said
    return _("%(concern)s was answered. People are still to be told.") % {"concern": row.number}


def _read(row: Concern, data: dict, user: User) -> str:
    reports.read_additions(row, up_to=data["up_to"], by=user)
    return _("What was added to %(concern)s was read.") % {"concern": row.number}


@dataclass(frozen=True)
class Decision:
    """`do(row, data, user)` calls the verb and returns what to say of it; `stays`: the concern is still to be
    decided on afterwards."""

    form_class: type[InboxForm]
    do: Callable[[Concern, dict, User], str]
    stays: bool = False


DECISIONS = {
    "give": Decision(GiveForm, _give),
    "words": Decision(WordsForm, _words, stays=True),
    "sort": Decision(SortForm, _sort, stays=True),
    "place": Decision(PlaceForm, _place, stays=True),
    "join": Decision(JoinForm, _join),
    "answer": Decision(AnswerNowForm, _answer),
    "cannot": Decision(CannotForm, _answer),
    "read": Decision(ReadForm, _read),
}


class Meanwhile(ValidationError):
    """Somebody else dealt with it since its reader saw it."""


@transaction.atomic
def decide(decision: Decision, form: InboxForm) -> str:
    """Does what a valid form says and returns the sentence on it. Raises ValidationError, PermissionDenied;
    Meanwhile where what the decision rested on has changed."""
    row = form.concern
    hold(row)
    if inbox.standing(row) != form.cleaned_data["rested_on"]:
        raise Meanwhile(_("Somebody else dealt with this meanwhile. %(now)s") % {"now": stands(row)})
    return decision.do(row, form.cleaned_data, form.user)


def stands(row: Concern) -> str:
    """Where a concern is now, in a sentence."""
    if row.state == Concern.State.MERGED and row.joined_to:
        return _("%(concern)s was joined to %(into)s.") % {
            "concern": row.number,
            "into": row.joined_to.number,
        }
    if row.answered_on and row.is_answered:
        said = {"concern": row.number, "day": date_format(row.answered_on)}
        return _("%(concern)s was answered on %(day)s.") % said
    if row.state == Concern.State.ASSIGNED and row.agency:
        return _("%(concern)s is with %(agency)s.") % {"concern": row.number, "agency": row.agency.label}
    said = {"concern": row.number, "topic": row.topic.label, "urgency": row.get_urgency_display()}
    return _("%(concern)s is about %(topic)s; urgency: %(urgency)s.") % said
