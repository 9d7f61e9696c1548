"""Imports a file from the command line: the same dry run, the same refusals, one transaction."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.http import Http404

from communities import importing


class Command(BaseCommand):
    help = "Imports FILE as WHAT (areas, border-sections, communities, service-points, …); see docs/importing.md."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=[resource.name for resource in importing.resources()])
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="Who made this list, and when.")
        parser.add_argument("--sheet", default="", help="Sheet of a workbook; the first that holds rows.")
        parser.add_argument(
            "--mapping",
            type=Path,
            help="JSON file: {field: {column, constant, prefix}}; guessed from headers.",
        )
        parser.add_argument("--constant", action="append", default=[], metavar="FIELD=VALUE")
        parser.add_argument("--accept-without-place", action="store_true")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args, what, file, source, **options):
        try:
            resource = importing.resource_named(what)
            table = importing.read(file.read_bytes(), file.name, options["sheet"])
        except (importing.Unreadable, OSError, Http404) as error:
            raise CommandError(str(error)) from error
        made = importing.plan(
            resource,
            table,
            self.mapping(resource, table, options),
            source=source,
            by=None,
            accept_without_place=options["accept_without_place"],
        )
        self.say(made)
        if not options["dry_run"]:
            importing.write(made, importing.prepare(made), by=None)

    @staticmethod
    def mapping(resource, table, options) -> dict:
        mapping = importing.guessed(resource, table)
        if options["mapping"]:
            mapping = json.loads(options["mapping"].read_text())
        for given in options["constant"]:
            field, _equals, value = given.partition("=")
            if field not in resource.columns:
                raise CommandError(f"{resource.name} has no field {field}: {', '.join(resource.columns)}")
            mapping[field] = {"constant": value}
        if lacking := importing.missing(resource, mapping):
            raise CommandError(f"Say which column holds: {', '.join(lacking)} (--mapping, --constant)")
        return mapping

    def say(self, made) -> None:
        for number, objections in sorted(made.refused.items()):
            for o in objections:
                hint = f" ({o.suggestion}?)" if o.suggestion else ""
                self.stderr.write(f"row {number}, {o.column}: “{o.value[:80]}” – expected {o.expected}{hint}")
        for number, twin in sorted(importing.twins(made).items()):
            self.stderr.write(
                f"row {number} may be here already: {twin.code} {twin.name}, {twin.metres} m away"
            )
        counts = {
            "new": made.new,
            "changed": made.changed,
            "unchanged": made.unchanged,
            "refused": made.refused,
        }
        self.stdout.write(", ".join(f"{len(rows)} {name}" for name, rows in counts.items()))
