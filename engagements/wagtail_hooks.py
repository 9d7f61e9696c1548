from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from communities import menus, renewed, sight
from communities.changes import PUBLIC_PLACES_CHANGED
from communities.models import Community
from communities.sight import scope_app

from . import digest_views, figure_views, home
from .desk import TakeReport
from .field.office import DeviceViewSet
from .hotline_office import HotlineViewSet
from .inbox_views import InboxMenuItem, InboxView, report_photo_file
from .models import Commitment, Concern, Engagement, Hotline
from .response_times_view import ResponseTimesView, menu_item
from .sealed_desk import SealedViewSet
from .views import evidence_file, photo_file
from .viewsets import MandateViewSet, MeetingsGroup, TopicViewSet

scope_app("engagements")  # before the viewsets are registered: they ask for the policy

# What the log says of each move: the button's word and the sentence. Never a name, never free text.
MOVES = {
    "engagements.raise": (_("Raise a concern"), _("Concern recorded")),
    "engagements.assign": (_("Assign"), _("Given to an agency")),
    "engagements.answer": (_("Answer"), _("Answered")),
    "engagements.place": (_("Place"), _("Community named")),
    "engagements.sort": (_("Sort"), _("Topic or urgency corrected")),
    "engagements.open_contact": (_("Open how to reach them"), _("Opened how to reach them")),
    "engagements.read": (_("Read what was added"), _("What was added was read")),
    "engagements.join": (_("Join"), _("Joined to another concern")),
    "engagements.promise": (_("Promise"), _("Commitment recorded")),
    "engagements.revise": (_("Revise"), _("Due date or words revised")),
    "engagements.cancel": (_("Withdraw"), _("Commitment withdrawn")),
    "engagements.show": (_("Add evidence"), _("Evidence added")),
    "engagements.verdict": (_("Record a verdict"), _("Verdict of a group recorded")),
    "engagements.reword": (_("Correct the words for the public"), _("Words for the public corrected")),
    "engagements.tell": (_("Tell"), _("Telling recorded")),
    "engagements.hand_over": (_("Hand over"), _("Tip handed over")),
    "engagements.give_outcome": (_("Give the outcome"), _("Outcome of a tip given")),
    "engagements.ask": (_("Ask headquarters"), _("Question to headquarters recorded")),
    "engagements.answer_question": (_("Answer"), _("Answered by headquarters")),
    "engagements.take_out": (_("Take out"), _("Taken out before review")),
    "engagements.submit": (_("Submit"), _("Submitted for review")),
    "engagements.return": (_("Return"), _("Returned with a reason")),
    "engagements.review": (_("Review"), _("Reviewed")),
    "engagements.enrol": (_("Put in use"), _("Phone put in use")),
    "engagements.revoke": (_("Take out of use"), _("Phone taken out of use")),
    "engagements.hand_on": (_("Hand on"), _("Handed on to a colleague")),
    "engagements.decide": (_("Decide"), _("Entry from a phone decided")),
}


@hooks.register("register_log_actions")
def name_our_moves(actions):
    for action, (label, message) in MOVES.items():
        actions.register_action(action, label, message)


@hooks.register("register_admin_viewset")
def the_meetings():
    return [
        MeetingsGroup(),
        TopicViewSet(),
        MandateViewSet(),
        HotlineViewSet(),
        DeviceViewSet(),
        SealedViewSet(),
    ]


class FieldMenuItem(MenuItem):
    def is_shown(self, request):
        return sight.is_field(request.user)


@hooks.register("register_admin_menu_item")
def desk():
    """Where a call, a visit or a letter is written down."""
    return FieldMenuItem(
        _("Take a report"), reverse("take_report"), name="take-report", icon_name="comment-add", order=90
    )


@hooks.register("register_admin_menu_item")
def notebook():
    """The way to the app that officers put on their phones."""
    return FieldMenuItem(
        _("On the phone"), reverse("field:shell"), name="notebook", icon_name="mobile-alt", order=150
    )


@hooks.register("register_admin_menu_item")
def the_inbox():
    return InboxMenuItem(_("Inbox"), reverse("inbox"), name="inbox", icon_name="mail", order=90)


hooks.register("register_admin_menu_item", menu_item)


@hooks.register("register_admin_urls")
def inbox_desk_and_files():
    return [
        path("inbox/", InboxView.as_view(), name="inbox"),
        path("mandates/times/", ResponseTimesView.as_view(), name="mandate_times"),
        path("reports/new/", TakeReport.as_view(), name="take_report"),
        path("reports/photos/<int:pk>/", report_photo_file, name="report_photo_file"),
        path("evidence/<int:pk>/", evidence_file, name="evidence_file"),
        path("photos/<int:pk>/", photo_file, name="photo_file"),
    ]


@hooks.register(PUBLIC_PLACES_CHANGED)
def forget_the_sheets():
    """Now, and once more when the change is there for others to read."""
    renewed.forget()
    transaction.on_commit(renewed.forget)


@hooks.register("register_admin_urls")
def figures_urls():
    return figure_views.urlpatterns


@hooks.register("register_admin_menu_item")
def figures_menu_item():
    return figure_views.menu_item()


@hooks.register("register_admin_urls")
def digests_urls():
    return digest_views.urlpatterns


@hooks.register("register_admin_menu_item")
def digests_menu_item():
    return digest_views.menu_item()


@hooks.register("office_row_buttons", order=-10)  # before what hangs on a community on other floors
def from_a_community(row, user):
    """From a community to its brief, for those who meet it; to what it was heard on, asked and was promised."""
    if not isinstance(row, Community):
        return
    if sight.is_field(user) and row.status == Community.Status.ACTIVE:
        yield Button(_("Brief"), url=reverse("engagement:brief", args=[row.pk]), icon_name="doc-full")
        way = f"{reverse('take_report')}?{urlencode({'community': row.code})}"
        yield Button(_("Take a report"), url=way, icon_name="comment-add")
    here = {"user": user, "community": row.code}
    yield from menus.list_button(Engagement, _("Meetings"), icon="group", **here)
    yield from menus.list_button(Concern, _("Concerns"), icon="comment", **here)
    yield from menus.list_button(Commitment, _("Commitments"), icon="pick", **here)
    yield from _numbers_button(row, user)


def _numbers_button(row: Community, user: Any) -> Iterator[Button]:
    """How many numbers reach it, and the way to them. None is a finding: people there can call nobody."""
    many = Hotline.objects.visible_to(user).reaching(row.area).count()
    label = ngettext("%(n)s number reaches it", "%(n)s numbers reach it", many) % {"n": number_format(many)}
    said = label if many else _("No number reaches it")
    return menus.list_button(Hotline, said, icon="mobile-alt", user=user, reaches=row.code)


@hooks.register("construct_homepage_panels", order=-10)  # before the panels of other floors
def what_waits(request, panels):
    """Wagtail's own panels speak of pages: they stay for those who publish, and go for everyone else."""
    if not sight.is_editor(request.user):
        panels.clear()
    panels.extend(home.panels(request.user))
