"""What the ground floor shows to anyone: the base layer of the maps."""

from django.urls import path

from . import basemap

urlpatterns = [path("map/base.json", basemap.serve, name="basemap")]
