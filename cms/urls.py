"""The public site's plain pages. They stand under the reader's language; Wagtail's pages come after them."""

from django.urls import path
from django.views.decorators.cache import never_cache

from . import views
from .feeds import OutcomesFeed

app_name = "public"
urlpatterns = [
    # Not kept anywhere: a page that is withdrawn leaves the feed at once.
    path("outcomes/feed/", never_cache(OutcomesFeed()), name="outcomes_feed"),
    path("communities/", views.communities, name="communities"),
    path("communities/<slug:reference>/", views.community, name="community"),
    path("projects/<slug:code>/", views.project, name="project"),
    path("figures/", views.figures_page, name="figures"),
    path("map/", views.map_page, name="map"),
    path("map.json", views.public_map, name="public_map"),
]
