"""`manage.py forget_phone_data`: deletes what phones sent and is not needed any more. Run it once a day."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from engagements.field import deciding, photos


class Command(BaseCommand):
    help = "Deletes photos that never came in full, and the content of entries whose meeting was reviewed."

    def handle(self, *args, **options):
        self.stdout.write(
            f"{photos.forget(timezone.now())} uploads and {deciding.forget()} contents deleted."
        )
