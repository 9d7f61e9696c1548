"""An outcome page of a community at risk, or with a photo of one that the public does not see by name, is published
only by somebody other than the one who last changed it; and one of a promise whose page was withdrawn before only by
somebody other than that one and whoever withdrew it last.

Every way to publish ends in the page being saved as live, which calls its `clean()`; that asks here. Publishing is
agreeing: it leaves an `Agreement`, so that a page that goes live by itself later, or through a door that knows no
user, is held to the same. Rules: docs/privacy.md, "A second person".
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import HelpPanel
from wagtail.log_actions import log
from wagtail.models import Revision

from communities.models import User

if TYPE_CHECKING:
    from .models import OutcomePage

AT_RISK = gettext_lazy(
    "This community is at risk: two people must agree before the page is published. Whoever last changed its words "
    "submits it for review; somebody else reads it through, and approves or publishes it unchanged."
)
WITHDRAWN_BEFORE = gettext_lazy(
    "A page about this promise was withdrawn before: two people must agree before another one is published. Whoever last "
    "changed its words submits it for review; somebody else, who did not withdraw that page either, reads it through, "
    "and approves or publishes it unchanged."
)
PHOTOS = "photos"  # what the page's revisions call them


class RiskNotice(HelpPanel):
    """Stands over the form of a page of a community at risk, and over no other."""

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return super().is_shown() and _is_at_risk(self.instance)


class WithdrawalNotice(HelpPanel):
    """Stands over the form of a page about a promise whose page was withdrawn before, and over no other."""

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return super().is_shown() and bool(_withdrawers(self.instance))


def _is_at_risk(page: OutcomePage) -> bool:
    return bool(page.commitment_id) and page.commitment.community.at_risk


def _withdrawers(page: OutcomePage) -> set[int]:
    """Who last withdrew a page that told of any of its promises: were it all who ever did, nobody might be left."""
    return (
        set(page.withdrawals.order_by("-at", "-pk").values_list("by", flat=True)[:1])
        if page.commitment_id
        else set()
    )


def needed_for(page: OutcomePage, revision: Revision | None = None) -> bool:
    """Where the community is at risk; for a photo of one whose place the public does not see, since it may show what
    the words leave out; and where a page about the promise was withdrawn before, since whoever did so knows a reason."""
    if not page.commitment_id:
        return False
    community = page.commitment.community
    if community.at_risk or (not community.shows_place and bool(revision and _photos(revision))):
        return True
    return bool(_withdrawers(page))


def has_agreed(page: OutcomePage) -> bool:
    """Whether the photos of this page, as it is live, were agreed to where they must be. Where a community became
    less public since, nobody has."""
    source = page.alias_of.specific if page.alias_of_id else page
    revision = source.live_revision
    if not needed_for(source, revision):
        return True
    return revision is not None and _is_agreed(source, revision)


def agree(page: OutcomePage, revision: Revision, *, by: User) -> None:
    """Records that `by` agrees to the words of `revision`. That of their own author, and of whoever withdrew an earlier
    page, does not count."""
    if not needed_for(page, revision) or not _may_agree(page, revision, by):
        return
    _agreement, new = page.agreements.get_or_create(words=_fingerprint(revision), by=by)
    if new:
        log(page, "cms.agree", user=by)


def may_publish(page: OutcomePage, revision: Revision, *, by: User) -> bool:
    """Whether `by`, publishing these words, would be the second person, or another one agreed before."""
    return not needed_for(page, revision) or _may_agree(page, revision, by) or _is_agreed(page, revision)


def why_not(page: OutcomePage) -> str:
    """Why `page` as it is about to be saved may not be public yet; empty when it may, or is no more public than
    it was."""
    revision = page.live_revision if page.live else None
    if revision is None or not needed_for(page, revision):
        return ""
    same = type(page).objects.filter(pk=page.pk, live=True, live_revision=revision)
    if same.exists() or _is_agreed(page, revision):
        return ""
    return refusal(page)


def refusal(page: OutcomePage) -> str:
    if _withdrawers(page):
        return _(
            "A page about this promise was withdrawn before: somebody other than the one who withdrew it, and other than "
            "the one who last changed these words, must publish them. Save the draft, submit it for review, and ask "
            "another editor to approve it."
        )
    if page.commitment.community.at_risk:
        return _(
            "This community is at risk: somebody other than the one who last changed these words must publish them. "
            "Save the draft, submit it for review, and ask another editor to approve it."
        )
    return _(
        "The public does not see this community by name, and the page has a photo: somebody other than the one who "
        "last changed the page must publish it. Save the draft, submit it for review, and ask another editor to "
        "look at the photo and approve it."
    )


def hold_back(page: OutcomePage, revision: Revision) -> None:
    """What was to go live by itself stays a draft until somebody publishes it."""
    revision.approved_go_live_at = None
    revision.save(update_fields=["approved_go_live_at"])
    log(page, "cms.hold_back", revision=revision)


# --- Whose words -------------------------------------------------------------------------------------------
def _words(page: OutcomePage, revision: Revision) -> dict[str, Any]:
    """With the photos and what is said of them, where there are any."""
    words = {name: revision.content.get(name) for name in page.TEXTS}
    photos = _photos(revision)
    return {**words, PHOTOS: photos} if photos else words


def _photos(revision: Revision) -> list[list]:
    return [[row["evidence"], row["description"]] for row in revision.content.get(PHOTOS, [])]


def _fingerprint(revision: Revision) -> str:
    from_the_page = _words(revision.content_object, revision)
    return hashlib.sha256(json.dumps(from_the_page, sort_keys=True).encode()).hexdigest()


def _author(page: OutcomePage, revision: Revision) -> int | None:
    """Who brought the words of `revision`: the first known person of the revisions that hold them in a row."""
    author, words = None, _words(page, revision)
    earlier = Revision.objects.for_instance(page).filter(pk__lte=revision.pk).order_by("-pk")
    for row in earlier.only("content", "user").iterator():
        if _words(page, row) != words:
            break
        author = row.user_id or author
    return author


def _may_agree(page: OutcomePage, revision: Revision, by: User) -> bool:
    author = _author(page, revision)
    return author is not None and by.pk not in {author, *_withdrawers(page)}


def _is_agreed(page: OutcomePage, revision: Revision) -> bool:
    author = _author(page, revision)
    agreed = page.agreements.filter(words=_fingerprint(revision)).exclude(
        by__in={author, *_withdrawers(page)}
    )
    return author is not None and agreed.exists()
