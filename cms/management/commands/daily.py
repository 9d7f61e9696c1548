"""`manage.py daily`: what has to be done once a day, soon after midnight. Running it again does no harm."""

import logging

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from communities import statistics

log = logging.getLogger(__name__)

DUTIES = [
    "recompute_gaps",
    "forget_import_files",
    "forget_phone_data",
    "forget_hourly_counts",
    "prune_db_task_results",
    "clearsessions",
    "escalate",
    "figures_ahead",
]


class Command(BaseCommand):
    help = f"Runs {', '.join(DUTIES)}, and lets the database look at how its rows are spread."

    def handle(self, *args, **options):
        failed = [name for name in DUTIES if not self.done(name)]
        statistics.refresh()
        if failed:
            raise CommandError(f"Not done today: {', '.join(failed)}. The log says why.")

    def done(self, name: str) -> bool:
        """One duty that fails keeps none of the others from being done."""
        try:
            call_command(name, stdout=self.stdout)
        except Exception:
            log.exception("daily: %s", name)
            return False
        return True
