"""Under /field/: the app, and what it asks of the server."""

from django.urls import path, re_path

from . import views

app_name = "field"
urlpatterns = [
    path("", views.app, name="shell"),
    path("worker.js", views.worker, name="worker"),
    path("app.webmanifest", views.manifest, name="manifest"),
    re_path(r"^words/(?P<language>en|fr|ar)\.js$", views.Words.as_view(), name="words"),
    path("session/", views.session, name="session"),
    path("enrol/", views.enrol, name="enrol"),
    path("push/", views.push, name="push"),
    path("photos/<uuid:uid>/", views.photo, name="photo"),
    path("pull/", views.pull, name="pull"),
    path("contacts/<int:pk>/", views.contact, name="contact"),
    path("leave/", views.leave, name="leave"),
]
