"""manage.py recompute_gaps: the gaps that changed or expired. Run it once a day, soon after midnight."""

from django.core.management.base import BaseCommand, CommandError

from services import gaps
from services.models import ServiceType


class Command(BaseCommand):
    help = "Recomputes the gaps of the service types that changed, expired or were never computed."

    def add_arguments(self, parser):
        parser.add_argument("types", nargs="*", metavar="code", help="Recompute these service types alone.")
        parser.add_argument("--all", action="store_true", help="Recompute every service type.")

    def handle(self, *args, types: list[str], **options):
        if types or options["all"]:
            done = self.chosen(types)
            for service_type in done:
                gaps.recompute(service_type)
        else:
            done = gaps.recompute_due()
        for service_type in done:
            self.stdout.write(f"{service_type.code}: {service_type.gaps.count()} communities")
        self.stdout.write(f"{len(done)} service types recomputed.")

    @staticmethod
    def chosen(codes: list[str]) -> list[ServiceType]:
        found = list(ServiceType.objects.filter(code__in=codes) if codes else ServiceType.objects.all())
        if missing := set(codes) - {service_type.code for service_type in found}:
            raise CommandError(f"No service type has the code {', '.join(sorted(missing))}.")
        return found
