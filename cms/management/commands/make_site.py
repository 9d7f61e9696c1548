from django.core.management.base import BaseCommand

from cms.setup import make_site


class Command(BaseCommand):
    help = "Makes the public site: pages, languages, editors' rights, review. Changes nothing that is there."

    def handle(self, *args, **options):
        home = make_site()
        self.stdout.write(f"The public site is in place: {home.title}")
