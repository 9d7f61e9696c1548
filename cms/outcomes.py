"""The verbs on outcome pages: draft one from a commitment, withdraw one at once."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.formats import date_format
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
from engagements.models import Commitment, Concern, Evidence, Verdict
from engagements.models.commitments import Standing

from .models import OutcomeIndexPage, OutcomePage, Withdrawal
from .screening import place_names, withheld
from .standing import answered
from .timeline import last_public_day

PAGES = PagePermissionPolicy()


def outcome_index() -> OutcomeIndexPage:
    """The list of outcomes in the site's first language. Raises ValidationError where the site is not made."""
    index = OutcomeIndexPage.objects.filter(locale=Locale.get_default()).first()
    if index is None:
        raise ValidationError(_("The public site has no list of outcomes yet. Run: manage.py make_site"))
    return index


@transaction.atomic
def draft_from(commitment: Commitment, *, by: User) -> OutcomePage:
    """An unpublished outcome page, filled in from what is public about `commitment`.

    Raises PermissionDenied when `by` may not see the commitment or add pages, ValidationError with a
    sentence when the commitment may not be public, has no public words, or has a page already.
    """
    # of two clicks at once, the second finds the page of the first
    hold(commitment)
    require(by, "view", commitment)
    index = outcome_index()
    if not PAGES.user_has_permission_for_instance(by, "add", index):
        raise PermissionDenied(_("Only an editor drafts outcome pages."))
    page = _filled(_publishable(commitment), index)
    index.add_child(instance=page)
    log(page, "wagtail.create", user=by)
    page.save_revision(user=by, log_action=True)
    for translation in index.get_translations():
        page.copy_for_translation(translation.locale, alias=True)
    return page


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
    withdrawn = Withdrawal.objects.values("translation_key")
    if OutcomePage.objects.filter(commitment=row).exclude(translation_key__in=withdrawn).exists():
        raise ValidationError(_("This commitment has an outcome page already."))
    return row


def _filled(commitment: Commitment, index: OutcomeIndexPage) -> OutcomePage:
    names = place_names(commitment.community)
    with override(index.locale.language_code):
        page = OutcomePage(
            title=withheld(Truncator(commitment.public_text).chars(120), names),
            slug=f"{commitment.promised_on.isoformat()}-{public_reference()}",
            commitment=commitment,
            said=withheld(_said(commitment), names),
            promised=withheld(_promised(commitment), names),
            done=withheld(_done(commitment), names),
            locale=index.locale,
            live=False,
        )
    return page


def _day(day) -> str:
    return date_format(day, "j F Y")


def _said(commitment: Commitment) -> str:
    concern = Concern.objects.public().filter(pk=commitment.concern_id).first()
    if concern is None:
        return ""
    words = {"day": _day(concern.raised_on), "group": concern.get_raised_by_display()}
    return _("%(day)s, %(group)s:") % words + " " + concern.public_text


def _promised(commitment: Commitment) -> str:
    words = {
        "day": _day(commitment.promised_on),
        "agency": commitment.agency.label,
        "due": _day(commitment.due_on),
    }
    return "\n".join([commitment.public_text, _("Promised on %(day)s by %(agency)s. Due %(due)s.") % words])


def _done(commitment: Commitment) -> str:
    until = last_public_day(commitment.community)
    shown = Evidence.objects.public().filter(commitment=commitment, date__lte=until).exclude(disputed=True)
    lines = [
        f"{_day(row.date)}: {row.public_note or row.get_shows_display()}"
        for row in shown.order_by("date", "pk")
    ]
    heard = Verdict.objects.public().filter(
        commitment=commitment, engagement__state="reviewed", engagement__date__lte=until
    )
    for row in heard.select_related("engagement").order_by("engagement__date", "group"):
        words = {
            "day": _day(row.engagement.date),
            "group": row.get_group_display(),
            "answer": row.get_answer_display(),
        }
        lines.append(_("%(day)s, %(group)s answered: %(answer)s.") % words)
    if commitment.standing == Standing.CANCELLED:
        lines.append(
            _("Withdrawn on %(day)s: %(reason)s")
            % {"day": _day(commitment.cancelled_on), "reason": commitment.cancel_reason}
        )
    return "\n".join(lines) or _("Nothing has been seen to be done yet.")


@transaction.atomic
def withdraw(page: OutcomePage, *, by: User, reason: str) -> None:
    """Takes a page back at once, in every language, whatever its state. The reason stays inside.

    Raises PermissionDenied, or ValidationError without a reason.
    """
    if not page.permissions_for_user(by).can_unpublish() and not page.permissions_for_user(by).can_edit():
        raise PermissionDenied(_("Only an editor withdraws outcome pages."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: colleagues will want to know.")})
    Withdrawal.objects.get_or_create(
        translation_key=page.translation_key, defaults={"by": by, "reason": reason.strip()}
    )
    for version in page.get_translations(inclusive=True).specific():
        if state := version.current_workflow_state:
            state.cancel(user=by)
        if version.live:
            version.unpublish(user=by)
    log(page, "cms.withdraw", user=by)
