"""The public site's plain pages. They stand under the reader's language; Wagtail's pages come after them."""

from django.urls import path

from . import views

app_name = "public"
urlpatterns = [
    path("communities/", views.communities, name="communities"),
    path("communities/<slug:reference>/", views.community, name="community"),
    path("projects/<slug:code>/", views.project, name="project"),
    path("figures/", views.figures_page, name="figures"),
    path("map/", views.map_page, name="map"),
    path("map.json", views.public_map, name="public_map"),
]
