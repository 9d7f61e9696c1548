"""The sitemap, in sections of several files each: only what the pages themselves would show."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from wagtail.models import Page

from communities.models import Community
from services.models import Project

from . import kept
from .models import OutcomePage


class PlainPages(Sitemap):
    i18n = alternates = True

    def items(self):
        return [
            "public:communities",
            "public:map",
            "public:figures",
            "public:report",
            "public:report_numbers",
        ]

    def location(self, item):
        return reverse(item)


class Communities(Sitemap):
    i18n = alternates = True
    limit = 5000

    def items(self):
        rows = Community.objects.public().order_by("public_reference")
        return rows.values_list("public_reference", flat=True)

    def location(self, item):
        return reverse("public:community", args=[item])


class Projects(Sitemap):
    i18n = alternates = True
    limit = 5000

    def items(self):
        return Project.objects.public().order_by("code").values_list("code", flat=True)

    def location(self, item):
        return reverse("public:project", args=[item])


class WagtailPages(Sitemap):
    limit = 5000

    def items(self):
        readable = OutcomePage.objects.live().readable()
        unreadable = OutcomePage.objects.exclude(pk__in=readable.values("pk"))
        pages = Page.objects.live().public().filter(depth__gt=1)
        return pages.exclude(pk__in=unreadable.values("pk")).exclude(pk__in=kept.pages()).order_by("path")

    def location(self, item):
        return item.get_url()

    def lastmod(self, item):
        return item.last_published_at


SITEMAPS = {"plain": PlainPages, "communities": Communities, "projects": Projects, "pages": WagtailPages}
