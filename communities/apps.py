from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CommunitiesConfig(AppConfig):
    name = "communities"
    verbose_name = _("Communities")

    def ready(self):
        from . import checks, resources  # noqa: F401  registers the system checks and the importable lists
        from .accounts import make_roles

        post_migrate.connect(make_roles, sender=self, dispatch_uid="communities.make_roles")
