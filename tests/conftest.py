"""Fixtures for every test: the cast, and the folder of real sample data where there is one."""

import gc
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from engagements.models import IntegrityKey
from tests import databases
from tests.cast import Cast
from tests.scenes import Scene

OURS = (  # every table but those of the spatial extension
    "account",
    "auth",
    "cms",
    "communities",
    "django",
    "engagements",
    "mfa",
    "services",
    "taggit",
    "wagtail",
)
SAMPLES = Path(settings.BASE_DIR).parent / "shared" / "data"


def pytest_collection_finish():
    """What was imported and collected stays to the end: the garbage collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_createdb):
    """Each worker tests on a copy of the one migrated database; `--create-db` migrates it anew."""
    with django_db_blocker.unblock():
        copy = databases.copy(settings.WORKER or "main", anew=django_db_createdb)
        databases.use(copy)
    yield
    with django_db_blocker.unblock():
        databases.drop(copy)


@pytest.fixture(scope="session")
def assembled(django_db_setup, django_db_blocker) -> Scene:
    """The cast as it was assembled for the first test of this worker."""
    with django_db_blocker.unblock():
        return Scene(Cast.assemble)


@pytest.fixture
def cast(db, assembled) -> Cast:
    """The small fixed world: see tests/cast.py."""
    return assembled.lay()


@pytest.fixture
def samples() -> Path:
    """The real sample data; tests that need it are skipped, saying so, where it is missing."""
    if not SAMPLES.is_dir():
        pytest.skip("the folder of real sample data is not on this machine")
    return SAMPLES


@pytest.fixture
def no_key(cast) -> None:
    """No sealed channel is set up."""
    IntegrityKey.objects.all().delete()


@pytest.fixture
def whole_database(db):
    """A function that reads every column of every table, as whoever stole a dump of the database would."""

    def dump() -> str:
        found = []
        with connection.cursor() as cursor:
            ours = [row for row in connection.introspection.table_names(cursor) if row.startswith(OURS)]
            for table in ours:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                found += [str(bytes(v) if isinstance(v, memoryview) else v) for row in cursor for v in row]
        return "\n".join(found)

    return dump


@pytest.fixture(autouse=True)
def _in_english():
    """A request in another language leaves that language behind in its thread."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True, scope="session")
def _clean_files():
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    shutil.rmtree(settings.STORAGES["private"]["OPTIONS"]["location"], ignore_errors=True)
