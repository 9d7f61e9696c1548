"""manage.py forget_import_files: deletes uploaded files past their time (docs/privacy.md). Run it once a day."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from communities import importing
from communities.privacy import IMPORT_FILES_KEPT


class Command(BaseCommand):
    help = f"Deletes the files of imports uploaded more than {IMPORT_FILES_KEPT.days} days ago."

    def handle(self, *args, **options):
        gone = importing.forget_files(before=timezone.now() - IMPORT_FILES_KEPT)
        self.stdout.write(f"{gone} files deleted.")
