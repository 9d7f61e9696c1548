"""Imports: upload → dry run → confirm → summary, for any resource. See docs/importing.md."""

from .confirming import prepare, write
from .likeness import twins
from .mapping import guessed, missing
from .reading import Table, Unreadable, read
from .resource import ImportResource, PlacedResource, after, register, resource_named, resources
from .runs import begin, choose_columns, choose_sheet, confirm, forget_files, give_up_lost, table_of, try_run
from .trying import Plan, Planned, plan

__all__ = [
    "ImportResource",
    "PlacedResource",
    "Plan",
    "Planned",
    "Table",
    "Unreadable",
    "after",
    "begin",
    "choose_columns",
    "choose_sheet",
    "confirm",
    "forget_files",
    "give_up_lost",
    "guessed",
    "missing",
    "plan",
    "prepare",
    "read",
    "register",
    "resource_named",
    "resources",
    "table_of",
    "try_run",
    "twins",
    "write",
]
