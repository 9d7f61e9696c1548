"""The verbs on outcome pages: draft one from a commitment, withdraw one at once.

A page holds words, as people wrote them. Days, groups, agencies and answers are no words of the page: its
template prints them from the record, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log
from wagtail.models import Locale
from wagtail.permission_policies.pages import PagePermissionPolicy

from communities.changes import hold
from communities.models import User
from communities.models.places import public_reference
from communities.sight import require
from engagements.models import Commitment, Concern, Evidence
from engagements.models.commitments import Standing

from . import countrywide, waiting
from .models import OutcomeIndexPage, OutcomePage, Withdrawal
from .screening import place_names, withheld
from .standing import answered
from .timeline import last_public_day

PAGES = PagePermissionPolicy()
MOST_ON_ONE_PAGE = 10


def outcome_index() -> OutcomeIndexPage:
    """The list of outcomes in the site's first language. Raises ValidationError where the site is not made."""
    index = OutcomeIndexPage.objects.filter(locale=Locale.get_default()).first()
    if index is None:
        raise ValidationError(_("The public site has no list of outcomes yet. Run: manage.py make_site"))
    return index


@transaction.atomic
def draft_from(*commitments: Commitment, by: User) -> OutcomePage:
    """An unpublished outcome page, filled in from what is public about these commitments of one community.

    Raises PermissionDenied when `by` may not see a commitment or add pages, ValidationError with a sentence
    when one may not be public, has no public words or has a page already, or when they are of two communities.
    """
    for commitment in sorted(commitments, key=lambda row: row.pk):
        # of two clicks at once, the second finds the page of the first
        hold(commitment)
        require(by, "view", commitment)
    index = outcome_index()
    if not PAGES.user_has_permission_for_instance(by, "add", index):
        raise PermissionDenied(_("Only an editor drafts outcome pages."))
    _fit_on_one_page(commitments)
    rows = [_publishable(commitment) for commitment in commitments]
    page = _filled(sorted(rows, key=lambda row: (row.promised_on, row.pk)), index)
    index.add_child(instance=page)
    log(page, "wagtail.create", user=by)
    page.save_revision(user=by, log_action=True)
    for translation in index.get_translations():
        page.copy_for_translation(translation.locale, alias=True)
    return page


def _fit_on_one_page(commitments: Sequence[Commitment]) -> None:
    if not commitments:
        raise ValidationError(_("Tick the promises that the page is to tell of."))
    if len(commitments) > MOST_ON_ONE_PAGE:
        raise ValidationError(
            _("A page tells of %(most)s promises at most. Tick fewer.") % {"most": MOST_ON_ONE_PAGE}
        )
    if len({row.community_id for row in commitments}) > 1:
        raise ValidationError(_("A page tells of one community. Tick promises made to the same one."))


def _publishable(commitment: Commitment) -> Commitment:
    if not commitment.public_text:
        raise ValidationError(_("Write first what was promised in words for the public."))
    rows = answered(Commitment.objects.public().filter(pk=commitment.pk))
    row = rows.select_related("agency", "community__area__parent__parent").first()
    if row is None:
        raise ValidationError(
            _("This commitment may not be public: look at its community's public place and delay, and at "
              "whether its meeting has been reviewed.")
        )  # fmt: skip
    if waiting.has_page(row.pk):
        raise ValidationError(_("This commitment has an outcome page already."))
    return row


def _filled(commitments: Sequence[Commitment], index: OutcomeIndexPage) -> OutcomePage:
    first, *others = commitments
    names = place_names(first.community)
    with override(index.locale.language_code):
        page = OutcomePage(
            title=withheld(Truncator(first.public_text).chars(120), names),
            slug=f"{first.promised_on.isoformat()}-{public_reference()}",
            commitment=first,
            said=withheld(_each(_said, commitments), names),
            promised=withheld(_each(lambda row: row.public_text, commitments), names),
            done=withheld(_each(_done, commitments), names),
            locale=index.locale,
            live=False,
        )
    page.others = others
    return page


def _each(words: Callable[[Commitment], str], commitments: Sequence[Commitment]) -> str:
    """A paragraph for each commitment that has these words; the same words, once."""
    return "\n\n".join(dict.fromkeys(text for row in commitments if (text := words(row))))


def _said(commitment: Commitment) -> str:
    concern = Concern.objects.public().filter(pk=commitment.concern_id).first()
    return concern.public_text if concern else ""


def _done(commitment: Commitment) -> str:
    """What each piece of evidence says, oldest first, and why the promise was withdrawn if it was."""
    until = last_public_day(commitment.community)
    shown = Evidence.objects.public().filter(commitment=commitment, date__lte=until).exclude(disputed=True)
    lines = [row.public_note for row in shown.order_by("date", "pk") if row.public_note]
    if commitment.standing == Standing.CANCELLED:
        lines.append(commitment.cancel_reason)
    return "\n".join(lines)


@transaction.atomic
def withdraw(page: OutcomePage, *, by: User, reason: str) -> None:
    """Takes a page back at once, in every language, whatever its state. The reason stays inside.

    Raises PermissionDenied, or ValidationError without a reason.
    """
    if not page.permissions_for_user(by).can_unpublish() and not page.permissions_for_user(by).can_edit():
        raise PermissionDenied(_("Only an editor withdraws outcome pages."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: colleagues will want to know.")})
    withdrawal, _new = Withdrawal.objects.get_or_create(
        translation_key=page.translation_key, defaults={"by": by, "reason": reason.strip()}
    )
    withdrawal.commitments.add(*page.commitment_keys())
    for version in page.get_translations(inclusive=True).specific():
        if state := version.current_workflow_state:
            state.cancel(user=by)
        if version.live:
            version.unpublish(user=by)
        version.revisions.update(approved_go_live_at=None)  # what was to go live by itself will not
    countrywide.forget_at_once()
    log(page, "cms.withdraw", user=by)
