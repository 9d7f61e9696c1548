"""One page per concern, commitment, duty and tip: what it is, and what its reader may do with it. A meeting's is in
meeting_page.py.

An action is a form and a verb. The page offers those that are open to its reader; posting one calls the
verb, and a refusal comes back as a sentence beside the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages

from communities.models import Agency, Community, User
from communities.office import ScopedInspectView
from communities.sight import ScopedQuerySet, has_left, is_field, may

from . import history, inbox, loop, questions, reports, sealed, wording
from .desk_forms import OutcomeForm, TipOfConcern
from .forms import (
    AnswerForm,
    AskForm,
    AsOfForm,
    AssignForm,
    CancelForm,
    EvidenceForm,
    PromiseForm,
    RevisionForm,
    RewordForm,
    SealForm,
    TellForm,
    place_errors,
)
from .models import (
    Commitment,
    Concern,
    Duty,
    Escalation,
    Evidence,
    Handover,
    Report,
    Revision,
    Telling,
    Verdict,
)

NOTES = "office_row_notes"  # higher floors register (row, user) → components that stand over the row's page


@dataclass(frozen=True)
class Action:
    """`open_to(row, user)` decides whether it is offered; `do(row, data, user)` calls the verb. It is about the page's
    own row, or about another that stands beside it. `done` is said afterwards: a sentence, or what makes one of the
    verb's answer."""

    name: str
    label: Any
    do: Callable[[Any, dict, Any], Any]
    open_to: Callable[[Any, Any], bool]
    form_class: type[forms.Form] = forms.Form
    done: Any = ""
    secondary: bool = False
    about: Any = None


class RowPage(ScopedInspectView):
    """Reads a row in full, with the actions that are open to its reader."""

    template_name = "engagements/office/row.html"
    moves: tuple[Action, ...] = ()
    result: Any = None  # what the verb answered
    http_method_names = ["get", "post"]

    def get_page_subtitle(self):
        return f"{self.object.number} · {self.place}"

    @property
    def place(self) -> str:
        return self.object.place if self.inside else self.object.public_place

    def open_moves(self) -> list[Action]:
        return [a for a in self.moves if a.open_to(self.object, self.request.user)]

    def form_for(self, action: Action, bound: forms.Form | None = None) -> forms.Form:
        if bound is not None and bound.prefix == action.name:
            return bound
        return self.build_form(action, None)

    def build_form(self, action: Action, data, files=None) -> forms.Form:
        needs: dict[type[forms.Form], dict[str, Any]] = {
            AssignForm: {"user": self.request.user},
            TipOfConcern: {"user": self.request.user},
            RewordForm: {"row": action.about or self.object},
        }
        kwargs = needs.get(action.form_class, {})
        return action.form_class(data, files, prefix=action.name, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        chosen = next((a for a in self.open_moves() if a.name == request.POST.get("do")), None)
        if chosen is None:
            raise PermissionDenied
        form = self.build_form(chosen, request.POST, request.FILES)
        if form.is_valid() and self.carry_out(chosen, form):
            messages.success(request, chosen.done(self.result) if callable(chosen.done) else chosen.done)
            return redirect(request.path if self.still_seen() else self.index_url_name)
        return self.render_to_response(self.get_context_data(bound=form), status=422)

    def carry_out(self, action: Action, form: forms.Form) -> bool:
        try:
            self.result = action.do(action.about or self.object, form.cleaned_data, self.request.user)
        except ValidationError as error:
            place_errors(form, error)
            return False
        return True

    def still_seen(self) -> bool:
        return may(self.request.user, "view", self.object)

    def get_context_data(self, bound: forms.Form | None = None, **kwargs):
        context = super().get_context_data(**kwargs)
        offered = [(a, self.form_for(a, bound)) for a in self.open_moves()]
        context["moves"] = offered
        media = [form.media for _action, form in offered]
        context["media"] = sum(media, context.get("media") or forms.Media())
        context.update(beside=self.beside(), inside=self.inside, place=self.place, steps=self.steps())
        context["notes"] = [
            note for fill in hooks.get_hooks(NOTES) for note in fill(self.object, self.request.user)
        ]
        return context

    def steps(self) -> Iterable[Escalation]:
        """The steps up the chain that what is overdue has taken."""
        if not isinstance(self.object, Concern | Commitment | Duty):
            return ()
        return Escalation.objects.visible_to(self.request.user).about(self.object)

    def beside(self) -> list[tuple[Any, models.QuerySet]]:
        """Related rows to show below, as (heading, rows); every row class has a line in row_line.html."""
        return []

    def _seen(self, rows: ScopedQuerySet) -> ScopedQuerySet:
        return rows.visible_to(self.request.user)


def _reworded_by(row, user) -> bool:
    return type(row).objects.filter(pk=row.pk).reworded_by(user).exists()


def inherited(row: Concern | Commitment, user: Any) -> bool:
    """Whether `row` was recorded by somebody whose posting here has ended, so that `user`, who meets these people
    now, goes on with it."""
    somebody = row.recorded_by_id
    return is_field(user) and somebody not in (None, user.pk) and has_left(somebody, row.lies_in)


REWORD = Action(
    "reword",
    _("Correct the words for the public"),
    lambda row, data, user: wording.reword(row, words=data, by=user),
    _reworded_by,
    form_class=RewordForm,
    done=_("Corrected. The words inside stay as they were spoken."),
    secondary=True,
)


def _may_ask(row, user) -> bool:
    """Whether `user` meets the people of this row."""
    return row.lies_in is not None and questions.own_areas_of(user).filter(pk=row.lies_in.pk).exists()


ASK = Action(
    "ask",
    _("Ask headquarters"),
    lambda row, data, user: questions.ask(
        area=row.lies_in, text=data["text"], by=user, **{row._meta.model_name: row}
    ),
    _may_ask,
    form_class=AskForm,
    done=_("Asked. Headquarters see it now."),
    secondary=True,
)


# --- Concerns ----------------------------------------------------------------------------------------------
def _may_be_a_tip(row: Concern, user: Any) -> bool:
    return is_field(user) and Concern.objects.filter(pk=row.pk).triaged_by(user).exists()


def _handed_over(photos: int) -> str:
    said = str(_("Handed over by mail. What it said is kept nowhere here; its code leads to the receipt."))
    if not photos:
        return said
    deleted = ngettext(
        "%(many)d photo was not mailed: it is deleted.",
        "%(many)d photos were not mailed: they are deleted.",
        photos,
    )
    return f"{said} {deleted % {'many': photos}}"


def _may_be_sealed(row: Concern, user: Any) -> bool:
    return sealed.current_key() is not None and _may_be_a_tip(row, user)


def _may_move(to: str) -> Callable[[Concern, Any], bool]:
    return lambda row, user: not loop.why_not(row, to) and may(user, "change", row)


def _takes_a_promise(row: Concern, user: Any) -> bool:
    living = row.state != Concern.State.MERGED
    return living and row.community is not None and row.agency is not None and may(user, "change", row)


def _promise(row: Concern, data: dict, user: Any) -> Commitment:
    return loop.promise(
        concern=row,
        community=cast(Community, row.community),
        agency=cast(Agency, row.agency),
        promised_on=timezone.localdate(),
        by=user,
        **data,
    )


class ConcernPage(RowPage):
    template_name = "engagements/office/concern.html"
    moves = (
        Action(
            "answer",
            _("Write the answer"),
            lambda row, data, user: loop.answer(row, text=data["text"], because=data["because"], by=user),
            _may_move(Concern.State.ANSWERED),
            form_class=AnswerForm,
            done=_("Answered. People are still to be told."),
        ),
        Action(
            "promise",
            _("Promise what is to be done"),
            _promise,
            _takes_a_promise,
            form_class=PromiseForm,
            done=_("Promised. Only evidence shows it done, and the community has the last word."),
            secondary=True,
        ),
        Action(
            "assign",
            _("Give to an agency"),
            lambda row, data, user: loop.assign(row, agency=data["agency"], by=user),
            _may_move(Concern.State.ASSIGNED),
            form_class=AssignForm,
            done=_("Given to the agency."),
            secondary=True,
        ),
        Action(
            "tip",
            _("It is a tip: hand it over"),
            lambda row, data, user: reports.hand_over_concern(row, by=user, **data),
            _may_be_a_tip,
            form_class=TipOfConcern,
            done=_handed_over,
            secondary=True,
        ),
        Action(
            "seal",
            _("It belongs to the sealed channel"),
            lambda row, data, user: reports.seal(row, topic=data["topic"], by=user),
            _may_be_sealed,
            form_class=SealForm,
            done=_("Sealed. Only the integrity officer reads it from now on; its code goes on there."),
            secondary=True,
        ),
        REWORD,
        ASK,
    )

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.POST.get("do") != "contact":
            return super().post(request, *args, **kwargs)
        report = get_object_or_404(Report.objects.visible_to(request.user), concern=self.object)
        contact = reports.open_contact(report, by=cast(User, request.user))
        response = self.render_to_response(self.get_context_data(contact=contact))
        response["Cache-Control"] = "no-store"
        return response

    def carry_out(self, action: Action, form: forms.Form) -> bool:
        """Not on what its reader has not seen: what was added or decided since goes before."""
        seen = self.request.POST.get("rested_on")
        if seen is None or seen == inbox.standing(self.object):
            return super().carry_out(action, form)
        form.add_error(None, _("This has changed since you opened the page: read it once more, then decide."))
        return False

    def get_fields(self):
        """Colleagues who see a concern read its words."""
        return [*super().get_fields(), "text"] if self.inside else super().get_fields()

    def get_context_data(self, **kwargs):
        kwargs["rested_on"] = inbox.standing(self.object)
        return super().get_context_data(**(self.how_it_came() if self.inside else {}), **kwargs)

    def how_it_came(self) -> dict[str, Any]:
        """What came with it and where it went, for colleagues; and, where repeats are joined to it, who is to be told."""
        row, user = self.object, self.request.user
        told = Duty.objects.visible_to(user).filter(Q(concern=row) | Q(concern__joined_to=row))
        return {
            **inbox.how_it_came(row, user),
            "assignments": self._seen(row.assignments.all()).select_related("agency"),
            "times_asked": 1 + row.repeats.count(),
            "still_to_tell": told.open().count(),
        }

    def beside(self):
        concern = self.object
        return [
            (_("Commitments"), self._seen(concern.commitments.all()).with_answers().select_related("agency")),
            (_("Earlier answers"), self._seen(concern.earlier_answers.all())),
            (_("To tell"), self._seen(concern.duties.all())),
            (_("Repeats"), self._seen(concern.repeats.all()).select_related("topic")),
            (_("Questions to headquarters"), self._seen(concern.questions.all())),
        ]


# --- Commitments --------------------------------------------------------------------------------------------
def _is_live(row, user) -> bool:
    return row.cancelled_on is None and may(user, "change", row)


def _takes_evidence(row, user) -> bool:
    return row.cancelled_on is None and Commitment.objects.filter(pk=row.pk).shown_by(user).exists()


def _show(row, data, user):
    given = {**data, "file": data["file"] or None}
    return loop.show(row, by=user, **given)


def _reword_evidence(row: Evidence) -> Action:
    kind_and_day = {"kind": row.get_kind_display(), "day": date_format(row.date)}
    label = _("Correct the words for the public: %(kind)s, %(day)s") % kind_and_day
    return replace(REWORD, name=f"reword_evidence_{row.pk}", label=label, about=row)


class CommitmentPage(RowPage):
    template_name = "engagements/office/commitment.html"
    moves = (
        Action(
            "show",
            _("Add evidence"),
            _show,
            _takes_evidence,
            form_class=EvidenceForm,
            done=_("Evidence added. The community has the last word at the next meeting."),
        ),
        Action(
            "revise",
            _("Change the due date"),
            lambda row, data, user: loop.revise(row, by=user, **data),
            _is_live,
            form_class=RevisionForm,
            done=_("Changed. The first words and the first date stay on record."),
            secondary=True,
        ),
        Action(
            "cancel",
            _("Withdraw the commitment"),
            lambda row, data, user: loop.cancel(row, by=user, **data),
            _is_live,
            form_class=CancelForm,
            done=_("Withdrawn. People are still to be told."),
            secondary=True,
        ),
        REWORD,
        ASK,
    )

    def open_moves(self) -> list[Action]:
        """With one for the words of each piece of evidence that its reader may correct."""
        shown = Evidence.objects.filter(commitment=self.object).reworded_by(self.request.user)
        return [*super().open_moves(), *map(_reword_evidence, shown)]

    def get_concern_display_value(self):
        return self.object.concern.number if self.object.concern else ""

    def get_object(self, queryset=None):
        row = super().get_object(queryset)
        return Commitment.objects.with_answers().select_related("agency", "community__area").get(pk=row.pk)

    def beside(self):
        commitment = self.object
        return [
            (_("Evidence"), self._seen(Evidence.objects.filter(commitment=commitment))),
            (_("Verdicts"), self._seen(commitment.verdicts.all()).select_related("engagement")),
            (_("Changes"), self._seen(commitment.revisions.all())),
            (_("To tell"), self._seen(commitment.duties.all())),
            (_("Questions to headquarters"), self._seen(commitment.questions.all())),
        ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(inherited=inherited(self.object, self.request.user), **kwargs)
        context["as_of"] = form = AsOfForm(self.request.GET if "as_of" in self.request.GET else None)
        context["media"] += form.media
        if form.is_valid():
            context["past"] = past = history.as_of(self.object, form.cleaned_data["as_of"])
            context.update(moves=[], notes=[], beside=self.beside_then(past))
        return context

    def beside_then(self, past: history.Past) -> list[tuple[Any, list[models.Model]]]:
        """What had been recorded by then, of what its reader sees today."""
        recorded: list[tuple[Any, ScopedQuerySet, tuple[models.Model, ...]]] = [
            (_("Evidence"), Evidence.objects.all(), past.evidence),
            (_("Verdicts"), Verdict.objects.all(), past.verdicts),
            (_("Changes"), Revision.objects.all(), past.revisions),
            (_("Tellings"), Telling.objects.all(), past.tellings),
        ]
        return [(heading, self._seen_of(rows, then)) for heading, rows, then in recorded]

    def _seen_of(self, rows: ScopedQuerySet, then: tuple[models.Model, ...]) -> list[models.Model]:
        wanted = rows.filter(pk__in=[row.pk for row in then])
        seen = set(self._seen(wanted).values_list("pk", flat=True)) if then else set()
        return [row for row in then if row.pk in seen]


# --- Duties -------------------------------------------------------------------------------------------------
class DutyPage(RowPage):
    template_name = "engagements/office/duty.html"
    moves = (
        Action(
            "tell",
            _("Record that people were told"),
            lambda row, data, user: loop.tell(row, by=user, **data),
            lambda row, user: Duty.objects.filter(pk=row.pk).tellable_by(user).exists(),
            form_class=TellForm,
            done=_("Recorded."),
        ),
    )

    def get_context_data(self, **kwargs):
        about = self.object.about
        return super().get_context_data(
            news=self.news(), inherited=inherited(about, self.request.user), **kwargs
        )

    def news(self) -> str:
        promise = self.object.commitment
        return promise.public_text or str(promise) if promise and not self.inside else self.object.news

    def beside(self):
        return [(_("Tellings"), self._seen(self.object.tellings.all()))]


# --- Tips ----------------------------------------------------------------------------------------------------
class HandoverPage(RowPage):
    template_name = "engagements/office/handover.html"
    moves = (
        Action(
            "outcome",
            _("Give the outcome"),
            lambda row, data, user: reports.give_outcome(row, by=user, **data),
            lambda row, user: row.outcome == Handover.Outcome.WAITING and may(user, "change", row),
            form_class=OutcomeForm,
            done=_("Given. Whoever gave the tip reads it with their code."),
        ),
    )

    @property
    def place(self) -> str:
        return self.object.area.label
