"""How the database plans its queries."""

from django.db import connection


def refresh() -> None:
    """Has the database look at how its rows are spread, in well under a second on SQLite.

    Without it SQLite guesses, and on large tables takes a thousand times as long; PostgreSQL looks by itself now
    and then, and soon enough after a large change only if it is told to.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")
