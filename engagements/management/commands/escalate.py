"""`manage.py escalate`: what is overdue climbs, and who is concerned gets a digest mail. Run it once a day.

With --queue the worker does it, so that a slow mail server holds nothing up.
"""

from django.core.management.base import BaseCommand

from engagements import escalation, notices


class Command(BaseCommand):
    help = "Takes what is overdue to supervisors and headquarters, and mails each of them at most once a day."

    def add_arguments(self, parser):
        parser.add_argument("--queue", action="store_true", help="Leave it to the worker (db_worker).")

    def handle(self, *args, **options):
        if options["queue"]:
            notices.escalate.enqueue()
            self.stdout.write("Left to the worker.")
            return
        climbed, mails = escalation.climb(), notices.send()
        self.stdout.write(
            f"{climbed.to_supervisor} to supervisors, {climbed.to_headquarters} to headquarters; "
            f"{mails.sent} mails sent, {mails.failed} failed."
        )
