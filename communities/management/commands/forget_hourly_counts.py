"""`manage.py forget_hourly_counts`: counts of past hours say when somebody wrote, and are needed for nothing."""

from django.core.management.base import BaseCommand

from communities import hourly


class Command(BaseCommand):
    help = "Deletes what was counted in past hours."

    def handle(self, *args, **options):
        self.stdout.write(f"{hourly.forget()} counts of past hours deleted.")
