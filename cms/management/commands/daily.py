"""`manage.py daily`: what has to be done once a day, soon after midnight. Running it again does no harm."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from communities import statistics

DUTIES = [
    "recompute_gaps",
    "forget_import_files",
    "forget_phone_data",
    "prune_db_task_results",
    "clearsessions",
    "escalate",
]


class Command(BaseCommand):
    help = f"Runs {', '.join(DUTIES)}, and lets the database look at how its rows are spread."

    def handle(self, *args, **options):
        for name in DUTIES:
            call_command(name, stdout=self.stdout)
        statistics.refresh()
