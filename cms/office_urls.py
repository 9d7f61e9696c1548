"""The editors' own screens in the office; mounted by wagtail_hooks.py under the name `cms`."""

from django.urls import path

from . import office_views

app_name = "cms"
urlpatterns = [
    path("", office_views.ready, name="ready"),
    path("draft/<int:pk>/", office_views.draft_outcome, name="draft_outcome"),
    path("draft/", office_views.draft_several, name="draft_several"),
    path("<int:page>/photos/<int:pk>/", office_views.evidence_photo, name="evidence_photo"),
    path("withdraw/<int:pk>/", office_views.withdraw_outcome, name="withdraw_outcome"),
]
