"""The public site's plain pages. They stand under the reader's language; Wagtail's pages come after them."""

from django.urls import path
from django.views.decorators.cache import never_cache

from . import report_views, views
from .feeds import OutcomesFeed

app_name = "public"
urlpatterns = [
    # Not kept anywhere: a page that is withdrawn leaves the feed at once.
    path("outcomes/feed/", never_cache(OutcomesFeed()), name="outcomes_feed"),
    path("outcomes/photos/<uuid:key>.jpg", views.outcome_photo, name="outcome_photo"),
    path("communities/", views.communities, name="communities"),
    path("communities/<slug:reference>/", views.community, name="community"),
    path("projects/<slug:code>/", views.project, name="project"),
    path("figures/", views.figures_page, name="figures"),
    path("report/", report_views.report, name="report"),
    path("report/follow/", report_views.follow, name="report_follow"),
    path("report/numbers/", report_views.numbers, name="report_numbers"),
    path("report/paper/", report_views.paper, name="report_paper"),
    path("map/", views.map_page, name="map"),
    path("map.json", views.public_map, name="public_map"),
]
