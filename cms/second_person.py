"""An outcome page of a community at risk is published only by somebody other than the one who last changed its words.

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

NOTICE = gettext_lazy(
    "This community is at risk: two people must agree before the page is published. Whoever last changed its words "
    "submits it for review; somebody else reads it through, and approves or publishes it unchanged."
)


class Notice(HelpPanel):
    """Stands over the form of a page that needs a second person, and over no other."""

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return super().is_shown() and needed_for(self.instance)


def needed_for(page: OutcomePage) -> bool:
    return bool(page.commitment_id) and page.commitment.community.at_risk


def agree(page: OutcomePage, revision: Revision, *, by: User) -> None:
    """Records that `by` agrees to the words of `revision`. Their own author's agreement does not count."""
    if not needed_for(page) or _author(page, revision) in (None, by.pk):
        return
    _agreement, new = page.agreements.get_or_create(words=_fingerprint(revision), by=by)
    if new:
        log(page, "cms.agree", user=by)


def may_publish(page: OutcomePage, revision: Revision, *, by: User) -> bool:
    """Whether `by`, publishing these words, would be the second person, or another one agreed before."""
    author = _author(page, revision)
    return not needed_for(page) or author not in (None, by.pk) or _is_agreed(page, revision, author)


def why_not(page: OutcomePage) -> str:
    """Why `page` as it is about to be saved may not be public yet; empty when it may, or is no more public than
    it was."""
    revision = page.live_revision if page.live else None
    if revision is None or not needed_for(page):
        return ""
    same = type(page).objects.filter(pk=page.pk, live=True, live_revision=revision)
    if same.exists() or _is_agreed(page, revision, _author(page, revision)):
        return ""
    return refusal()


def refusal() -> str:
    return _(
        "This community is at risk: somebody other than the one who last changed these words must publish them. "
        "Save the draft, submit it for review, and ask another editor to approve it."
    )


def hold_back(page: OutcomePage, revision: Revision) -> None:
    """What was to go live by itself stays a draft until somebody publishes it."""
    revision.approved_go_live_at = None
    revision.save(update_fields=["approved_go_live_at"])
    log(page, "cms.hold_back", revision=revision)


# --- Whose words -------------------------------------------------------------------------------------------
def _words(page: OutcomePage, revision: Revision) -> dict[str, Any]:
    return {name: revision.content.get(name) for name in page.TEXTS}


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


def _is_agreed(page: OutcomePage, revision: Revision, author: int | None) -> bool:
    agreed = page.agreements.filter(words=_fingerprint(revision)).exclude(by=author)
    return author is not None and agreed.exists()
