"""Loads a boundary file: areas of one level, or border lines, whichever its shapes are."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from communities import importing


class Command(BaseCommand):
    help = "Loads areas (polygons, --level) or border sections (lines) from GeoJSON; headers are guessed."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="Who made this list, and when.")
        parser.add_argument("--level", type=int, help="Level of the areas: country 0, region 1, district 2.")
        parser.add_argument("--mapping", type=Path, help="JSON file: {field: {column, constant, prefix}}.")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args, file, level, **options):
        try:
            table = importing.read(file.read_bytes(), file.name)
        except (importing.Unreadable, OSError) as error:
            raise CommandError(str(error)) from error
        shapes = table.column("geometry")[:1] if "geometry" in table.header else []
        if not shapes:
            raise CommandError("This file has neither polygons nor lines.")
        if "LineString" in shapes[0]:
            call_command(
                "import_file", "border-sections", file, constant=self.line_constants(table), **options
            )
        else:
            if level is None:
                raise CommandError("Say the level of these areas with --level.")
            call_command("import_file", "areas", file, constant=[f"level={level}"], **options)

    @staticmethod
    def line_constants(table: importing.Table) -> list[str]:
        """A line is a land border where the file has no column that says otherwise."""
        return [] if "kind" in table.header else ["kind=land"]
