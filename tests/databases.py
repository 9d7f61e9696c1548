"""One database is migrated and then copied: for each worker of the suite, and for each demo that browsers visit.

Running every migration takes most of a minute. The database that they made stays, under Django's own name for
the test database, until a line of the code changes, and is written to by nobody.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from config.env import BASE_DIR, VAR_DIR

MIGRATED = str(connection.creation._get_test_db_name())
connection.settings_dict["TEST"]["NAME"] = MIGRATED  # else Django names it after whichever is in use
LAYERS = ("config", "cms", "engagements", "services", "communities")


def copy(suffix: str, *, anew: bool = False) -> str:
    """Makes a copy of the migrated database (`anew`: migrated now, come what may), and gives its name."""
    creation = connection.creation
    with _one_at_a_time(), _connected_to(MIGRATED):
        if anew or not _is_of_this_code():
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            MigrationRecorder(connection).record_applied("tests", _code())
            connection.close()
        name = str(creation.get_test_db_clone_settings(suffix)["NAME"])
        drop(name)
        creation.clone_test_db(suffix, verbosity=0)
    return name


def use(name: str) -> None:
    """From now on this process works on that database."""
    connection.close()
    connection.settings_dict["NAME"] = name


def drop(name: str) -> None:
    """With its journals, which a killed process leaves behind; whoever is still connected is sent away."""
    connection.close()
    if connection.vendor == "sqlite":
        for file in Path(name).parent.glob(f"{Path(name).name}*"):
            file.unlink()
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)} WITH (FORCE)")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Workers come at once: the first migrates, the others wait for it."""
    with (VAR_DIR / "test-database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    use(name)
    try:
        yield
    finally:
        use(before)


def _is_of_this_code() -> bool:
    try:
        return ("tests", _code()) in MigrationRecorder(connection).applied_migrations()
    except OperationalError:  # there is none
        return False
    finally:
        connection.close()


def _code() -> str:
    """Changes with whatever may change what migrating makes: the code of every layer, and what is installed."""
    files = [path for layer in LAYERS for path in (BASE_DIR / layer).rglob("*.py")]
    digest = hashlib.sha256()
    for path in sorted([*files, BASE_DIR / "requirements.txt"]):
        digest.update(f"{path.relative_to(BASE_DIR)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
