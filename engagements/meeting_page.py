"""The page of a meeting: what it brought, and its review. See row_pages.py."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from communities.sight import may

from . import meetings
from .forms import ReturnForm
from .models import Commitment, Concern, Engagement, Photo, Pulse, Telling
from .row_pages import Action, RowPage


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

    @property
    def place(self) -> str:
        community = self.object.community
        return community.label if self.inside else community.public_label

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
