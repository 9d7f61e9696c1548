"""Wagtail's user app with our own screens for users: scoped, and without passwords typed by others."""

from wagtail.users.apps import WagtailUsersAppConfig


class OfficeUsersConfig(WagtailUsersAppConfig):
    user_viewset = "communities.viewsets.UserViewSet"

    def ready(self):
        super().ready()
        from wagtail.permissions import register_permission_policy

        from communities.models import User
        from communities.sight import ScopedPolicy

        register_permission_policy(User, ScopedPolicy(User))
