"""Rows that many tests begin with: written once by a worker, and laid down again for each test.

The verbs take a tenth of a second to write the cast and more than one to make the public site; laying down
what they wrote takes milliseconds. A test gets the same rows under the same keys, and objects of its own.
"""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import override

Rows = dict[str, dict[Any, tuple]]  # table → primary key → row


class Scene:
    """What `write` changes in the database, to be done again by `lay`, which gives what `write` gave."""

    def __init__(self, write: Callable[[], Any]):
        self.write = write
        self._record()

    def _record(self) -> None:
        """Writes once, keeps what is new and what is gone, and takes it back."""
        self.day = timezone.localdate()
        with transaction.atomic(), override("en"):
            before = _rows()
            self.given = pickle.dumps(self.write())
            after = _rows()
            transaction.set_rollback(True)
        self.gone = {table: [(key,) for key in keys] for table, keys in _missing(before, after).items()}
        self.new = {
            table: [after[table][key] for key in keys] for table, keys in _missing(after, before).items()
        }

    def lay(self) -> Any:
        if self.day != timezone.localdate():  # its days are counted from today
            self._record()
        with connection.cursor() as cursor:
            for table, keys in self.gone.items():
                key = connection.introspection.get_primary_key_column(cursor, table)
                cursor.executemany(f"DELETE FROM {_quoted(table)} WHERE {_quoted(key)} = %s", keys)
            for table, rows in self.new.items():
                places = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {_quoted(table)} VALUES ({places})", rows)
        return pickle.loads(self.given)


def _rows() -> Rows:
    """Every row of every table of ours, as the database has it."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            key = connection.introspection.get_primary_key_column(cursor, table)
            if key is None:  # SQLite's own index of words, which follows the table that it is of
                continue
            cursor.execute(f"SELECT * FROM {_quoted(table)}")
            place = [column[0] for column in cursor.description].index(key)
            found[table] = {row[place]: tuple(map(_plain, row)) for row in cursor}
    return found


def _missing(here: Rows, there: Rows) -> dict[str, list]:
    """The keys of rows that stand here and not there, or otherwise there."""
    missing = {
        table: [key for key, row in rows.items() if there[table].get(key) != row]
        for table, rows in here.items()
    }
    return {table: keys for table, keys in missing.items() if keys}


def _plain(value: Any) -> Any:
    """SQLite has no type for moments: they are kept as words."""
    return str(value) if isinstance(value, datetime.date | datetime.time) else value


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
