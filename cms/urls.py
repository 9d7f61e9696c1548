"""The public site's plain pages. They stand under the reader's language; Wagtail's pages come after them."""

from django.urls import path

from . import report_views, views

app_name = "public"
urlpatterns = [
    path("communities/", views.communities, name="communities"),
    path("communities/<slug:reference>/", views.community, name="community"),
    path("projects/<slug:code>/", views.project, name="project"),
    path("report/", report_views.report, name="report"),
    path("report/follow/", report_views.follow, name="report_follow"),
    path("report/numbers/", report_views.numbers, name="report_numbers"),
    path("report/paper/", report_views.paper, name="report_paper"),
    path("map/", views.map_page, name="map"),
    path("map.json", views.public_map, name="public_map"),
]
