"""Makes the public site: pages in three languages, who may edit them, the workflow that reviews outcomes.

`manage.py make_site` runs it, in production once after the first migration; running it again changes nothing
that is there. It ships in code and not in a migration, since its words come from the translation catalogues.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from communities.sight import PUBLISHES

from .models import HomePage, OutcomeIndexPage, ProjectIndexPage, StandardPage

PAGE_RIGHTS = ["add_page", "change_page", "publish_page"]
FILE_RIGHTS = ["add", "change", "choose"]
IN_MENU = {"outcomes", "projects", "about"}  # the others stand at the foot of every page


@transaction.atomic
def make_site() -> HomePage:
    """The public site, made where it is missing. Returns the home page in the first language."""
    locales = [Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.LANGUAGES]
    home = _home(locales)
    for make in (_outcomes, _projects, _about, _sources, _counting):
        _child(home, locales, make)
    _let_editors_in(home)
    _review(home)
    return home


# --- Pages -------------------------------------------------------------------------------------------------
def _home(locales: list[Locale]) -> HomePage:
    root = Page.get_first_root_node()
    first = HomePage.objects.filter(locale=locales[0]).first()
    if first is None:
        with override(locales[0].language_code):
            first = root.add_child(instance=HomePage(slug="site", locale=locales[0], **_home_words()))
        _publish(first)
    _show(first)
    for locale in locales[1:]:
        if not first.has_translation(locale):
            _translate(first, locale, _home_words)
    return first


def _home_words() -> dict[str, Any]:
    return {
        "title": _("Promises at the border"),
        "intro": _(
            "What communities along the border asked for, what was promised to them, what was done and what "
            "is still owed."
        ),
    }


def _show(home: HomePage) -> None:
    """Makes `home` the root of the site, in place of the page that Wagtail begins with."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        site = Site(hostname="localhost", port=80, is_default_site=True)
    if site.root_page_id == home.pk:
        return
    site.root_page, site.site_name = home, str(settings.WAGTAIL_SITE_NAME)
    site.save()
    for welcome in Page.objects.child_of(home.get_parent()).exact_type(Page):
        welcome.delete()


def _child(home: HomePage, locales: list[Locale], make) -> None:
    model, slug, words = make()
    first = model.objects.filter(locale=locales[0], slug=slug).child_of(home).first()
    if first is None:
        with override(locales[0].language_code):
            page = model(slug=slug, locale=locales[0], show_in_menus=slug in IN_MENU, **words())
        first = home.add_child(instance=page)
        _publish(first)
    for locale in locales[1:]:
        if not first.has_translation(locale):
            _translate(first, locale, words)


def _translate(page: Page, locale: Locale, words) -> None:
    copy = page.copy_for_translation(locale)
    with override(locale.language_code):
        for name, value in words().items():
            setattr(copy, name, value)
    copy.draft_title = copy.title
    _publish(copy)


def _publish(page: Page) -> None:
    page.save_revision(log_action=False).publish(log_action=False)
    page.refresh_from_db()


# --- Words -------------------------------------------------------------------------------------------------
def _outcomes():
    return (
        OutcomeIndexPage,
        "outcomes",
        lambda: {
            "title": _("Outcomes"),
            "intro": _("You said, we promised, we did: each page follows one promise to its end."),
        },
    )


def _projects():
    return (
        ProjectIndexPage,
        "projects",
        lambda: {
            "title": _("Projects"),
            "intro": _("Development projects along the border: who pays, who builds, and how far they are."),
        },
    )


def _paragraphs(*texts: str) -> list[tuple[str, str]]:
    return [("paragraph", f"<p>{text}</p>") for text in texts]


def _about():
    return StandardPage, "about", lambda: {
        "title": _("About"),
        "intro": _("Here border agencies keep their word to the people who live along the border."),
        "body": [
            *_paragraphs(
                _("Officers meet communities and write down what was asked and what was promised, by whom and "
                  "by when. What was delivered is published here, and so is what was not."),
                _("A promise reads “kept” when it was done in full and the community itself said so. Passing a "
                  "date changes nothing about what was done: it only makes a promise late."),
            ),
            ("heading", _("Who could be harmed")),
            *_paragraphs(
                _("People who work with border services have been threatened for it. Some communities are "
                  "therefore shown by their district alone, later than it happened, or not at all. Nobody's "
                  "name is published."),
            ),
        ],
    }  # fmt: skip


def _sources():
    return StandardPage, "data-sources", lambda: {
        "title": _("Where the data come from"),
        "intro": _("Meetings are recorded by officers and reviewed by their supervisors."),
        "body": _paragraphs(
            _("Boundaries, border lines and places come from the sources named with each of them. A line on "
              "our maps asserts no claim: where a border is not demarcated it is dashed, where it is disputed "
              "it is dotted and says so."),
            _("Land shapes: Natural Earth, public domain. Towns: © GeoNames, CC BY 4.0."),
        ),
    }  # fmt: skip


def _counting():
    return StandardPage, "how-we-count", lambda: {
        "title": _("How we count"),
        "intro": _("Every figure has its denominator, its period and its day. What we do not know is not zero."),
        "body": [
            ("heading", _("Promises kept")),
            *_paragraphs(
                _("Of all public promises whose day passed in the last twelve months, those that were done in "
                  "full and that the community itself called kept. A promise withdrawn after its day counts as "
                  "not kept."),
            ),
            ("heading", _("People told")),
            *_paragraphs(
                _("Every concern and every promise creates a duty to tell people how it ended, by a day. Of "
                  "those that fell due in the last twelve months, the ones where people were reached."),
            ),
            ("heading", _("Small numbers")),
            *_paragraphs(
                _("A count of 1 to 4 people reads “fewer than 5”, and a number that would give it away by "
                  "subtraction is left out."),
            ),
        ],
    }  # fmt: skip


# --- Who may ------------------------------------------------------------------------------------------------
def _let_editors_in(home: HomePage) -> None:
    editors, _made = Group.objects.get_or_create(name=PUBLISHES.value)
    pages = HomePage.objects.filter(translation_key=home.translation_key)
    for codename in PAGE_RIGHTS:
        right = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        for page in pages:
            GroupPagePermission.objects.get_or_create(group=editors, page=page, permission=right)
    root = Collection.get_first_root_node()
    for model in (Image, Document):
        for action in FILE_RIGHTS:
            right = Permission.objects.get(
                content_type__app_label=model._meta.app_label, codename=f"{action}_{model._meta.model_name}"
            )
            GroupCollectionPermission.objects.get_or_create(group=editors, collection=root, permission=right)
    translate = Permission.objects.filter(codename="submit_translation")
    editors.permissions.add(*translate)


def _review(home: HomePage) -> None:
    """The workflow "Outcome review" on the lists of outcomes: an editor approves."""
    workflow, made = Workflow.objects.get_or_create(name="Outcome review")
    if made:
        task = GroupApprovalTask.objects.create(name="An editor reads it through")
        task.groups.add(Group.objects.get(name=PUBLISHES.value))
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for page in OutcomeIndexPage.objects.all():
        WorkflowPage.objects.get_or_create(page=page, defaults={"workflow": workflow})
