"""One page per meeting, concern, commitment and duty: what it is, and what its reader may do with it.

An action is a form and a verb. The page offers those that are open to its reader; posting one calls the
verb, and a refusal comes back as a sentence beside the field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from communities.office import ScopedInspectView
from communities.sight import ScopedQuerySet, may

from . import inbox, loop, meetings
from .forms import (
    AnswerForm,
    AssignForm,
    CancelForm,
    EvidenceForm,
    ReturnForm,
    RevisionForm,
    RewordForm,
    TellForm,
    place_errors,
)
from .models import Commitment, Concern, Duty, Engagement, Evidence, Photo, Pulse, Report, Telling


@dataclass(frozen=True)
class Action:
    """`open_to(row, user)` decides whether it is offered; `do(row, data, user)` calls the verb."""

    name: str
    label: Any
    do: Callable[[Any, dict, Any], Any]
    open_to: Callable[[Any, Any], bool]
    form_class: type[forms.Form] = forms.Form
    done: Any = ""
    secondary: bool = False


class RowPage(ScopedInspectView):
    """Reads a row in full, with the actions that are open to its reader."""

    template_name = "engagements/office/row.html"
    moves: tuple[Action, ...] = ()
    http_method_names = ["get", "post"]

    def get_page_subtitle(self):
        return f"{self.object.number} · {self.place}"

    @property
    def place(self) -> str:
        row = self.object
        if isinstance(row, Concern | Duty):
            return row.place if self.inside else row.public_place
        return row.community.label if self.inside else row.community.public_label

    def open_moves(self) -> list[Action]:
        return [a for a in self.moves if a.open_to(self.object, self.request.user)]

    def form_for(self, action: Action, bound: forms.Form | None = None) -> forms.Form:
        if bound is not None and bound.prefix == action.name:
            return bound
        return self.build_form(action, None)

    def build_form(self, action: Action, data, files=None) -> forms.Form:
        needs: dict[type[forms.Form], dict[str, Any]] = {
            AssignForm: {"user": self.request.user},
            RewordForm: {"row": self.object},
        }
        kwargs = needs.get(action.form_class, {})
        return action.form_class(data, files, prefix=action.name, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        chosen = next((a for a in self.open_moves() if a.name == request.POST.get("do")), None)
        if chosen is None:
            raise PermissionDenied
        form = self.build_form(chosen, request.POST, request.FILES)
        if form.is_valid() and self.carry_out(chosen, form):
            messages.success(request, chosen.done)
            return redirect(request.path if self.still_seen() else self.index_url_name)
        return self.render_to_response(self.get_context_data(bound=form), status=422)

    def carry_out(self, action: Action, form: forms.Form) -> bool:
        try:
            action.do(self.object, form.cleaned_data, self.request.user)
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
        context.update(beside=self.beside(), inside=self.inside, place=self.place)
        return context

    def beside(self) -> list[tuple[Any, models.QuerySet]]:
        """Related rows to show below, as (heading, rows); every row class has a line in row_line.html."""
        return []

    def _seen(self, rows: ScopedQuerySet) -> ScopedQuerySet:
        return rows.visible_to(self.request.user)


# --- Meetings ----------------------------------------------------------------------------------------------
def _is_own_and_open(row, user) -> bool:
    return row.is_open_to_change and may(user, "change", row)


def _is_reviewable(row, user) -> bool:
    return Engagement.objects.filter(pk=row.pk).reviewable_by(user).exists()


class MeetingPage(RowPage):
    template_name = "engagements/office/meeting.html"
    moves = (
        Action(
            "submit",
            _("Submit for review"),
            lambda row, data, user: meetings.submit_meeting(row, by=user),
            _is_own_and_open,
            done=_("Submitted. Your supervisor sees it now."),
        ),
        Action(
            "review",
            _("Accept"),
            lambda row, data, user: meetings.review_meeting(row, by=user),
            _is_reviewable,
            done=_("Accepted. From now on this meeting counts."),
        ),
        Action(
            "return",
            _("Return with a reason"),
            lambda row, data, user: meetings.return_meeting(row, reason=data["reason"], by=user),
            _is_reviewable,
            form_class=ReturnForm,
            done=_("Returned. Its author sees your reason."),
            secondary=True,
        ),
    )

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            may_mend=_is_own_and_open(self.object, self.request.user),
            attendance=self._seen(self.object.attendance.all()).select_related("agency").order_by("pk"),
            photos=self._seen(Photo.objects.filter(engagement=self.object)),
            pulse=self._seen(Pulse.objects.filter(engagement=self.object)),
            **kwargs,
        )

    def beside(self):
        meeting = self.object
        return [
            (
                _("Concerns raised"),
                self._seen(Concern.objects.filter(engagement=meeting)).select_related("topic"),
            ),
            (
                _("Commitments made"),
                self._seen(Commitment.objects.filter(engagement=meeting))
                .with_answers()
                .select_related("agency"),
            ),
            (_("Verdicts given"), self._seen(meeting.verdicts.all()).select_related("commitment__agency")),
            (_("People told"), self._seen(Telling.objects.filter(engagement=meeting)).select_related("duty")),
        ]


def _reworded_by(row, user) -> bool:
    return type(row).objects.filter(pk=row.pk).reworded_by(user).exists()


REWORD = Action(
    "reword",
    _("Correct the words for the public"),
    lambda row, data, user: loop.reword(row, words=data, by=user),
    _reworded_by,
    form_class=RewordForm,
    done=_("Corrected. The words inside stay as they were spoken."),
    secondary=True,
)


# --- Concerns ----------------------------------------------------------------------------------------------
def _may_move(to: str) -> Callable[[Concern, Any], bool]:
    return lambda row, user: not loop.why_not(row, to) and may(user, "change", row)


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
            "assign",
            _("Give to an agency"),
            lambda row, data, user: loop.assign(row, agency=data["agency"], by=user),
            _may_move(Concern.State.ASSIGNED),
            form_class=AssignForm,
            done=_("Given to the agency."),
            secondary=True,
        ),
        REWORD,
    )

    def get_fields(self):
        """Colleagues who see a concern read its words."""
        return [*super().get_fields(), "text"] if self.inside else super().get_fields()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**(self.how_it_came() if self.inside else {}), **kwargs)

    def how_it_came(self) -> dict[str, Any]:
        """What came with it and where it went, for colleagues; and, where repeats are joined to it, who is to be told."""
        row, user = self.object, self.request.user
        told = Duty.objects.visible_to(user).filter(Q(concern=row) | Q(concern__joined_to=row))
        return {
            "report": Report.objects.visible_to(user).filter(concern=row).select_related("hotline").first(),
            "additions": inbox.additions(row, user),
            "photos": inbox.photos(row, user),
            "assignments": self._seen(row.assignments.all()).select_related("agency"),
            "times_asked": 1 + row.repeats.count(),
            "still_to_tell": told.open().count(),
        }

    def beside(self):
        concern = self.object
        return [
            (_("Commitments"), self._seen(concern.commitments.all()).with_answers().select_related("agency")),
            (_("To tell"), self._seen(concern.duties.all())),
            (_("Repeats"), self._seen(concern.repeats.all()).select_related("topic")),
        ]


# --- Commitments --------------------------------------------------------------------------------------------
def _is_live(row, user) -> bool:
    return row.cancelled_on is None and may(user, "change", row)


def _takes_evidence(row, user) -> bool:
    return row.cancelled_on is None and Commitment.objects.filter(pk=row.pk).shown_by(user).exists()


def _show(row, data, user):
    given = {**data, "file": data["file"] or None}
    return loop.show(row, by=user, **given)


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
    )

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
        ]


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
        return super().get_context_data(news=self.news(), **kwargs)

    def news(self) -> str:
        promise = self.object.commitment
        return promise.public_text or str(promise) if promise and not self.inside else self.object.news

    def beside(self):
        return [(_("Tellings"), self._seen(self.object.tellings.all()))]
