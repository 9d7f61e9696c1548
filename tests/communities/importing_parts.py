"""What the tests of imports share: a file, a dry run, an import without the office around it."""

import io
from pathlib import Path

import xlsxwriter
from django.urls import reverse

from communities import importing


def csv_file(text: str, name: str = "file.csv") -> importing.Table:
    return importing.read(text.encode(), name)


def workbook(*sheets: tuple, merged: tuple = ()) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(at, column, cell)
            for where, text in merged:
                sheet.merge_range(where, text)
    return content.getvalue()


def sample(samples: Path, name: str) -> importing.Table:
    return importing.read((samples / name).read_bytes(), name)


def tried(what: str, table: importing.Table, mapping: dict, *, by=None, **options) -> importing.Plan:
    resource = importing.resource_named(what)
    return importing.plan(resource, table, mapping, source="test register", by=by, **options)


def confirm(client, run, **options):
    """Presses the button of the run's page, which carries what the page shows."""
    run.refresh_from_db()
    seen = {"fingerprint": run.findings.get("fingerprint", "")}
    return client.post(reverse("imports:confirm", args=[run.pk]), seen, **options)


def bring(what: str, table: importing.Table, mapping: dict, *, by=None, **options) -> importing.Plan:
    made = tried(what, table, mapping, by=by, **options)
    importing.write(made, importing.prepare(made), by=by)
    return made
