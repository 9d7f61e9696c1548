"""The outcomes as an Atom feed, one per language: only what the pages themselves would show, made for each request."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from wagtail.models import Locale

from .models import OutcomePage

LATEST = 30


class OutcomesFeed(Feed):
    """Places as the public may read them: a community shown by its district alone is told by its district."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Outcomes: what was asked, promised and done along the border")

    def link(self) -> str:
        return reverse("wagtail_serve", args=["outcomes/"])

    def feed_url(self) -> str:
        return reverse("public:outcomes_feed")

    def items(self) -> list[OutcomePage]:
        pages = OutcomePage.objects.live().readable().filter(locale=Locale.get_active())
        return list(pages.for_reading()[:LATEST])

    def item_title(self, item: OutcomePage) -> str:
        return item.title

    def item_description(self, item: OutcomePage) -> str:
        return "\n".join(filter(None, [item.commitment.community.public_label, item.promised, item.done]))

    def item_link(self, item: OutcomePage) -> str:
        return item.get_url()

    def item_updateddate(self, item: OutcomePage) -> datetime | None:
        return item.last_published_at

    def item_pubdate(self, item: OutcomePage) -> datetime | None:
        return item.first_published_at
