"""What the public door adds to the office: the editors' screens, their menu entry and buttons."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets import Button
from wagtail.models import Page

from communities.changes import PUBLIC_PLACES_CHANGED
from communities.models import User
from communities.sight import is_editor, reads_why_withdrawn
from engagements.models import Commitment
from engagements.row_pages import NOTES
from engagements.wording import PUBLIC_WORDS_CHECK

from . import countrywide, home, office_urls, screening, second_person, waiting
from .models import OutcomePage, Withdrawal

hooks.register(PUBLIC_PLACES_CHANGED, countrywide.forget_at_once)
hooks.register(PUBLIC_WORDS_CHECK, screening.problems)


@hooks.register("register_admin_urls")
def office_screens():
    return [path("outcomes/", include(office_urls))]


class ReadyMenuItem(MenuItem):
    def is_shown(self, request):
        return is_editor(request.user)


@hooks.register("register_admin_menu_item")
def ready_to_publish():
    return ReadyMenuItem(
        _("Ready to publish"), reverse("cms:ready"), name="ready-to-publish", icon_name="doc-full", order=110
    )


@hooks.register("construct_homepage_panels")
def what_waits(request, panels):
    panels.extend(home.panels(request.user))


@hooks.register("register_page_header_buttons")
def withdraw_button(page, user, view_name, next_url=None):
    if isinstance(page, OutcomePage) and page.permissions_for_user(user).can_unpublish():
        yield Button(
            _("Withdraw now"),
            reverse("cms:withdraw_outcome", args=[page.pk]),
            icon_name="cross",
            priority=5,
        )


class WithdrawalNote(Component):
    """When a page about a promise was withdrawn and by whom, for colleagues; and why, for those who may read that."""

    template_name = "cms/office/withdrawn.html"

    def __init__(self, withdrawal: Withdrawal, says_why: bool):
        self.withdrawal, self.says_why = withdrawal, says_why

    def get_context_data(self, parent_context=None):
        return {"withdrawal": self.withdrawal, "says_why": self.says_why}


@hooks.register(NOTES)
def why_its_page_was_withdrawn(row, user):
    if isinstance(row, Commitment):
        says_why = reads_why_withdrawn(user)
        yield from (WithdrawalNote(each, says_why) for each in waiting.withdrawals([row.pk])[row.pk])


@hooks.register("register_log_actions")
def outcome_actions(actions):
    actions.register_action("cms.withdraw", _("Withdraw"), _("Withdrawn from the public site"))
    actions.register_action("cms.agree", _("Agree"), _("A second person agreed to these words"))
    actions.register_action(
        "cms.hold_back", _("Hold back"), _("Not gone live by itself: it must be read first")
    )


@hooks.register("before_publish_page")
def ask_for_a_second_person(request, page):
    """The page's own form publishes past `publish()`: here its user agrees, or is told who must."""
    if not isinstance(page, OutcomePage):
        return None
    revision = page.get_latest_revision()
    second_person.agree(page, revision, by=request.user)
    if second_person.may_publish(page, revision, by=request.user):
        return None
    messages.error(request, second_person.refusal(page))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def refuse_what_may_not_be_public(request, action_type, pages, action):
    """Publishing several pages refuses all of them, with a sentence, where one holds what must stay inside."""
    if action_type != "publish" or not issubclass(action.model, Page):
        return None
    if action.cleaned_form.cleaned_data["include_descendants"]:
        pages = [row for page in pages for row in page.get_descendants(inclusive=True)]
    refused = {page: sentences for page in pages if (sentences := _refusals(page, request.user))}
    for page, sentences in refused.items():
        messages.error(request, " ".join([f"{page.get_admin_display_title()}:", *sentences]))
    return redirect(action.next_url) if refused else None


def _refusals(page: Page, user: User) -> list[str]:
    draft = page.get_latest_revision_as_object()
    revision = page.latest_revision
    if (
        isinstance(draft, OutcomePage)
        and revision
        and not second_person.may_publish(draft, revision, by=user)
    ):
        return [second_person.refusal(draft)]
    try:
        draft.clean()
    except ValidationError as refused:
        if not hasattr(refused, "error_dict"):
            return refused.messages
        named = ((_label(draft, name), rows) for name, rows in refused.message_dict.items())
        return [f"{capfirst(label)}: {sentence}" for label, rows in named for sentence in rows]
    return []


def _label(draft: Page, name: str) -> str:
    """Of a field of the page, or of the words of one of its photos."""
    labels = {field.name: field.verbose_name for field in draft._meta.concrete_fields}
    return labels.get(name, _("photo"))
