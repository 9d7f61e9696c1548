"""Office screens of the ground floor beyond list, form and details."""

from django.db import transaction
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView

from . import accounts, basemap, sight
from .changes import communities_changed
from .contacts import open_contact
from .forms import EndForm
from .models import Tie
from .office import (
    RowActionView,
    ScopedCreateView,
    ScopedEditView,
    ScopedIndexView,
    ScopedInspectView,
)
from .places import boundaries_redrawn, lines_redrawn, place_communities


class WithName:
    """The chooser prints a row's code; among colleagues who may see it, its name helps to pick."""

    @property
    def columns(self):
        return [*super().columns, Column("label", label=_("Name"))]


class ChooseCommunityView(WithName, ChooseView):
    pass


class ChooseCommunityResultsView(WithName, ChooseResultsView):
    pass


class Placed:
    """After saving, the area, the section and the distance to the border are found from the place.

    Gaps and public figures are worked out anew only when something changed that they rest on.
    """

    in_public = {
        *("name", "name_fr", "name_ar", "kind", "country", "area", "location"),
        *("public_place", "publish_delay_days", "status"),
    }
    resting_on = in_public | {"population"}

    def write(self):
        community = super().write()
        place_communities([community.pk])
        if self.resting_on.intersection(self.form.changed_data):
            communities_changed(in_public=not self.in_public.isdisjoint(self.form.changed_data))
        community.refresh_from_db()
        return community


class CommunityPage(ScopedInspectView):
    """An editor opens the communities alone whose name and place the public reads; notes are for colleagues."""

    def held_back(self):
        return set() if self.inside else {"notes"}


class CommunityCreateView(Placed, ScopedCreateView):
    pass


class CommunityEditView(Placed, ScopedEditView):
    pass


class Redrawn:
    """A border line or a boundary that was drawn anew moves what lies along it."""

    def write(self):
        row = super().write()
        if "line" in self.form.changed_data:
            lines_redrawn()
        elif "boundary" in self.form.changed_data:
            boundaries_redrawn()
        else:  # status and wording are drawn as well
            transaction.on_commit(basemap.forget)
        return row


class RedrawnCreateView(Redrawn, ScopedCreateView):
    pass


class RedrawnEditView(Redrawn, ScopedEditView):
    pass


class Stays:
    """Where a community stays when is part of what its gaps rest on."""

    def write(self):
        presence = super().write()
        communities_changed(in_public=False)
        return presence


class PresenceCreateView(Stays, ScopedCreateView):
    pass


class PresenceEditView(Stays, ScopedEditView):
    pass


class TieListView(ScopedIndexView):
    """Ties lead across the line: to communities that not everybody may see."""

    def get_base_queryset(self):
        return super().get_base_queryset().with_other_code(self.request.user)


class TieDetailView(ScopedInspectView):
    def get_other_display_value(self):
        return Tie.objects.with_other_code(self.request.user).get(pk=self.object.pk).other_code


class OpenContactView(RowActionView):
    """Shows a contact's name and phone once. Asking is a page; the opening is a POST, and is written down."""

    name = "open"
    action = "view"
    icon = "lock-open"
    button_label = _("Open name and phone")
    explanation = _(
        "The name and phone are shown once. That you opened them, and when, is written down and can be read by "
        "your colleagues. Open them only when you need to reach this person."
    )

    def act(self, row, cleaned):
        return open_contact(row, by=self.request.user)

    def respond(self):
        context = self.get_context_data(opened=self.result)
        response = render(self.request, "communities/contact_opened.html", context)
        response["Cache-Control"] = "no-store"
        return response


class UserListView(ScopedIndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().prefetch_related("postings")


class InviteView(ScopedCreateView):
    """Adds a user, who chooses a password through the link that is mailed to them."""

    success_message = _("An invitation was sent.")

    def write(self):
        user = accounts.add_user(by=self.request.user, **self.form.cleaned_data)
        transaction.on_commit(lambda: accounts.invite(user, by=self.request.user, request=self.request))
        return user


class InviteAgainView(RowActionView):
    name = "invite"
    icon = "mail"
    button_label = _("Send an invitation")
    explanation = _("Sends a link with which this person chooses a new password. The link works once.")
    done_message = _("An invitation was sent.")

    def act(self, row, cleaned):
        accounts.invite(row, by=self.request.user, request=self.request)


class PostView(ScopedCreateView):
    """Posts a user to a role: the source of what that user may see."""

    def write(self):
        return accounts.post(**self.form.cleaned_data, by=self.request.user)


class EndPostingView(RowActionView):
    name = "end"
    icon = "date"
    button_label = _("End this posting")
    explanation = _("Open work stays with the area and the agency, for the successor.")
    done_message = _("The posting was ended.")
    form_class = EndForm

    def get_initial(self):
        return {"on": sight.today()}

    def act(self, row, cleaned):
        accounts.end_posting(row, by=self.request.user, on=cleaned["on"])
